"""Cases to figures. Errors stay in every denominator, and intervals are by article."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from assistant.answering.refusal import says_not_there
from assistant.answering.support import missing_names, missing_numbers
from assistant.evaluation.calibration import RiskCoverage, risk_coverage
from assistant.evaluation.cases import Attempt, Case, Prediction, Result, Slice
from assistant.evaluation.intervals import clustered_mean
from assistant.evaluation.metrics import Figure, contains_answer, token_f1
from assistant.evaluation.obedience import injection_figures, injection_slices, judged
from assistant.evaluation.rankings import CUTOFFS
from assistant.evaluation.scores import (
    FINAL,
    can_be_right,
    cited_passages,
    given_answers,
    holds_answer,
    is_right,
    scored,
)
from assistant.evaluation.speed import speed_figures
from assistant.records import Answer, Citation, Origin, Statement
from assistant.retrieval.terms import words

_SHORT_QUESTION = 8


def summarise(
    predictions: Sequence[Prediction],
    settings: Mapping[str, Any],
    attempts: Sequence[Attempt] = (),
) -> Result:
    """All figures of a run.

    Args:
        predictions: what was predicted, question by question.
        settings: what was measured, as ``manifest`` gives it.
        attempts: what came of instructions hidden in articles, if any were.
    """
    cases, attacks = scored(predictions), judged(attempts)
    seed = settings.get("seed") or 0
    figures = _Figures(seed)
    injection = {"injection": injection_figures(attacks, seed)} if attacks else {}
    return Result(
        questions=str(settings.get("questions", "")),
        split=settings.get("split"),
        model=str(settings.get("model", "")),
        figures={**figures.groups(cases), **injection},
        slices=(*figures.slices(cases), *injection_slices(attacks, seed)),
        funnel=dict(Counter(case.outcome for case in cases).most_common()),
        risk_coverage=_risk_coverage(cases),
        settings=dict(settings),
        cases=tuple(cases),
        attacks=tuple(attacks),
    )


class _Figures:
    """Makes figures with intervals; ``seed`` is that of the resampling."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def groups(self, cases: Sequence[Case]) -> dict[str, tuple[Figure, ...]]:
        predictions = [case.prediction for case in cases]
        stages = dict.fromkeys((FINAL, *(stage for p in predictions for stage in p.rankings)))
        return {
            **{f"retrieval, {stage}": self._retrieval(cases, stage) for stage in stages},
            "retrieval of follow-ups": self._follow_ups(cases),
            "answers": self._answers([c for c in cases if c.prediction.question.answerable]),
            "answers to the unanswerable": self._answers(
                [c for c in cases if not c.prediction.question.answerable]
            ),
            "refusals": self._refusals(predictions),
            "citations": self._citations(predictions, None),
            "citations of the model": self._citations(predictions, "model"),
            "citations matched afterwards": self._citations(predictions, "matched"),
            "baseline: quoting the best sentence": self._baseline(predictions, _quote),
            "baseline: the model without passages": self._baseline(predictions, _unaided),
            "speed": speed_figures(predictions),
            "errors": (
                self._mean(
                    "questions that ended in an error",
                    [(bool(p.error), p.cluster) for p in predictions],
                ),
            ),
        }

    def slices(self, cases: Sequence[Case]) -> tuple[Slice, ...]:
        parts: defaultdict[tuple[str, str], list[Case]] = defaultdict(list)
        for case in cases:
            for kind, label in _labels(case.prediction):
                parts[kind, label].append(case)
        return tuple(
            Slice(
                kind,
                label,
                (
                    self._of("hit@4", part, f"{FINAL} hit@4"),
                    self._of("right", part, "right"),
                    self._of("refused", part, "refused"),
                ),
            )
            for (kind, label), part in sorted(parts.items())
        )

    def _mean(self, name: str, values: Iterable[tuple[float | None, str]]) -> Figure:
        known = [(float(value), cluster) for value, cluster in values if value is not None]
        return clustered_mean(name, [v for v, _ in known], [c for _, c in known], self._seed)

    def _of(self, name: str, cases: Iterable[Case], score: str) -> Figure:
        return self._mean(name, ((c.scores.get(score), c.prediction.cluster) for c in cases))

    def _retrieval(self, cases: Sequence[Case], stage: str) -> tuple[Figure, ...]:
        return tuple(
            self._of(f"{metric}@{k}", cases, f"{stage} {metric}@{k}")
            for metric in ("hit", "recall", "MRR", "nDCG")
            for k in CUTOFFS
        )

    def _follow_ups(self, cases: Sequence[Case]) -> tuple[Figure, ...]:
        follow_ups = [case for case in cases if case.prediction.question.history]
        return (
            self._of("hit@4, as asked", follow_ups, "as asked hit@4"),
            self._of("hit@4, as rewritten", follow_ups, f"{FINAL} hit@4"),
            self._of("hit@4, by hand", follow_ups, "by hand hit@4"),
        )

    def _answers(self, cases: Sequence[Case]) -> tuple[Figure, ...]:
        return (
            self._of("exact match", cases, "exact match"),
            self._of("token F1", cases, "token F1"),
            self._of("answer contained, or rightly refused", cases, "right"),
            self._of("ROUGE-L", cases, "ROUGE-L"),
        )

    def _refusals(self, predictions: Sequence[Prediction]) -> tuple[Figure, ...]:
        refused = [p for p in predictions if p.refused]
        unanswerable = [p for p in predictions if not p.question.answerable]
        answerable = [p for p in predictions if p.question.answerable]
        precision = self._mean(
            "precision", [(not p.question.answerable, p.cluster) for p in refused]
        )
        recall = self._mean("recall", [(p.refused, p.cluster) for p in unanswerable])
        return (
            precision,
            recall,
            Figure("F1", _f1(precision.value, recall.value), len(predictions)),
            self._mean(
                "wrong answers, of the unanswerable",
                [(not p.refused, p.cluster) for p in unanswerable],
            ),
            self._mean(
                "false refusals, of the answerable", [(p.refused, p.cluster) for p in answerable]
            ),
            self._mean(
                "right, refusals included",
                [(is_right(p), p.cluster) for p in predictions if can_be_right(p)],
            ),
        )

    def _citations(
        self, predictions: Sequence[Prediction], origin: Origin | None
    ) -> tuple[Figure, ...]:
        answers = [(p, p.answer) for p in predictions if p.answer is not None]
        made = [
            (p, statement, citation, exact)
            for p, answer in answers
            for statement, citation, exact in _cited(p, answer)
            if origin in (None, citation.origin)
        ]
        marks = [(True, p.cluster) for p, _, _, _ in made]
        if origin != "matched":  # what is matched afterwards always names a passage
            marks += [
                (False, p.cluster) for p, answer in answers for _ in range(answer.dropped_marks)
            ]
        statements = [
            (any(origin in (None, c.origin) for c in statement.citations), p.cluster)
            for p, answer in answers
            for statement in answer.statements
        ]
        with_gold = [p for p in predictions if p.gold and p.question.answerable]
        agreement = [(_agreement(p, origin), p.cluster) for p in with_gold]
        return (
            self._mean("marks with a valid number", marks),
            self._mean("statements cited", statements),
            self._mean("precision against gold passages", [(a[0], c) for a, c in agreement]),
            self._mean("recall against gold passages", [(a[1], c) for a, c in agreement]),
            self._mean("F1 against gold passages", [(a[2], c) for a, c in agreement]),
            self._mean(
                "quote holds the answer",
                [(holds_answer(p, c), p.cluster) for p, _, c, _ in made if p.question.answers],
            ),
            self._mean(
                "quote exact at its offsets", [(exact, p.cluster) for p, _, _, exact in made]
            ),
            self._mean("supported", [(c.verdict == "supported", p.cluster) for p, _, c, _ in made]),
            self._mean(
                "statement has a name or number that its quote lacks",
                [(_has_more(s, c), p.cluster) for p, s, c, _ in made],
            ),
        )

    def _baseline(
        self, predictions: Sequence[Prediction], text: Callable[[Prediction], str]
    ) -> tuple[Figure, ...]:
        answerable = [p for p in predictions if p.question.answers]
        return (
            self._mean(
                "answer contained",
                [(contains_answer(text(p), p.question.answers), p.cluster) for p in answerable],
            ),
            self._mean(
                "token F1", [(token_f1(text(p), p.question.answers), p.cluster) for p in answerable]
            ),
            self._mean(
                "right, refusals included",
                [
                    (
                        contains_answer(text(p), p.question.answers)
                        if p.question.answerable
                        else says_not_there(text(p)),
                        p.cluster,
                    )
                    for p in predictions
                    if can_be_right(p)
                ],
            ),
        )


