"""An evaluation's figures in the terminal: the main ones; a run's report has all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.cleaning import counted
from assistant.cli.terminal import Terminal

if TYPE_CHECKING:
    from assistant.evaluation.cases import Result
    from assistant.evaluation.comparison import Difference
    from assistant.evaluation.metrics import Figure

_MAIN = (
    ("retrieval, final", "hit@4"),
    ("retrieval, final", "MRR@10"),
    ("answers", "exact match"),
    ("answers", "token F1"),
    ("refusals", "right, refusals included"),
    ("refusals", "recall"),
    ("refusals", "false refusals, of the answerable"),
    ("citations", "supported"),
    ("baseline: quoting the best sentence", "token F1"),
    ("speed", "seconds to the first word, median"),
)
# What a run is known by in a table of several, in a word each: the table fits 80 columns.
_IN_A_WORD = {
    "hit@4": ("retrieval, final", "hit@4"),
    "right": ("refusals", "right, refusals included"),
    "refused": ("refusals", "recall"),
    "falsely": ("refusals", "false refusals, of the answerable"),
}


def show_result(terminal: Terminal, result: Result) -> None:
    """The main figures with n and 95% interval, and all those of hidden instructions."""
    from assistant.evaluation.scores import lacking_evidence

    asked = counted(len(result.cases), "question")
    split = f", split {result.split}" if result.split else ""
    terminal.line(f"{result.questions}{split}: {asked}, model {result.model}")
    drafts = sum(case.prediction.question.draft for case in result.cases)
    if drafts:
        terminal.line(f"Drafts among them that nobody has reviewed: {drafts}.")
    if lacking := lacking_evidence(result):
        terminal.line(lacking)
    terminal.table(("Main figure", "Value", "95% interval", "n"), list(_main_rows(result)))
    ways = ", ".join(f"{count} {outcome}" for outcome, count in result.funnel.items())
    terminal.line(f"What became of the questions: {ways}.")


def show_support(terminal: Terminal, figures: Sequence[Figure]) -> None:
    """How far the support check agrees with labelled pairs."""
    rows = [_row(figure.name, figure) for figure in figures]
    terminal.table(("Support", "Value", "95% interval", "n"), rows)


def show_comparison(terminal: Terminal, differences: Sequence[Difference], baseline: Path) -> None:
    """The differences to another run, with the questions that changed."""
    terminal.line(f"Compared with {baseline}:")
    terminal.table(
        ("Figure", "Before", "Now", "Difference", "95% interval", "p", "n"),
        [
            (
                difference.name,
                _number(difference.old),
                _number(difference.new),
                "" if difference.difference is None else f"{difference.difference:+.3f}",
                _interval(difference.low, difference.high),
                _number(difference.p_value),
                difference.n,
            )
            for difference in differences
        ],
    )
    for difference in differences:
        better = [change.id for change in difference.changed if change.new > change.old]
        worse = [change.id for change in difference.changed if change.new < change.old]
        for word, ids in (("better", better), ("worse", worse)):
            if ids:
                terminal.line(f"{difference.name}, {word} ({len(ids)}): {', '.join(ids)}")


def show_runs(terminal: Terminal, runs: Sequence[tuple[Path, Mapping[str, Any]]]) -> None:
    """Finished runs, one a line."""
    terminal.table(
        ("Run", "Model", *_IN_A_WORD),
        [
            (
                folder.name,
                report.get("model", ""),
                *(_number(_kept(report, *figure), "–") for figure in _IN_A_WORD.values()),
            )
            for folder, report in runs
        ],
    )


def _main_rows(result: Result) -> Iterator[tuple[object, ...]]:
    for group, name in _MAIN:
        yield _row(f"{group}: {name}", result.figure(group, name))
    for figure in result.figures.get("injection", ()):
        yield _row(f"injection: {figure.name}", figure)


def _row(name: str, figure: Figure) -> tuple[object, ...]:
    return (name, _number(figure.value), _interval(figure.low, figure.high), figure.n)


def _kept(report: Mapping[str, Any], group: str, name: str) -> float | None:
    """One figure's value out of a ``report.json``; None if it is undefined or not there."""
    figures = report.get("figures", {}).get(group, ())
    return next((figure["value"] for figure in figures if figure["name"] == name), None)


def _number(value: float | None, none: str = "undefined") -> str:
    return none if value is None else f"{value:.3f}"


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"
