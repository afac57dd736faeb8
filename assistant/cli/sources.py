"""`add`, `sources` and `remove`: what the library holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import options
from assistant.cli.application import application
from assistant.cli.cleaning import counted

if TYPE_CHECKING:
    from assistant.records import AddReport, Article, Source, SourceOutcome

_SOURCE_COLUMNS = ("Source", "Format", "Articles", "Passages", "Updated")
_ARTICLE_COLUMNS = ("Title", "Published", "Section", "Author", "Source")


def add(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Saved pages, or folders of them.")
    ],
    library: options.Library = None,
    json: options.Json = False,
) -> None:
    """Add saved pages to the library, or bring it up to date with them."""
    from assistant.settings import load_settings

    app = application(context)
    with app.open_assistant(load_settings(library=library)) as assistant:
        with app.terminal.progress() as progress:
            report = assistant.add(paths, progress=progress)
        folder = assistant.settings.library
    if json:
        app.terminal.json(report.to_dict())
    else:
        app.terminal.table(
            ("Source", "", "Articles", "Passages", ""), [_row(o) for o in report.outcomes]
        )
        app.terminal.note(f"{_summary(report)} The library is {folder}.")
    if report.failed:
        raise typer.Exit(1)


def _row(outcome: SourceOutcome) -> tuple[str, str, int, int, str]:
    return (outcome.source, outcome.state, outcome.articles, outcome.passages, outcome.reason)


def _summary(report: AddReport) -> str:
    if not report.outcomes:
        return "Nothing to add was found."
    states = ("added", "changed", "unchanged", "failed")
    counts = [(len(getattr(report, state)), state) for state in states]
    return ", ".join(f"{count} {state}" for count, state in counts if count) + "."


def sources(
    context: typer.Context,
    library: options.Library = None,
    articles: Annotated[
        bool,
        typer.Option("--articles", help="List the articles, with what filters go by."),
    ] = False,
    json: options.Json = False,
) -> None:
    """List what the library holds."""
    from assistant.cli.answers import note_empty
    from assistant.settings import load_settings

    app = application(context)
    settings = load_settings(library=library)
    with app.open_existing(settings) as assistant:
        held: Sequence[Source | Article] = assistant.articles() if articles else assistant.sources()
    if json:
        app.terminal.json([one.to_dict() for one in held])
    elif not held:
        note_empty(app.terminal, settings.library)
    else:
        columns = _ARTICLE_COLUMNS if articles else _SOURCE_COLUMNS
        app.terminal.table(columns, [_listed(one, app.terminal.interactive) for one in held])


def _listed(one: Source | Article, person: bool) -> tuple[object, ...]:
    from assistant.records import Article

    if isinstance(one, Article):
        known = (one.published, one.section, one.author)
        return (one.title, *(value or "" for value in known), one.source)
    updated = _local(one.updated) if person else one.updated
    return (one.name, one.format, one.articles, one.passages, updated)


def _local(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


def remove(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="Names that `sources` lists.")
    ],
    library: options.Library = None,
    json: options.Json = False,
) -> None:
    """Remove sources, with their articles and passages, from the library.

    If one of the names is unknown, nothing is removed.
    """
    from assistant.library.naming import unknown_name
    from assistant.settings import load_settings

    app = application(context)
    with app.open_existing(load_settings(library=library)) as assistant:
        held = [source.name for source in assistant.sources()]
        for name in names:
            if name not in held:
                raise unknown_name("source", name, held)
        removed = [assistant.remove(name) for name in dict.fromkeys(names)]
    if json:
        app.terminal.json([source.to_dict() for source in removed])
        return
    for source in removed:
        app.terminal.line(f"Removed {source.name} ({counted(source.articles, 'article')}).")
