from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from assistant.errors import LibraryBusyError
from assistant.library.locking import write_lock


def test_a_second_holder_is_refused_with_one_clear_sentence(tmp_path: Path) -> None:
    refused: list[LibraryBusyError] = []

    def second() -> None:
        try:
            with write_lock(tmp_path, seconds=0.1):
                raise AssertionError("two holders at once")
        except LibraryBusyError as error:
            refused.append(error)

    with write_lock(tmp_path, seconds=0):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert str(tmp_path) in refused[0].message
    assert refused[0].hint
    with write_lock(tmp_path, seconds=0):
        pass  # free again


def test_a_second_holder_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []
    held = threading.Event()

    def first() -> None:
        with write_lock(tmp_path, seconds=0):
            held.set()
            time.sleep(0.2)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait()
    with write_lock(tmp_path, seconds=30):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_an_error_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), write_lock(tmp_path, seconds=0):
        _ = 1 / 0
    with write_lock(tmp_path, seconds=0):
        pass
