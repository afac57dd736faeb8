"""Whether one run is better than another on the same questions, or only luckier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from scipy.stats import permutation_test

from assistant.evaluation.intervals import bootstrap_interval, grouped
from assistant.records import Record

_RESAMPLES = 9999


@dataclass(frozen=True, slots=True)
class Change(Record):
    """A question whose score changed."""

    id: str
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Difference(Record):
    """One figure of two runs over the ``n`` questions that both have.

    ``new`` and ``old`` are means, ``difference`` is new - old, ``low`` and ``high`` its 95%
    interval. ``p_value`` is how often so large a difference, either way, comes of chance alone.
    Means are None where there are no questions; interval and p-value where all are of one
    cluster, and the interval where all differ by the same. ``changed`` are the questions with
    another score than before, by id.
    """

    name: str
    n: int
    new: float | None
    old: float | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    changed: tuple[Change, ...]


def compare(
    name: str,
    new: Mapping[str, float],
    old: Mapping[str, float],
    clusters: Mapping[str, str],
    seed: int = 0,
) -> Difference:
    """Compare the scores of two runs, given by question id, over the questions that both have.

    ``clusters`` tells what a question is about; questions of one cluster stand or fall together.
    The p-value is that of a paired permutation test (Fisher 1935; Smucker et al. 2007 for
    rankings), the interval that of the cluster bootstrap of the paired differences. Raises
    KeyError for a question without a cluster.
    """
    ids = sorted(new.keys() & old.keys())
    if not ids:
        return Difference(name, 0, None, None, None, None, None, None, ())
    differences = [new[i] - old[i] for i in ids]
    articles = [clusters[i] for i in ids]
    low, high = bootstrap_interval(differences, articles, seed) or (None, None)
    return Difference(
        name=name,
        n=len(ids),
        new=_mean([new[i] for i in ids]),
        old=_mean([old[i] for i in ids]),
        difference=_mean(differences),
        low=low,
        high=high,
        p_value=_p_value(differences, articles, seed),
        changed=tuple(Change(i, old[i], new[i]) for i in ids if old[i] != new[i]),
    )


def _p_value(differences: Sequence[float], clusters: Sequence[str], seed: int) -> float | None:
    # Were the runs alike, each cluster's differences could as well have the other sign, all at
    # once. The number of questions stays, so that sums do in place of means.
    sums = np.array([fsum(group) for group in grouped(differences, clusters)])
    if len(sums) < 2:
        return None
    test = permutation_test(
        (sums,),
        np.sum,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        rng=np.random.default_rng(seed),
    )
    return float(test.pvalue)


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
