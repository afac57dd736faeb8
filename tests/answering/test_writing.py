from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from assistant.answering.timings import Timings
from assistant.answering.writing import sureness, write_answer
from assistant.inference.generation import Piece
from assistant.records import Answer, Finished, Words
from assistant.settings import Settings
from tests.answering.evidence import evidence_of
from tests.fakes import ScriptedGenerator, TrainedGenerator

QUESTION = "What share of the trains was late?"
SHORT = "The line runs for 150 kilometres. In 2021 a third of its trains were late."
LINE = f"{SHORT} It was built in 1884. Two of its bridges are of iron. Goats graze beside it."
WRONG, RIGHT = "1] 150 kilometres", "1] a third"


def written(
    generator: ScriptedGenerator, cancel: threading.Event | None = None, text: str = LINE
) -> tuple[str, Answer]:
    """The words that came, and the checked answer."""
    refusal = Answer(QUESTION, QUESTION, "The library does not say.", refused=True)
    settings = Settings(threshold=0.0)
    words = ""
    for event in write_answer(refusal, evidence_of(text), generator, settings, cancel, Timings()):
        if isinstance(event, Finished):
            return words, event.answer
        assert isinstance(event, Words)
        words += event.text
    raise AssertionError("the last event is Finished")


def test_an_answer_that_the_model_is_sure_of_is_read_once() -> None:
    generator = TrainedGenerator(0.9, RIGHT)
    words, answer = written(generator)
    assert (words, answer.draft, len(generator.requests)) == ("a third [1]", "[1] a third", 1)
    assert "read_again" not in answer.timings


def test_an_answer_that_was_doubted_is_read_again_from_the_closest_sentences() -> None:
    generator = TrainedGenerator(0.9, WRONG, RIGHT, sure=(0.5, 0.9))
    words, answer = written(generator)
    assert words == "150 kilometres [1]"
    assert answer.draft == "[1] a third"
    assert [s.verdict for s in answer.statements] == ["supported"]
    assert "read_again" in answer.timings


def test_what_is_read_again_is_less_than_before() -> None:
    generator = TrainedGenerator(0.9, WRONG, RIGHT, sure=(0.5, 0.9))
    assert written(generator, text=SHORT)[1].draft == f"[{WRONG}"
    assert len(generator.requests) == 1


def test_of_two_answers_the_surer_one_counts() -> None:
    whole = "1] a third of its trains"
    assert written(TrainedGenerator(0.9, whole, RIGHT, sure=(0.5, 0.9)))[1].draft == "[1] a third"
    assert written(TrainedGenerator(0.9, whole, RIGHT, sure=(0.5, 0.4)))[1].draft == f"[{whole}"
    assert written(TrainedGenerator(0.9, WRONG, RIGHT, sure=(0.9, 0.5)))[1].draft == f"[{WRONG}"


def test_any_answer_counts_more_than_none() -> None:
    generator = TrainedGenerator(0.9, "1] 90 per cent", RIGHT, sure=(0.9, 0.5))
    assert written(generator)[1].draft == "[1] a third"


def test_a_second_reading_that_finds_nothing_leaves_the_first_answer() -> None:
    generator = TrainedGenerator(0.9, WRONG, "1] 90 per cent", sure=(0.5, 0.9))
    answer = written(generator)[1]
    assert (answer.draft, answer.refused) == ("[1] 150 kilometres", False)


def test_what_two_readings_take_is_counted_together() -> None:
    once = written(TrainedGenerator(0.9, RIGHT))[1]
    twice = written(TrainedGenerator(0.9, WRONG, RIGHT))[1]
    assert twice.tokens_in > 1.5 * once.tokens_in
    assert twice.tokens_out > once.tokens_out


def test_a_reading_that_was_stopped_is_not_followed_by_another() -> None:
    cancel = threading.Event()

    class Stopped(TrainedGenerator):
        def generate(self, *arguments: object, **named: object) -> Iterator[Piece]:  # type: ignore[override]
            yield from super().generate(*arguments, **named)  # type: ignore[arg-type]
            cancel.set()

    generator = Stopped(0.9, WRONG, RIGHT)
    assert written(generator, cancel)[1].draft == "[1] 150 kilometres"
    assert len(generator.requests) == 1


def test_a_second_reading_that_was_stopped_leaves_the_first_answer() -> None:
    cancel = threading.Event()

    class Stopped(TrainedGenerator):
        def generate(self, *arguments: object, **named: object) -> Iterator[Piece]:  # type: ignore[override]
            for piece in super().generate(*arguments, **named):  # type: ignore[arg-type]
                yield piece
                if len(self.requests) == 2:
                    cancel.set()

    generator = Stopped(0.9, WRONG, RIGHT, sure=(0.5, 0.9))
    assert written(generator, cancel)[1].draft == "[1] 150 kilometres"
    assert len(generator.requests) == 2


def test_a_model_that_was_not_trained_here_reads_once() -> None:
    generator = ScriptedGenerator("150 kilometres [1]", "a third [1]")
    assert written(generator)[1].draft == "150 kilometres [1]"
    assert len(generator.requests) == 1


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [([0.2, 1.0, 1.0], 0.0), ([0.2], 0.0), ([1.0, 0.5, 0.5], -0.693), ([1.0, 0.0], -13.8)],
)
def test_sureness_is_that_of_the_words_behind_the_beginning(
    probabilities: list[float], expected: float
) -> None:
    reply = [Piece("x", probability) for probability in probabilities]
    assert sureness(reply) == pytest.approx(expected, abs=0.02)
