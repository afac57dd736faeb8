"""The page over the stand-in, as a program: ``python -m tests.web.served FOLDER PORT``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.web.fake_assistant import FakeAssistant, stand_in

_ROOT = Path(__file__).parents[2]


@contextmanager
def program(folder: Path, port: int = 0) -> Iterator[str]:
    """Starts the program, gives the page's address, and ends it as Ctrl+C does.

    It must end by itself, without an error and without complaining.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.web.served", str(folder), str(port)],
        cwd=_ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told.startswith("The page is at http://127.0.0.1:")
        yield told.split()[4]
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=15)
        assert (process.returncode, complaints) == (0, "")
    finally:
        process.kill()


def main(folder: str, port: str) -> None:
    from assistant.web.app import serve

    serve(stand_in(FakeAssistant(Path(folder))), "127.0.0.1", int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
