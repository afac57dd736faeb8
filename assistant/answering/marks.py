"""Citation marks in a model's words: found, taken out, and held back while words stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.records import Record

# Three digits at most: "[2021]" is a year that an article put in brackets, not a passage.
_MARK = re.compile(r"\[\s*\d{1,3}(?:\s*(?:,|;|and|&|-|–)\s*\d{1,3})*\s*\]", re.IGNORECASE)
_RANGE = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
_LEADING_OR_LINE_END = re.compile(r"(\[\d+\]|\n)")
_LONGEST_MARK = 40
_LONGEST_RANGE = 20


@dataclass(frozen=True, slots=True)
class Mark(Record):
    """A mark of the model: it stood at ``position`` of the text without marks.

    ``leads`` tells a mark at the start of a line, which belongs to what follows it.
    """

    position: int
    numbers: tuple[int, ...]
    leads: bool


def take_out_marks(draft: str) -> tuple[str, tuple[Mark, ...]]:
    """The draft without its marks, and the marks.

    ``[1]``, ``[1, 2]``, ``[1][2]``, ``[1-3]`` and ``[1 and 2]`` are marks; other brackets stay in
    the text. The spaces before a mark go with it.
    """
    plain = ""
    marks: list[Mark] = []
    end = 0
    for found in _MARK.finditer(draft):
        plain = _appended(plain, draft[end : found.start()], marks).rstrip(" ")
        leads = not plain.strip() or plain.endswith("\n")
        marks.append(Mark(len(plain), _numbers(found.group()), leads))
        end = found.end()
    return _appended(plain, draft[end:], marks), tuple(marks)


def _appended(plain: str, text: str, marks: list[Mark]) -> str:
    after_leading_mark = bool(marks) and marks[-1].leads and marks[-1].position == len(plain)
    return plain + (text.lstrip(" ") if after_leading_mark else text)


def streamed(pieces: Iterable[str], highest: int) -> Iterator[str]:
    """Streams words, holding an open bracket back until it is known whether it is a mark.

    Marks that lead a line come behind it, where the checked answer has them.

    Args:
        pieces: the model's words.
        highest: the highest passage number; other numbers are left out of the stream.
    """
    leading, begun = "", False
    for piece in _whole_marks(pieces, highest):
        shown = ""
        for part in _LEADING_OR_LINE_END.split(piece):
            if part == "\n":
                shown += f" {leading}\n" if leading and begun else part
                leading, begun = "", False
            elif not begun and _LEADING_OR_LINE_END.fullmatch(part):
                leading += part
            else:
                shown += part if begun else part.lstrip(" ")
                begun = begun or bool(part.strip(" "))
        if shown:
            yield shown
    if leading and begun:
        yield f" {leading}"


def _whole_marks(pieces: Iterable[str], highest: int) -> Iterator[str]:
    held = ""
    for piece in pieces:
        held += piece
        ready, held = _settled(held, highest)
        if ready:
            yield ready
    if held:
        yield _valid_only(held, highest)


def _settled(text: str, highest: int) -> tuple[str, str]:
    opening = text.rfind("[")
    is_open = opening >= 0 and "]" not in text[opening:] and len(text) - opening <= _LONGEST_MARK
    split = opening if is_open else len(text)
    # The space before a bracket is held too: it goes when the mark does.
    while is_open and split > 0 and text[split - 1] == " ":
        split -= 1
    return _valid_only(text[:split], highest), text[split:]


def _valid_only(text: str, highest: int) -> str:
    def keep(found: re.Match[str]) -> str:
        return "".join(f"[{n}]" for n in _numbers(found.group()) if 1 <= n <= highest)

    return _MARK.sub(keep, text)


def _numbers(mark: str) -> tuple[int, ...]:
    spread = _RANGE.sub(_spread, mark)
    return tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", spread)))


def _spread(found: re.Match[str]) -> str:
    first, last = int(found.group(1)), int(found.group(2))
    if not first <= last < first + _LONGEST_RANGE:
        return found.group()
    return ", ".join(str(number) for number in range(first, last + 1))
