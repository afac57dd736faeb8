"""Adding to the library from the page: uploads, each with a bar of its own, and pasted texts."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from assistant.reading.pasted import file_name, pasted_file
from assistant.records import AddReport, Progress, SourceOutcome
from assistant.web.failures import told
from assistant.web.outcomes import Upload

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Step = Progress | SourceOutcome
# The bars need not be drawn more often.
_SECONDS_BETWEEN_DRAWINGS = 0.1


def add_uploads(assistant: Assistant, names: Mapping[Path, str]) -> Iterator[list[Upload]]:
    """Adds files one after the other; gives all of them as they stand, from time to time.

    The files are deleted when they have been read. On a thread of its own, so that it goes on
    when the reader leaves the page.

    Args:
        assistant: holds the library.
        names: what each file is called.
    """
    uploads = [Upload(name) for name in names.values()]
    steps: SimpleQueue[tuple[int, Step] | None] = SimpleQueue()
    threading.Thread(target=_add_all, args=(assistant, names, steps.put), daemon=True).start()
    yield list(uploads)
    drawn, news = time.monotonic(), False
    while True:
        with suppress(Empty):
            step = steps.get(timeout=_SECONDS_BETWEEN_DRAWINGS)
            if step is None:
                break
            place, now = step
            if isinstance(now, SourceOutcome):
                uploads[place] = replace(uploads[place], outcome=now)
            else:
                uploads[place] = replace(uploads[place], progress=now)
            news = True
        if news and time.monotonic() - drawn > _SECONDS_BETWEEN_DRAWINGS:
            yield list(uploads)
            drawn, news = time.monotonic(), False
    yield list(uploads)


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


def _add_all(
    assistant: Assistant,
    names: Mapping[Path, str],
    tell: Callable[[tuple[int, Step] | None], object],
) -> None:
    reason = ""
    try:
        for place, (path, name) in enumerate(names.items()):

            def note(step: Step, place: int = place) -> None:
                tell((place, step))

            try:
                if not reason:
                    note(Progress("reading", 0, 1))
                    note(assistant.add([path], note, {path: name}).outcomes[0])
            except Exception as error:
                # Not this file's fault: the others would fail in the same way.
                problem = told(error)
                reason = f"{problem.message} {problem.hint}".strip()
            if reason:
                note(SourceOutcome(name, "failed", reason=reason))
            path.unlink(missing_ok=True)
    finally:
        tell(None)
