"""The runs in the user's folder of runs: those of the page, and those of the command line."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import fastapi
from pydantic import TypeAdapter, ValidationError

from assistant.errors import UsageError
from assistant.records import Record

# What a run is known by in a table of several: its heading, and the figure's group and name.
MAIN_FIGURES = (
    ("hit@4", "retrieval, final", "hit@4"),
    ("Right", "refusals", "right, refusals included"),
    ("Token F1", "answers", "token F1"),
    ("Refused rightly", "refusals", "recall"),
)
# A report is shown and nothing else: no script, no request, no frame of another page around it.
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class KeptFigure(Record):
    """A figure as a report keeps it: ``value`` is None where it is undefined."""

    name: str
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class KeptRun(Record):
    """A run and what it measured.

    ``when`` is when it was last written to, in seconds since 1970; ``questions`` is the path of
    its question set, ``answered`` how many of them are answered. ``figures`` are by group.
    """

    folder: Path
    when: float
    finished: bool
    questions: str
    answered: int
    split: str | None = None
    model: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, tuple[KeptFigure, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return run_key(self.folder)

    @property
    def set_name(self) -> str:
        """The question set's file name."""
        return Path(self.questions).name or self.questions

    def figure(self, group: str, name: str) -> KeptFigure | None:
        return next((f for f in self.figures.get(group, ()) if f.name == name), None)

    def asks_the_same(self, other: KeptRun) -> bool:
        """Whether both put the same questions of the same question set."""
        return self._asked() == other._asked()

    def _asked(self) -> tuple[Any, ...]:
        sums = self.settings.get("sha256")
        questions = sums.get("questions") if isinstance(sums, Mapping) else self.questions
        return questions, *(self.settings.get(name) for name in ("split", "limit", "only", "seed"))


@dataclass(frozen=True, slots=True)
class _Report:
    questions: str
    split: str | None
    model: str
    figures: dict[str, tuple[KeptFigure, ...]]
    funnel: dict[str, int]
    settings: dict[str, Any]


def run_key(folder: Path) -> str:
    """What a run is called in addresses and buttons, whatever its folder is called."""
    return blake2b(os.fsencode(folder.name), digest_size=8).hexdigest()


def kept_runs() -> list[KeptRun]:
    """All runs in the user's folder of runs, newest first; damaged ones are left out.

    Raises:
        OSError: the folder cannot be read.
    """
    from assistant.evaluation.runs import find_runs, find_unfinished, own_runs

    own = own_runs()
    finished = [(path, report) for path, report in find_runs([own]) if path.parent == own]
    runs = [
        *(_finished(path, report) for path, report in finished),
        *(_unfinished(*begun) for begun in find_unfinished([own])),
    ]
    return sorted((run for run in runs if run is not None), key=lambda run: run.when, reverse=True)


def kept_run(key: object) -> KeptRun:
    """One run.

    Raises:
        UsageError: there is none of that key.
    """
    for run in kept_runs():
        if run.key == key:
            return run
    raise UsageError("There is no such run any more.", "Choose one of the list.")


def remove_run(key: object) -> KeptRun:
    """Removes a run with all its files.

    Raises:
        UsageError: there is none of that key, or it cannot be removed.
    """
    run = kept_run(key)
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise UsageError(
            f"The run {run.folder.name} cannot be removed: {error.strerror or error}.",
            f"Remove the folder by hand: {run.folder}",
        ) from error
    return run


def report_routes() -> fastapi.APIRouter:
    """Serves the reports of finished runs, for a frame of the page or a tab of their own."""
    router = fastapi.APIRouter()

    @router.get("/runs/{key}/report.html", response_model=None)
    def report(key: str) -> fastapi.Response:
        try:
            page = (kept_run(key).folder / "report.html").read_bytes()
        except (UsageError, OSError) as error:
            raise fastapi.HTTPException(404) from error
        return fastapi.Response(page, media_type="text/html; charset=utf-8", headers=_HEADERS)

    return router


def _finished(folder: Path, report: object) -> KeptRun | None:
    try:
        known = _report().validate_python(report)
        when = (folder / "report.json").stat().st_mtime
    except (ValidationError, OSError):
        return None
    return KeptRun(
        folder=folder,
        when=when,
        finished=True,
        questions=known.questions,
        answered=sum(known.funnel.values()),
        split=known.split,
        model=known.model,
        settings=known.settings,
        figures={
            group: tuple(figure for figure in figures if math.isfinite(figure.value or 0.0))
            for group, figures in known.figures.items()
        },
    )


def _unfinished(folder: Path, settings: Mapping[str, Any], answered: int) -> KeptRun | None:
    try:
        when = max(path.stat().st_mtime for path in folder.iterdir())
    except (OSError, ValueError):
        return None  # removed meanwhile
    split = settings.get("split")
    return KeptRun(
        folder=folder,
        when=when,
        finished=False,
        questions=str(settings.get("questions", "")),
        answered=answered,
        split=split if isinstance(split, str) else None,
        model=str(settings.get("model", "")),
        settings=settings,
    )


@cache
def _report() -> TypeAdapter[_Report]:
    return TypeAdapter(_Report)
