"""The checks of `doctor`: what the assistant stands on, and the library that was named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.application import Application
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.library.checks import Finding
    from assistant.settings import Settings

_GGUF = b"GGUF"  # what such a file begins with


def examine(app: Application, library: Path | None, repair: bool) -> Iterator[Finding]:
    """All findings, one after the other as they are made.

    Args:
        app: where the models and the library are reached.
        library: the folder that the command line named, if it did.
        repair: whether to mend the library's index rather than only look at it.
    """
    from assistant.library.checks import Finding, check_installation
    from assistant.settings import load_settings

    yield from check_installation(app.installed_models)
    try:
        settings = load_settings(library=library)
    except AssistantError as error:
        yield Finding("settings", "problem", error.message, error.hint)
        return
    yield _check_chosen_model(settings.model)
    try:
        yield from _check_library(app, settings, repair)
    except AssistantError as error:
        yield Finding("library", "problem", error.message, error.hint)


def _check_chosen_model(name: str) -> Finding:
    """Whether there is a language model of the name that is set; a known one is checked as all
    of them are."""
    from assistant.inference.models import known_model, own_model_file
    from assistant.library.checks import Finding

    known = known_model(name, "generator")
    if known:
        return Finding("model in use", "ok", known.name)
    try:
        path = own_model_file(name)
        with path.open("rb") as file:
            is_gguf = file.read(len(_GGUF)) == _GGUF
    except AssistantError as error:
        return Finding("model in use", "problem", error.message, error.hint)
    except OSError as error:
        reason = f"{name} cannot be read: {error.strerror}."
        return Finding("model in use", "problem", reason, "Check its permissions.")
    if not is_gguf:
        return Finding("model in use", "problem", f"{name} is no GGUF file.", "Choose another one.")
    return Finding("model in use", "ok", f"your own file: {path}")


def _check_library(app: Application, settings: Settings, repair: bool) -> Iterator[Finding]:
    from assistant.library.checks import Finding, check_library

    if not settings.library.exists():
        yield Finding("library", "ok", f"none yet; `assistant add` makes {settings.library}")
        return
    with app.open_assistant(settings) as assistant, app.terminal.progress() as progress:
        findings = list(check_library(assistant.library, repair, progress))
    yield from findings
