"""Answers with their sources, and whole conversations, as texts to keep: plain, Markdown, HTML,
JSON.

Pure functions. A mark becomes the number of a footnote, with one footnote for each sentence that
an answer cites. In Markdown and HTML, what others wrote is escaped, and nothing is a link.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.conversations import Conversation, Turn
from assistant.records import Answer, Citation, Record
from assistant.web.chat.filtering import described
from assistant.web.markup import escape, lines, verdict_word, visible

# Signs that mean something in Markdown: wherever they stand, in an address, or at a line's begin.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|~&$@]|:(?=//)|(?<=www)\.|^[-+=]")
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)])")  # longer numbers begin no list
_STYLE = (
    "body{max-width:44em;margin:2em auto;padding:0 1em;font:17px/1.6 Georgia,serif;"
    "color:#211f1c;background:#fff}h1{font-size:1.5em}h2{font-size:1.15em;margin:2.2em 0 .4em}"
    ".note,footer,li small{color:#67625b;font-size:.85em}li{margin:.4em 0}"
    "h1,h2,p,li{overflow-wrap:anywhere}blockquote{margin:0}"
    "@media(prefers-color-scheme:dark){body{color:#ebe7df;background:#171613}"
    ".note,footer,li small{color:#a8a297}}"
)


@dataclass(frozen=True, slots=True)
class Footnote(Record):
    """A cited sentence, with what is known of its article."""

    number: int
    quote: str
    source: str
    verdict: str


def plain_text(answer: Answer) -> str:
    """The answer with footnotes, as plain text."""
    text, notes = _with_marks(answer, str, lambda number: f"[{number}]")
    written = [f"[{n.number}] “{n.quote}” — {n.source} ({n.verdict})" for n in notes]
    nearest = [f"- {c.title} ({c.source}): “{c.sentence}”" for c in answer.closest]
    parts = [text.strip(), "\n".join(written)]
    if answer.refused and nearest:
        parts.append("\n".join(["Closest in the library:", *nearest]))
    return visible("\n\n".join(part for part in parts if part)) + "\n"


def markdown(answer: Answer) -> str:
    """The answer with a numbered list of its sources, as Markdown."""
    text, notes = _with_marks(answer, _markdown_lines, lambda number: rf"\[{number}\]")
    written = [
        f"{n.number}. “{_md(n.quote)}” — {_md(n.source)} *({_md(n.verdict)})*" for n in notes
    ]
    nearest = [f"- {_md(c.title)} ({_md(c.source)}): “{_md(c.sentence)}”" for c in answer.closest]
    parts = [_broken(text), "\n".join(written)]
    if answer.refused and nearest:
        parts.append("\n".join(["Closest in the library:", "", *nearest]))
    return "\n\n".join(part for part in parts if part) + "\n"


def conversation_markdown(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """A whole conversation as Markdown."""
    parts = [f"# {_md(conversation.title)}", _md(_dates(conversation))]
    for turn in turns:
        parts += [f"## {_md(turn.question)}", *(f"*{_md(note)}*" for note in _notes(turn))]
        parts.append(
            markdown(turn.answer) if turn.answer else _broken(_markdown_lines(_without(turn)))
        )
    return "\n\n".join(part.rstrip() for part in parts if part.strip()) + "\n"


def conversation_html(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """A whole conversation as one HTML file that loads and runs nothing."""
    title = escape(conversation.title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv='
        "\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>"
        f'<h1 dir="auto">{title}</h1><p class="note">{escape(_dates(conversation))}</p>\n'
        f"{''.join(map(_html_turn, turns))}"
        "<footer>Made by Article Assistant. A number stands behind each statement that a sentence "
        "of the library backs.</footer></body></html>\n"
    )


def conversation_json(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """A whole conversation as JSON: all that is kept of it."""
    whole = {**conversation.to_dict(), "turns": [turn.to_dict() for turn in turns]}
    return json.dumps(whole, indent=2) + "\n"


EXPORTS: dict[str, Callable[[Conversation, Sequence[Turn]], str]] = {
    "md": conversation_markdown,
    "html": conversation_html,
    "json": conversation_json,
}


def file_name(conversation: Conversation, ending: str) -> str:
    """A name for the file that any system can bear: ``when-do-the-ferries-leave.md``."""
    ascii_only = unicodedata.normalize("NFKD", conversation.title).encode("ascii", "ignore")
    words = re.findall(r"[a-z0-9]+", ascii_only.decode().lower())
    return f"{'-'.join(words)[:60].strip('-') or 'conversation'}.{ending}"


def _html_turn(turn: Turn) -> str:
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in _notes(turn))
    if turn.answer is None:
        body = f'<p dir="auto">{lines(_without(turn))}</p>'
    else:
        text, footnotes = _with_marks(turn.answer, _lines_within, lambda n: f"<sup>[{n}]</sup>")
        listed = "".join(
            f'<li value="{n.number}"><q dir="auto">{escape(n.quote)}</q><br><small>'
            f"{escape(n.source)} · {escape(n.verdict)}</small></li>"
            for n in footnotes
        )
        nearest = "".join(
            f"<li><strong>{escape(c.title)}</strong> <small>{escape(c.source)}</small><br>"
            f'<q dir="auto">{escape(c.sentence)}</q></li>'
            for c in turn.answer.closest
            if turn.answer.refused
        )
        body = f'<p dir="auto">{text}</p>{f"<ol>{listed}</ol>" if listed else ""}'
        if nearest:
            body += f'<p class="note">Closest in the library</p><ul>{nearest}</ul>'
    return f'<section><h2 dir="auto">{lines(turn.question)}</h2>{notes}{body}</section>\n'


def _lines_within(text: str) -> str:
    """Escaped text that keeps its line breaks, and its spaces at both ends."""
    return escape(text).replace("\n", "<br>")


def _with_marks(
    answer: Answer, write: Callable[[str], str], mark: Callable[[int], str]
) -> tuple[str, list[Footnote]]:
    """The answer's text with its marks as footnotes' numbers, and the footnotes."""
    numbers: dict[tuple[str, int, int], Footnote] = {}
    pieces: list[str] = []
    at = 0
    for citation in sorted(answer.citations, key=lambda citation: citation.mark_start):
        place = (citation.article_id, citation.start, citation.end)
        if place not in numbers:
            numbers[place] = _footnote(len(numbers) + 1, citation, answer)
        pieces += [write(answer.text[at : citation.mark_start]), mark(numbers[place].number)]
        at = max(at, citation.mark_end)
    pieces.append(write(answer.text[at:]))
    return "".join(pieces).strip(), list(numbers.values())


def _footnote(number: int, citation: Citation, answer: Answer) -> Footnote:
    known = next(
        (hit for hit in answer.hits if hit.passage.article_id == citation.article_id), None
    )
    about = (known.section, known.author, known.published) if known else ()
    source = ", ".join(filter(None, (citation.title, citation.source, *about)))
    return Footnote(
        number, _line(citation.quote), _line(source), verdict_word(citation.verdict).lower()
    )


def _notes(turn: Turn) -> Iterator[str]:
    answer = turn.answer
    if answer and answer.standalone_question.strip() not in ("", answer.question.strip()):
        yield f"Understood as: {_line(answer.standalone_question)}"
    if limits := described(turn.filters):
        yield f"Only in: {_line(' · '.join(limits))}"
    if answer and answer.refused:
        yield "Not in the library"


def _without(turn: Turn) -> str:
    """What there is of a turn without an answer."""
    if turn.problem:
        return f"That did not work: {turn.problem} {turn.hint}"
    return f"{turn.words.strip()}\n(stopped)".strip()


def _dates(conversation: Conversation) -> str:
    return f"{conversation.begun[:10]} · from Article Assistant"


def _line(text: str) -> str:
    return " ".join(text.split())


def _md(text: str) -> str:
    """Text as it can stand in one line of Markdown: every sign that could mean something does
    not."""
    return _NUMBERED.sub(r"\1\\", _MARKDOWN.sub(r"\\\g<0>", visible(_line(text))))


def _markdown_lines(text: str) -> str:
    """Text of several lines as lines of Markdown; each piece keeps a space or a line break at its
    ends."""
    shown = visible(text)
    body = "\n".join(_md(line) for line in shown.splitlines() if line.strip())
    if not body:
        return _gap(shown)
    before, after = shown[: -len(shown.lstrip())], shown[len(shown.rstrip()) :]
    return f"{_gap(before)}{body}{_gap(after)}"


def _gap(space: str) -> str:
    return "\n" if "\n" in space else " " * bool(space)


def _broken(text: str) -> str:
    """Lines of Markdown that stay lines of one paragraph."""
    return text.strip().replace("\n", "\\\n")
