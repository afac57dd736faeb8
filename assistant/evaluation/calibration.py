"""Whether a confidence can be trusted: which answers it lets through, and how many are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from assistant.evaluation.metrics import wilson_interval
from assistant.records import Record


@dataclass(frozen=True, slots=True)
class RiskCoverage(Record):
    """What is gained by answering less, step by step from the surest case to the least sure.

    At ``thresholds[i]`` (falling) the share ``coverage[i]`` of all cases is answered, and of those
    the share ``risk[i]`` is wrong. ``area`` is the area under the risk over the coverage (0 to 1,
    lower is better; None where there are no cases).
    """

    thresholds: tuple[float, ...]
    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    area: float | None


@dataclass(frozen=True, slots=True)
class Choice(Record):
    """A threshold and what it does to the cases it was chosen on.

    Cases with at least this confidence are answered: ``n`` of them, the share ``coverage`` of
    all. The share ``risk`` of them is wrong; ``low`` and ``high`` are its 95% interval (Wilson's).
    """

    threshold: float
    coverage: float
    risk: float
    n: int
    low: float
    high: float


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> RiskCoverage:
    """The curve of risk over coverage; cases of the same confidence are one step of it.

    Sources: El-Yaniv & Wiener 2010 (the curve); Geifman & El-Yaniv 2017 (of a confidence); the
    area is the mean of the risk over all coverages reached, case by case.
    """
    if not confidences:
        return RiskCoverage((), (), (), None)
    thresholds, answered, wrong = _steps(confidences, right)
    coverage, risk = answered / len(confidences), wrong / answered
    area = float(np.sum(risk * np.diff(coverage, prepend=0.0)))
    return RiskCoverage(
        tuple(thresholds.tolist()), tuple(coverage.tolist()), tuple(risk.tolist()), area
    )


def choose_threshold(
    confidences: Sequence[float], right: Sequence[bool], wanted_error: float
) -> Choice | None:
    """The lowest threshold at which at most the share ``wanted_error`` of the answers is wrong.

    None where there is no such threshold. The risk of the chosen cases flatters the threshold:
    measure it on others.
    """
    curve = risk_coverage(confidences, right)
    fitting = [i for i, risk in enumerate(curve.risk) if risk <= wanted_error]
    if not fitting:
        return None
    last = fitting[-1]
    threshold = curve.thresholds[last]
    wrong = [not ok for value, ok in zip(confidences, right, strict=True) if value >= threshold]
    low, high = wilson_interval(sum(wrong), len(wrong))
    return Choice(threshold, curve.coverage[last], curve.risk[last], len(wrong), low, high)


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """How likely a true case scores higher than a false one, ties counting half (0 to 1).

    The area under the ROC curve, as Mann & Whitney 1947 count it; None where all labels agree.
    """
    truth = _labels(scores, labels)
    positives = int(truth.sum())
    pairs = positives * (len(truth) - positives)
    if pairs == 0:
        return None
    ranks = rankdata(scores)  # ties share their mean rank
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / pairs)


def calibration_error(
    scores: Sequence[float], labels: Sequence[bool], bins: int = 10
) -> float | None:
    """The expected calibration error of probabilities (0 to 1): 0 where they can be trusted.

    The mean distance of score and share of true labels over ``bins`` of equal width, each weighed
    by its cases (Guo et al. 2017); None where there are no cases.
    """
    truth = _labels(scores, labels)
    if not len(truth):
        return None
    values = np.asarray(scores, dtype=float)
    place = np.digitize(values, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    gaps = np.bincount(place, weights=values - truth, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


def _steps(
    confidences: Sequence[float], right: Sequence[bool]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each confidence once, falling; how many cases reach it, and how many of those are wrong."""
    truth = _labels(confidences, right)
    rising, place = np.unique(np.asarray(confidences, dtype=float), return_inverse=True)
    answered = np.bincount(place)[::-1].cumsum()
    wrong = np.bincount(place, weights=~truth)[::-1].cumsum()
    return rising[::-1], answered, wrong


def _labels(scores: Sequence[float], labels: Sequence[bool]) -> np.ndarray:
    if len(scores) != len(labels):
        raise ValueError("each score needs a label")
    return np.asarray(labels, dtype=bool)
