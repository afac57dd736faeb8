from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.ellipsis import completed

FERRY = "How many people did the Hask ferry carry in 2021?"
ROW = "Who won the Three Lakes Row in 2021?"
PASSENGERS = "How many passengers does the Wren carry?"


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("And in 2019?", FERRY, "How many people did the Hask ferry carry in 2019?"),
        ("in 2019?", FERRY, "How many people did the Hask ferry carry in 2019?"),
        ("and the year before", FERRY, "How many people did the Hask ferry carry in 2020?"),
        ("And in the following year?", FERRY, "How many people did the Hask ferry carry in 2022?"),
        ("And who in 2019?", ROW, "Who won the Three Lakes Row in 2019?"),
        ("What about the Harbour Race?", ROW, "Who won the Harbour Race in 2021?"),
        ("And in 2019?", PASSENGERS, "How many passengers does the Wren carry in 2019?"),
        ("And the Linnet?", PASSENGERS, "How many passengers does the Linnet carry?"),
        ("And in Orsk?", "How many live in the Fens?", "How many live in Orsk?"),
        ("And in Orsk?", PASSENGERS, "How many passengers does the Wren carry in Orsk?"),
        (
            "And the Bank of Orsk?",
            "What does the Bank of Hask say",
            "What does the Bank of Orsk say",
        ),
        ("And on Friday?", "What opens in Orsk on Monday?", "What opens in Orsk on Friday?"),
        ("And on Friday?", "What opens in Orsk?", "What opens in Orsk on Friday?"),
        (
            "And in 2018?",
            "What did it get in 2017? (Orsk 2010)",
            "What did it get in 2018? (Orsk 2010)",
        ),
    ],
)
def test_a_fragment_takes_the_place_of_what_it_changes(
    question: str, before: str, whole: str
) -> None:
    assert completed(question, before) == whole


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("And when?", FERRY),
        ("And why in 2019?", FERRY),
        ("And before that?", FERRY),
        ("And the winter?", FERRY),
        ("And how much did it cost in 2019?", FERRY),
        ("2019?", FERRY),
        ("And in 2019?", "How many came between 2020 and 2021?"),
        ("And the year before?", PASSENGERS),
        ("And Marta Dorrin?", "When did Ilse Brandt open the museum in Orsk?"),
        ("And Friday?", "What opens in Orsk?"),
        ("And the Wren?", PASSENGERS),
    ],
)
def test_what_is_no_such_fragment_is_left_to_other_rules(question: str, before: str) -> None:
    assert completed(question, before) is None


@given(st.text(), st.text())
def test_any_two_texts_can_be_asked(question: str, before: str) -> None:
    completed(question, before)


@given(st.integers(1500, 2098))
def test_going_a_year_back_and_forth_ends_where_it_began(year: int) -> None:
    before = f"Who won in {year}?"
    after = completed("And a year later?", before)
    assert after is not None
    assert completed("And the year before?", after) == before
