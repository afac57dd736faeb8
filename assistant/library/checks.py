"""Is all that an answer needs there and whole? One function for each check."""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.errors import AssistantError
from assistant.inference.models import ModelInfo
from assistant.library import health
from assistant.library.store import Library
from assistant.records import Progress, Record

_FLAGS = ("avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """What one check found: a ``problem`` stops the assistant, a ``warning`` only slows it."""

    check: str
    state: Literal["ok", "warning", "problem"]
    text: str
    hint: str = ""


def check_installation(models: Callable[[], Sequence[ModelInfo]]) -> Iterator[Finding]:
    """What the assistant stands on: Python, SQLite, the processor and the models.

    Args:
        models: gives the models of the catalogue, with the state of their files.
    """
    yield Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")
    yield check_sqlite()
    yield check_processor(platform.machine(), processor_flags(Path("/proc/cpuinfo")))
    try:
        for model in models():
            yield check_model(model)
    except AssistantError as error:
        yield Finding("models", "problem", error.message, error.hint)


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


def check_library(
    library: Library,
    repair: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[Finding]:
    """Whether all parts of a library agree.

    Args:
        library: the library.
        repair: whether to mend its index rather than only look at it.
        progress: told how the repair goes.

    Raises:
        LibraryBusyError: something else is writing to the library.
        ModelError: the embedder failed to repair it.
    """
    report = health.repair(library, progress) if repair else health.check(library)
    counts = {"source": report.sources, "article": report.articles, "passage": report.passages}
    held = ", ".join(f"{n} {thing}{'' if n == 1 else 's'}" for thing, n in counts.items())
    if report.agrees:
        yield Finding("library", "ok", f"{held}; all agrees: {library.folder}")
    hint = "Add its pages to a new library." if repair else "`assistant doctor --repair` mends it."
    for problem in report.problems:
        yield Finding("library", "problem", problem, hint)
