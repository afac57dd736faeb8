from __future__ import annotations

import stat
from pathlib import Path

import pytest

from assistant.web.server.accounts import read_accounts
from tests.cli.stand_ins import call


def test_a_reader_can_sign_in_afterwards_and_the_password_is_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "readers.txt"
    outcome = call("password", str(file), "Ada", lines=["correct horse", "correct horse"])
    assert outcome.code == 0
    assert read_accounts(file).check("Ada", "correct horse")
    assert "correct" not in file.read_text() + outcome.out + outcome.notes
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_passwords_that_differ_change_nothing(tmp_path: Path) -> None:
    file = tmp_path / "readers.txt"
    outcome = call("password", str(file), "Ada", lines=["correct horse", "correct house"])
    assert outcome.code == 2
    assert "differ" in outcome.notes
    assert not file.exists()


@pytest.mark.parametrize(
    ("name", "lines", "told"),
    [
        ("Ada", ["short"], "not between 8 and 1,000 characters"),
        ("A:da", [], "cannot be used"),
        ("Ada", [], "No password was given"),
        ("Ada", ["correct horse"], "No password was given"),
    ],
)
def test_what_cannot_be_used_is_told_at_once(
    tmp_path: Path, name: str, lines: list[str], told: str
) -> None:
    outcome = call("password", str(tmp_path / "readers.txt"), name, lines=lines)
    assert outcome.code == 2
    assert told in outcome.notes
    assert not (tmp_path / "readers.txt").exists()
