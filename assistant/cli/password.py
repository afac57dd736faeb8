"""`password`: lets a reader sign in to the page, or changes the password."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.application import application


def password(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of `serve --auth FILE`.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the reader is called.")],
) -> None:
    """Let a reader sign in to the page, or change a password."""
    from assistant.errors import UsageError
    from assistant.web.server.accounts import keep_password

    terminal = application(context).terminal
    chosen = terminal.ask_secret(f"Password of {name}: ")
    if terminal.ask_secret("Once more: ") != chosen:
        raise UsageError("The two passwords differ.", "Try again.")
    keep_password(file, name, chosen)
    terminal.note(f"{name} can sign in where the page is served with --auth {file}")
