"""The words of a text that carry meaning: stems, names and numbers.

Everything here is by rule and for English; it is shared by search, follow-ups and the checks.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import snowballstemmer

_STOP_WORDS = frozenset(
    """a about above after again against all also am an and any are aren as at be because been
    before being below between both but by can cannot could couldn d did didn do does doesn doing
    don down during each else few for from further get gets got had hadn has hasn have haven having
    he her here hers herself him himself his how i if in into is isn it its itself just let ll m
    many may me might mine more most much must my myself no nor not now of off on once only or other
    our ours out over own please re s same say says said shall she should shouldn so some such t
    tell than that the their theirs them themselves then there these they this those through to too
    under until up upon us ve very was wasn we were weren what whatever when where whether which
    while who whom whose why will with within without would wouldn you your yours""".split()
)

# Without "one", which mostly counts nothing ("one of them").
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        """zero - two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen twenty""".split()
    )
} | {
    word: str(value)
    for value, word in zip(
        range(30, 100, 10), "thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}

_WORD = re.compile(r"[^\W_]+(?:[.’'&-][^\W_]+)*")
# Thousands are grouped by commas and by spaces of several widths.
_GROUPING = ", \u00a0\u2009\u202f"
_NUMBER = re.compile(rf"\d{{1,3}}(?:[{_GROUPING}]\d{{3}})+(?!\d)|\d+(?:\.\d+)?")
_BEFORE_A_SENTENCE = frozenset('.!?:;“”"([\n…')
_STEMMER = snowballstemmer.stemmer("english")
_STEMMER_LOCK = threading.Lock()  # the stemmer keeps the word that it works on in itself


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English Snowball stem of one word (Porter 2), in lower case."""
    with _STEMMER_LOCK:
        stemmed: str = _STEMMER.stemWord(_plain(word))
    return stemmed


def words(text: str) -> list[str]:
    """All words of the text in order, as they are written; ``27,000`` counts as two."""
    return _WORD.findall(text)


def is_stop_word(word: str) -> bool:
    """Whether the word only holds a sentence together, as question words do too; "US" does not."""
    is_acronym = len(word) > 1 and word.isupper()
    return not is_acronym and _plain(word) in _STOP_WORDS


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in order, as they are written."""
    return [word for word in words(text) if not is_stop_word(word)]


def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; parts of hyphenated words count alone, and
    spelled numbers count as their digits."""
    return frozenset(
        _NUMBER_WORDS.get(part.lower()) or stem(part)
        for word in words(text)
        for part in word.split("-")
        if part and not is_stop_word(part)
    )


def numbers(text: str) -> frozenset[str]:
    """The numbers of the text in one spelling: ``27,000`` and ``27 000`` are ``27000``,
    ``three`` is ``3``, ``07`` is ``7``."""
    digits = {_plain_number(found) for found in _NUMBER.findall(text)}
    spelled = {
        _NUMBER_WORDS[part]
        for word in words(text)
        for part in word.lower().split("-")
        if part in _NUMBER_WORDS
    }
    return frozenset(digits | spelled)


def names(text: str) -> frozenset[str]:
    """Words that are written as names are (a capital inside a sentence), in lower case.

    The first word of a sentence counts only when a name follows it directly.
    """
    found: set[str] = set()
    matches = list(_WORD.finditer(text))
    for place, match in enumerate(matches):
        word = match.group()
        if not _looks_like_name(word):
            continue
        if _starts_sentence(text, match.start()):
            following = matches[place + 1] if place + 1 < len(matches) else None
            if following is None or not _looks_like_name(following.group()):
                continue
            if text[match.end() : following.start()] != " ":
                continue
        found.add(_plain(word))
    return frozenset(found)


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _looks_like_name(word: str) -> bool:
    return word[0].isupper() and len(word) > 1 and not is_stop_word(word)


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 8) : start].rstrip(" ")
    return not before or before[-1] in _BEFORE_A_SENTENCE


def _plain_number(text: str) -> str:
    whole, _, fraction = re.sub(f"[{_GROUPING}]", "", text).partition(".")
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
