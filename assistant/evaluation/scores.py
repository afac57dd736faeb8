"""Cases to figures. Errors stay in every denominator."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evaluation.cases import Case
from assistant.evaluation.metrics import (
    Figure,
    contains_answer,
    mean,
    percentile,
    reciprocal_rank,
    share,
)
from assistant.records import Citation, Origin


def score(cases: Sequence[Case]) -> dict[str, tuple[Figure, ...]]:
    """All figures, by group."""
    return {
        "retrieval": _retrieval(cases),
        "answers": _answers(cases),
        "refusals": _refusals(cases),
        "citations": _citations(cases),
        "citations of the model": _citations_of(cases, "model"),
        "citations matched afterwards": _citations_of(cases, "matched"),
        "baseline: quoting the best sentence": _quote_baseline(cases),
        "baseline: the model without passages": _unaided_baseline(cases),
        "speed": _speed(cases),
        "errors": (share("questions that ended in an error", [bool(c.error) for c in cases]),),
    }


def _retrieval(cases: Sequence[Case]) -> tuple[Figure, ...]:
    known = [case for case in cases if case.question.evidence is not None]
    follow_ups = [case for case in known if case.question.history]
    return (
        share("hit@1", [case.rank == 1 for case in known]),
        share("hit@4", [_within(case, 4) for case in known]),
        mean("MRR@10", [reciprocal_rank(case.rank) for case in known]),
        share("hit@4 of follow-ups", [_within(case, 4) for case in follow_ups]),
    )


def _answers(cases: Sequence[Case]) -> tuple[Figure, ...]:
    answerable = [case for case in cases if case.question.answerable]
    return (
        share("answer contained", [case.contains for case in answerable]),
        mean("token F1", [case.f1 for case in answerable]),
        share("right, refusals included", [_is_right(case) for case in cases]),
    )


def _refusals(cases: Sequence[Case]) -> tuple[Figure, ...]:
    answerable = [case for case in cases if case.question.answerable]
    unanswerable = [case for case in cases if not case.question.answerable]
    return (
        share("refused, of the unanswerable", [_refused(case) for case in unanswerable]),
        share("refused, of the answerable", [_refused(case) for case in answerable]),
    )


def _citations(cases: Sequence[Case]) -> tuple[Figure, ...]:
    answers = [case.answer for case in cases if case.answer]
    statements = [s for answer in answers for s in answer.statements]
    citations = [c for answer in answers for c in answer.citations]
    written = sum(c.origin == "model" for c in citations)
    dropped = sum(answer.dropped_marks for answer in answers)
    valid = [
        1 <= c.number <= len(answer.hits)
        and answer.text[c.mark_start : c.mark_end] == f"[{c.number}]"
        for answer in answers
        for c in answer.citations
    ]
    exact = sum(case.exact_quotes for case in cases)
    return (
        share("marks that name a passage", valid),
        share("quotes exact at their offsets", _counted(exact, len(citations))),
        share("statements cited", [bool(s.citations) for s in statements]),
        share("statements supported", [s.verdict == "supported" for s in statements]),
        share("marks of the model with a valid number", _counted(written, written + dropped)),
    )


def _citations_of(cases: Sequence[Case], origin: Origin) -> tuple[Figure, ...]:
    citations = [
        (case, citation)
        for case in cases
        if case.answer is not None
        for citation in case.answer.citations
        if citation.origin == origin
    ]
    of_answerable = [(case, c) for case, c in citations if case.question.answerable]
    return (
        share("supported", [c.verdict == "supported" for _, c in citations]),
        share("quote holds the answer", [_holds(case, c) for case, c in of_answerable]),
        share(
            "quote holds the answer, unanswerable included", [_holds(*pair) for pair in citations]
        ),
    )


def _quote_baseline(cases: Sequence[Case]) -> tuple[Figure, ...]:
    answerable = [case for case in cases if case.question.answerable]
    return (
        share("answer contained", [case.quote.contains for case in answerable]),
        mean("token F1", [case.quote.f1 for case in answerable]),
        share(
            "right, refusals included",
            [case.quote.contains and case.question.answerable for case in cases],
        ),
    )


def _unaided_baseline(cases: Sequence[Case]) -> tuple[Figure, ...]:
    answerable = [case for case in cases if case.question.answerable]
    unanswerable = [case for case in cases if not case.question.answerable]
    return (
        share("answer contained", [case.unaided.contains for case in answerable]),
        mean("token F1", [case.unaided.f1 for case in answerable]),
        share("refused, of the unanswerable", [case.unaided.refused for case in unanswerable]),
        share(
            "right, refusals included",
            [
                case.unaided.contains if case.question.answerable else case.unaided.refused
                for case in cases
            ],
        ),
    )


def _speed(cases: Sequence[Case]) -> tuple[Figure, ...]:
    answers = [case.answer for case in cases if case.answer]
    first = [a.timings["first_word"] for a in answers if "first_word" in a.timings]
    totals = [a.timings["total"] for a in answers]
    written = [a for a in answers if a.tokens_out and "first_word" in a.timings]
    rates = [
        a.tokens_out
        / (
            a.timings["rewrite"]
            + a.timings["search"]
            + a.timings["write"]
            - a.timings["first_word"]
        )
        for a in written
        if a.tokens_out > 1
    ]
    return (
        percentile("seconds to the first word, median", first, 50),
        percentile("seconds to the first word, 95th percentile", first, 95),
        percentile("seconds in all, median", totals, 50),
        percentile("seconds in all, 95th percentile", totals, 95),
        percentile("tokens a second while writing, median", rates, 50),
    )


def _is_right(case: Case) -> bool:
    return case.contains if case.question.answerable else _refused(case)


def _refused(case: Case) -> bool:
    return case.answer is not None and case.answer.refused


def _within(case: Case, k: int) -> bool:
    return case.rank is not None and case.rank <= k


def _holds(case: Case, citation: Citation) -> bool:
    return contains_answer(citation.quote, case.question.answers)


def _counted(true: int, n: int) -> list[bool]:
    return [place < true for place in range(n)]
