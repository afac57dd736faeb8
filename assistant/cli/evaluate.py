"""`evaluate` and `runs`: the library and the models, measured with question sets."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from assistant.cli import options
from assistant.cli.application import Application, application
from assistant.cli.cleaning import counted


def evaluate(
    context: typer.Context,
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="QUESTIONS", help="A question set: JSON Lines, CSV, SQuAD, or a BEIR folder."
        ),
    ] = None,
    library: options.Library = None,
    model: options.Model = None,
    passages: options.Passages = None,
    split: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the questions of this split.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="At most this many questions (and instructions)."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this question; may be repeated."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", help="Take a random sample where there is a limit."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="The run's folder; one that was broken off goes on."),
    ] = None,
    score_only: Annotated[
        bool, typer.Option("--score-only", help="Score the predictions of the run again.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Compare with this run.")
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(metavar="FIGURE=VALUE", help="Fail if a figure is lower; may be repeated."),
    ] = None,
    calibrate: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Set the library's threshold so that at most this share of answers is wrong.",
        ),
    ] = None,
    support: Annotated[
        Path | None,
        typer.Option(metavar="PAIRS", help="Measure the support check on labelled pairs instead."),
    ] = None,
    injections: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Hide these instructions in articles too, and see who obeys."
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    """Measure retrieval, citations, answers and refusals with a question set."""
    from assistant.cli.reports import show_comparison, show_result
    from assistant.errors import AssistantError, UsageError
    from assistant.evaluation.judging import below, compare_results, left_out, read_limits
    from assistant.evaluation.judging import calibrate as chosen_threshold
    from assistant.evaluation.run import evaluate as measure
    from assistant.evaluation.run import score_again, scored_run
    from assistant.evaluation.runs import new_run
    from assistant.inference.models import model_identity
    from assistant.library.calibration import calibration_file, write_calibration
    from assistant.settings import load_settings

    app = application(context)
    if support is not None:
        _measure_support(app, support, json)
        return
    limits = read_limits(fail_under or [])
    earlier = scored_run(baseline) if baseline else None
    if score_only:
        if output is None:
            raise UsageError("Which run is to be scored again?", "Name it with --output RUN.")
        if calibrate is not None:
            raise UsageError("Scores alone set no threshold.", "Leave --score-only out.")
        result = score_again(output)
    else:
        if questions is None:
            raise UsageError("There is no question set.", "Name a file: assistant evaluate FILE.")
        chosen: dict[str, Any] = {"split": split, "limit": limit, "only": only or (), "seed": seed}
        if calibrate is not None:
            _refuse_for_calibration(questions, **chosen)
        settings = load_settings(
            library=library,
            model=model,
            passages=passages,
            threshold=None if calibrate is None else 0.0,
        )
        output = output or new_run(questions)
        try:
            with app.open_existing(settings) as assistant, app.terminal.progress() as progress:
                result = measure(
                    assistant,
                    questions,
                    **chosen,
                    progress=progress,
                    output=output,
                    injections=injections,
                )
        except KeyboardInterrupt:
            app.terminal.note(f"To go on, give the same command with --output {quote(str(output))}")
            raise
        if calibrate is not None:
            calibration = chosen_threshold(result, calibrate, model_identity(settings.model))
            write_calibration(settings.library, calibration)
            app.terminal.note(
                f"The library's threshold is now {calibration.threshold:.3f}: of {calibration.n} "
                f"questions it answers {calibration.coverage:.0%}, and {calibration.risk:.0%} "
                f"({calibration.low:.0%} to {calibration.high:.0%}) of the answers are wrong. "
                f"To undo it, remove {calibration_file(settings.library)}."
            )
    differences = compare_results(result, earlier, seed or 0) if earlier else []
    if json:
        plain = result.to_dict()
        app.terminal.json({**plain, "differences": [d.to_dict() for d in differences]})
    else:
        show_result(app.terminal, result)
        if baseline:
            show_comparison(app.terminal, differences, baseline)
    if earlier and (others := left_out(result, earlier)):
        app.terminal.note(
            f"Left out of the comparison: {counted(others, 'question')} that only one run asked."
        )
    app.terminal.note(f"All answers and figures are in {output}; open its report.html.")
    missed = below(result, limits)
    if missed:
        raise AssistantError(" ".join(missed), "The run's report shows which questions failed.")


def _refuse_for_calibration(questions: Path, **chosen: Any) -> None:
    from assistant.evaluation.choosing import chosen_questions, refuse_for_calibration
    from assistant.evaluation.questions import read_question_set

    question_set = read_question_set(questions)
    refuse_for_calibration(question_set, chosen_questions(question_set, **chosen))


def _measure_support(app: Application, path: Path, json: bool) -> None:
    from assistant.cli.reports import show_support
    from assistant.evaluation.support import read_pairs, support_figures

    figures = support_figures(read_pairs(path))
    if json:
        app.terminal.json([figure.to_dict() for figure in figures])
    else:
        show_support(app.terminal, figures)


def runs(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FOLDER…", help="Runs, or folders of runs; default: your own runs."),
    ] = None,
    json: options.Json = False,
) -> None:
    """List the runs of `evaluate` with their main figures."""
    from assistant.cli.reports import show_runs
    from assistant.errors import UsageError
    from assistant.evaluation.runs import find_runs, find_unfinished, own_runs

    app = application(context)
    for folder in folders or ():
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder}.", "Name runs, or folders of runs.")
    places = folders or [own_runs()]
    found = find_runs(places)
    if json:
        app.terminal.json([{"run": str(folder), **report} for folder, report in found])
    elif found:
        show_runs(app.terminal, found)
        app.terminal.note(
            "right: answered rightly or rightly refused; refused, falsely: what cannot be "
            "answered, and what can. --json and each run's report.html have all."
        )
    else:
        app.terminal.note("There is no finished run. Make one: assistant evaluate QUESTIONS")
    for folder, _, answered in find_unfinished(places):
        app.terminal.note(
            f"Not finished ({counted(answered, 'question')} asked); to go on, give its command "
            f"again with --output {quote(str(folder))}"
        )
