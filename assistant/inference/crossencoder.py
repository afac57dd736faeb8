"""A text and others to scores: a model that reads both together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.errors import ModelError
from assistant.inference.adapter import read_adapter
from assistant.inference.embedding import Vectors, encodable, quietly
from assistant.inference.processor import share_cores

RANKING_PIECES = 96
"""Word pieces that the reranker reads of a question and a window together."""

SUPPORT_PIECES = 128
"""Word pieces that the support check reads of a statement and a text together."""


class CrossEncoder(Protocol):
    """Says how well texts answer a question, or support a statement."""

    def score(self, first: str, texts: Sequence[str]) -> Vectors:
        """One score a text, 0 to 1, in their order, of shape (len(texts),)."""
        ...


class AdaptedCrossEncoder:
    """An embedding model with what it learned about pairs of texts; never downloads.

    It is loaded when it is first needed. Safe to call from any thread.

    Args:
        path: folder with the embedding model's files.
        adapter: what it learned (see ``adapter``).
        longest: word pieces of a pair together; what is longer is cut off.
        threads: processor threads, for the whole process; 0 leaves torch's own choice.

    Raises:
        ModelError: at first use, a file is missing, damaged or of another model.
    """

    def __init__(self, path: Path, adapter: Path, longest: int, threads: int = 0) -> None:
        self._path = path
        self._adapter = adapter
        self._longest = longest
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def score(self, first: str, texts: Sequence[str]) -> Vectors:
        """One score a text, 0 to 1, in their order, of shape (len(texts),)."""
        if not texts:
            return np.empty(0, dtype=np.float32)
        with self._lock:
            if self._loaded is None:
                self._loaded = adapted(
                    "AutoModelForSequenceClassification",
                    self._path,
                    self._adapter,
                    self._threads,
                    num_labels=1,
                )
            model, tokenizer = self._loaded
            import torch

            tokens = tokenizer(
                [encodable(first)] * len(texts),
                [encodable(text) for text in texts],
                truncation="longest_first",
                max_length=self._longest,
                padding=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                scores = torch.sigmoid(model(**tokens).logits[:, 0])
        return np.asarray(scores.numpy(), dtype=np.float32)


def adapted(
    kind: str, path: Path, adapter: Path, threads: int, **configured: int
) -> tuple[Any, Any]:
    """An embedding model with another head and what both learned, and its tokenizer.

    Args:
        kind: the class of transformers that has the head.
        path: folder with the embedding model's files.
        adapter: what was learned (see ``adapter``).
        threads: processor threads, for the whole process; 0 leaves torch's own choice.
        configured: settings of the model's configuration.

    Raises:
        ModelError: a file is missing, damaged or of another model.
    """
    share_cores()
    import torch
    import transformers

    learned = read_adapter(adapter)
    if threads:
        torch.set_num_threads(threads)
    try:
        with quietly():
            model: Any = getattr(transformers, kind).from_pretrained(
                path, local_files_only=True, **configured
            )
        tokenizer: Any = transformers.AutoTokenizer.from_pretrained(path, local_files_only=True)
        weights = model.state_dict()
        for name, values in learned.whole.items():
            weights[name].copy_(torch.from_numpy(values))
        for name in learned.factors:
            weights[name].add_(torch.from_numpy(learned.change(name)))
    except Exception as error:  # whatever damaged files make the loaders raise
        raise ModelError(
            f"What {adapter.name} adapts cannot be loaded from {path}: {error}",
            "Its files are damaged or of another model. Install article-assistant again.",
        ) from error
    return model.eval(), tokenizer
