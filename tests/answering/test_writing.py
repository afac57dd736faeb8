from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from assistant.answering.timings import Timings
from assistant.answering.writing import log_likelihood, write_answer
from assistant.inference.generation import Piece
from assistant.inference.spans import SpanReader
from assistant.records import Answer, Finished, Words
from assistant.settings import Settings
from tests.answering.evidence import evidence_of
from tests.fakes import KnownSpanReader, ScriptedGenerator, TrainedGenerator

QUESTION = "What share of the trains was late?"
LINE = "The line runs for 150 kilometres. In 2021 a third of its trains were late."
WRONG, RIGHT = "1] 150 kilometres", "1] a third"
FOUND = KnownSpanReader({"a third": -0.2, "150 kilometres": -6.0})


def written(
    generator: ScriptedGenerator,
    span_reader: SpanReader | None = None,
    cancel: threading.Event | None = None,
) -> tuple[str, Answer]:
    """The words that came, and the checked answer."""
    refusal = Answer(QUESTION, QUESTION, "The library does not say.", refused=True)
    settings, evidence = Settings(threshold=0.0), evidence_of(LINE)
    words = ""
    for event in write_answer(
        refusal, evidence, generator, settings, cancel, Timings(), span_reader
    ):
        if isinstance(event, Finished):
            return words, event.answer
        assert isinstance(event, Words)
        words += event.text
    raise AssertionError("the last event is Finished")


def test_what_both_models_find_stands() -> None:
    generator = TrainedGenerator(0.9, RIGHT, sure=0.9)
    words, answer = written(generator, FOUND)
    assert (words, answer.draft, len(generator.requests)) == ("a third [1]", "[1] a third", 1)
    assert "compare" in answer.timings


@pytest.mark.parametrize(
    ("sure", "given", "expected"),
    [(0.5, 0.1, "[1] a third"), (0.9, 0.01, "[1] a third"), (0.9, 0.0001, "[1] 150 kilometres")],
)
def test_of_two_answers_the_one_counts_of_which_both_models_think_more(
    sure: float, given: float, expected: str
) -> None:
    generator = TrainedGenerator(0.9, WRONG, sure=sure, given={"[1] a third": given})
    words, answer = written(generator, FOUND)
    assert (words, answer.draft) == ("150 kilometres [1]", expected)


def test_what_the_checks_refuse_stays_refused() -> None:
    generator = TrainedGenerator(0.9, "1] 90 per cent", given={"[1] a third": 1.0})
    answer = written(generator, FOUND)[1]
    assert (answer.draft, answer.refused) == ("[1] 90 per cent", True)
    assert "compare" not in answer.timings


def test_words_that_do_not_stand_the_checks_are_not_taken() -> None:
    repeats = KnownSpanReader({"trains": -0.1})
    generator = TrainedGenerator(0.9, WRONG, given={"[1] trains": 1.0})
    answer = written(generator, repeats)[1]
    assert (answer.draft, answer.refused) == ("[1] 150 kilometres", False)


def test_without_a_span_reader_the_words_stay() -> None:
    answer = written(TrainedGenerator(0.9, WRONG, sure=0.1))[1]
    assert answer.draft == "[1] 150 kilometres"
    assert "compare" not in answer.timings


def test_a_model_that_was_not_trained_here_keeps_its_words() -> None:
    span_reader = KnownSpanReader({"a third": -0.2})
    answer = written(ScriptedGenerator("150 kilometres [1]"), span_reader)[1]
    assert (answer.draft, span_reader.questions) == ("150 kilometres [1]", [])


def test_an_answer_that_was_stopped_is_not_compared() -> None:
    cancel = threading.Event()

    class Stopped(TrainedGenerator):
        def generate(self, *arguments: object, **named: object) -> Iterator[Piece]:  # type: ignore[override]
            yield from super().generate(*arguments, **named)  # type: ignore[arg-type]
            cancel.set()

    answer = written(Stopped(0.9, WRONG, sure=0.1), FOUND, cancel)[1]
    assert answer.draft == "[1] 150 kilometres"
    assert "compare" not in answer.timings


def test_a_comparison_that_was_stopped_leaves_the_answer() -> None:
    cancel = threading.Event()

    class Stopped(TrainedGenerator):
        def generate(self, *arguments: object, **named: object) -> Iterator[Piece]:  # type: ignore[override]
            if "[1] a third" in arguments:
                cancel.set()  # and says nothing, as a model that was stopped
                return
            yield from super().generate(*arguments, **named)  # type: ignore[arg-type]

    assert written(Stopped(0.9, WRONG, sure=0.1), FOUND, cancel)[1].draft == "[1] 150 kilometres"


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [([0.2, 1.0, 1.0], 0.0), ([0.2], 0.0), ([1.0, 0.5, 0.5], -1.386), ([1.0, 0.0], -13.8)],
)
def test_the_likelihood_is_that_of_the_words_behind_the_beginning(
    probabilities: list[float], expected: float
) -> None:
    reply = [Piece("x", probability) for probability in probabilities]
    assert log_likelihood(reply) == pytest.approx(expected, abs=0.02)
