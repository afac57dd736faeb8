"""`models`: the models that can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from assistant.cli import options
from assistant.cli.application import application

if TYPE_CHECKING:
    from assistant.inference.models import ModelInfo


def models(context: typer.Context, json: options.Json = False) -> None:
    """List the models, and whether each is there and whole."""
    app = application(context)
    known = app.installed_models()
    if json:
        app.terminal.json([model.to_dict() for model in known])
        return
    app.terminal.table(
        ("Name", "Kind", "State", "Megabytes", "Licence", "Note"),
        [(m.name, m.kind, _state(m), round(m.bytes / 1e6), m.licence, m.note) for m in known],
    )


def _state(model: ModelInfo) -> str:
    if not model.present:
        return "missing"
    if not model.whole:
        return "damaged"
    state = "ready" if model.prepared else "not yet prepared"
    return f"{state}, the default" if model.default else state
