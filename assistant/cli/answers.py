"""Shows an answer: its words as they come, then the checked text with the quotes behind it."""

from __future__ import annotations

from collections.abc import Iterable

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


def show_answer(terminal: Terminal, answer: Answer) -> None:
    """Writes the checked text, then the quotes, or for a refusal the closest articles."""
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
    seconds = answer.timings.get("total")
    if terminal.interactive and seconds is not None:
        terminal.note(f"{answer.model} · {seconds:.1f} s")


def _show_citation(terminal: Terminal, citation: Citation) -> None:
    terminal.line(f"[{citation.number}] “{clean_line(citation.quote)}”")
    terminal.line(
        f"    {clean_line(citation.title)} · {clean_line(citation.source)} · {citation.verdict}",
        style=_STYLES[citation.verdict],
    )
