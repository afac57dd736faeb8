"""The write lock of a library: one writer at a time, in whichever thread or process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import LibraryBusyError

LOCK_FILE = "write.lock"


@contextmanager
def write_lock(folder: Path, seconds: float) -> Iterator[None]:
    """Holds the write lock of a library's folder. The system frees it when a process dies.

    Args:
        folder: the library's folder.
        seconds: how long to wait for another holder.

    Raises:
        LibraryBusyError: another thread or process held it for that long.
    """
    # A lock object of its own each time: one that is shared would let two threads in.
    lock = FileLock(folder / LOCK_FILE, timeout=seconds, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusyError(
            f"Something else is writing to the library {folder}.", "Try again when it is done."
        ) from error
    try:
        yield
    finally:
        lock.release()
