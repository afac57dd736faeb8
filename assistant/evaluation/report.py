"""An evaluation's figures, for people to read."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from assistant.evaluation.cases import Result
from assistant.evaluation.metrics import Figure


def render(result: Result) -> Group:
    """A table of the figures with n and, for shares, Wilson's 95% interval."""
    table = Table("figure", "value", "95% interval", "n", title_justify="left", box=None)
    for name in ("value", "95% interval", "n"):
        column = next(c for c in table.columns if c.header == name)
        column.justify = "right"
    for group, figures in result.figures.items():
        table.add_row(Text(group, style="bold"))
        for figure in figures:
            table.add_row(f"  {figure.name}", _value(figure), _interval(figure), str(figure.n))
    split = f", split {result.split}" if result.split else ""
    head = Text(f"{result.questions}{split}: {len(result.cases)} questions, model {result.model}")
    return Group(head, table)


def _value(figure: Figure) -> str:
    return "undefined" if figure.value is None else f"{figure.value:.3f}"


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{figure.low:.3f} to {figure.high:.3f}"
