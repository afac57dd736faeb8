"""The checks of `doctor`: what the assistant stands on, and the library that was named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.application import Application
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.library.checks import Finding


def examine(app: Application, library: Path | None, repair: bool) -> Iterator[Finding]:
    """All findings, one after the other as they are made.

    Args:
        app: where the models and the library are reached.
        library: the folder that the command line named, if it did.
        repair: whether to mend the library's index rather than only look at it.
    """
    from assistant.library.checks import Finding, check_installation

    yield from check_installation(app.installed_models)
    try:
        yield from _check_library(app, library, repair)
    except AssistantError as error:
        yield Finding("library", "problem", error.message, error.hint)


def _check_library(app: Application, library: Path | None, repair: bool) -> Iterator[Finding]:
    from assistant.library.checks import Finding, check_library
    from assistant.settings import load_settings

    settings = load_settings(library=library)
    if not settings.library.exists():
        yield Finding("library", "ok", f"none yet; `assistant add` makes {settings.library}")
        return
    with app.open_assistant(settings) as assistant, app.terminal.progress() as progress:
        findings = list(check_library(assistant.library, repair, progress))
    yield from findings
