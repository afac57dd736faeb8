"""`search`: the passages nearest to a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from assistant.cli import options
from assistant.cli.application import application
from assistant.cli.cleaning import clean_line

if TYPE_CHECKING:
    from assistant.records import Hit


def search(
    context: typer.Context,
    question: options.Question,
    library: options.Library = None,
    passages: options.Passages = None,
    source: options.Sources = None,
    section: options.Sections = None,
    author: options.Authors = None,
    since: options.Since = None,
    until: options.Until = None,
    json: options.Json = False,
) -> None:
    """Find the passages nearest to a question, without asking the language model."""
    from assistant.cli.answers import note_empty
    from assistant.settings import load_settings

    app = application(context)
    chosen = options.filters(source, section, author, since, until)
    settings = load_settings(library=library, passages=passages)
    with app.open_existing(settings) as assistant:
        text = options.question(question, app.terminal)
        hits = assistant.search(text, filters=chosen)
        empty = not hits and not assistant.sources()
    if json:
        app.terminal.json([hit.to_dict() for hit in hits])
        return
    for number, hit in enumerate(hits, start=1):
        app.terminal.line(f"{number}. {clean_line(hit.title)}", style="bold")
        app.terminal.line(f"   {_details(hit)}", style="dim")
        app.terminal.line(f"   {clean_line(hit.passage.text)}\n")
    if empty:
        note_empty(app.terminal, settings.library)
    elif not hits:
        app.terminal.note("The library holds nothing that fits.")


def _details(hit: Hit) -> str:
    ranks = ", ".join(f"{name} {rank}" for name, rank in hit.ranks.items())
    known = (hit.source, hit.section, hit.author, hit.published, f"score {hit.score:.2f}", ranks)
    return " · ".join(clean_line(value) for value in known if value)
