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
    from assistant.web.server.accounts import check_length, check_name, keep_password

    terminal = application(context).terminal
    check_name(name)
    try:
        chosen = terminal.ask_secret(f"Password of {name}: ")
        check_length(chosen)
        again = terminal.ask_secret("Once more: ")
    except EOFError:
        raise UsageError(
            "No password was given.", "Type it twice, or write it in two lines to the command."
        ) from None
    if again != chosen:
        raise UsageError("The two passwords differ.", "Try again.")
    keep_password(file, name, chosen)
    terminal.note(f"{name} can sign in where the page is served with --auth {file}")
