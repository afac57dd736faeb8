from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.metrics import (
    contains_answer,
    exact_match,
    normalised,
    percentile,
    rouge_l,
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


@pytest.mark.parametrize(
    ("text", "answers", "exact", "f1"),
    [
        # worked out by hand from the official evaluation script of SQuAD 2
        ("The Night Gate.", ["night gate"], True, 1.0),
        ("a  cat, an owl", ["Cat owl!"], True, 1.0),
        ("the-cat", ["thecat"], True, 1.0),  # punctuation goes before articles do
        ("night gate bridge", ["night gate"], False, 0.8),  # p 2/3, r 1
        ("night night gate", ["night"], False, 0.5),  # p 1/3, r 1: a token counts once
        ("gate night", ["night gate"], False, 1.0),  # F1 does not look at the order
        ("rain", ["snow", "rain or snow"], False, 0.5),  # the best answer counts: p 1, r 1/3
        ("rain", ["snow", "the rain"], True, 1.0),
        ("", [], True, 1.0),  # no answer expected, none given
        ("The.", [], True, 1.0),  # nothing is left of it
        ("rain", [], False, 0.0),
        ("", ["rain"], False, 0.0),
        ("", ["the", "rain"], False, 0.0),  # an answer of which nothing is left does not count
        ("", ["the"], True, 1.0),  # unless it was the only one
    ],
)
def test_exact_match_and_f1_are_those_of_squad(
    text: str, answers: list[str], exact: bool, f1: float
) -> None:
    assert exact_match(text, answers) is exact
    assert token_f1(text, answers) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        # "police killed gunman" and its readings: the example of Lin 2004, without the articles
        ("police kill the gunman", ["police killed the gunman"], 2 / 3),
        ("the gunman kill police", ["police killed the gunman"], 1 / 3),
        ("gate night", ["night gate"], 0.5),  # unlike F1 it looks at the order
        ("one two three four", ["one three"], 2 / 3),  # gaps are no matter: p 2/4, r 1
        ("b", ["a b c", "b d"], 2 / 3),
        ("", [], 1.0),
        ("rain", [], 0.0),
        ("", ["rain"], 0.0),
    ],
)
def test_rouge_l(text: str, answers: list[str], expected: float) -> None:
    assert rouge_l(text, answers) == pytest.approx(expected)


def test_what_was_never_asked_is_undefined() -> None:
    assert share("x", []).value is None
    assert percentile("x", [], 50).value is None


def test_a_share_has_wilsons_interval() -> None:
    figure = share("x", [True] * 8 + [False] * 2)
    assert figure.value == 0.8
    assert figure.low == pytest.approx(0.490, abs=0.001)
    assert figure.high == pytest.approx(0.943, abs=0.001)


@given(st.text(max_size=50))
def test_every_text_holds_itself(text: str) -> None:
    assert contains_answer(text, [text]) is bool(normalised(text))
    assert token_f1(text, [text]) == 1.0


WORDS = st.lists(st.sampled_from("uvwxyz"), max_size=8).map(" ".join)


@given(WORDS, st.lists(WORDS, max_size=3))
def test_the_scores_of_a_text_are_ordered(text: str, answers: list[str]) -> None:
    assert exact_match(text, answers) <= rouge_l(text, answers) <= token_f1(text, answers) <= 1


@given(WORDS, WORDS)
def test_rouge_l_is_the_same_both_ways(one: str, other: str) -> None:
    assert rouge_l(one, [other]) == rouge_l(other, [one])
