from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.errors import LibraryError
from assistant.inference.models import model_identity
from assistant.library.calibration import Calibration, read_calibration, write_calibration
from assistant.settings import Settings
from tests.fakes import HashEmbedder

KEPT = Calibration(
    0.42, 0.1, 0.05, 0.01, 0.2, 0.7, 40, model_identity("default"), "q.jsonl", "2026-11-24"
)


def opened(folder: Path, **given: object) -> float:
    with Assistant.open(folder, Settings(**given), embedder=HashEmbedder()) as assistant:  # type: ignore[arg-type]
        return assistant.settings.threshold


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    assert read_calibration(tmp_path) is None
    write_calibration(tmp_path, KEPT)
    assert read_calibration(tmp_path) == KEPT


def test_the_measured_threshold_counts_unless_one_is_given(tmp_path: Path) -> None:
    default = opened(tmp_path / "library")
    write_calibration(tmp_path / "library", KEPT)
    assert opened(tmp_path / "library") == 0.42 != default
    assert opened(tmp_path / "library", threshold=0.1) == 0.1
    assert opened(tmp_path / "library", model="other.gguf") == default


def test_a_threshold_of_another_model_does_not_count(tmp_path: Path) -> None:
    default = opened(tmp_path / "library")
    earlier = replace(KEPT, model="SmolLM2-135M-Reader 0123456789ab")
    write_calibration(tmp_path / "library", earlier)
    assert opened(tmp_path / "library") == default


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"threshold": 7}', "null", "[" * 9_000])
def test_nonsense_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "calibration.json").write_text(text)
    assert read_calibration(tmp_path) is None


@pytest.mark.parametrize("threshold", ['"high"', "7", "NaN", "null", "true"])
def test_a_threshold_that_is_none_counts_as_none(tmp_path: Path, threshold: str) -> None:
    write_calibration(tmp_path, KEPT)
    path = tmp_path / "calibration.json"
    path.write_text(path.read_text().replace("0.42", threshold))
    assert read_calibration(tmp_path) is None


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LibraryError):
        write_calibration(tmp_path / "nowhere", KEPT)
