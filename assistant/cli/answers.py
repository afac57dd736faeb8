"""Shows an answer: its words as they come, then the checked text with the quotes behind it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assistant.answering.refusal import EMPTY_LIBRARY
from assistant.cli.cleaning import clean_line, counted
from assistant.cli.terminal import Terminal
from assistant.errors import ModelError
from assistant.records import Answer, Citation, Event, Finished, Found, Searching, Words

_STYLES = {"supported": "green", "partly": "yellow", "unsupported": "red"}


def follow(terminal: Terminal, events: Iterable[Event]) -> Answer:
    """Shows a stream of events to a person, and gives the finished answer.

    What was shown is taken away at the end: the checked text may differ from the draft.
    """
    draft = ""
    with terminal.live() as show:
        for event in events:
            match event:
                case Searching():
                    show("Searching the library…")
                case Found(hits):
                    show(f"Reading {counted(len(hits), 'passage')}…")
                case Words(text):
                    draft += text
                    show(draft)
                case Finished(answer):
                    return answer
    raise ModelError("The answer ended before it was finished.", "Ask again.")


def show_answer(terminal: Terminal, answer: Answer, library: Path) -> None:
    """Writes the checked text, then the quotes, or for a refusal the closest articles.

    Args:
        terminal: where it is written.
        answer: the finished answer.
        library: the folder that was asked, to be named where it is empty.
    """
    terminal.line(answer.text)
    if answer.citations:
        terminal.line()
    for citation in {(c.number, c.quote, c.verdict): c for c in answer.citations}.values():
        _show_citation(terminal, citation)
    for statement in answer.statements:
        if statement.verdict == "unsupported" and not answer.refused:
            terminal.line(f"Not supported: {clean_line(statement.text)}", style="red")
    if answer.closest:
        terminal.line("\nClosest in the library:")
    for article in answer.closest:
        terminal.line(f"  • {clean_line(article.title)} · {clean_line(article.source)}")
        terminal.line(f"    “{clean_line(article.sentence)}”", style="dim")
    if answer.text == EMPTY_LIBRARY:
        note_empty(terminal, library)
    seconds = answer.timings.get("total")
    if terminal.interactive and seconds is not None:
        terminal.note(f"{answer.model} · {seconds:.1f} s")


def note_empty(terminal: Terminal, library: Path) -> None:
    """Says which library is empty, and how to fill it or to take another."""
    terminal.note(
        f"The library {library} is empty; fill it with `assistant add`, or name another with "
        "--library."
    )


def _show_citation(terminal: Terminal, citation: Citation) -> None:
    terminal.line(f"[{citation.number}] “{clean_line(citation.quote)}”")
    terminal.line(
        f"    {clean_line(citation.title)} · {clean_line(citation.source)} · {citation.verdict}",
        style=_STYLES[citation.verdict],
    )
