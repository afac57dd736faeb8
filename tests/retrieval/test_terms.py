from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.terms import content_words, names, numbers, stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27,000 tonnes", {"27000"}),
        ("9 500 soldiers", {"9500"}),
        ("9\u00a0500, 9\u202f500 and 9\u2009500 soldiers", {"9500"}),
        ("twenty-two days, 3.50 crowns", {"20", "2", "3.5"}),
        ("007 and zero", {"7", "0"}),
        ("one of them", set()),
        ("in 2019, 2021", {"2019", "2021"}),
    ],
)
def test_numbers_have_one_spelling(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How many Javelins did Georgia buy?", {"javelins", "georgia"}),
        ("Who was Ilse Brandt's deputy?", {"ilse", "brandt"}),
        ("Trains ran late. Ilse Brandt left.", {"ilse", "brandt"}),
        ("What did the US do?", {"us"}),
        ("how many javelins", set()),
        ("“Nobody knows,” he said.", set()),
    ],
)
def test_names_are_capitals_inside_a_sentence(text: str, expected: set[str]) -> None:
    assert names(text) == expected


def test_stems_join_forms_of_a_word() -> None:
    assert stems("The ferries carried passengers") == stems("a ferry carries the passenger")
    assert stems("twelve boats") == stems("12 boat")
    assert stems("the cyber-attack") == stems("attack cyber")


def test_question_words_carry_no_meaning() -> None:
    assert content_words("How many people were there in Verrin?") == ["people", "Verrin"]


@given(st.text(max_size=200))
def test_any_text_can_be_taken_apart(text: str) -> None:
    for found in (stems(text), names(text), numbers(text)):
        assert all(found)
