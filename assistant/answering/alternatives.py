"""Other words that may answer: those that a span reader finds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.inference.spans import Reading, SpanReader, best_spans
from assistant.records import Record
from assistant.retrieval.evidence import Evidence

_ONE_STATEMENT = re.compile(r"\[(\d{1,3})\] ?([^\n\[\]]+)")
# Words on both sides of a gap are no answer, and what looks like a mark would become one.
_NO_ANSWER = re.compile(r"[\n…\[\]]")
_WORD = re.compile(r"\w+")
_SPANS = 8
_MOST = 3
# Spans that are less likely than the best by more than this (in logarithms) are not weighed.
_MUCH_LESS = 4.0
# What the span reader makes of words that stand in no passage (a logarithm).
_NOWHERE = -12.0


@dataclass(frozen=True, slots=True)
class Draft(Record):
    """What a model might have written, and the logarithm of its probability by a span reader."""

    text: str
    logarithm: float


def alternatives(
    question: str, evidence: Evidence, draft: str, span_reader: SpanReader
) -> tuple[Draft, list[Draft]]:
    """A draft as a span reader sees it, and at most three others, likeliest first.

    There are no others where the draft is more than one short statement, or what the span reader
    would say itself; and none that are only a part of what the draft says.

    Args:
        question: the question that stands alone.
        evidence: what the model read.
        draft: the model's words, the passage's number first.
        span_reader: reads the same texts.
    """
    statement = _ONE_STATEMENT.fullmatch(draft.strip())
    if statement is None:
        return Draft(draft, _NOWHERE), []
    number, words = int(statement[1]), statement[2].strip()
    titles = [hit.title for hit in evidence.hits]
    readings = span_reader.read(question, list(zip(titles, evidence.texts, strict=True)))
    spans = best_spans(readings, _SPANS)
    told = [evidence.texts[span.number - 1][span.start : span.end] for span in spans]
    own = Draft(draft, _of_words(words, number, evidence, readings))
    said = _plain(words)
    if not spans or _plain(told[0]) == said:
        return own, []
    known: set[str] = set()
    others = []
    for span, text in zip(spans, told, strict=True):
        plain = _plain(text)
        if (
            span.logarithm >= spans[0].logarithm - _MUCH_LESS
            and plain.strip()
            and plain not in said
            and plain not in known
            and not _NO_ANSWER.search(text)
        ):
            known.add(plain)
            others.append(Draft(f"[{span.number}] {text}", span.logarithm))
    return own, others[:_MOST]


def _of_words(words: str, number: int, evidence: Evidence, readings: Sequence[Reading]) -> float:
    """The logarithm of the probability of some words of a passage, wherever they stand there."""
    if not 1 <= number <= len(readings):
        return _NOWHERE
    places = re.finditer(re.escape(words), evidence.texts[number - 1], re.IGNORECASE)
    logarithms = [readings[number - 1].logarithm(p.start(), p.end()) for p in places]
    return max([*logarithms, _NOWHERE])


def _plain(text: str) -> str:
    """Words alone, a space around each."""
    return f" {' '.join(_WORD.findall(text.lower()))} "
