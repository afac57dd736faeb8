"""The same pack with other numbers and other names.

What was read many times is learnt by heart; with its numbers and names changed it has to be read.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from packs import Item, Pack

_NUMBERS_SHARE = 0.75
_NAMES_SHARE = 0.6
_YEAR = re.compile(r"1[1-9]\d{2}|20\d{2}")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d(?!\w)")
_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{3,}\b")
_WORD = re.compile(r"\b[A-Za-z]{4,}\b")
_MARK = re.compile(r"^\[\d+\] ", re.MULTILINE)
_BESIDE_LETTERS = re.compile(r"\d[^\W\d_]")
_TRIES = 20


def names_inside(texts: Sequence[str]) -> list[str]:
    """Capitalised words that stand inside a sentence, each once."""
    return sorted({name for text in texts for name in _INSIDE.findall(text)})


def renamed(
    pack: Pack, names: Sequence[str], is_rare: Callable[[str], bool], random_: random.Random
) -> Pack:
    """The pack with its numbers and rare names changed.

    Args:
        pack: what is changed; the numbers before its answers are not.
        names: what names become.
        is_rare: whether a name is one that no reader knows anything of. Others stay: what is known
            of Paris does not fit the text any more when it is called by another name.
        random_: decides.
    """
    shown = [text for passage in pack.passages for text in passage]
    everything = [*shown, *(text for item in pack.items for text in (item.question, item.answer))]
    numbers, others = {}, {}
    if random_.random() < _NUMBERS_SHARE:
        numbers = _other_numbers([_MARK.sub("", text) for text in everything], random_)
    if random_.random() < _NAMES_SHARE:
        common = {word for text in shown for word in _WORD.findall(text) if word.islower()}
        found = [n for n in names_inside(shown) if is_rare(n) and n.lower() not in common]
        others = _other_names(found, names, " ".join(everything).lower(), random_)

    def changed(text: str) -> str:
        lines = []
        for line in text.split("\n"):
            start = match.end() if (match := _MARK.match(line)) else 0
            rest = _NUMBER.sub(lambda m: _spelt(numbers.get(_plain(m[0])), m[0]), line[start:])
            lines.append(line[:start] + _WORD.sub(lambda m: others.get(m[0], m[0]), rest))
        return "\n".join(lines)

    return Pack(
        [(changed(title), changed(text)) for title, text in pack.passages],
        [_changed_item(item, changed) for item in pack.items],
    )


def _changed_item(item: Item, changed: Callable[[str], str]) -> Item:
    return replace(item, question=changed(item.question), answer=changed(item.answer))


def _plain(number: str) -> str:
    return number.replace(",", "")


def _spelt(other: str | None, number: str) -> str:
    """The other number with its commas where the number has its own; the number where there is
    no other."""
    if other is None:
        return number
    digits = (sign for sign in other if sign.isdigit())
    return "".join(next(digits) if sign.isdigit() else sign for sign in number)


def _other_numbers(texts: Sequence[str], random_: random.Random) -> dict[str, str]:
    """Each number of the texts, without commas, with another that looks like it; no two become the
    same. None at all where "21st", "1990s" or "250kg" would stay beside their changed kin."""
    if any(_BESIDE_LETTERS.search(text) for text in texts):
        return {}
    later = random_.choice((-1, 1)) * random_.randint(1, 17)
    others: dict[str, str] = {}
    for number in sorted({_plain(n) for text in texts for n in _NUMBER.findall(text)}):
        tries = (_other_number(number, later, random_) for _ in range(_TRIES))
        free = next((other for other in tries if other not in others.values()), None)
        if free is None:
            return {}
        others[number] = free
    return others


def _other_number(number: str, later: int, random_: random.Random) -> str:
    if _YEAR.fullmatch(number):
        return str(int(number) + later)
    if len(number) == 2:
        # What may be a day of a month stays one.
        return str(random_.randint(10, 31) if int(number) <= 31 else random_.randint(32, 99))
    digits = _digits(random_)
    return "".join(next(digits) if sign.isdigit() else sign for sign in number)


def _digits(random_: random.Random) -> Iterator[str]:
    yield str(random_.randint(1, 9))
    while True:
        yield str(random_.randint(0, 9))


def _other_names(
    found: Sequence[str], names: Sequence[str], text: str, random_: random.Random
) -> dict[str, str]:
    """Each name with another that the text does not have, written large and small."""
    others: dict[str, str] = {}
    for name in found:
        tries = (random_.choice(names) for _ in range(_TRIES))
        free = (t for t in tries if t.lower() not in text and t not in others.values())
        other = next(free, None)
        if other is not None:
            others |= {name: other, name.lower(): other.lower()}
    return others
