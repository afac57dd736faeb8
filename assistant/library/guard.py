"""What surrounds the use of a vector store: one process at a time, and damage told in words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import AssistantError, LibraryBusyError, LibraryError

_LOCK_SECONDS = 60.0
_TRIAL_SECONDS = 30.0
_TRIAL_BYTES_A_SECOND = 5_000_000


class StoreGuard:
    """A lock beside the store's folder, and a mark that stands while somebody is at it.

    A store whose user was killed may hang or abort the process that opens it next, so that one
    must know before it does.
    """

    def __init__(self, path: str) -> None:
        self._lock = FileLock(f"{path}.lock", timeout=_LOCK_SECONDS, thread_local=False)
        self._mark = Path(f"{path}.busy")

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Holds the lock; tells whether the last holder died or failed at the store.

        Raises:
            LibraryBusyError: another process held the lock for a minute.
        """
        try:
            self._lock.acquire()
        except Timeout as error:
            raise LibraryBusyError(
                "Another process keeps the library's vectors busy.", "Try again when it is done."
            ) from error
        try:
            suspect = self._mark.exists()
            self._mark.touch()
            yield suspect
            # Not in a finally clause: after an error the mark stays, as it does after a kill.
            self._mark.unlink(missing_ok=True)
        finally:
            self._lock.release()


def try_out(store: Path, collection: str) -> None:
    """Has another process open a store and read every vector; that one may hang or die of it.

    Raises:
        ValueError: it did.
    """
    size = sum(file.stat().st_size for file in store.rglob("*") if file.is_file())
    command = [sys.executable, "-m", "assistant.library.vectors", str(store), collection]
    try:
        subprocess.run(  # noqa: S603 - this program itself
            command,
            check=True,
            timeout=_TRIAL_SECONDS + size / _TRIAL_BYTES_A_SECOND,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.SubprocessError as error:
        raise ValueError("they are damaged") from error


@contextmanager
def clear_errors(store: Path) -> Iterator[None]:
    """Turns whatever a store's engine raises into one clear error.

    Raises:
        LibraryError: the engine failed.
    """
    try:
        yield
    except BaseException as error:
        if not is_failure(error):
            raise
        raise LibraryError(
            f"The library's vectors in {store} cannot be used: {error}.",
            "Run `assistant doctor --repair`: it makes them again from the articles.",
        ) from error


def is_failure(error: BaseException) -> bool:
    """Whether an error is the engine's, and not ours or a wish to stop."""
    # A panic of the engine is no Exception, and its class cannot be imported.
    failed = isinstance(error, Exception) or type(error).__name__ == "PanicException"
    return failed and not isinstance(error, AssistantError)
