"""`doctor`: is all that an answer needs there and whole?"""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import options
from assistant.cli.application import application

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


def doctor(
    context: typer.Context,
    library: options.Library = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make the library's index agree with its catalogue.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Check Python, SQLite, the processor, the models and the library."""
    from assistant.cli.checks import examine
    from assistant.library.checks import Finding

    app = application(context)
    findings: list[Finding] = []
    for finding in examine(app, library, repair):
        findings.append(finding)
        if not json:
            line = f"{finding.state:<8} {finding.check}: {finding.text}"
            app.terminal.line(line, _STYLES[finding.state])
            if finding.hint:
                app.terminal.line(f"         {finding.hint}")
    if json:
        app.terminal.json([finding.to_dict() for finding in findings])
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)
