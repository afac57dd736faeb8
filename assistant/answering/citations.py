"""A model's words to statements with checked citations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.marks import Mark, take_out_marks
from assistant.answering.support import Support, check_support, holds_the_rest
from assistant.reading.sentences import sentence_spans
from assistant.records import Citation, Origin, Record, Statement, Verdict
from assistant.retrieval.evidence import Evidence, Sentence
from assistant.retrieval.terms import stems

_JOINING = re.compile(r"[\s,;:]*(?:(?:and|but|or)\b)?\s*")
_ORDER: dict[Verdict, int] = {"unsupported": 0, "partly": 1, "supported": 2}


@dataclass(frozen=True, slots=True)
class CheckedText(Record):
    """An answer's text with its statements and citations, and how many marks were dropped
    because no passage had their number."""

    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    dropped_marks: int


@dataclass(frozen=True, slots=True)
class _Backing:
    """A sentence cited at ``position`` of the plain text, with the check's result."""

    position: int
    sentence: Sentence
    origin: Origin
    support: Support


def check_citations(draft: str, evidence: Evidence, question: str = "") -> CheckedText:
    """Turns a model's words into statements, each with the exact sentences that back it.

    A sentence is one statement, or as many as it has parts that a mark closes ("3 May 1911 [1],
    and 4,000 [2]"). A mark of the model is kept where it stood (marks that close a sentence go
    behind its full stop), and its quote is the sentence of that passage which supports the
    statement best. A statement whose own marks do not support it is given the sentence of the
    evidence that does so best, if one supports it fully, or but for the question's own words where
    no mark of its own does at all: such citations have the origin ``matched``. What the model wrote
    twice is kept once.

    Args:
        draft: the model's words, with marks such as ``[1]``.
        evidence: the passages that it read; marks count ``evidence.hits`` from 1.
        question: what they answer (``support``).
    """
    plain, marks = take_out_marks(draft)
    spans = [
        span
        for sentence in sentence_spans(plain)
        for span in _statement_spans(plain, sentence, marks)
    ]
    text = ""
    statements: list[Statement] = []
    dropped = sum(not _exists(number, evidence) for mark in marks for number in mark.numbers)
    written: set[str] = set()
    end_before = spans[0][0] if spans else 0
    for place, (start, end) in enumerate(spans):
        own = [mark for mark in marks if _owner(mark, spans) == place]
        sentence = plain[start:end]
        gap = plain[end_before:start] if statements else ""
        end_before = end
        if sentence.casefold() in written:
            continue
        written.add(sentence.casefold())
        text += gap
        backings = _backings(sentence, start, own, evidence, question)
        statement = _statement(sentence, len(text), start, backings, evidence)
        text += _with_marks(sentence, start, backings)
        statements.append(statement)
    citations = tuple(citation for s in statements for citation in s.citations)
    return CheckedText(text, tuple(statements), citations, dropped)


def best_support(
    statement: str, sentences: Sequence[Sentence], evidence: Evidence, question: str = ""
) -> tuple[Sentence, Support] | None:
    """The sentence that supports the statement best, with the check's result; of equals the one
    more relevant to the question. None where there is no sentence."""
    checked = [
        (sentence, check_support(statement, sentence.text, _title(sentence, evidence), question))
        for sentence in sentences
    ]
    return max(
        checked,
        key=lambda pair: (_ORDER[pair[1].verdict], pair[1].score, pair[0].relevance),
        default=None,
    )


def _statement_spans(
    plain: str, sentence: tuple[int, int], marks: Sequence[Mark]
) -> list[tuple[int, int]]:
    """The sentence, or its parts where each of them is closed by a mark of its own."""
    start, end = sentence
    positions = [m.position for m in marks if not m.leads and start < m.position <= end]
    stops = sorted({_outside_full_stop(plain[start:end], start, p) for p in positions})
    spans: list[tuple[int, int]] = []
    for stop in stops:
        joining = _JOINING.match(plain, start, stop) if spans else None
        spans.append((joining.end() if joining else start, stop))
        start = stop
    each_says_something = all(stems(plain[first:last]) for first, last in spans)
    return spans if stops[-1:] == [end] and each_says_something else [sentence]


def _backings(
    statement: str, start: int, marks: Sequence[Mark], evidence: Evidence, question: str
) -> list[_Backing]:
    end = start + len(statement)
    backings: list[_Backing] = []
    for mark in marks:
        for number in mark.numbers:
            of_passage = [s for s in evidence.sentences if s.number == number]
            best = best_support(statement, of_passage, evidence, question)
            if best is None or any(b.sentence == best[0] for b in backings):
                continue
            position = end if mark.leads else min(mark.position, end)
            backings.append(_Backing(position, best[0], "model", best[1]))
    if not any(b.support.verdict == "supported" for b in backings):
        best = best_support(statement, evidence.sentences, evidence, question)
        unbacked = all(b.support.verdict == "unsupported" for b in backings)
        if best is not None and (
            best[1].verdict == "supported"
            or (unbacked and holds_the_rest(statement, best[0].text, question))
        ):
            backings.append(_Backing(end, best[0], "matched", best[1]))
    return sorted(
        (replace(b, position=_outside_full_stop(statement, start, b.position)) for b in backings),
        key=lambda backing: backing.position,
    )


def _outside_full_stop(statement: str, start: int, position: int) -> int:
    rest = statement[position - start :]
    return start + len(statement) if not any(c.isalnum() for c in rest) else position


def _statement(
    sentence: str, text_start: int, start: int, backings: Sequence[_Backing], evidence: Evidence
) -> Statement:
    shift = text_start - start
    citations: list[Citation] = []
    for backing in backings:
        mark = _mark_text(backing)
        mark_start = backing.position + shift + 1
        shift += len(mark) + 1
        hit = evidence.hits[backing.sentence.number - 1]
        citations.append(
            Citation(
                number=backing.sentence.number,
                mark_start=mark_start,
                mark_end=mark_start + len(mark),
                article_id=hit.passage.article_id,
                title=hit.title,
                source=hit.source,
                quote=backing.sentence.text,
                start=backing.sentence.start,
                end=backing.sentence.end,
                origin=backing.origin,
                verdict=backing.support.verdict,
                reason=backing.support.reason,
            )
        )
    verdicts = [citation.verdict for citation in citations]
    return Statement(
        text=sentence,
        start=text_start,
        end=start + len(sentence) + shift,
        citations=tuple(citations),
        verdict=max(verdicts, key=_ORDER.__getitem__, default="unsupported"),
    )


def _with_marks(sentence: str, start: int, backings: Sequence[_Backing]) -> str:
    pieces: list[str] = []
    done = 0
    for backing in backings:
        pieces.append(sentence[done : backing.position - start])
        pieces.append(f" {_mark_text(backing)}")
        done = backing.position - start
    return "".join([*pieces, sentence[done:]])


def _mark_text(backing: _Backing) -> str:
    return f"[{backing.sentence.number}]"


def _owner(mark: Mark, spans: Sequence[tuple[int, int]]) -> int:
    """The statement that a mark belongs to: what follows a leading mark, else what it stands in
    or behind."""
    if mark.leads:
        following = [place for place, (_, end) in enumerate(spans) if end > mark.position]
        return following[0] if following else len(spans) - 1
    begun = [place for place, (start, _) in enumerate(spans) if start < mark.position]
    return begun[-1] if begun else 0


def _exists(number: int, evidence: Evidence) -> bool:
    return 1 <= number <= len(evidence.hits)


def _title(sentence: Sentence, evidence: Evidence) -> str:
    return evidence.hits[sentence.number - 1].title
