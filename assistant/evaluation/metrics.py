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

    ``low`` and ``high`` are its 95% interval, where it has one: Wilson's of a share, the cluster
    bootstrap's of a clustered mean unless all its cases are equal (see ``intervals``).
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
    return Figure(name, hits / n, n, *wilson_interval(hits, n))


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """The 95% interval of a share of ``n`` independent cases, at least one (Wilson 1927)."""
    interval = binomtest(hits, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


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


def exact_match(text: str, answers: Sequence[str]) -> bool:
    """Whether the text is one of the answers, both normalised, as SQuAD 2 defines it.

    Without any answer the empty text is the right one.
    """
    return normalised(text) in _expected(answers)


def token_f1(text: str, answers: Sequence[str]) -> float:
    """The best token F1 of the text with any of the answers (0 to 1), as SQuAD 2 defines it.

    Without any answer the empty text is the right one.
    """
    return max(_f1(normalised(text).split(), plain.split()) for plain in _expected(answers))


def rouge_l(text: str, answers: Sequence[str]) -> float:
    """The best ROUGE-L of the text with any of the answers (0 to 1).

    The F-measure of their longest common subsequence of tokens (Lin 2004, precision and recall
    weighing the same), over the tokens that SQuAD compares: no stemming.
    """
    return max(_lcs_f(normalised(text).split(), plain.split()) for plain in _expected(answers))


def _expected(answers: Sequence[str]) -> list[str]:
    # As the official script of SQuAD 2 has it: an answer of nothing but articles and punctuation
    # does not count, and a question without an answer expects the empty text.
    return [plain for answer in answers if (plain := normalised(answer))] or [""]


def _f1(predicted: list[str], expected: list[str]) -> float:
    common = sum((Counter(predicted) & Counter(expected)).values())
    return _f_measure(common, len(predicted), len(expected))


def _lcs_f(predicted: list[str], expected: list[str]) -> float:
    # row[j] is the length of the longest common subsequence with the first j expected tokens
    row = [0] * (len(expected) + 1)
    for token in predicted:
        above = row
        row = [0]
        for j, other in enumerate(expected):
            row.append(above[j] + 1 if token == other else max(above[j + 1], row[j]))
    return _f_measure(row[-1], len(predicted), len(expected))


def _f_measure(common: int, predicted: int, expected: int) -> float:
    """The harmonic mean of precision and recall; two empty texts agree."""
    total = predicted + expected
    return 2 * common / total if total else 1.0
