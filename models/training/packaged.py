"""The models that come with the install, as what is trained starts from them."""

from __future__ import annotations

from pathlib import Path

from assistant.inference.models import CatalogueEntry, Kind, catalogue


def packaged(kind: Kind) -> tuple[CatalogueEntry, Path]:
    """The default model of a kind, and its file as its package carries it."""
    entry = next(entry for entry in catalogue() if entry.kind == kind and entry.default)
    if entry.path is None:
        raise SystemExit(f"Install the package {entry.package} first.")
    return entry, entry.path