def _quote(prediction: Prediction) -> str:
    return prediction.quote


def _unaided(prediction: Prediction) -> str:
    return prediction.unaided


def _cited(prediction: Prediction, answer: Answer) -> Iterable[tuple[Statement, Citation, bool]]:
    exact = dict(zip(answer.citations, prediction.exact_quotes, strict=True))
    for statement in answer.statements:
        for citation in statement.citations:
            yield statement, citation, exact[citation]


def _agreement(prediction: Prediction, origin: Origin | None) -> tuple[float | None, ...]:
    """Precision, recall and F1 of the cited passages; nothing cited has no precision."""
    gold = {passage for passage, _ in prediction.gold}
    cited = cited_passages(prediction, origin)
    good = len(gold & cited)
    precision = good / len(cited) if cited else None
    recall = good / len(gold)
    return precision, recall, 2 * good / (len(cited) + len(gold))


def _has_more(statement: Statement, citation: Citation) -> bool:
    return bool(
        missing_numbers(statement.text, citation.quote)
        or missing_names(statement.text, citation.quote, citation.title)
    )


def _f1(precision: float | None, recall: float | None) -> float | None:
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _risk_coverage(cases: Sequence[Case]) -> RiskCoverage | None:
    """The curve over the answers that were given; with the threshold 0 these are all."""
    given = given_answers(cases)
    return risk_coverage(*zip(*given, strict=True)) if given else None


def _labels(prediction: Prediction) -> Iterable[tuple[str, str]]:
    """What slices a question belongs to."""
    question = prediction.question
    first = (words(question.question) or ["none"])[0].lower()
    known = ("who", "what", "when", "where", "why", "which", "how")
    yield "answerable", "yes" if question.answerable else "no"
    yield "follow-up", "yes" if question.history else "no"
    yield "source", question.article or "not told"
    yield "question word", first if first in known else "other"
    length = len(words(question.question))
    yield "length", f"{'up to' if length <= _SHORT_QUESTION else 'over'} {_SHORT_QUESTION} words"
