"""Whose names stand in a text: persons and places, by how the text uses them."""

from __future__ import annotations

import re
from collections import Counter

from assistant.evaluation.clauses import ClauseReader
from assistant.retrieval.expectations import MONTH

_WORD = r"[A-Z][\w’'-]*\w"
NAME = rf"(?:(?:Mr|Mrs|Ms|Dr)\. )?{_WORD}(?: (?:(?:of|de|van|von) )?{_WORD}){{0,3}}"
_TITLED = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Dr)\.|Professor|Mayor|Governor|Captain|King|Queen|Emperor|Sir|Lord|Lady"
    r"|Prince|Princess|Senator|Judge|Pope|Bishop|Chancellor|Minister|President)"
    rf"(?: (?:[A-Z]\. )?{_WORD}){{1,3}}"
)
_FULL = re.compile(r"(?<![A-Z]\w )\b[A-Z][\w-]*\w (?:[A-Z]\. )?[A-Z][a-z]+\b(?! [A-Z])")
_SURNAME = re.compile(r"[A-Z][a-z][\w’'-]+")  # no numeral of a king
_GENDERED = re.compile(r"\b(?:he|she|his|her)\b", re.IGNORECASE)
_PEOPLES = re.compile(r"(?:ans|can|crats|ese|ish|ists|ants)\Z")
_PLACE = re.compile(
    rf"\b(?:in|at|from|to|near|outside) (?P<place>{_WORD}(?: {_WORD})?)(?=[,.;]| [a-z])"
)
_NO_PLACE = re.compile(
    rf"\b(?:{MONTH}"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Christmas|Easter|Latin|[A-Z]+|\w+(?:’|')s|\w+(?:an|ish|ese))\b"
)


class Names:
    """Whose names stand in some texts.

    Args:
        reader: reads the clauses of these texts.
        people: names of persons in them.
    """

    def __init__(self, reader: ClauseReader, people: frozenset[str]) -> None:
        self._reader = reader
        self._people = people

    def is_person(self, name: str) -> bool:
        """Also with more around it: "Republican Mayor Edwin Dunn of Bern"."""
        parts = name.partition(" of ")[0].split()
        places = range(max(1, len(parts) - 1))
        return any(" ".join(parts[place:]) in self._people for place in places)

    def is_name(self, subject: str) -> bool:
        """Whether the subject of a clause is a name, and not a word in a capital."""
        first, *others = subject.split(" ")
        known = bool(others) or self._reader.is_name(first)
        return known and not self._reader.is_common(first)


def people_of(text: str, reader: ClauseReader) -> frozenset[str]:
    """Names of persons: with a title, said to speak or followed by "who", or with a last part
    that stands alone elsewhere in a text that calls somebody he or she.
    """
    titled = {re.sub("[’']s$", "", match[0]) for match in _TITLED.finditer(text)}
    surnames = {last for name in titled if _SURNAME.fullmatch(last := name.rsplit(" ", 1)[-1])}
    people = set(titled)
    for name in {match[0] for match in _FULL.finditer(text)}:
        first, last = name.split(" ")[0], name.split(" ")[-1]
        if not (
            reader.is_common(first)
            or reader.is_common(last)
            or _PEOPLES.search(last)
            or first.endswith(("ish", "ese"))
        ) and (
            last in surnames
            or _speaks(name, text)
            or (_GENDERED.search(text) and _stands_alone(last, text))
        ):
            people |= {name, last}
    return frozenset(
        name for name in people | surnames if not re.search(rf"\bin {re.escape(name)}\b", text)
    )


def places_of(text: str, people: frozenset[str]) -> frozenset[str]:
    """Names that the text says twice or more that something is in, at, from or near."""
    found = Counter(match["place"] for match in _PLACE.finditer(text))
    often = {place for place, count in found.items() if count > 1 and may_be_place(place)}
    return frozenset(often - people)


def may_be_place(name: str) -> bool:
    """Whether nothing in the name says that it is a month, a people or an abbreviation."""
    return not _NO_PLACE.search(name)


def _speaks(name: str, text: str) -> bool:
    name = re.escape(name)
    return bool(
        re.search(
            rf"\b{name}(?: (?:said|says)\b|, (?:who|whose|\d\d,))|(?:said|says) {name}\b", text
        )
    )


def _stands_alone(name: str, text: str) -> bool:
    before = re.findall(rf"(\w+ )?\b{re.escape(name)}\b(?! [A-Z])", text)
    return any(not word or (word[0].islower() and word not in {"the ", "a "}) for word in before)
