"""What kind of answer a question expects, by its question word."""

from __future__ import annotations

import re
from typing import Literal

from assistant.retrieval.terms import names, numbers

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
CALENDAR = rf"(?:{MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Christmas|Easter|Ramadan)"
TIME_UNITS = "seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|century|centuries"
_SHARE = re.compile(
    r"\b(?:what|which) (?:share|percentage|proportion|fraction|per ?cent)\b|\bhow many per ?cent\b",
    re.IGNORECASE,
)
_HOW_MUCH_MONEY = re.compile(
    r"(?<!by )\bhow much (?:money\b|(?:is|are|was|were|do|does|did|has|have|had|can|could|will"
    r"|would|must|should)\b[^?]*\b(?:costs?|pay|paid|worth|earn(?:ed)?|charged?|fined)\b)",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    r"\bhow (?:many|much|long|far|old|fast|often|tall|big|large|wide|heavy|deep|high)\b"
    r"|\bwhat (?:number|price)\b",
    re.IGNORECASE,
)
# In "What happens when the ice melts?", "when" asks for nothing.
_WHEN = re.compile(
    r"^\W*(?:since )?when\b|\bwhen (?:am|are|is|was|were|do|does|did|has|have|had|can|could|will"
    r"|would|should|might|may|must)\b|\b(?:what|which) (?:year|date|day|month)\b",
    re.IGNORECASE,
)
_WHO_OR_WHERE = re.compile(r"\b(?:who|whom|whose|where)\b", re.IGNORECASE)
_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
_PARTS = "half|halves|thirds?|quarters?|fifths?|tenths?"
_A_SHARE = re.compile(
    rf"%|\bper ?cent\b|\b(?:{_PARTS})\b|\bin (?:ten|\d+)\b|\d ?/ ?\d|\bout of\b",
    re.IGNORECASE,
)
# Without a currency, nothing but when or what for stands behind the number: "2.3 million", "12m
# over three years", not "2.3 million litres".
_A_SUM = re.compile(
    r"[$€£¥₹₺₴₽₩]|\b(?:usd|eur|gbp|chf|free|nothing|no money|penn(?:y|ies)|pence|kron[eo]r"
    r"|kr[oó]nur|złoty|reais|lei|leva|(?:baht|birr|cedi|cent|crown|dinar"
    r"|dirham|dollar|dong|ducat|escudo|euro|florin|forint|franc|guilder|gulden|hryvnia|krona|krone|kwacha|lari|lira|manat|mark|naira"
    r"|peso|pound|rand|real|renminbi|ringgit|riyal|rouble|ruble|rupee|rupiah|shekel|shilling|taka"
    r"|tenge|thaler|won|yen|yuan|zloty)s?|quetzal(?:es)?|col[oó]n(?:es)?)\b"
    r"|\d ?p\b|(?:\d(?:[km]|mn|bn|tn)?|\b(?:hundred|thousand|million|billion|trillion))"
    r"\W*(?:(?:a|per) \w+\W*)?(?:$|\s(?:over|for|to|in|since|by|after|from)\b)",
    re.IGNORECASE,
)
# Amounts that have no digits.
_AN_AMOUNT = re.compile(rf"\b(?:{_PARTS}|one|none|no|nobody|nothing|once|twice)\b", re.IGNORECASE)
_HOW_LONG = re.compile(r"\bhow long\b", re.IGNORECASE)
_A_WHILE = re.compile(rf"\b(?:{TIME_UNITS}|overnight|forever)\b", re.IGNORECASE)
_HOW_OFTEN = re.compile(r"\bhow often\b", re.IGNORECASE)
_EVERY = re.compile(
    r"\b(?:every|each|hourly|daily|nightly|weekly|monthly|yearly|annually|always|never)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\b(?:{CALENDAR}|spring|summer|autumn|winter"
    r"|noon|midnight|o[’']clock|\d{4}s?|\d{1,2}:\d{2}|yesterday|today|tonight|tomorrow"
    r"|(?:last|next|this) (?:night|morning|afternoon|evening|week|weekend|month|year)"
    r"|(?:minutes?|hours?|days?|weeks?|months?|years?) (?:ago|later|earlier|before|after)"
    r"|century)\b"
    r"|\b\d{1,2}(?:[:.]\d{2})? ?(?:[ap]\.?m\b|(?:in the (?:morning|afternoon|evening)|at night)\b)"
)
_REASON = re.compile(r"\b(?:because|since|so that|to|reason|due|therefore|as)\b", re.IGNORECASE)

Kind = Literal["share", "sum", "number", "date", "name", "reason"]


def expected_kind(question: str) -> Kind | None:
    """What a question asks for, by its question word; None where that cannot be told by form."""
    for kind, asks in _ASKS:
        if asks.search(question):
            return kind
    return None


def holds_kind(kind: Kind, question: str, text: str) -> bool:
    """Whether a text has a thing of this kind: a share, a sum of money, a number or a name that the
    question does not have itself (or an amount in words), a date or a time of day, a reason."""
    match kind:
        case "share":
            return bool(_A_SHARE.search(text))
        case "sum":
            return bool(_A_SUM.search(text))
        case "number":
            in_words = (
                _AN_AMOUNT.search(text)
                or (_HOW_OFTEN.search(question) and _EVERY.search(text))
                or (_HOW_LONG.search(question) and _A_WHILE.search(text))
            )
            return bool(numbers(text) - numbers(question) or in_words)
        case "date":
            return bool(_TIME.search(text))
        case "name":
            return bool(names(text) - names(question))
        case "reason":
            return bool(_REASON.search(text))


def holds_expected_kind(question: str, sentence: str) -> float:
    """1 if the sentence has what the question word asks for, 0 if not, 0.5 if it asks for nothing
    that can be told by its form."""
    kind = expected_kind(question)
    return 0.5 if kind is None else float(holds_kind(kind, question, sentence))


_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("share", _SHARE),
    ("sum", _HOW_MUCH_MONEY),
    ("number", _HOW_MANY),
    ("date", _WHEN),
    ("name", _WHO_OR_WHERE),
    ("reason", _WHY),
)
