"""What the page tells below the chat: that something worked, or did not, or a file to save."""

from __future__ import annotations

import time

from assistant.conversations import Turn
from assistant.errors import AssistantError
from assistant.web.markup import escape, lines

# Tells the page's script that there is something new to show.
TELL = """
watch("value", () => element.dispatchEvent(new CustomEvent("told", { bubbles: true })));
"""


def tell(body: str) -> str:
    """Something to tell, as HTML; each time anew, because Gradio shows only what has changed."""
    return f'<div data-number="{time.time_ns()}">{body}</div>'


def tell_problem(error: AssistantError) -> str:
    """What went wrong, and what to do."""
    return tell(
        f'<p class="note" role="alert"><strong>{lines(error.message)}</strong> '
        f"{lines(error.hint)}</p>"
    )


def tell_note(said: str) -> str:
    """Something that the reader may want to know."""
    return tell(f'<p class="note" role="status">{escape(said)}</p>')


def tell_unanswered(turn: Turn) -> str:
    """That a question which was to take the place of earlier turns has no answer."""
    stays = f"“{turn.question}” has no new answer, and what was there stays."
    if turn.problem:
        return tell_problem(AssistantError(turn.problem, f"{turn.hint} {stays}"))
    return tell_note(f"Stopped: {stays}")


def tell_saved(name: str, file: str, said: str) -> str:
    """A file for the page's script to save.

    Args:
        name: the file's name.
        file: its text.
        said: what the reader is told of it.
    """
    return tell(
        f'<pre hidden data-save="{escape(name)}">{escape(file)}</pre>'
        f'<p class="note" role="status">{escape(said)}</p>'
    )
