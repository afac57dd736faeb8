from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.metrics import (
    contains_answer,
    mean,
    normalised,
    percentile,
    reciprocal_rank,
    share,
    token_f1,
)


def test_texts_are_compared_as_squad_does() -> None:
    assert normalised("The  “Night Gate”, an idea!") == "night gate idea"


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("It carried 41 people.", ["41"], True),
        ("It carried 412 people.", ["41"], False),
        ("It is the Harbour-Board.", ["harbourboard"], True),
        ("It rained.", ["snow", "it rained"], True),
        ("It rained.", [], False),
        ("The", ["the"], False),
    ],
)
def test_an_answer_is_contained_as_whole_words(
    text: str, answers: list[str], expected: bool
) -> None:
    assert contains_answer(text, answers) is expected


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("four crowns", ["four crowns"], 1.0),
        ("the four crowns", ["four crowns"], 1.0),
        ("four", ["four crowns"], 2 / 3),
        ("three", ["four crowns"], 0.0),
        ("a b b", ["b"], 2 / 3),
        ("x", [], 0.0),
    ],
)
def test_token_f1(text: str, answers: list[str], expected: float) -> None:
    assert token_f1(text, answers) == pytest.approx(expected)


def test_what_was_never_asked_is_undefined() -> None:
    assert share("x", []).value is None
    assert mean("x", []).value is None
    assert percentile("x", [], 50).value is None


def test_a_share_has_wilsons_interval() -> None:
    figure = share("x", [True] * 8 + [False] * 2)
    assert figure.value == 0.8
    assert figure.low == pytest.approx(0.490, abs=0.001)
    assert figure.high == pytest.approx(0.943, abs=0.001)


def test_ranks() -> None:
    assert [reciprocal_rank(rank) for rank in (1, 4, None)] == [1, 0.25, 0]


@given(st.text(max_size=50))
def test_every_text_holds_itself(text: str) -> None:
    assert contains_answer(text, [text]) is bool(normalised(text))
    assert token_f1(text, [text]) == 1.0
