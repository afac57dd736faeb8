from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import LibraryError
from assistant.inference.models import ModelInfo
from assistant.settings import Settings
from tests.cli.stand_ins import MODEL, call

CHECKS = ["Python", "SQLite", "processor", "generator tiny", "model in use", "library"]


def test_a_whole_installation_passes(tmp_path: Path) -> None:
    outcome = call("doctor", "--library", str(tmp_path / "none"), models=[MODEL])
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in lines if line[0] != " "] == CHECKS
    assert sys.executable in lines[0]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("model", "word"),
    [
        (replace(MODEL, whole=False, note="Install it again."), "damaged"),
        (replace(MODEL, present=False, whole=False, note="Install it again."), "missing"),
    ],
)
def test_a_damaged_model_is_a_problem(tmp_path: Path, model: ModelInfo, word: str) -> None:
    outcome = call("doctor", "--library", str(tmp_path / "none"), models=[model])
    assert outcome.code == 1
    assert f"problem  generator tiny: {word}\n         Install it again.\n" in outcome.out


def test_a_library_that_cannot_be_opened_is_a_problem_not_an_end(tmp_path: Path) -> None:
    def refuse(settings: Settings) -> object:
        raise LibraryError("The library is of another program.", "Choose another folder.")

    outcome = call("doctor", "--library", str(tmp_path), "--json", open_assistant=refuse)
    assert outcome.code == 1
    assert json.loads(outcome.out)[-1] == {
        "check": "library",
        "state": "problem",
        "text": "The library is of another program.",
        "hint": "Choose another folder.",
    }


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (None, "neither a known name nor a file"),
        (b"GIF89a", "is no GGUF file"),
        (b"GGUF\3\0", "your own file"),
    ],
)
def test_the_model_that_is_set_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | None, word: str
) -> None:
    model = tmp_path / "own.gguf"
    if data is not None:
        model.write_bytes(data)
    monkeypatch.setenv("ASSISTANT_MODEL", str(model))
    outcome = call("doctor", "--library", str(tmp_path / "none"), "--json", models=[MODEL])
    found = {finding["check"]: finding for finding in json.loads(outcome.out)}["model in use"]
    good = word == "your own file"
    assert (outcome.code, found["state"]) == ((0, "ok") if good else (1, "problem"))
    assert word in found["text"]


def test_a_bad_setting_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PORT", "abc")
    outcome = call("doctor", "--library", str(tmp_path / "none"), models=[MODEL])
    assert outcome.code == 1
    assert "problem  settings: The setting 'port'" in outcome.out
    assert "library" not in outcome.out
