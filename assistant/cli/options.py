"""The arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.cli.terminal import Terminal
    from assistant.records import Filters

Question = Annotated[
    list[str],
    typer.Argument(
        metavar="QUESTION", help="The question, in quotes or without; - reads it from the input."
    ),
]
Library = Annotated[
    Path | None,
    typer.Option("--library", metavar="FOLDER", help="The library; default: your own library."),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="Language model: a name of `models`, or a GGUF file."
    ),
]
Passages = Annotated[
    int | None, typer.Option("--passages", "-k", metavar="N", help="How many passages to use.")
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, for a program to read.")]

Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source; may be repeated."),
]
Sections = Annotated[
    list[str] | None,
    typer.Option("--section", metavar="NAME", help="Only this section; may be repeated."),
]
Authors = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Only this author; may be repeated."),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Only what was published on this day or later."),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Only what was published on this day or before."),
]


def question(given: Sequence[str], terminal: Terminal) -> str:
    """The question that the arguments ask, or that the input holds."""
    return terminal.rest() if list(given) == ["-"] else " ".join(given)


def filters(
    sources: Sequence[str] | None,
    sections: Sequence[str] | None,
    authors: Sequence[str] | None,
    since: str | None,
    until: str | None,
) -> Filters | None:
    """The filters that the options ask for; None where they ask for none."""
    from assistant.records import Filters

    chosen = Filters(
        tuple(sources or ()), tuple(sections or ()), tuple(authors or ()), since, until
    )
    return None if chosen == Filters() else chosen
