"""`serve`: the page."""

from __future__ import annotations

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
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open the page, and serve it until Ctrl-C."""
    from assistant.settings import load_settings

    app = application(context)
    settings = load_settings(library=library, model=model, passages=passages, host=host, port=port)
    with app.open_assistant(settings) as assistant:
        app.serve(assistant, settings.host, settings.port, browser)
