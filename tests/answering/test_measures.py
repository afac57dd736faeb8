from __future__ import annotations

import pytest

from assistant.answering.measures import of_another_measure


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much did the yard pay for the ferry?", "410,000 litres of fuel"),
        ("How much will the inquiry cost?", "six weeks"),
        ("To what pressure is the gas squeezed?", "below minus 253 degrees Celsius"),
        ("How hot does the oven get?", "two and a half hours"),
        ("How long is the bridge?", "14 tonnes"),
        ("How high is the bridge?", "67 years"),
        ("How far is the village?", "11 degrees"),
        ("How old is the mayor?", "1.8 metres"),
        ("How tall is the mayor?", "54 years"),
        ("how heavy is the bell", "110 cm"),
        ("How many kilometres did they row?", "3 hours and 41 minutes"),
    ],
)
def test_a_measure_of_another_kind_is_no_answer(question: str, answer: str) -> None:
    assert of_another_measure(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much did the yard pay for the ferry?", "4.1 million euros over six years"),
        ("How much did the yard pay a month?", "600 talers a month"),  # no unit that it knows
        ("How much did the yard pay each month?", "150 a month"),
        ("How much does the ferry use in a day?", "410,000 litres of fuel"),
        ("How long is the bridge?", "310 metres"),
        ("How long did the trial last?", "nineteen days"),
        ("How long will it stay closed?", "until the snow melts"),
        ("How far is the next village?", "two hours on foot"),
        ("How many miles is it?", "about 5 kilometres"),
        ("How many people came?", "14 tonnes of them"),
        ("How much did the yard pay?", "12m"),
        ("How much did the yard pay?", "about 12m over three years"),
        ("How much did the yard pay?", "3.4 million over three years"),
        ("How much did the yard pay?", "300k a year"),
        ("How old is the fossil?", "66m years"),
        ("How many tonnes of grain were sold?", "12m tonnes"),
        ("How many people live there?", "12m"),
        ("How much did it cost, and how long did it take?", "three years"),
        ("How much does the anchor weigh?", "200 pounds"),
        ("How deep in debt was the orchestra?", "3.4 million pounds"),
        ("How much does a ticket cost?", "40p for 2 miles"),
        ("How high was the temperature in the hall?", "41 degrees"),
        ("How low was the temperature?", "minus 30 degrees"),
        ("How far did temperatures fall at night?", "to minus 12 degrees"),
        ("How high is the pressure in the tank?", "30 bar"),
        ("How high is the retirement age?", "67 years"),
        ("How far did the ferry tilt?", "11 degrees"),
        ("Why is the gas cooled?", "it boils at minus 253 degrees"),
    ],
)
def test_any_other_answer_may_be_one(question: str, answer: str) -> None:
    assert not of_another_measure(question, answer)
