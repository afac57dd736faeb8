"""A draft and its evidence to an answer or a refusal."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.aptness import only_repeats, reason_to_doubt
from assistant.answering.citations import check_citations
from assistant.answering.measures import of_another_measure
from assistant.answering.refusal import NOT_SUPPORTED, NOT_WHAT_WAS_ASKED, says_not_there
from assistant.records import Answer, Citation, Statement
from assistant.retrieval.evidence import Evidence


def checked_answer(
    draft: str, evidence: Evidence, refusal: Answer, least_if_doubted: float = 0.0
) -> Answer:
    """The answer that a draft makes once its citations are checked.

    Args:
        draft: the model's words.
        evidence: what the model read.
        refusal: the answer to give if the draft says that the passages do not hold the answer,
            and no passage that it cites says the same; if none of its statements is supported, not
            even partly; if it only repeats the question (``aptness``), or measures something else
            (``measures``).
        least_if_doubted: confidence below which an answer that may not be what was asked is
            refused too (0: none is).

    Returns:
        The answer. Where something speaks against its being what was asked (``aptness``), nothing
        in it counts for more than partly supported.
    """
    refusal = replace(refusal, draft=draft)
    question = _as_asked(refusal)
    checked = check_citations(draft, evidence, question)
    # An article may itself say that something was not mentioned.
    if says_not_there(draft) and not any(map(_stands_as_marked, checked.citations)):
        return refusal
    said = " ".join(statement.text for statement in checked.statements)
    nothing_stands = all(statement.verdict == "unsupported" for statement in checked.statements)
    if nothing_stands or only_repeats(question, said):
        return replace(refusal, text=NOT_SUPPORTED, dropped_marks=checked.dropped_marks)
    if of_another_measure(question, said):
        return replace(refusal, text=NOT_WHAT_WAS_ASKED, dropped_marks=checked.dropped_marks)
    cited = [evidence.hits[citation.number - 1] for citation in checked.citations]
    doubt = reason_to_doubt(question, said, cited)
    if doubt and refusal.confidence < least_if_doubted:
        return replace(refusal, text=NOT_WHAT_WAS_ASKED, dropped_marks=checked.dropped_marks)
    statements = tuple(_doubted(statement, doubt) for statement in checked.statements)
    return replace(
        refusal,
        text=checked.text,
        refused=False,
        statements=statements,
        citations=tuple(citation for s in statements for citation in s.citations),
        closest=(),
        dropped_marks=checked.dropped_marks,
    )


def _as_asked(answer: Answer) -> str:
    """The question without the words in brackets that a follow-up may have got for the search: its
    own words, or those of the question that it completes."""
    asked, whole = answer.question, answer.standalone_question
    return asked if whole.startswith(asked) else whole


def _stands_as_marked(citation: Citation) -> bool:
    return citation.origin == "model" and citation.verdict == "supported"


def _doubted(statement: Statement, doubt: str) -> Statement:
    if not doubt or statement.verdict != "supported":
        return statement
    citations = tuple(
        replace(citation, verdict="partly", reason=doubt)
        if citation.verdict == "supported"
        else citation
        for citation in statement.citations
    )
    return replace(statement, verdict="partly", citations=citations)
