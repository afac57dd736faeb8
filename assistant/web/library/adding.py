"""Adding to the library from the page, and reading again: file by file, so that each has a bar of
its own."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from assistant.errors import LibraryBusyError, UsageError
from assistant.reading.pasted import file_name, pasted_file
from assistant.records import Progress, SourceOutcome
from assistant.web.failures import told
from assistant.web.outcomes import BUSY, Item

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Step = Progress | SourceOutcome
Note = Callable[[Progress], None]
Act = Callable[[int, Note], SourceOutcome]
Tell = Callable[[int, Step], None]
# The bars need not be drawn more often.
_SECONDS_BETWEEN_DRAWINGS = 0.1
_SECONDS_BETWEEN_TRIES = 0.2


class Adding:
    """Adds files and reads sources again, one at a time, whichever page asks for it.

    Each of its methods gives all files, from time to time, in one list that is kept up to date.
    What is begun goes on when the reader leaves the page.

    Args:
        assistant: holds the library.
        patience: how many seconds a file waits for another program that writes to the library.
    """

    def __init__(self, assistant: Assistant, patience: float = 60.0) -> None:
        self._assistant = assistant
        self._patience = patience
        self._first_in_line, self._turn = threading.Lock(), threading.Lock()

    def uploads(self, names: Mapping[Path, str]) -> Iterator[list[Item]]:
        """Adds files that are taken away from where they are.

        Args:
            names: what each file is called.
        """
        # The same file uploaded again lies at the same path, and each upload is to have its own.
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        paths = [_moved(path, folder.name, place) for place, path in enumerate(names)]
        called = list(names.values())

        def add(place: int, note: Note) -> SourceOutcome:
            path = paths[place]
            return self._assistant.add([path], note, {path: called[place]}).outcomes[0]

        return self._one_by_one(called, add, folder.cleanup)

    def again(self, names: Sequence[str]) -> Iterator[list[Item]]:
        """Reads sources again from the bytes that the library keeps."""
        return self._one_by_one(
            names, lambda place, note: self._assistant.reread(names[place], note)
        )

    def pasted(
        self, title: str, text: str, author: str, published: str, section: str
    ) -> Iterator[list[Item]]:
        """Adds a text that was pasted, as a Markdown file that is called by its title.

        Raises:
            UsageError: the title or the text is missing, or the date is none.
        """
        data, name = pasted_file(title, text, author, published, section), file_name(title)

        def add(place: int, note: Note) -> SourceOutcome:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "pasted.md")
                path.write_bytes(data)
                return self._assistant.add([path], note, {path: name}).outcomes[place]

        return self._one_by_one([name], add)

    def _one_by_one(
        self, names: Sequence[str], act: Act, clean_up: Callable[[], object] = lambda: None
    ) -> Iterator[list[Item]]:
        """Acts on each, on a thread of its own."""
        items = [Item(name) for name in names]
        news: SimpleQueue[bool] = SimpleQueue()

        def tell(place: int, now: Step) -> None:
            if isinstance(now, SourceOutcome):
                items[place] = replace(items[place], outcome=now)
            else:
                items[place] = replace(items[place], progress=now)
            news.put(True)

        def work() -> None:
            try:
                self._act_on_all(names, act, tell)
            finally:
                clean_up()
                news.put(False)

        threading.Thread(target=work, daemon=True).start()
        return _standings(items, news)

    def _act_on_all(self, names: Sequence[str], act: Act, tell: Tell) -> None:
        reason = ""
        for place, name in enumerate(names):
            failure = reason
            # What became of it is told before anyone else has a turn.
            with self._my_turn():
                try:
                    if not reason:
                        tell(place, self._patiently(act, place, partial(tell, place)))
                except Exception as error:
                    problem = told(error)
                    failure = f"{problem.message} {problem.hint}".strip()
                    if not isinstance(error, LibraryBusyError | UsageError):
                        reason = failure  # the others would fail in the same way
                if failure:
                    tell(place, SourceOutcome(name, "failed", reason=failure))

    def _patiently(self, act: Act, place: int, note: Note) -> SourceOutcome:
        """Acts on one file as soon as no other program writes to the library."""
        until = time.monotonic() + self._patience
        note(Progress("reading", 0, 1))
        while True:
            try:
                return act(place, note)
            except LibraryBusyError:
                if time.monotonic() > until:
                    raise
            note(Progress(BUSY, 0, 1))
            time.sleep(_SECONDS_BETWEEN_TRIES)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        # Of two locks, so that whoever has just had a turn lets the others go first.
        with self._first_in_line:
            self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()


def _moved(path: Path, folder: str, place: int) -> Path:
    """The file under a new path; under its old one where that fails: adding it tells why."""
    new = Path(folder, f"{place}{path.suffix}")
    try:
        shutil.move(path, new)
    except OSError:
        return path
    return new


def _standings(items: list[Item], news: SimpleQueue[bool]) -> Iterator[list[Item]]:
    """The files, which change meanwhile: at first, from time to time, and in the end."""
    yield items
    drawn, changed, going = time.monotonic(), False, True
    while going:
        with suppress(Empty):
            going = news.get(timeout=_SECONDS_BETWEEN_DRAWINGS)
            changed = True
        if changed and time.monotonic() - drawn > _SECONDS_BETWEEN_DRAWINGS:
            yield items
            drawn, changed = time.monotonic(), False
    yield items
