"""An answer's text with its marks as buttons.

Marks are placed by the offsets that the citations carry; nothing is read out of the text. What a
mark tells is the card of its name in the sources panel, which the page's script shows beside it.
"""

from __future__ import annotations

from collections import deque

from assistant.records import Answer, Citation, Statement
from assistant.web.markup import escape, verdict_chip, verdict_word
from assistant.web.reader.spans import quote_name


def card_id(name: str) -> str:
    """The id of the element that tells of a mark."""
    return f"quote-{name}"


def marked_answer(turn: str, answer: Answer) -> str:
    """The answer's text, escaped, with a button for each citation.

    Args:
        turn: the id of the turn that it answers.
        answer: its statements and citations say what is marked where.
    """
    marks = deque(sorted(enumerate(answer.citations), key=lambda item: item[1].mark_start))
    pieces: list[str] = []
    at = 0
    for statement in sorted(answer.statements, key=lambda s: s.start):
        gap, at = _stretch(turn, answer.text, at, statement.start, marks)
        body, at = _stretch(turn, answer.text, at, statement.end, marks)
        pieces += [gap, _statement(statement, body)]
    rest, _ = _stretch(turn, answer.text, at, len(answer.text), marks)
    return "".join([*pieces, rest])


def _stretch(
    turn: str, text: str, start: int, end: int, marks: deque[tuple[int, Citation]]
) -> tuple[str, int]:
    """``text[start:end]`` with buttons for the marks that begin before ``end``, which it takes
    from ``marks``, and where it ended: behind ``end`` if that would have cut a mark."""
    pieces: list[str] = []
    while marks and marks[0][1].mark_start < min(end, len(text)):
        place, citation = marks.popleft()
        pieces += [_plain(text[start : citation.mark_start]), _mark(turn, place, citation)]
        start = max(start, citation.mark_end)
    pieces.append(_plain(text[start:end]))
    return "".join(pieces), max(start, end)


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _mark(turn: str, place: int, citation: Citation) -> str:
    name = quote_name(turn, place)
    label = f"Source {citation.number}, {verdict_word(citation.verdict)}: {citation.title}"
    return (
        f'<button type="button" class="mark {citation.verdict}" data-quote="{escape(name)}" '
        f'aria-label="{escape(label)}" aria-describedby="{escape(card_id(name))}">'
        f"{citation.number}</button>"
    )


def _statement(statement: Statement, body: str) -> str:
    """Only a statement that nothing backs is told apart: its marks speak for the others."""
    if statement.verdict != "unsupported" or statement.citations:
        return f'<span class="statement">{body}</span>' if statement.citations else body
    return f'<span class="unbacked">{body}</span> {verdict_chip("unsupported")}'
