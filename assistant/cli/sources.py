"""`add`, `sources` and `remove`: what the library holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import options
from assistant.cli.application import application
from assistant.cli.cleaning import counted

if TYPE_CHECKING:
    from assistant.records import AddReport, SourceOutcome


def add(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Saved pages, or folders of them.")
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
    context: typer.Context, library: options.Library = None, json: options.Json = False
) -> None:
    """List what the library holds."""
    from assistant.settings import load_settings

    app = application(context)
    with app.open_existing(load_settings(library=library)) as assistant:
        held = assistant.sources()
        folder = assistant.settings.library
    if json:
        app.terminal.json([source.to_dict() for source in held])
    elif held:
        app.terminal.table(
            ("Source", "Format", "Articles", "Passages", "Updated"),
            [(s.name, s.format, s.articles, s.passages, s.updated) for s in held],
        )
    else:
        app.terminal.note(f"The library {folder} is empty; fill it with `assistant add`.")


def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that `sources` lists.")],
    library: options.Library = None,
    json: options.Json = False,
) -> None:
    """Remove a source, with its articles and passages, from the library."""
    from assistant.settings import load_settings

    app = application(context)
    with app.open_existing(load_settings(library=library)) as assistant:
        removed = assistant.remove(name)
    if json:
        app.terminal.json(removed.to_dict())
    else:
        app.terminal.line(f"Removed {removed.name} ({counted(removed.articles, 'article')}).")
