"""Adding to the library from the page, and reading again: file by file, so that each has a bar of
its own."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from assistant.reading.pasted import file_name, pasted_file
from assistant.records import AddReport, Progress, SourceOutcome
from assistant.web.failures import told
from assistant.web.outcomes import Item

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Step = Progress | SourceOutcome
Note = Callable[[Progress], None]
Act = Callable[[int, Note], SourceOutcome]
# The bars need not be drawn more often.
_SECONDS_BETWEEN_DRAWINGS = 0.1


def add_uploads(assistant: Assistant, names: Mapping[Path, str]) -> Iterator[list[Item]]:
    """Adds files one after the other; gives all of them as they stand, from time to time.

    The files are deleted when they have been read.

    Args:
        assistant: holds the library.
        names: what each file is called.
    """
    paths = list(names)

    def add(place: int, progress: Note) -> SourceOutcome:
        path = paths[place]
        return assistant.add([path], progress, {path: names[path]}).outcomes[0]

    return _one_by_one(list(names.values()), add, lambda n: paths[n].unlink(missing_ok=True))


def read_again(assistant: Assistant, names: Sequence[str]) -> Iterator[list[Item]]:
    """Reads sources again, one after the other; gives all as they stand, from time to time."""
    return _one_by_one(names, lambda place, note: assistant.reread(names[place], note))


def add_pasted(
    assistant: Assistant, title: str, text: str, author: str, published: str, section: str
) -> AddReport:
    """Adds a text that was pasted, as a Markdown file that is called by its title.

    Raises:
        UsageError: the title or the text is missing, or the date is none.
        LibraryBusyError: another process is writing to the library.
    """
    data = pasted_file(title, text, author, published, section)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pasted.md")
        path.write_bytes(data)
        return assistant.add([path], names={path: file_name(title)})


def _one_by_one(
    names: Sequence[str], act: Act, clean_up: Callable[[int], object] = lambda place: None
) -> Iterator[list[Item]]:
    """Acts on each, on a thread of its own: it goes on when the reader leaves the page."""
    items = [Item(name) for name in names]
    steps: SimpleQueue[tuple[int, Step] | None] = SimpleQueue()
    work = threading.Thread(target=_act_on_all, args=(names, act, clean_up, steps.put))
    work.daemon = True
    work.start()
    yield list(items)
    drawn, news = time.monotonic(), False
    while True:
        with suppress(Empty):
            step = steps.get(timeout=_SECONDS_BETWEEN_DRAWINGS)
            if step is None:
                break
            place, now = step
            if isinstance(now, SourceOutcome):
                items[place] = replace(items[place], outcome=now)
            else:
                items[place] = replace(items[place], progress=now)
            news = True
        if news and time.monotonic() - drawn > _SECONDS_BETWEEN_DRAWINGS:
            yield list(items)
            drawn, news = time.monotonic(), False
    yield list(items)


def _act_on_all(
    names: Sequence[str],
    act: Act,
    clean_up: Callable[[int], object],
    tell: Callable[[tuple[int, Step] | None], object],
) -> None:
    reason = ""
    try:
        for place, name in enumerate(names):

            def note(step: Step, place: int = place) -> None:
                tell((place, step))

            try:
                if not reason:
                    note(Progress("reading", 0, 1))
                    note(act(place, note))
            except Exception as error:
                # Not this file's fault: the others would fail in the same way.
                problem = told(error)
                reason = f"{problem.message} {problem.hint}".strip()
            if reason:
                note(SourceOutcome(name, "failed", reason=reason))
            clean_up(place)
    finally:
        tell(None)
