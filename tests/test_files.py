from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from assistant.files import write_whole


def test_a_file_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_whole(path, "old")
    write_whole(path, "Köln\n\ud800")
    assert path.read_bytes() == "Köln\n?".encode()
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a" / "inside").mkdir(parents=True)
    for path in (tmp_path / "a", tmp_path / "nowhere" / "b"):
        with pytest.raises(OSError) as failure:  # noqa: PT011 - which one differs between systems
            write_whole(path, "text")
        assert failure.value.filename == str(path)
    assert os.listdir(tmp_path) == ["a"]


def test_a_reader_never_finds_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    texts = [letter * 1_000_000 for letter in "ab"]
    write_whole(path, texts[0])

    def write() -> None:
        for _ in range(10):
            for text in texts:
                write_whole(path, text)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert path.read_text() in texts
    assert os.listdir(tmp_path) == ["a.txt"]
