"""Figures computed from texts alone: the same on every run."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from assistant.records import Record

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’„…–—")


@dataclass(frozen=True, slots=True)
class Figure(Record):
    """One figure over ``n`` cases; ``value`` is None where there was none.

    ``low`` and ``high`` are the 95% interval of a share (Wilson's; None for other figures).
    """

    name: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


def share(name: str, outcomes: Sequence[bool]) -> Figure:
    """How many of the outcomes are true, with Wilson's 95% interval."""
    n, hits = len(outcomes), sum(outcomes)
    if n == 0:
        return Figure(name, None, 0)
    interval = binomtest(hits, n).proportion_ci(method="wilson")
    return Figure(name, hits / n, n, float(interval.low), float(interval.high))


def mean(name: str, values: Sequence[float]) -> Figure:
    """The mean."""
    return Figure(name, float(np.mean(values)) if values else None, len(values))


def percentile(name: str, values: Sequence[float], percent: float) -> Figure:
    """A percentile (linear interpolation); 50 is the median."""
    value = float(np.percentile(values, percent)) if values else None
    return Figure(name, value, len(values))


def normalised(text: str) -> str:
    """The text as SQuAD compares it: lower case, no punctuation, no articles, single spaces.

    Source: Rajpurkar et al. 2016, the official evaluation script; typographic quotation marks
    and dashes count as punctuation too.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether one of the answers stands in the text as whole words, both normalised."""
    padded = f" {normalised(text)} "
    return any(f" {plain} " in padded for answer in answers if (plain := normalised(answer)))


def token_f1(text: str, answers: Sequence[str]) -> float:
    """The best token F1 of the text with any of the answers (0 to 1), as SQuAD defines it."""
    return max((_f1(normalised(text).split(), normalised(a).split()) for a in answers), default=0.0)


def reciprocal_rank(rank: int | None) -> float:
    """1 / rank, or 0 where there is none; ranks count from 1."""
    return 1 / rank if rank else 0.0


def _f1(predicted: list[str], expected: list[str]) -> float:
    if not predicted or not expected:
        return float(predicted == expected)
    common = sum((Counter(predicted) & Counter(expected)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(predicted), common / len(expected)
    return 2 * precision * recall / (precision + recall)
