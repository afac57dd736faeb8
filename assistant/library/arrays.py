"""Vectors in memory: read from a collection, searched one by one, checked before they go in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from assistant.errors import ModelError
from assistant.inference.embedding import Vectors as VectorArray

READ_BATCH = 2_000
# Up to here all vectors are compared: they take 30 MB and some milliseconds, and an index that
# only approximates can miss even an exact match where most vectors are near-duplicates.
_MOST_COMPARED = 20_000


class Matrix:
    """Unit vectors by id, searched one by one.

    Args:
        ids: one a row.
        rows: array of shape (len(ids), dimension).
    """

    def __init__(self, ids: Sequence[str], rows: VectorArray) -> None:
        self._ids = ids
        self._rows = rows

    def nearest(self, vector: VectorArray, limit: int) -> list[tuple[str, float]]:
        """Ids with their cosine similarity to a unit vector, best first, equal ones by their id."""
        cosines = self._rows @ vector
        best = sorted(zip(-cosines, self._ids, strict=True))[:limit]
        return [(passage_id, -float(negative)) for negative, passage_id in best]


def finite(vectors: VectorArray) -> VectorArray:
    """The vectors, made sure to be of numbers only.

    Raises:
        ModelError: one is not.
    """
    if not np.isfinite(vectors).all():
        raise ModelError(
            "The embedding model gave a vector that is not made of numbers.",
            "Check the models with `assistant doctor`.",
        )
    return np.asarray(vectors, dtype=np.float32)


def batches(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    """The ids in lists of at most ``size``."""
    for first in range(0, len(ids), size):
        yield list(ids[first : first + size])


def compared(collection: Any) -> Matrix | None:
    """All vectors of a collection as one matrix; None where there are none, or too many."""
    if not 0 < collection.count() <= _MOST_COMPARED:
        return None
    parts = [fetched(collection, batch) for batch in batches(listed(collection), READ_BATCH)]
    ids = [passage_id for batch, _ in parts for passage_id in batch]
    return Matrix(ids, np.concatenate([rows for _, rows in parts]))


def listed(collection: Any) -> list[str]:
    """All ids of a collection."""
    return list(collection.get(include=[])["ids"])


def fetched(collection: Any, ids: list[str]) -> tuple[list[str], VectorArray]:
    """Those of the ids that a collection has, and their vectors, one a row."""
    found = collection.get(ids=ids, include=["embeddings"])
    return found["ids"], np.asarray(found["embeddings"], dtype=np.float32)
