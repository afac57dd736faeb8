"""`questions`: question sets checked, drafted, and made of what readers said of answers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import options
from assistant.cli.application import application
from assistant.cli.cleaning import counted

if TYPE_CHECKING:
    from assistant.evaluation.questions import QuestionSet

questions = typer.Typer(no_args_is_help=True, help="Check, draft and export question sets.")


@questions.callback()
def _questions() -> None:
    """Check, draft and export question sets."""


@questions.command()
def validate(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A question set: JSON Lines, CSV, SQuAD, or a BEIR folder."
        ),
    ],
    json: options.Json = False,
) -> None:
    """Tell what a question set holds, and every problem with its place."""
    from assistant.evaluation.questions import check_question_set

    terminal = application(context).terminal
    question_set = check_question_set(file)
    problems = [problem.to_dict() for problem in question_set.problems]
    counts = _counts(question_set)
    if json:
        terminal.json({"format": question_set.format, **counts, "problems": problems})
    else:
        terminal.table(("", "Number"), list(_rows(counts)))
        if problems:
            terminal.table(("Where", "Problem"), [tuple(p.values()) for p in problems])
        if problems or question_set.questions:
            terminal.note(f"{counted(len(problems), 'problem')} found.")
        else:
            terminal.note("The question set is empty.")
    if problems or not question_set.questions:
        raise typer.Exit(1)


@questions.command()
def draft(
    context: typer.Context,
    output: Annotated[Path, typer.Argument(metavar="FILE", help="The new .jsonl question set.")],
    library: options.Library = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=10_000, help="Most questions.")
    ] = 40,
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed drafts others.")] = 0,
) -> None:
    """Draft questions from your own library, for you to review.

    A quarter of them are near misses that the library should not be able to answer. Each line
    says "draft": true; correct it or delete it, then take that mark off.
    """
    from assistant.errors import AssistantError
    from assistant.evaluation.drafting import draft_questions
    from assistant.evaluation.questions import json_lines
    from assistant.files import write_whole
    from assistant.settings import load_settings

    app = application(context)
    _refuse_unusable(output)
    with app.open_existing(load_settings(library=library)) as assistant:
        drafted = draft_questions(assistant.articles(), limit, seed=seed)
    if not drafted:
        raise AssistantError(
            "The library has no sentence that a question could be made of.",
            "Add some articles first: assistant add PATH",
        )
    write_whole(output, json_lines(drafted))
    near_misses = sum(not question.answerable for question in drafted)
    app.terminal.note(
        f"{counted(len(drafted), 'draft')} written to {output}; near misses among them: "
        f"{near_misses}. Review them before you measure with them."
    )
    if len(drafted) < limit:
        app.terminal.note("No more can be asked in plain words of these articles.")


@questions.command()
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Argument(metavar="FILE", help="The new .jsonl question set.")],
    library: options.Library = None,
) -> None:
    """Export what readers said of answers in the page, as questions of the split "readers".

    A bad answer needs the right one beside it, or that the library does not hold it; a good one
    is a question as it stands.
    """
    from assistant.conversations import Conversations
    from assistant.errors import AssistantError
    from assistant.evaluation.opinions import exported
    from assistant.evaluation.questions import json_lines
    from assistant.files import write_whole
    from assistant.settings import data_folder, load_settings

    app = application(context)
    _refuse_unusable(output)
    with app.open_existing(load_settings(library=library)) as assistant:
        opinions = Conversations(data_folder()).opinions(assistant.library.folder)
        made = exported(opinions, assistant.articles())
    left_out = f"{counted(made.lacking, 'opinion')} left out for want of a right answer."
    if not made.questions:
        raise AssistantError(
            f"Nothing to export: {left_out}" if opinions else "Nobody has judged an answer yet.",
            "Judge answers of this library with the thumbs below them: assistant serve",
        )
    write_whole(output, json_lines(made.questions))
    app.terminal.note(f"{counted(len(made.questions), 'question')} written to {output}; {left_out}")


def _refuse_unusable(output: Path) -> None:
    from assistant.errors import UsageError

    if output.is_dir():
        raise UsageError(f"{output} is a folder, not a file.", "Name a new file in it.")
    if output.exists():
        raise UsageError(f"The file {output} is there already.", "Name a new file.")
    if not output.parent.is_dir():
        raise UsageError(f"There is no folder {output.parent}.", "Make it, or name another file.")


def _counts(question_set: QuestionSet) -> dict[str, int | dict[str, int]]:
    asked = question_set.questions
    return {
        "questions": len(asked),
        "answerable": sum(q.answerable for q in asked),
        "unanswerable": sum(not q.answerable for q in asked),
        "follow_ups": sum(bool(q.history) for q in asked),
        "drafts": sum(q.draft for q in asked),
        "documents": len(question_set.documents),
        "splits": dict(Counter(q.split for q in asked)),
    }


def _rows(counts: dict[str, int | dict[str, int]]) -> list[tuple[str, int]]:
    rows: list[tuple[str, int]] = []
    for name, count in counts.items():
        if isinstance(count, dict):
            rows.extend((f"split {split or '(none)'}", number) for split, number in count.items())
        else:
            rows.append((name.replace("_", "-"), count))
    return rows
