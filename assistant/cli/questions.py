"""`questions`: question sets, checked before anything is measured with them."""

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

questions = typer.Typer(no_args_is_help=True, help="Check question sets.")


@questions.callback()
def _questions() -> None:
    """Check question sets."""


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
        terminal.note(f"{counted(len(problems), 'problem')} found.")
    if problems or not question_set.questions:
        raise typer.Exit(1)


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
