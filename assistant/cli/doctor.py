"""`doctor`: is all that an answer needs there and whole?"""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.cli import options
from assistant.cli.application import Application, application
from assistant.errors import AssistantError
from assistant.records import Record

if TYPE_CHECKING:
    from assistant.inference.models import ModelInfo

_FLAGS = ("avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")
_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """What one check found: a ``problem`` stops the assistant, a ``warning`` only slows it."""

    check: str
    state: Literal["ok", "warning", "problem"]
    text: str
    hint: str = ""


def doctor(
    context: typer.Context,
    library: options.Library = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild what is missing in the library's index.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Check Python, SQLite, the processor, the models and the library."""
    app = application(context)
    findings: list[Finding] = []
    for finding in _examine(app, library, repair):
        findings.append(finding)
        if not json:
            app.terminal.line(
                f"{finding.state:<8} {finding.check}: {finding.text}", _STYLES[finding.state]
            )
            if finding.hint:
                app.terminal.line(f"         {finding.hint}")
    if json:
        app.terminal.json([finding.to_dict() for finding in findings])
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)


def _examine(app: Application, library: Path | None, repair: bool) -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")
    yield check_sqlite()
    yield check_processor(processor_flags(Path("/proc/cpuinfo")))
    try:
        for model in app.installed_models():
            yield check_model(model)
    except AssistantError as error:
        yield Finding("models", "problem", error.message, error.hint)
    try:
        yield from _check_library(app, library, repair)
    except AssistantError as error:
        yield Finding("library", "problem", error.message, error.hint)


def check_sqlite() -> Finding:
    """Whether SQLite can search text."""
    try:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize = 'porter')")
    except sqlite3.OperationalError:
        return Finding(
            "SQLite",
            "problem",
            f"{sqlite3.sqlite_version} without full-text search (FTS5)",
            "Use a Python whose SQLite has FTS5; those of python.org and of Debian do.",
        )
    return Finding("SQLite", "ok", f"{sqlite3.sqlite_version} with full-text search")


def processor_flags(cpuinfo: Path) -> frozenset[str] | None:
    """The processor's features as Linux tells them; None where it tells none."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return frozenset(value.split())
    return None


def check_processor(flags: Iterable[str] | None) -> Finding:
    """Whether the processor has the vector instructions that make models fast."""
    machine = platform.machine()
    if flags is None or machine not in ("x86_64", "AMD64"):
        return Finding("processor", "ok", machine)
    present = [flag for flag in _FLAGS if flag in set(flags)]
    text = f"{machine} with {', '.join(present) or 'no vector instructions'}"
    if "avx2" in present:
        return Finding("processor", "ok", text)
    return Finding("processor", "warning", text, "Without AVX2 answers take several times longer.")


def check_model(model: ModelInfo) -> Finding:
    """Whether a model is there, byte for byte."""
    check = f"{model.kind} {model.name}"
    if not model.present:
        return Finding(check, "problem", "missing", "Install article-assistant again.")
    if not model.whole:
        return Finding(check, "problem", f"damaged: {model.path}", "Install its package again.")
    return Finding(check, "ok", f"whole: {model.path}")


def _check_library(app: Application, library: Path | None, repair: bool) -> Iterator[Finding]:
    from assistant.library.health import check
    from assistant.library.health import repair as mend
    from assistant.settings import load_settings

    settings = load_settings(library=library)
    if not settings.library.exists():
        yield Finding("library", "ok", f"none yet; `assistant add` makes {settings.library}")
        return
    with app.open_assistant(settings) as assistant:
        if repair:
            with app.terminal.progress() as progress:
                report = mend(assistant.library, progress)
        else:
            report = check(assistant.library)
    if report.agrees:
        yield Finding("library", "ok", f"catalogue and index agree: {settings.library}")
    for problem in report.problems:
        yield Finding("library", "problem", problem, "`assistant doctor --repair` mends it.")
