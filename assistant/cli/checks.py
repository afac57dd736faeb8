"""The checks of `doctor`, one function each."""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assistant.cli.application import Application
from assistant.cli.cleaning import counted
from assistant.errors import AssistantError
from assistant.records import Record

if TYPE_CHECKING:
    from assistant.inference.models import ModelInfo

_FLAGS = ("avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """What one check found: a ``problem`` stops the assistant, a ``warning`` only slows it."""

    check: str
    state: Literal["ok", "warning", "problem"]
    text: str
    hint: str = ""


def examine(app: Application, library: Path | None, repair: bool) -> Iterator[Finding]:
    """All findings, one after the other as they are made.

    Args:
        app: where the models and the library are reached.
        library: the folder that the command line named, if it did.
        repair: whether to mend the library's index rather than only look at it.
    """
    yield Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")
    yield check_sqlite()
    yield check_processor(platform.machine(), processor_flags(Path("/proc/cpuinfo")))
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
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'porter')")
    except sqlite3.OperationalError:
        return Finding(
            "SQLite",
            "problem",
            f"{sqlite3.sqlite_version} without full-text search (FTS5)",
            "Use a Python whose SQLite has FTS5; those of python.org and of Debian do.",
        )
    finally:
        connection.close()
    return Finding("SQLite", "ok", f"{sqlite3.sqlite_version} with full-text search")


def processor_flags(cpuinfo: Path) -> frozenset[str]:
    """The processor's features as Linux tells them; none where it tells none."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            return frozenset(value.split())
    return frozenset()


def check_processor(machine: str, flags: Collection[str]) -> Finding:
    """Whether the processor has the vector instructions that make models fast.

    Args:
        machine: its kind, as ``platform.machine()`` names it.
        flags: its features by their Linux names; empty where they are not known.
    """
    if not flags:
        return Finding("processor", "ok", machine)
    present = [flag for flag in _FLAGS if flag in flags]
    text = f"{machine} with {', '.join(present) or 'no vector instructions'}"
    if "avx2" in present:
        return Finding("processor", "ok", text)
    return Finding("processor", "warning", text, "Without AVX2 answers take several times longer.")


def check_model(model: ModelInfo) -> Finding:
    """Whether a model is there, byte for byte."""
    check = f"{model.kind} {model.name}"
    if model.present and model.whole:
        return Finding(check, "ok", f"whole: {model.path}")
    return Finding(check, "problem", "damaged" if model.present else "missing", model.note)


def _check_library(app: Application, library: Path | None, repair: bool) -> Iterator[Finding]:
    from assistant.settings import load_settings

    settings = load_settings(library=library)
    if not settings.library.exists():
        yield Finding("library", "ok", f"none yet; `assistant add` makes {settings.library}")
        return
    from assistant.library import health

    with app.open_assistant(settings) as assistant:
        if repair:
            with app.terminal.progress() as progress:
                report = health.repair(assistant.library, progress)
        else:
            report = health.check(assistant.library)
    counts = {"source": report.sources, "article": report.articles, "passage": report.passages}
    held = ", ".join(counted(number, thing) for thing, number in counts.items())
    if report.agrees:
        yield Finding("library", "ok", f"{held}; all agrees: {settings.library}")
    hint = "Add its pages to a new library." if repair else "`assistant doctor --repair` mends it."
    for problem in report.problems:
        yield Finding("library", "problem", problem, hint)
