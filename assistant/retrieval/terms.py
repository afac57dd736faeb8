"""The words of a text that carry meaning: stems, names and numbers.

Everything here is by rule and for English; it is shared by search, follow-ups and the checks.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections.abc import Set
from decimal import Decimal
from functools import lru_cache
from itertools import product

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

# Prepositions, and the verbs of an order: a name that follows one is not the rest of a name.
_BEFORE_A_NAME = frozenset(
    """according across along alongside amid among around behind beside besides beyond concerning
    despite excluding following including inside like near outside regarding throughout toward
    towards unlike via compare define describe discuss explain find give identify list mention name
    outline show summarise summarize""".split()
)

_UNITS = {w: v for v, w in enumerate("two three four five six seven eight nine".split(), 2)}
_TEENS = {
    word: value
    for value, word in enumerate(
        """ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
        nineteen""".split(),
        10,
    )
}
_TENS = {
    word: value
    for value, word in zip(
        range(20, 100, 10),
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        strict=True,
    )
}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMBER_WORDS = {"zero": 0, "one": 1} | _UNITS | _TEENS | _TENS

_WORD = re.compile(r"[^\W_]+(?:[.’'&-][^\W_]+)*")
# Thousands are grouped by commas and by spaces of several widths.
_GROUPING = ", \u00a0\u2009\u202f"
_DIGITS = rf"(?:\d{{1,3}}(?:[{_GROUPING}]\d{{3}})+(?!\d)|\d+)(?:\.\d+)?"
_TENS_AND_UNITS = rf"(?:{'|'.join(_TENS)})[-\s](?:one|{'|'.join(_UNITS)})"
_SPELLED = "|".join([_TENS_AND_UNITS, *(word for word in _NUMBER_WORDS if word != "one")])
_SCALED = rf"(?:[-\s](?:{'|'.join(_SCALES)}))"
# Without a bare "one", which mostly counts nothing ("one of them").
_NUMBER = re.compile(
    rf"(?P<digits>{_DIGITS})(?:{_SCALED}+\b)?"
    rf"|\b(?:(?:{_SPELLED}){_SCALED}*|one{_SCALED}+)\b",
    re.IGNORECASE,
)
_WORDS_FOLLOW = re.compile(r"\s+[^\W\d_]")
_BEFORE_A_SENTENCE = frozenset('.!?:;“”"([\n…')
_JOINS_NAMES = re.compile(r" (?:of (?:the )?)?")
_LEAST_FOR_A_SLIP = 6
_LENGTHS_OF_INITIALS = range(2, 7)
_STEMMER = snowballstemmer.stemmer("english")
_STEMMER_LOCK = threading.Lock()  # the stemmer keeps the word that it works on in itself


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English Snowball stem of one word (Porter 2), in lower case."""
    with _STEMMER_LOCK:
        stemmed: str = _STEMMER.stemWord(plain_word(word))
    return stemmed


def words(text: str) -> list[str]:
    """All words of the text in order, as they are written; ``27,000`` counts as two."""
    return _WORD.findall(text)


def without_possessive(word: str) -> str:
    """The word as it is written, without a possessive 's."""
    return word.removesuffix("'s").removesuffix("’s")


def plain_word(word: str) -> str:
    """The word in lower case, without accents and without a possessive 's."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    folded = "".join(c for c in decomposed if not unicodedata.combining(c)) or decomposed
    return without_possessive(folded).replace("’", "'")


def is_stop_word(word: str) -> bool:
    """Whether the word only holds a sentence together, as question words do too; "US" does not.

    A contraction is one if its parts are: "didn't".
    """
    is_acronym = len(word) > 1 and word.isupper()
    return not is_acronym and all(part in _STOP_WORDS for part in plain_word(word).split("'"))


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in order, as they are written."""
    return [match.group() for match in _WORD.finditer(text) if _carries_meaning(text, match)]


