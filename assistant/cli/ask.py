"""`ask`: one question, one cited answer."""

from __future__ import annotations

import typer

from assistant.cli import options
from assistant.cli.application import application


def ask(
    context: typer.Context,
    question: options.Question,
    library: options.Library = None,
    model: options.Model = None,
    passages: options.Passages = None,
    source: options.Sources = None,
    section: options.Sections = None,
    author: options.Authors = None,
    since: options.Since = None,
    until: options.Until = None,
    json: options.Json = False,
) -> None:
    """Ask the library a question; every statement comes with the sentence behind it."""
    from assistant.cli.answers import follow, show_answer
    from assistant.settings import load_settings

    app = application(context)
    chosen = options.filters(source, section, author, since, until)
    settings = load_settings(library=library, model=model, passages=passages)
    with app.open_existing(settings) as assistant:
        text = options.question(question, app.terminal)
        if json:
            app.terminal.json(assistant.answer(text, filters=chosen).to_dict())
        else:
            answer = follow(app.terminal, assistant.stream(text, filters=chosen))
            show_answer(app.terminal, answer, settings.library)
