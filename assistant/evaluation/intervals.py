"""Intervals of figures whose cases are not independent: questions about one article belong
together, and an interval that takes them one by one is too narrow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import fsum

import numpy as np
from scipy.stats import bootstrap

from assistant.evaluation.metrics import Figure, wilson_interval


def bootstrap_interval(
    values: Sequence[float], clusters: Sequence[str], seed: int = 0, resamples: int = 2000
) -> tuple[float, float] | None:
    """The 95% interval of the mean, by drawing whole clusters again and again.

    The percentile interval of the cluster bootstrap (Davison & Hinkley 1997, 3.8; Field & Welsh
    2007). The same for the same seed, in whatever order the cases come. None where there are
    fewer than two clusters, or all values are equal: nothing then tells how clusters differ. With
    fewer than about twenty it is rather too narrow.
    """
    groups = grouped(values, clusters)
    if len(groups) < 2 or min(values) == max(values):
        return None
    sums = [fsum(group) for group in groups]
    counts = [len(group) for group in groups]
    interval = bootstrap(
        (sums, counts),
        _ratio,
        paired=True,
        vectorized=True,
        n_resamples=resamples,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(interval.low), float(interval.high)


def clustered_mean(
    name: str, values: Sequence[float], clusters: Sequence[str], seed: int = 0
) -> Figure:
    """The mean, with its 95% interval by the cluster bootstrap where there is one.

    Where every value is 0, or every value is 1, it is Wilson's of single cases: drawing among equal
    values would call three hits of three as certain as three hundred.
    """
    if not values:
        return Figure(name, None, 0)
    mean = fsum(values) / len(values)
    interval = bootstrap_interval(values, clusters, seed)
    if len(set(clusters)) > 1 and set(values) in ({0.0}, {1.0}):
        interval = wilson_interval(round(fsum(values)), len(values))
    low, high = interval or (None, None)
    return Figure(name, mean, len(values), low, high)


def grouped(values: Iterable[float], clusters: Iterable[str]) -> list[list[float]]:
    """The values of each cluster, clusters in the order of their names."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for value, cluster in zip(values, clusters, strict=True):
        groups[cluster].append(value)
    return [groups[cluster] for cluster in sorted(groups)]


def _ratio(sums: np.ndarray, counts: np.ndarray, axis: int = -1) -> np.ndarray:
    ratio: np.ndarray = sums.sum(axis=axis) / counts.sum(axis=axis)
    return ratio
