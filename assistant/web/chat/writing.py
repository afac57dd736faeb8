"""An answer as it is written: what the page shows of it, step by step.

It is made on a thread of its own, so that its reader can be told meanwhile how many are ahead, and
can stop it at any moment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from assistant.conversations import Turn
from assistant.records import Answer, Event, Filters, Finished, Found, Record, Words
from assistant.web.chat.conversation import history
from assistant.web.chat.stages import Stages
from assistant.web.chat.transcript import under_way
from assistant.web.failures import told
from assistant.web.markup import count
from assistant.web.reader.sources import reading_panel

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

# Words come faster than a page needs to be drawn anew.
_SECONDS_BETWEEN_DRAWINGS = 0.05
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Step(Record):
    """What the page shows now; ``panel`` is empty where the sources stay as they are."""

    current: str
    panel: str = ""


def written(
    assistant: Assistant,
    question: str,
    before: Sequence[Turn],
    filters: Filters,
    cancel: threading.Event,
    ahead: Callable[[], int],
) -> Generator[Step, None, Turn]:
    """Yields the steps of an answer, and returns what came of it, as a turn without an id.

    Args:
        assistant: answers.
        question: what is asked.
        before: the turns that it may refer to.
        filters: limit the answer.
        cancel: when set, this ends at once with what was written.
        ahead: tells how many questions the model answers first.
    """
    stages, words, drawn, waiting, read = Stages(), "", 0.0, 0, ""
    yield Step(under_way(question, stages.line(), filters=filters))
    events = followed(assistant.stream(question, history(before), filters, cancel), cancel)
    while not cancel.is_set():
        try:
            event = events.get(timeout=_POLL_SECONDS)
        except Empty:
            if read and not words and waiting != (waiting := ahead()):
                yield Step(under_way(question, stages.line(waiting), filters=filters))
            continue
        if isinstance(event, Exception):
            return failed(question, event, filters, words)
        if isinstance(event, Found):
            read, waiting = count(len(event.hits), "passage"), ahead()
            stages.next("Searched", f"Reading {read}")
            line = under_way(question, stages.line(waiting), filters=filters)
            yield Step(line, reading_panel(question, event.hits, before))
        elif isinstance(event, Words):
            if not words:
                stages.next(f"Read {read}", "Writing")
            words += event.text
            if time.monotonic() - drawn > _SECONDS_BETWEEN_DRAWINGS:
                yield Step(under_way(question, stages.line(), words, filters))
                drawn = time.monotonic()
        elif isinstance(event, Finished):
            return _finished(assistant, question, event.answer, filters)
    return Turn(question, words=words, filters=filters)


def _finished(assistant: Assistant, question: str, answer: Answer, filters: Filters) -> Turn:
    turn = Turn(question, answer, filters=filters)
    if not answer.refused:
        return turn
    held = sum(source.articles for source in assistant.sources())
    searched = held if filters == Filters() else len(assistant.articles(filters))
    return replace(turn, searched=searched, held=held)


def failed(question: str, error: Exception, filters: Filters, words: str = "") -> Turn:
    """What came of a question whose answer failed."""
    problem = told(error)
    return Turn(question, None, words, problem.message, problem.hint, filters=filters)


def followed(events: Iterable[Event], cancel: threading.Event) -> SimpleQueue[Event | Exception]:
    """The events as they come, from a thread that ends when they do, or soon after ``cancel``.

    An exception that ended them comes last.
    """
    queue: SimpleQueue[Event | Exception] = SimpleQueue()

    def follow() -> None:
        try:
            for event in events:
                queue.put(event)
                if cancel.is_set():
                    return
        except Exception as error:
            queue.put(error)

    threading.Thread(target=follow, daemon=True).start()
    return queue
