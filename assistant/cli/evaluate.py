"""`evaluate`: the library and the models, measured with a question set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import options
from assistant.cli.application import application


def evaluate(
    context: typer.Context,
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS", help="A .jsonl question set.")],
    library: options.Library = None,
    model: options.Model = None,
    passages: options.Passages = None,
    split: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the questions of this split.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="At most this many questions.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep all answers and figures there.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Measure retrieval, citations, answers and refusals with a question set."""
    from assistant.evaluation.report import render
    from assistant.evaluation.run import evaluate as measure
    from assistant.settings import load_settings

    app = application(context)
    settings = load_settings(library=library, model=model, passages=passages)
    with app.open_assistant(settings) as assistant, app.terminal.progress() as progress:
        result = measure(
            assistant, questions, split=split, limit=limit, progress=progress, output=output
        )
    if json:
        app.terminal.json(result.to_dict())
    else:
        app.terminal.out.print(render(result))
    if output:
        app.terminal.note(f"All answers and figures are in {output}.")
