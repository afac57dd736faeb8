"""An evaluation's figures, for people to read in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from assistant.evaluation.cases import Result
from assistant.evaluation.comparison import Difference
from assistant.evaluation.metrics import Figure
from assistant.evaluation.scores import lacks_evidence

# Of a ranking's twenty figures, the ones that are enough to judge it by; report.html has all.
_TOLD = ("hit@1", "hit@4", "hit@10", "recall@10", "MRR@10", "nDCG@10")
# What a run is known by in a table of several.
_MAIN = (
    ("retrieval, final", "hit@4"),
    ("retrieval, final", "MRR@10"),
    ("refusals", "right, refusals included"),
    ("answers", "token F1"),
    ("refusals", "recall"),
    ("refusals", "false refusals, of the answerable"),
)


def render(result: Result) -> Group:
    """A table of the main figures with n and 95% interval."""
    table = _table("figure", "value", "95% interval", "n")
    for group, figures in result.figures.items():
        told = [f for f in figures if not group.startswith("retrieval, ") or f.name in _TOLD]
        if not any(figure.n for figure in told):
            continue
        table.add_row(Text(group, style="bold"))
        for figure in told:
            table.add_row(
                f"  {figure.name}",
                _number(figure.value),
                _interval(figure.low, figure.high),
                str(figure.n),
            )
    split = f", split {result.split}" if result.split else ""
    head = Text(f"{result.questions}{split}: {len(result.cases)} questions, model {result.model}")
    drafts = sum(case.prediction.question.draft for case in result.cases)
    if drafts:
        head.append(f"\n{drafts} of them are drafts that nobody has reviewed.")
    lacking = lacking_evidence(result)
    if lacking:
        head.append(f"\n{lacking}")
    ways = ", ".join(f"{count} {outcome}" for outcome, count in result.funnel.items())
    return Group(head, table, Text(f"What became of the questions: {ways}."))


def lacking_evidence(result: Result) -> str:
    """How many questions cannot be scored on retrieval, in words; empty where all can."""
    number = sum(lacks_evidence(case.prediction) for case in result.cases)
    if not number:
        return ""
    have = "1 question has" if number == 1 else f"{number:,} questions have"
    return f"{have} evidence that the library does not hold; no figure of retrieval counts them."


def render_support(pairs: str, figures: Sequence[Figure]) -> Group:
    """A table of how far the support check agrees with labelled pairs."""
    table = _table("support", "value", "95% interval", "n")
    for figure in figures:
        interval = _interval(figure.low, figure.high)
        table.add_row(figure.name, _number(figure.value), interval, str(figure.n))
    return Group(Text(pairs), table)


def render_comparison(differences: Sequence[Difference], baseline: Path) -> Group:
    """A table of the differences to another run, with the questions that changed."""
    table = _table("difference", "before", "now", "difference", "95% interval", "p", "n")
    lines = []
    for difference in differences:
        table.add_row(
            difference.name,
            _number(difference.old),
            _number(difference.new),
            "" if difference.difference is None else f"{difference.difference:+.3f}",
            _interval(difference.low, difference.high),
            _number(difference.p_value),
            str(difference.n),
        )
        better = [change.id for change in difference.changed if change.new > change.old]
        worse = [change.id for change in difference.changed if change.new < change.old]
        for word, ids in (("better", better), ("worse", worse)):
            if ids:
                lines.append(Text(f"{difference.name}, {word} ({len(ids)}): {', '.join(ids)}"))
    return Group(Text(f"Compared with {baseline}:"), table, *lines)


def render_runs(runs: Sequence[tuple[Path, Mapping[str, Any]]]) -> Table:
    """A table of several runs, one a line."""
    table = _table("run", "model", "split", *(name for _, name in _MAIN))
    for folder, report in runs:
        table.add_row(
            folder.name,
            str(report.get("model", "")),
            str(report.get("split") or ""),
            *(_number(main_figure(report, group, name)) for group, name in _MAIN),
        )
    return table


def main_figure(report: Mapping[str, Any], group: str, name: str) -> float | None:
    """One figure's value out of a ``report.json``; None if it is undefined or not there."""
    figures = report.get("figures", {}).get(group, ())
    return next((figure["value"] for figure in figures if figure["name"] == name), None)


def _table(first: str, *columns: str) -> Table:
    table = Table(first, title_justify="left", box=None)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"
