"""`chat`: questions and follow-ups in the terminal."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from assistant.cli import options
from assistant.cli.application import application

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant
    from assistant.cli.terminal import Terminal
    from assistant.records import Answer, Filters


_HELP = "Ctrl-C stops an answer; /help tells this again; /quit or Ctrl-D leaves."
_COMMAND = re.compile(r"/\w*(?!\S)")  # not "/etc/hosts", which a question may begin with


def chat(
    context: typer.Context,
    library: options.Library = None,
    model: options.Model = None,
    passages: options.Passages = None,
    source: options.Sources = None,
    section: options.Sections = None,
    author: options.Authors = None,
    since: options.Since = None,
    until: options.Until = None,
) -> None:
    """Talk with the library in the terminal; later questions may refer to earlier ones."""
    from assistant.settings import load_settings

    with contextlib.suppress(ImportError):  # Windows has none, and edits lines by itself
        import readline  # noqa: F401 - gives `input` its history and its arrow keys

    app = application(context)
    chosen = options.filters(source, section, author, since, until)
    settings = load_settings(library=library, model=model, passages=passages)
    with app.open_existing(settings) as assistant:
        chosen = assistant.library.known_filters(chosen)
        if app.terminal.interactive:
            app.terminal.note(_HELP)
        failed = _converse(assistant, app.terminal, chosen)
    if failed and not app.terminal.interactive:  # a person has read it; a program must be told
        raise typer.Exit(1)


def _converse(assistant: Assistant, terminal: Terminal, filters: Filters | None) -> bool:
    """Answers question after question; gives whether one of them ended in an error."""
    from assistant.cli.answers import show_answer
    from assistant.errors import AssistantError

    history: list[tuple[str, Answer]] = []
    failed = False
    while True:
        if terminal.interactive:
            terminal.line()
        try:
            question = terminal.ask("> ").strip()
        except KeyboardInterrupt:
            terminal.line()
            continue
        except EOFError:
            if terminal.interactive:
                terminal.line()  # the shell's prompt is not to stand behind ours
            return failed
        if question == "/quit":
            return failed
        if not question:
            continue
        if command := _COMMAND.match(question):
            if command[0] == "/help":
                terminal.note(_HELP)
            else:
                terminal.error(f"There is no command {command[0]}.", _HELP)
                failed = True
            continue
        try:
            answer = _answer(assistant, terminal, question, history, filters)
        except KeyboardInterrupt:
            terminal.note("Stopped.")
        except AssistantError as error:
            terminal.error(error.message, error.hint)
            failed = True
        else:
            show_answer(terminal, answer, assistant.settings.library)
            history.append((question, answer))


def _answer(
    assistant: Assistant,
    terminal: Terminal,
    question: str,
    history: Sequence[tuple[str, Answer]],
    filters: Filters | None,
) -> Answer:
    from assistant.cli.answers import follow

    cancel = threading.Event()
    events = assistant.stream(question, history=history, filters=filters, cancel=cancel)
    try:
        return follow(terminal, events)
    finally:
        cancel.set()
