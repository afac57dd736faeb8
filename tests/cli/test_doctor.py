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

CHECKS = ["Python", "SQLite", "processor", "generator tiny", "library"]


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
