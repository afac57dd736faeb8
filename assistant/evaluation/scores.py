"""Every score of every question, from its prediction alone."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evaluation.cases import Case, Outcome, Prediction, Result
from assistant.evaluation.metrics import contains_answer, exact_match, rouge_l, token_f1
from assistant.evaluation.rankings import retrieval_scores
from assistant.records import Citation, Origin

FINAL = "final"


def scored(predictions: Sequence[Prediction]) -> list[Case]:
    """The predictions with their scores and outcomes, in their order."""
    retrieval = _retrieval(predictions)
    return [
        Case(
            prediction,
            _outcome(prediction),
            {**retrieval.get(prediction.question.id, {}), **_answer_scores(prediction)},
        )
        for prediction in predictions
    ]


def said(prediction: Prediction) -> str:
    """The answer without its marks; a refusal or an error says nothing."""
    if prediction.answer is None or prediction.answer.refused:
        return ""
    return " ".join(statement.text for statement in prediction.answer.statements)


def is_right(prediction: Prediction) -> bool:
    """Whether an answer holds what was asked for, or what cannot be answered was refused."""
    if prediction.question.answerable:
        return contains_answer(said(prediction), prediction.question.answers)
    return prediction.refused


def can_be_right(prediction: Prediction) -> bool:
    """Whether right can be told from wrong: of some questions it is only known where the answer
    stands, not its words."""
    return bool(prediction.question.answers) or not prediction.question.answerable


def lacks_evidence(prediction: Prediction) -> bool:
    """Whether the library holds none of the evidence that a question names, so that no ranking can
    be judged by it."""
    question = prediction.question
    named = bool(question.evidence or question.gold_spans)
    return question.answerable and named and not prediction.judgements


def lacking_evidence(result: Result) -> str:
    """How many questions cannot be scored on retrieval, in words; empty where all can."""
    number = sum(lacks_evidence(case.prediction) for case in result.cases)
    if not number:
        return ""
    have, them = ("1 question has", "it") if number == 1 else (f"{number:,} questions have", "them")
    return f"{have} evidence that the library does not hold; no figure of retrieval counts {them}."


def given_answers(cases: Sequence[Case]) -> list[tuple[float, bool]]:
    """Confidence of each answer that was no refusal, and whether it is right."""
    return [
        (case.prediction.answer.confidence, is_right(case.prediction))
        for case in cases
        if case.prediction.answer is not None
        and not case.prediction.refused
        and can_be_right(case.prediction)
    ]


def cited_passages(prediction: Prediction, origin: Origin | None = None) -> set[str]:
    """Ids of the passages that the answer cites, by marks of one origin or of any."""
    if prediction.answer is None:
        return set()
    return {
        prediction.answer.hits[citation.number - 1].passage.id
        for citation in prediction.answer.citations
        if origin in (None, citation.origin)
    }


def holds_answer(prediction: Prediction, citation: Citation) -> bool:
    """Whether the quote of a citation holds one of the answers."""
    return contains_answer(citation.quote, prediction.question.answers)


def _retrieval(predictions: Sequence[Prediction]) -> dict[str, dict[str, float]]:
    """Scores by question id, named ``final hit@4`` and so on.

    An error retrieved nothing, at each stage that the question would have had.
    """
    scores: dict[str, dict[str, float]] = {}
    for stage in dict.fromkeys(stage for p in predictions for stage in p.rankings):
        judged = {
            p.question.id: p.judgements
            for p in predictions
            if p.judgements and (stage in p.rankings or (p.error and _has_stage(p, stage)))
        }
        ranking = {p.question.id: p.rankings.get(stage, ()) for p in predictions}
        for question, of_stage in retrieval_scores(ranking, judged).items():
            named = {f"{stage} {name}": value for name, value in of_stage.items()}
            scores.setdefault(question, {}).update(named)
    return scores


def _has_stage(prediction: Prediction, stage: str) -> bool:
    """Whether a question is searched for at a stage; two are of follow-ups alone."""
    if stage == "as asked":
        return bool(prediction.question.history)
    return stage != "by hand" or prediction.question.standalone is not None


def _answer_scores(prediction: Prediction) -> dict[str, float | None]:
    question, answer, text = prediction.question, prediction.answer, said(prediction)
    failed = answer is None
    known = can_be_right(prediction)
    timings = answer.timings if answer else {}
    return {
        "exact match": float(not failed and exact_match(text, question.answers)) if known else None,
        "token F1": (0.0 if failed else token_f1(text, question.answers)) if known else None,
        "ROUGE-L": (0.0 if failed else rouge_l(text, question.answers)) if known else None,
        "right": float(is_right(prediction)) if known else None,
        "refused": float(prediction.refused),
        "confidence": answer.confidence if answer else None,
        "first word": timings.get("first_word"),
        "seconds": timings.get("total"),
    }


def _outcome(prediction: Prediction) -> Outcome:
    """Where a question was lost on its way, or that it was not; an answer that cites the right
    passage is right where only that passage is known."""
    if prediction.error:
        return "error"
    if not prediction.question.answerable:
        return "rightly refused" if prediction.refused else "answered though unanswerable"
    if is_right(prediction):
        return "right"
    gold = {passage for passage, _ in prediction.gold}
    shown = {hit.passage.id for hit in prediction.answer.hits} if prediction.answer else set()
    if gold and not gold & shown:
        return "not retrieved"
    if prediction.refused:
        return "falsely refused"
    if gold and not gold & cited_passages(prediction):
        return "retrieved but not cited"
    return "cited but wrong" if can_be_right(prediction) else "right"
