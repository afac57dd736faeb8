"""`models`: the models that can be used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from assistant.cli import options
from assistant.cli.application import application

if TYPE_CHECKING:
    from assistant.inference.models import ModelInfo
    from assistant.settings import Settings


def models(context: typer.Context, json: options.Json = False) -> None:
    """List the models, whether each is there and whole, and which are in use."""
    from assistant.settings import load_settings

    app = application(context)
    settings = load_settings()
    known = [*app.installed_models(), *_own_file(settings.model)]
    if json:
        app.terminal.json([{**m.to_dict(), "in_use": _in_use(m, settings)} for m in known])
        return
    app.terminal.table(
        ("Name", "Kind", "State", "Megabytes", "Licence"),
        [(m.name, m.kind, _state(m, settings), round(m.bytes / 1e6), m.licence) for m in known],
    )
    for model in known:
        if not model.whole:
            app.terminal.note(f"{model.name}: {model.note}")


def _own_file(name: str) -> list[ModelInfo]:
    """The reader's own file, if that is what is set."""
    from assistant.inference.models import ModelInfo, known_model

    if known_model(name, "generator"):
        return []
    path = os.path.expanduser(name)
    present = os.path.isfile(path)
    return [
        ModelInfo(
            name=name,
            kind="generator",
            default=False,
            path=path,
            bytes=os.path.getsize(path) if present else 0,
            present=present,
            whole=present,
            prepared=present,
            licence="",
            note="Your own file." if present else "It is neither a known name nor a file.",
        )
    ]


def _in_use(model: ModelInfo, settings: Settings) -> bool:
    chosen = settings.model if model.kind == "generator" else settings.embedder
    return model.default if chosen == "default" else model.name == chosen


def _state(model: ModelInfo, settings: Settings) -> str:
    if not model.present:
        state = "missing"
    elif not model.whole:
        state = "damaged"
    else:
        state = "ready" if model.prepared else "not yet prepared"
    return f"{state}, in use" if _in_use(model, settings) else state
