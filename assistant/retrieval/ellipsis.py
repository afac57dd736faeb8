"""A follow-up that names only what is different: "And in 2019?"."""

from __future__ import annotations

import re

from assistant.retrieval.expectations import CALENDAR
from assistant.retrieval.terms import name_phrases

_LONGEST = 80
_FRAGMENT = re.compile(
    r"\W*(?P<goes_on>(?:(?:and|but|or|so|then)\b[\s,]*)?(?:(?:what|how) about\b\s*)?)"
    r"(?P<asks>(?:who|whom|whose|what|which|where|when|why|how(?: many| much| long)?)\b\s*)?"
    r"(?P<preposition>(?:in|at|on|for|from|of|to|with|by|during|since)\b\s*)?"
    r"(?P<named>.+?)\W*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_YEAR_BEFORE = re.compile(
    r"(?:the|a) (?:(?:previous|preceding|prior) year|year (?:before|earlier))", re.IGNORECASE
)
_YEAR_AFTER = re.compile(
    r"(?:the|a) (?:(?:following|next) year|year (?:after|afterwards|later))", re.IGNORECASE
)
_CALENDAR = re.compile(rf"\b{CALENDAR}\b", re.IGNORECASE)
_ARTICLE = re.compile(r"the\s+", re.IGNORECASE)


def completed(question: str, before: str) -> str | None:
    """The question before, asked of what a fragment names instead.

    "And in 2019?", "What about the year before?", "And who in Orsk?" and "And Marta Dorrin?" take
    the place of the year or the name in the question before; a year or a place that it did not have
    is added to it.

    Args:
        question: what was asked now.
        before: the question before, standing alone; what follows it in brackets is kept.

    Returns:
        None if the question is no such fragment, asks for another thing than the one before, or if
        it cannot be told what it takes the place of.
    """
    fragment = _FRAGMENT.fullmatch(question) if len(question) <= _LONGEST else None
    if fragment is None or not (fragment["goes_on"] or fragment["preposition"]):
        return None
    asked, mark, rest = before.partition("?")
    asks = (fragment["asks"] or "").strip().lower()
    if asks and not re.search(rf"\b{asks}\b", asked, re.IGNORECASE):
        return None
    preposition, named = (fragment["preposition"] or "").strip(), fragment["named"]
    whole = _of_another_year(asked, named) or _of_another_name(asked, preposition, named)
    return None if whole is None else f"{whole}{mark}{rest}"


def _of_another_year(asked: str, named: str) -> str | None:
    years = _YEAR.findall(asked)
    if _YEAR.fullmatch(named):
        if not years:
            return f"{asked} in {named}"
        return _YEAR.sub(named, asked) if len(years) == 1 else None
    step = -1 if _YEAR_BEFORE.fullmatch(named) else 1 if _YEAR_AFTER.fullmatch(named) else 0
    return _YEAR.sub(str(int(years[0]) + step), asked) if step and len(years) == 1 else None


def _of_another_name(asked: str, preposition: str, named: str) -> str | None:
    bare = _ARTICLE.sub("", named, count=1) if _ARTICLE.match(named) else named
    # Behind a word, so that a name does not count as the first word of a sentence.
    if name_phrases(f"of {bare}") != [bare]:
        return None
    of_the_calendar = bool(_CALENDAR.search(bare))
    phrases = [p for p in name_phrases(asked) if bool(_CALENDAR.search(p)) == of_the_calendar]
    if bare in phrases:
        return None
    if preposition:
        placed = [p for p in phrases if re.search(_placed(preposition, p), asked, re.IGNORECASE)]
        if not placed:
            return f"{asked} {preposition} {named}"
        pattern = _placed(preposition, placed[-1])
        return re.sub(pattern, lambda _: f"{preposition} {named}", asked, flags=re.IGNORECASE)
    if len(phrases) != 1:
        return None
    pattern = rf"\b(?:the\s+)?{re.escape(phrases[0])}"
    return re.sub(pattern, lambda _: named, asked, flags=re.IGNORECASE)


def _placed(preposition: str, phrase: str) -> str:
    return rf"\b{preposition}\s+(?:the\s+)?{re.escape(phrase)}"
