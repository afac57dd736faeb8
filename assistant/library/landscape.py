"""Where the articles of a library lie to each other: near where they are about the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.inference.embedding import Vectors
from assistant.library.store import Library


@dataclass(frozen=True, slots=True)
class Landscape:
    """Articles on a plane.

    ``points`` has a row for each of ``article_ids``: two numbers from -1 to 1. ``explained`` is
    the share of all differences between the articles that the plane shows (0 to 1).
    """

    article_ids: tuple[str, ...]
    points: Vectors
    explained: float


def landscape(library: Library) -> Landscape:
    """The articles of a library, each at the mean of its passages' vectors, on the plane of the
    two directions in which they differ most (their principal components).

    The same library gives the same picture each time.

    Raises:
        LibraryError: the vectors are damaged, or were made by another model.
    """
    ids, means = article_vectors(library)
    points, explained = plane(means)
    return Landscape(tuple(ids), points, explained)


def article_vectors(library: Library) -> tuple[list[str], Vectors]:
    """The ids of the articles that have vectors, and the unit mean vector of each, one a row.

    Raises:
        LibraryError: the vectors are damaged, or were made by another model.
    """
    owners = library.owners()
    ids = list(dict.fromkeys(owners.values()))
    if not ids:
        return [], np.zeros((0, library.embedder.dimension), dtype=np.float32)
    places = {article_id: place for place, article_id in enumerate(ids)}
    sums = np.zeros((len(ids), library.embedder.dimension), dtype=np.float32)
    for passage_ids, rows in library.index.reading().stored(list(owners)):
        np.add.at(sums, [places[owners[passage_id]] for passage_id in passage_ids], rows)
    lengths = np.linalg.norm(sums, axis=1)
    known = np.flatnonzero(lengths)
    means: Vectors = sums[known] / lengths[known, None]
    return [ids[place] for place in known], means


def plane(vectors: Vectors) -> tuple[Vectors, float]:
    """The two principal components of vectors, one row of points for each, and the share of their
    variance (0 to 1) that these show.

    Both axes have one scale, and the farthest point lies at 1 or -1.
    """
    count = len(vectors)
    points = np.zeros((count, 2), dtype=np.float32)
    centred = np.asarray(vectors, dtype=np.float64) - (vectors.mean(axis=0) if count else 0.0)
    total = float(np.sum(centred**2))
    if total < 1e-9:  # one article, or all alike
        return points, 1.0
    variances, axes = np.linalg.eigh(centred.T @ centred)
    top = axes[:, ::-1][:, :2]
    # An axis has two directions: the same one each time.
    top = top * np.sign(top[np.abs(top).argmax(axis=0), range(top.shape[1])])
    projected = centred @ top
    points[:, : projected.shape[1]] = projected / np.abs(projected).max()
    return points, min(1.0, float(variances[::-1][:2].sum()) / total)
