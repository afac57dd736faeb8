"""Measuring with a question set: on a thread of its own, one at a time, seen by all who look."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assistant.errors import AssistantError, UsageError
from assistant.records import Progress, Record
from assistant.web.failures import told

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Phase = Literal["running", "stopping", "finished", "stopped", "failed"]

# One for the process: a report's pictures are drawn with settings that all threads share.
_ALONE = threading.Lock()
# While a set's own texts are added no question is under way, and nothing can stop it.
TEXTS = ("reading", "embedding")
# The time left is judged by the last questions: a chat beside slows a run down for a while only.
_RECENT = 20


@dataclass(frozen=True, slots=True)
class Order(Record):
    """What is to be measured, as ``evaluate`` takes it; the run in ``folder`` goes on if begun."""

    questions: Path
    folder: Path
    split: str | None = None
    limit: int | None = None
    only: tuple[str, ...] = ()
    seed: int | None = None
    injections: Path | None = None


@dataclass(frozen=True, slots=True)
class State(Record):
    """How far a measuring is: ``asked`` of ``total`` questions.

    ``progress`` is its last step, which need not be a question. ``right`` of the ``judged``
    questions are right: those that have an answer to compare with, or should be refused.
    ``seconds_left`` is None until it can be judged. ``error`` is why it failed.
    """

    order: Order
    phase: Phase = "running"
    progress: Progress | None = None
    asked: int = 0
    total: int = 0
    right: int = 0
    judged: int = 0
    seconds_left: float | None = None
    error: AssistantError | None = None

    @property
    def under_way(self) -> bool:
        return self.phase in ("running", "stopping")


class Measuring:
    """Runs one measuring at a time. Safe to use from several threads.

    Args:
        assistant: what is measured.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self._state: State | None = None

    @property
    def state(self) -> State | None:
        """The measuring under way, or the last one; None before the first."""
        return self._state

    def start(self, order: Order) -> None:
        """Begins a measuring, or goes on with one, and returns at once.

        Raises:
            UsageError: one is under way.
        """
        with self._lock:
            if not _ALONE.acquire(blocking=False):
                raise UsageError("A measuring is under way.", "Wait until it is done, or stop it.")
            self._cancel = threading.Event()
            self._state = State(order)
            self._thread = threading.Thread(target=self._measure, args=(order,), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the measuring after the question under way; it can be gone on with."""
        self._cancel.set()
        self._change(lambda state: replace(state, phase="stopping"))

    def close(self) -> None:
        """Stops, and waits for the question under way: with the model gone, it would count as
        answered wrongly."""
        self.stop()
        step = self._state.progress if self._state is not None else None
        if self._thread is not None and (step is None or step.stage not in TEXTS):
            self._thread.join()

    def _measure(self, order: Order) -> None:
        end: Callable[[State], State] = partial(replace, phase="stopped")
        try:
            from assistant.evaluation.run import evaluate
            from assistant.evaluation.runs import find_runs

            tally = _Tally(order.folder)
            evaluate(
                self._assistant,
                order.questions,
                split=order.split,
                limit=order.limit,
                only=order.only,
                seed=order.seed,
                injections=order.injections,
                progress=lambda step: self._change(partial(tally.counted, step=step)),
                output=order.folder,
                cancel=self._cancel,
            )
            if find_runs([order.folder]):
                end = partial(replace, phase="finished")
        except Exception as error:
            end = partial(_failed, error=told(error))
        finally:
            self._change(end, last=True)

    def _change(self, change: Callable[[State], State], last: bool = False) -> None:
        with self._lock:
            if self._state is not None and self._state.under_way:
                self._state = change(self._state)
            if last:
                _ALONE.release()


def _failed(state: State, error: AssistantError) -> State:
    if state.phase == "stopping" and state.asked == 0 and isinstance(error, UsageError):
        return replace(state, phase="stopped")
    return replace(state, phase="failed", error=error)


class _Tally:
    """Counts what is right in a run under way, and judges how long it will take.

    Args:
        folder: the run's folder; what it holds already was not answered now.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = self._right = self._judged = 0
        self._seconds: list[float] = []
        self._before = self._read_on()
        self._last = time.monotonic()

    def counted(self, state: State, step: Progress) -> State:
        """The state after a step."""
        if step.stage != "questions":
            return replace(state, progress=step, seconds_left=None)
        self._read_on()
        now = time.monotonic()
        if step.done > self._before:
            self._seconds = [*self._seconds, now - self._last][-_RECENT:]
        self._last = now
        left = None
        if self._seconds:
            # Not the mean: the first question also waits for the model to be loaded.
            left = statistics.median(self._seconds) * (step.total - step.done)
        return replace(
            state,
            progress=step,
            asked=step.done,
            total=step.total,
            right=self._right,
            judged=self._judged,
            seconds_left=left,
        )

    def _read_on(self) -> int:
        from assistant.evaluation.runs import predictions_from
        from assistant.evaluation.scores import is_right

        predictions, self._read = predictions_from(self._folder, self._read)
        for prediction in predictions:
            if prediction.question.answers or not prediction.question.answerable:
                self._judged += 1
                self._right += is_right(prediction)
        return len(predictions)
