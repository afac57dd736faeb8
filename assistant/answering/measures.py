"""Is an answer measured in what the question asks for? "410,000 litres" is no price, and
"27,000 tonnes" no number of rockets."""

from __future__ import annotations

import re

from assistant.retrieval.expectations import TIME_UNITS, expected_kind, holds_kind
from assistant.retrieval.terms import A_NUMBER, numbers

# Pounds are money too, and left out.
_UNITS = {
    "time": f"{TIME_UNITS}|nights?",
    "length": "[cmk]?m|kms|(?:kilo|centi|milli)?met(?:re|er)s?|miles?|feet|foot|ft|inch(?:es)?"
    "|yards?",
    "weight": "kg|g|mg|(?:kilo|milli)?grams?|kilos?|tonnes?|tons?|lbs?|ounces?|oz",
    "volume": "lit(?:re|er)s?|gallons?|barrels?|cubic (?:met(?:re|er)s?|feet)",
    "temperature": "degrees?|°|kelvin",
    "pressure": "bars?|pascals?|psi|atmospheres?",
}
_FIGURE = rf"(?:{A_NUMBER}|\bone\b|\bhalf an?\b)(?: and a half)?[ -]?"
_HELD = {
    measure: re.compile(rf"{_FIGURE}(?:{units})(?!\w)", re.IGNORECASE)
    for measure, units in _UNITS.items()
}
_ASKED = [
    (re.compile(r"\bwhat pressure\b", re.IGNORECASE), {"pressure"}),
    (re.compile(r"\bwhat temperature\b|\bhow (?:hot|cold|warm)\b", re.IGNORECASE), {"temperature"}),
    (re.compile(r"\bhow (?:long|far)\b", re.IGNORECASE), {"time", "length"}),
    (re.compile(r"\bhow old\b", re.IGNORECASE), {"time"}),
    (re.compile(r"\bhow (?:tall|wide|deep|high)\b", re.IGNORECASE), {"length"}),
    (re.compile(r"\bhow heavy\b|\bhow much\b[^?]*\bweigh", re.IGNORECASE), {"weight"}),
    *(
        (re.compile(rf"\bhow many (?:{units})(?!\w)", re.IGNORECASE), {measure})
        for measure, units in _UNITS.items()
    ),
]
# Things are counted; "how many hors" is left alone, because time is what people misspell most.
_ASKS_FOR_A_COUNT = re.compile(
    rf"\bhow many (?!(?:\w+ )?(?:{'|'.join(_UNITS.values())}|pounds?|square|cubic)(?!\w))",
    re.IGNORECASE,
)
_NO_COUNT = frozenset(_UNITS) - {"time"}


def of_another_measure(question: str, answer: str) -> bool:
    """Whether an answer gives only measures of another kind than the question asks for: litres for
    a sum of money, degrees for a pressure, tonnes for a number of things.

    Of 4,538 right answers to questions for a measure or a sum, from what the reader is trained on,
    two are taken for such ones, of 5,002 to questions for a count one, whose unit is misspelt
    (docs/log.md, 2026-11-27). A question for several things may be answered by one of them.

    Args:
        question: the question as it was asked.
        answer: the answer's words, without marks.
    """
    asked = set().union(*(measures for pattern, measures in _ASKED if pattern.search(question)))
    kind = expected_kind(question)
    asks_for_a_sum = kind == "sum"
    held = {measure for measure, pattern in _HELD.items() if pattern.search(answer)}
    if kind == "number" and not asked and _ASKS_FOR_A_COUNT.search(question):
        return bool(held) and held <= _NO_COUNT and not numbers(_without_measures(answer))
    if not asked and not asks_for_a_sum:
        return False
    told = held & asked or (asks_for_a_sum and holds_kind("sum", question, answer))
    return bool(held) and not told


def _without_measures(answer: str) -> str:
    for pattern in _HELD.values():
        answer = pattern.sub(" ", answer)
    return answer
