"""Text to vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors.

    ``name`` and ``revision`` identify the model: vectors of two different pairs are never
    compared. ``dimension`` is the length of a vector.
    """

    name: str
    revision: str
    dimension: int

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions as an array of shape (len(texts), dimension), rows of length 1."""
        ...

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Passages as an array of shape (len(texts), dimension), rows of length 1.

        Args:
            texts: what to embed; longer texts than the model reads are cut off.
            progress: called with the number of texts done since the last call.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Word pieces of the text by the model's own tokenizer, special tokens not counted."""
        ...