def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; parts of hyphenated words count alone, and
    numbers have one spelling, as with ``numbers``."""
    return frozenset(
        stem(part)
        for word in content_words(_NUMBER.sub(_in_digits, text))
        for part in word.split("-")
        if part == word or not is_stop_word(part)
    )


def every_stem(text: str) -> frozenset[str]:
    """The stems of all words of the text, also of those that carry no meaning."""
    return frozenset(stem(word) for word in words(text))


def numbers(text: str) -> frozenset[str]:
    """The numbers of the text in one spelling: ``27,000``, ``27 000`` and ``27 thousand`` are
    ``27000``, ``twenty-three`` is ``23``, ``07`` is ``7``."""
    return frozenset(_in_digits(match) for match in _NUMBER.finditer(text))


def figures(text: str) -> frozenset[str]:
    """The numbers of the text that are written in digits, and are no ordinals: "two forces" and
    "the 12th century" mostly say what is asked for, not what a passage has."""
    return frozenset(
        _in_digits(match)
        for match in _NUMBER.finditer(text)
        if match["digits"] and not text[match.end() : match.end() + 1].isalpha()
    )


def names(text: str) -> frozenset[str]:
    """Words that are written as names are (a capital inside a sentence), as ``plain_word`` has
    them.

    The first word of a sentence counts only when a name follows it directly, and when it is no
    preposition and no order ("Describe Napoleon"). In a text without a small letter, capitals
    tell nothing: it has no names.
    """
    if not any(character.islower() for character in text):
        return frozenset()
    found: set[str] = set()
    matches = list(_WORD.finditer(text))
    for place, match in enumerate(matches):
        word = plain_word(match.group())
        if not _looks_like_name(text, match):
            continue
        if _starts_sentence(text, match.start()):
            following = matches[place + 1] if place + 1 < len(matches) else None
            if following is None or not _looks_like_name(text, following):
                continue
            if word in _BEFORE_A_NAME or text[match.end() : following.start()] != " ":
                continue
        found.add(word)
    return frozenset(found)


def name_phrases(text: str) -> list[str]:
    """The names of the text, in order, as they are written; those side by side, or with an "of"
    between them, are one: "Bank of England"."""
    known = names(text)
    phrases: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        if plain_word(match.group()) not in known:
            continue
        if phrases and _JOINS_NAMES.fullmatch(text, phrases[-1][1], match.start()):
            phrases[-1] = (phrases[-1][0], match.end())
        else:
            phrases.append(match.span())
    return [without_possessive(text[start:end]) for start, end in phrases]


def absent(question: str, text: str) -> frozenset[str]:
    """The names and figures of a question that a text does not have, as ``names`` and ``figures``
    spell them.

    A name with a slip of the finger is the text's: a letter too many, too few, another one, or two
    that changed places, in a name of six letters or more and behind its first. So "Normna" is
    Norman, and Zambia is not Gambia. A name that one of the two has by its initials is the text's
    as well: the United States are the US or the U.S.
    """
    known = every_stem(text)
    unnamed = {name for name in names(question) if not _is_among(stem(name), known)}
    if unnamed:
        unnamed -= _by_initials(question, text)
    return frozenset(unnamed | (figures(question) - numbers(text)))


def _by_initials(question: str, text: str) -> set[str]:
    """The names of a question that a text has by their initials, or whose initials they are."""
    asked, told = _initials(question), _initials(text)
    short = {word.replace(".", "") for word in words(text)}
    spelled_out = {word for letters in asked.keys() & short for word in asked[letters]}
    return spelled_out | {
        plain_word(word) for word in words(question) if word.replace(".", "") in told
    }


def _initials(text: str) -> dict[str, frozenset[str]]:
    """The initials of names of several words, also of a part of one ("UN" of the United Nations
    Security Council), with the words."""
    found: dict[str, frozenset[str]] = {}
    for phrase in name_phrases(text):
        parts = [word for word in words(phrase) if word[0].isupper()]
        for start, size in product(range(len(parts)), _LENGTHS_OF_INITIALS):
            run = parts[start : start + size]
            if len(run) == size:
                letters = "".join(word[0] for word in run)
                found[letters] = found.get(letters, frozenset()) | set(map(plain_word, run))
    return found


def _is_among(name: str, known: Set[str]) -> bool:
    return name in known or any(_is_slip(name, word) for word in known)


def _is_slip(word: str, other: str) -> bool:
    if min(len(word), len(other)) < _LEAST_FOR_A_SLIP or word[0] != other[0]:
        return False
    while word and other and word[0] == other[0]:
        word, other = word[1:], other[1:]
    while word and other and word[-1] == other[-1]:
        word, other = word[:-1], other[:-1]
    swapped = len(word) == 2 and word == other[::-1]
    return swapped or max(len(word), len(other)) <= 1


def _carries_meaning(text: str, match: re.Match[str]) -> bool:
    return not is_stop_word(match.group()) or _is_month_or_name(text, match)


def _is_month_or_name(text: str, match: re.Match[str]) -> bool:
    """Whether a word is the "May" of a date or a name: only where a sentence begins with it and
    goes on in words ("May I ask?") is it the verb."""
    begins = _starts_sentence(text, match.start()) and _WORDS_FOLLOW.match(text, match.end())
    return without_possessive(match.group()) == "May" and not begins


def _looks_like_name(text: str, match: re.Match[str]) -> bool:
    word = match.group()
    return word[0].isupper() and len(word) > 1 and _carries_meaning(text, match)


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 8) : start].rstrip(" ")
    return not before or before[-1] in _BEFORE_A_SENTENCE


def _in_digits(match: re.Match[str]) -> str:
    """A number that was found, in digits: "16.8 million", "twenty-five"."""
    digits = match["digits"] or ""
    spelled = re.split(r"[-\s]", match.group().lower().removeprefix(digits))
    value = sum(_NUMBER_WORDS.get(word, 0) for word in spelled)
    scale = math.prod(_SCALES.get(word, 1) for word in spelled)
    if digits and scale == 1:
        return _plain_number(digits)
    number = Decimal(re.sub(f"[{_GROUPING}]", "", digits)) if digits else Decimal(value)
    return _plain_number(f"{number * scale:f}")


def _plain_number(text: str) -> str:
    whole, _, fraction = re.sub(f"[{_GROUPING}]", "", text).partition(".")
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
