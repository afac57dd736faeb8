"""Is an answer measured in what the question asks for? "410,000 litres" is no price."""

from __future__ import annotations

import re

from assistant.retrieval.expectations import TIME_UNITS, expected_kind, holds_kind

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
_FIGURE = (
    r"(?:\d[\d.,]*|\b(?:half an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety))"
    r"(?: (?:hundred|thousand|million|billion)|(?:m|bn|tn)\b)?(?: and a half)?[ -]?"
)
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
    # What is high, low or far need not be long: "How far did temperatures fall?"
    (
        re.compile(
            r"\bhow (?:high|low|far)\b[^?]*\b(?:temperatures?|thermometer)\b", re.IGNORECASE
        ),
        {"temperature"},
    ),
    (re.compile(r"\bhow (?:high|low|far)\b[^?]*\bpressures?\b", re.IGNORECASE), {"pressure"}),
    (re.compile(r"\bhow (?:high|low)\b[^?]*\b(?:age|expectancy)\b", re.IGNORECASE), {"time"}),
    (
        re.compile(r"\bhow far\b[^?]*\b(?:tilt|lean|list|heel|roll|turn|rotate)", re.IGNORECASE),
        {"temperature"},  # also told in degrees
    ),
    (re.compile(r"\bhow heavy\b|\bhow much\b[^?]*\bweigh", re.IGNORECASE), {"weight"}),
    *(
        (re.compile(rf"\bhow many (?:{units})(?!\w)", re.IGNORECASE), {measure})
        for measure, units in _UNITS.items()
    ),
]


def of_another_measure(question: str, answer: str) -> bool:
    """Whether an answer gives only measures of another kind than the question asks for: litres for
    a sum of money, degrees for a pressure.

    Of 1,237 right answers to such questions that the reader was trained on, none is such a one
    (docs/log.md, 2026-11-27). A question for several things may be answered by one of them.

    Args:
        question: the question as it was asked.
        answer: the answer's words, without marks.
    """
    asked = set().union(*(measures for pattern, measures in _ASKED if pattern.search(question)))
    asks_for_a_sum = expected_kind(question) == "sum"
    if not asked and not asks_for_a_sum:
        return False
    held = {measure for measure, pattern in _HELD.items() if pattern.search(answer)}
    told = held & asked or (asks_for_a_sum and holds_kind("sum", question, answer))
    return bool(held) and not told
