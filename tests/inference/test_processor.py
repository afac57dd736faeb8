"""A value that the user chose is left alone."""

from __future__ import annotations

import os

import pytest

from assistant.inference.processor import share_cores, usable_cores


def test_waiting_threads_are_told_to_wait_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    share_cores()

    assert 0 < int(os.environ["GOMP_SPINCOUNT"]) < 30_000


def test_a_value_in_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    share_cores()

    assert os.environ["GOMP_SPINCOUNT"] == "7"


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1
