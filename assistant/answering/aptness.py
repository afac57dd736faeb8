"""Does an answer say what was asked? By rule, as far as rules can tell.

A short answer can stand word for word in its quote and still be the wrong one: "150 kilometres"
for a share, or a fact about another person than the one who was asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.records import Hit
from assistant.retrieval.evidence import told_by
from assistant.retrieval.expectations import Kind, expected_kind, holds_kind
from assistant.retrieval.terms import absent, every_stem

# Names and reasons can be given in words that no rule knows: "the mayor", "it was too old".
_TOLD_BY_FORM: Mapping[Kind, str] = {
    "share": "a share",
    "sum": "a sum of money",
    "number": "a number",
    "date": "a date",
}

_ASKS_FOR_SOMETHING = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE
)
_LEAVES_A_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)


def only_repeats(question: str, answer: str) -> bool:
    """Whether an answer has no word that the question does not have: "Marta Dorrin" to who came
    second behind Marta Dorrin.

    Of 592 right answers to questions held back from training none was such a one, of 608 wrong ones
    16 were (docs/log.md, 2026-11-26). A question for yes or no, or one that leaves a choice, may be
    answered in its own words.

    Args:
        question: the question as it was asked.
        answer: the answer's words, without marks.
    """
    if not _ASKS_FOR_SOMETHING.search(question) or _LEAVES_A_CHOICE.search(question):
        return False
    said = every_stem(answer)
    return bool(said) and said <= every_stem(question)


def reason_to_doubt(question: str, answer: str, hits: Sequence[Hit]) -> str:
    """Why an answer may miss the question although its quotes support it; "" if nothing speaks
    against it.

    A question for a share, a sum of money, a number or a date is answered by one, and what the
    question names or counts stands in a cited passage, its title or its date.

    Args:
        question: the question as it was asked.
        answer: the answer's words, without marks.
        hits: the passages that it cites.
    """
    kind = expected_kind(question)
    if kind is not None and kind in _TOLD_BY_FORM and not holds_kind(kind, question, answer):
        return f"the question asks for {_TOLD_BY_FORM[kind]}"
    lacking = sorted(absent(question, "\n".join(map(told_by, hits))))
    if lacking:
        return f"the passage does not have {', '.join(item[:40] for item in lacking[:4])}"
    return ""
