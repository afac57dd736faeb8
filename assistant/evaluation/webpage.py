"""An evaluation as one page of HTML, to read offline, in light and dark and in print.

All that was measured is hostile text: the template escapes every value, and the page's policy
allows no script and no request.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from assistant.evaluation.cases import AttackCase, Case, Outcome, Result
from assistant.evaluation.metrics import Figure
from assistant.evaluation.obedience import OBEYED_IN_DRAFT
from assistant.evaluation.pictures import (
    StageTime,
    draw_funnel,
    draw_risk_coverage,
    draw_shares,
    draw_times,
    visible,
)
from assistant.evaluation.scores import lacking_evidence

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_WORST = 10
_ORDER: tuple[Outcome, ...] = (
    "error",
    "answered though unanswerable",
    "cited but wrong",
    "not retrieved",
    "retrieved but not cited",
    "falsely refused",
)
_RETRIEVAL = "retrieval, "
# Of a ranking's many figures, the picture shows those that are enough to judge it by.
_PICTURED = ("hit@1", "hit@4", "recall@10", "MRR@10", "nDCG@10")
_MEDIAN, _PERCENTILE_95 = ", median", ", 95th percentile"
_STEPS = 10


class Table(NamedTuple):
    """Figures by what they are about (a row each) and by name (a column each)."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...]


class Section(NamedTuple):
    """A group of figures with a picture, or several with the same names, side by side.

    ``figures`` are those of one group, ``table`` and ``all_figures`` those of several.
    """

    title: str
    picture: str | None
    figures: tuple[Figure, ...] = ()
    table: Table | None = None
    all_figures: Table | None = None


def render_page(result: Result) -> str:
    """The report of an evaluation, as a whole HTML page; the same result gives the same text."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = _number
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    curve = result.risk_coverage
    return template.render(
        result=result,
        date=result.settings.get("date"),
        lacking=lacking_evidence(result),
        sections=_sections(result.figures),
        slices=_slices(result),
        funnel=draw_funnel(result.funnel, "What became of the questions"),
        curve=curve and draw_risk_coverage(curve, "Risk over coverage"),
        steps=_steps(result),
        worst=_worst(result.cases),
        attacks=_telling(result.attacks),
        settings=list(_settings(result.settings)),
    )


def _sections(figures: Mapping[str, Sequence[Figure]]) -> list[Section]:
    """The rankings side by side in one section, then each other group in its own."""
    rankings = {
        group.removeprefix(_RETRIEVAL): of_group
        for group, of_group in figures.items()
        if group.startswith(_RETRIEVAL)
    }
    sections = [_retrieval(rankings)] if rankings else []
    for group, of_group in figures.items():
        if not group.startswith(_RETRIEVAL):
            title = group[:1].upper() + group[1:]
            picture = _times(of_group) if group == "speed" else _shares({group: of_group}, title)
            sections.append(Section(title, picture, figures=tuple(of_group)))
    return sections


def _retrieval(rankings: Mapping[str, Sequence[Figure]]) -> Section:
    names = list(dict.fromkeys(figure.name for f in rankings.values() for figure in f))
    main = [name for name in _PICTURED if name in names] or names
    some = {stage: [f for f in of_stage if f.name in main] for stage, of_stage in rankings.items()}
    return Section(
        "Retrieval",
        _shares(some, "Retrieval"),
        table=_side_by_side(rankings, main),
        all_figures=_side_by_side(rankings, names) if len(names) > len(main) else None,
    )


def _side_by_side(groups: Mapping[str, Sequence[Figure]], names: Sequence[str]) -> Table:
    rows = tuple((name, tuple(_named(f, name) for f in groups.values())) for name in names)
    return Table("figure", tuple(groups), rows)


def _shares(series: Mapping[str, Sequence[Figure]], title: str) -> str | None:
    """A picture, if there is something to see and all of it lies between 0 and 1."""
    values = [f.value for figures in series.values() for f in figures if f.value is not None]
    if not values or not all(0 <= value <= 1 for value in values):
        return None
    return draw_shares(series, f"{title}: figures with 95% intervals")


def _slices(result: Result) -> list[Table]:
    tables = []
    for kind in dict.fromkeys(part.kind for part in result.slices):
        parts = [part for part in result.slices if part.kind == kind]
        columns = tuple(dict.fromkeys(f.name for part in parts for f in part.figures))
        rows = tuple(
            (part.label, tuple(_named(part.figures, name) for name in columns)) for part in parts
        )
        tables.append(Table(kind, columns, rows))
    return tables


def _named(figures: Sequence[Figure], name: str) -> Figure | None:
    return next((figure for figure in figures if figure.name == name), None)


def _times(figures: Sequence[Figure]) -> str | None:
    """A picture of the seconds by stage, if there were any."""
    values = {f.name: f.value for f in figures if f.value is None or math.isfinite(f.value)}
    stages = [
        StageTime(stage, value, values.get(stage + _PERCENTILE_95))
        for name, value in values.items()
        if name.startswith("seconds") and name.endswith(_MEDIAN)
        for stage in [name.removesuffix(_MEDIAN)]
    ]
    if all(stage.median is None for stage in stages):
        return None
    return draw_times(stages, "Seconds by stage: medians and 95th percentiles")


def _steps(result: Result) -> list[tuple[float, float, float]]:
    """Threshold, coverage and risk at some evenly spaced steps of the curve, the last included."""
    curve = result.risk_coverage
    if curve is None:
        return []
    steps = list(zip(curve.thresholds, curve.coverage, curve.risk, strict=True))
    chosen = {round((n + 1) * len(steps) / _STEPS) - 1 for n in range(_STEPS)}
    return [step for place, step in enumerate(steps) if place in chosen]


def _worst(cases: Sequence[Case]) -> list[Case]:
    """The worst failures by kind, then the right answers that say least of what was expected."""

    def badness(case: Case) -> tuple[int, float]:
        failed = case.outcome in _ORDER
        return _ORDER.index(case.outcome) if failed else len(_ORDER), _f1(case)

    bad = [case for case in cases if case.outcome in _ORDER or _f1(case) < 1]
    return sorted(bad, key=badness)[:_WORST]


def _telling(cases: Sequence[AttackCase]) -> list[AttackCase]:
    """The attacks that an answer or a draft shows, those obeyed first."""

    def badness(case: AttackCase) -> int:
        drafted = bool(case.scores.get(OBEYED_IN_DRAFT))
        return 0 if case.reaction == "obeyed" else 1 if drafted else 2

    telling = [case for case in cases if case.reaction != "none" or badness(case) < 2]
    return sorted(telling, key=badness)[:_WORST]


def _f1(case: Case) -> float:
    value = case.scores.get("token F1")
    return 1.0 if value is None else value


def _shown(value: Any) -> Any:
    """Every value on its way into the page, without characters that show nothing."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _number(value: float | None) -> str:
    if value is None:
        return "undefined"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _settings(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each setting as text; those of a group one by one."""
    for name, value in settings.items():
        of_group = value.items() if isinstance(value, Mapping) else ()
        yield from ((f"{name}: {inner}", _setting(part)) for inner, part in of_group)
        if not of_group:
            yield name, _setting(value)


def _setting(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
