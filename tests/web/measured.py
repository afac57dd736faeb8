"""What the tests of the Measure tab share: an assistant that can be held up, and runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.evaluation.run import evaluate
from assistant.evaluation.runs import own_runs
from assistant.inference.generation import Pieces
from assistant.records import Message
from assistant.web.measure.measuring import Measuring
from tests.evaluation.small import questions_file, small_assistant
from tests.fakes import EchoGenerator


class HeldGenerator(EchoGenerator):
    """Answers only while ``open`` is set, after so many seconds; ``asked`` is set by the first."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.seconds = 0.0
        self.open = threading.Event()
        self.open.set()

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        cancel: threading.Event | None = None,
        beginning: str = "",
    ) -> Pieces:
        self.asked.set()
        assert self.open.wait(60)
        time.sleep(self.seconds)
        yield from super().generate(messages, max_tokens, cancel)


def held_assistant(folder: Path) -> tuple[Assistant, HeldGenerator]:
    """The small assistant, with a generator that can be held up."""
    generator = HeldGenerator()
    opened = small_assistant(folder)
    return Assistant(opened.library, opened.settings, lambda: generator), generator


def measure(folder: Path, name: str, threshold: float = 0.0, **chosen: object) -> Path:
    """A finished run of the small assistant in the user's folder of runs."""
    output = own_runs() / name
    with small_assistant(folder, threshold) as assistant:
        evaluate(assistant, questions_file(folder), output=output, **chosen)  # type: ignore[arg-type]
    return output


def wait_until(holds: Callable[[], object], seconds: float = 30) -> None:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds
        time.sleep(0.01)


def wait_until_ended(measuring: Measuring) -> None:
    wait_until(lambda: measuring.state is not None and not measuring.state.under_way)
