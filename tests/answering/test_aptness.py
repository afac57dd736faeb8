from __future__ import annotations

import pytest

from assistant.answering.aptness import only_repeats, reason_to_doubt
from tests.answering.evidence import evidence_of

LINE = "The line runs for 150 kilometres. In 2021 a third of its trains were late."


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("What share of the trains was late?", "150 kilometres", "the question asks for a share"),
        ("What share of the trains was late?", "a third", ""),
        ("How long is the line?", "very long", "the question asks for a number"),
        ("How long is the line?", "150 kilometres", ""),
        ("How much did the line cost?", "150 kilometres", "the question asks for a sum of money"),
        ("When were the trains late?", "on the line", "the question asks for a date"),
        ("What happens when trains are late?", "people wait", ""),
        ("How many trains were late in 2019?", "a third, 33", "the passage does not have 2019"),
        ("Which trains of the Lowmoor line were late?", "a third", ""),  # in the title
        ("Which trains to Fennick were late?", "a third", "the passage does not have fennick"),
    ],
)
def test_an_answer_is_doubted_for_what_it_or_its_passage_lacks(
    question: str, answer: str, reason: str
) -> None:
    assert reason_to_doubt(question, answer, evidence_of(LINE).hits) == reason


def test_two_passages_may_have_together_what_the_question_names() -> None:
    hits = evidence_of("Orsk has 212 clocks.", "Fennick has nine.").hits
    question = "Who has more clocks, the museum in Orsk or the one in Fennick?"
    assert reason_to_doubt(question, "Orsk", hits) == ""
    assert reason_to_doubt(question, "Orsk", hits[:1]) == "the passage does not have fennick"


@pytest.mark.parametrize(
    ("question", "answer", "repeats"),
    [
        ("Who came second behind Marta Dorrin in 2019?", "Marta Dorrin", True),
        ("who wrote the glovemaker's widow", "The Glovemaker's Widow", True),
        ("How many of the 14 boats sailed?", "14", True),
        ("How many of the 14 boats sailed?", "12 of the 14", False),
        ("Did the boats sail?", "The boats sailed", False),
        ("Who won, Dorrin or Rask?", "Dorrin", False),
        ("Where do the boats lie?", "in the harbour", False),
        ("Where do the boats lie?", "", False),
    ],
)
def test_an_answer_that_has_no_word_of_its_own_only_repeats_the_question(
    question: str, answer: str, repeats: bool
) -> None:
    assert only_repeats(question, answer) is repeats
