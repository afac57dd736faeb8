"""`serve`: the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import options
from assistant.cli.application import application


def serve(
    context: typer.Context,
    library: options.Library = None,
    model: options.Model = None,
    passages: options.Passages = None,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where to listen: 127.0.0.1 by default.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="N", help="7860 by default; 0 takes any free one.")
    ] = None,
    auth: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Let only those in who sign in; see `password`."),
    ] = None,
    open_to_everyone: Annotated[
        bool | None,
        typer.Option(
            "--open-to-everyone", help="Let other machines use the page without signing in."
        ),
    ] = None,
    mcp: Annotated[
        bool | None,
        typer.Option("--mcp", help="Offer `ask`, `search` and `read_article` to agents."),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open the page, and serve it until Ctrl-C."""
    from assistant.settings import load_settings

    app = application(context)
    settings = load_settings(
        library=library,
        model=model,
        passages=passages,
        host=host,
        port=port,
        auth=auth,
        open_to_everyone=open_to_everyone,
        mcp=mcp,
    )
    with app.open_assistant(settings) as assistant:
        app.serve(assistant, settings, browser)
