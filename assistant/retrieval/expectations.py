"""What kind of answer a question expects, by its question word."""

from __future__ import annotations

import re

from assistant.retrieval.terms import names, numbers

_HOW_MANY = re.compile(
    r"\bhow (?:many|much|long|far|old|fast|often|tall|big|large|wide|heavy|deep|high)\b"
    r"|\bwhat (?:share|percentage|number|price)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month)\b", re.IGNORECASE)
_WHO_OR_WHERE = re.compile(r"\b(?:who|whom|whose|where)\b", re.IGNORECASE)
_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|spring|summer|autumn|winter"
    r"|\d{4})\b"
)
_REASON = re.compile(r"\b(?:because|since|so that|to|reason|due|therefore|as)\b", re.IGNORECASE)


def holds_expected_kind(question: str, sentence: str) -> float:
    """1 if the sentence has what the question word asks for, 0 if not, 0.5 if it asks for nothing
    that can be told by its form.

    "How many" asks for a number that the question does not have, "when" for a date, "who" and
    "where" for a name that it does not have, "why" for a reason.
    """
    if _HOW_MANY.search(question):
        return float(bool(numbers(sentence) - numbers(question)))
    if _WHEN.search(question):
        return float(bool(_TIME.search(sentence)))
    if _WHO_OR_WHERE.search(question):
        return float(bool(names(sentence) - names(question)))
    if _WHY.search(question):
        return float(bool(_REASON.search(sentence)))
    return 0.5
