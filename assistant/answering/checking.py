"""A draft and its evidence to an answer or a refusal."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.citations import check_citations
from assistant.answering.refusal import NOT_SUPPORTED, says_not_there
from assistant.records import Answer
from assistant.retrieval.evidence import Evidence


def checked_answer(draft: str, evidence: Evidence, refusal: Answer) -> Answer:
    """The answer that a draft makes once its citations are checked.

    Args:
        draft: the model's words.
        evidence: what the model read.
        refusal: the answer to give if the draft says that the passages do not hold the answer,
            or if none of its statements is supported, not even partly.
    """
    refusal = replace(refusal, draft=draft)
    if says_not_there(draft):
        return refusal
    checked = check_citations(draft, evidence)
    if all(statement.verdict == "unsupported" for statement in checked.statements):
        return replace(refusal, text=NOT_SUPPORTED, dropped_marks=checked.dropped_marks)
    return replace(
        refusal,
        text=checked.text,
        refused=False,
        statements=checked.statements,
        citations=checked.citations,
        closest=(),
        dropped_marks=checked.dropped_marks,
    )
