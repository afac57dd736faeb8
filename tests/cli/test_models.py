from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.stand_ins import HOSTILE, MODEL, call


def test_models_are_listed_with_their_state() -> None:
    known = [
        MODEL,
        replace(MODEL, default=False),
        replace(MODEL, prepared=False),
        replace(MODEL, whole=False, note="Install it again."),
        replace(MODEL, default=False, present=False, whole=False, prepared=False, bytes=0),
    ]
    outcome = call("models", models=known)
    rows = [line.split("\t") for line in outcome.out.splitlines()]
    assert outcome.code == 0
    assert rows[0] == ["tiny", "generator", "ready, in use", "85", "MIT"]
    assert [row[2] for row in rows[1:]] == [
        "ready",
        "not yet prepared, in use",
        "damaged, in use",
        "missing",
    ]
    assert "tiny: Install it again." in outcome.notes


def test_the_file_that_is_set_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.gguf"
    monkeypatch.setenv("ASSISTANT_MODEL", str(own))
    absent = call("models", models=[MODEL])
    assert absent.out.splitlines()[1] == f"{own}\tgenerator\tmissing, in use\t0\t"
    own.write_bytes(b"GGUF" + bytes(2_000_000))
    packaged, listed = call("models", models=[MODEL]).out.splitlines()
    assert packaged.split("\t")[2] == "ready"
    assert listed == f"{own}\tgenerator\tready, in use\t2\t"


def test_json_is_every_model() -> None:
    known = [MODEL, replace(MODEL, default=False, note=HOSTILE)]
    assert json.loads(call("models", "--json", models=known).out) == [
        {**model.to_dict(), "in_use": model.default} for model in known
    ]
