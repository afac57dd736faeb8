"""Small pieces of the page's HTML that every part of it shares.

Everything that a model, an article, a title, a file name or a reader wrote passes through
:func:`escape` before it becomes part of the page. Nothing is ever read as Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from assistant.records import Verdict

# Control characters, lone surrogates, and the marks that turn the direction of text around:
# none of them shows anything, and each can spoil what stands next to it.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "supported": ("✓", "Supported"),
    "partly": ("◐", "Partly supported"),
    "unsupported": ("✕", "Not supported"),
}

# Buttons inside a gr.HTML tell the server what was pressed through Gradio's own `trigger`.
ACTIONS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) trigger(button.dataset.do, { value: button.value });
});
"""


def visible(text: str) -> str:
    """The text without what shows nothing and can spoil what stands next to it."""
    return _INVISIBLE.sub("", text)


def escape(text: str) -> str:
    """The text as it can stand in HTML, between tags or in a quoted attribute."""
    return html.escape(visible(text))


def lines(text: str) -> str:
    """Escaped text that keeps its line breaks."""
    return escape(text.strip()).replace("\n", "<br>")


def isolated(text: str | None) -> str:
    """Escaped text, if there is any, that runs its own way and turns nothing beside it around."""
    return f"<bdi>{escape(text)}</bdi>" if text else ""


def details(*values: str | None) -> str:
    """What is known of an article, escaped and in one line."""
    return " · ".join(filter(None, map(isolated, values)))


def verdict_word(verdict: Verdict) -> str:
    """The verdict in the reader's words: "Supported"."""
    return _VERDICTS[verdict][1]


def verdict_chip(verdict: Verdict) -> str:
    """The verdict as a coloured label with a sign of its own, so that colour is not needed."""
    sign, word = _VERDICTS[verdict]
    return f'<span class="verdict {verdict}"><span aria-hidden="true">{sign}</span> {word}</span>'


def count(number: int, noun: str) -> str:
    """``1 article``, ``1,200 articles``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def removal(name: str, value: str, question: str) -> str:
    """A button that asks in place before it removes something.

    Args:
        name: what is removed, for those who hear the button only.
        value: what the server is told.
        question: what is asked.
    """
    return (
        f'<div class="removal"><button type="button" data-ask aria-label="Remove {escape(name)}">'
        f"Remove</button><span hidden>{escape(question)} "
        f'<button type="button" class="danger" data-do="delete" value="{escape(value)}">Remove'
        '</button> <button type="button" data-keep>Keep</button></span></div>'
    )
