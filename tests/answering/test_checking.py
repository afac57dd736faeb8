from __future__ import annotations

import pytest

from assistant.answering.checking import checked_answer
from assistant.answering.refusal import NOT_SUPPORTED, NOT_WHAT_WAS_ASKED
from assistant.records import Answer
from tests.answering.evidence import evidence_of

LINE = (
    "The line runs for 150 kilometres. In 2021 a third of its trains were late. "
    "The cause of the delays was not given. The text of the report made no mention of ice."
)


def answered(question: str, draft: str, standalone: str = "") -> Answer:
    refusal = Answer(question, standalone or question, "The library does not say.", refused=True)
    return checked_answer(draft, evidence_of(LINE), refusal)


def test_what_the_question_asked_for_counts_as_supported() -> None:
    answer = answered("What share of the trains was late?", "[1] a third")
    assert [c.verdict for c in answer.citations] == ["supported"]


def test_words_of_the_quote_that_miss_the_question_are_partly_supported_at_most() -> None:
    answer = answered("What share of the trains was late?", "[1] 150 kilometres")
    assert not answer.refused
    assert [(c.verdict, c.reason) for c in answer.citations] == [
        ("partly", "the question asks for a share")
    ]
    assert [s.verdict for s in answer.statements] == ["partly"]
    assert answer.statements[0].citations == answer.citations


def test_what_a_follow_up_asks_for_is_what_the_question_asked_that_it_completes() -> None:
    whole = "What share of the trains was late in 2021?"
    assert answered("And in 2021?", "[1] 150 kilometres", whole).citations[0].verdict == "partly"
    assert answered("And in 2021?", "[1] a third", whole).citations[0].verdict == "supported"


def test_the_words_that_a_follow_up_got_for_the_search_need_not_be_in_the_passage() -> None:
    answer = answered("How long is it?", "[1] 150 kilometres", "How long is it? (Orsk)")
    assert answer.citations[0].verdict == "supported"


@pytest.mark.parametrize(("confidence", "refused"), [(0.8, True), (0.97, False)])
def test_a_doubted_answer_takes_more_confidence(confidence: float, refused: bool) -> None:
    question = "What share of the trains was late?"
    refusal = Answer(question, question, "", refused=True, confidence=confidence)
    answer = checked_answer("[1] 150 kilometres", evidence_of(LINE), refusal, 0.95)
    assert (answer.refused, answer.text == NOT_WHAT_WAS_ASKED) == (refused, refused)
    assert not checked_answer("[1] a third", evidence_of(LINE), refusal, 0.95).refused
    assert not checked_answer("[1] 150 kilometres", evidence_of(LINE), refusal).refused


def test_nothing_supported_is_a_refusal() -> None:
    answer = answered("What share of the trains was late?", "[1] 90 per cent")
    assert (answer.refused, answer.text) == (True, NOT_SUPPORTED)


def test_a_draft_that_only_repeats_the_question_is_a_refusal() -> None:
    answer = answered("What did the line cost in 2021?", "[1] the line")
    assert (answer.refused, answer.text, answer.citations) == (True, NOT_SUPPORTED, ())


def test_a_draft_that_says_no_is_a_refusal() -> None:
    answer = answered("What share of the boats was late?", "The passages do not say.")
    assert (answer.refused, answer.text) == (True, "The library does not say.")


@pytest.mark.parametrize(
    "draft",
    [
        "[1] The cause of the delays was not given.",
        "The text of the report made no mention of ice [1].",
    ],
)
def test_a_negative_that_the_cited_passage_states_is_an_answer(draft: str) -> None:
    answer = answered("What was the cause of the delays?", draft)
    assert not answer.refused
    assert [c.verdict for c in answer.citations] == ["supported"]


@pytest.mark.parametrize(
    "draft",
    [
        "[1] The price was not given.",
        "The passage does not mention the price [1].",
        "The cause of the delays was not given.",
    ],
)
def test_a_negative_without_a_mark_that_holds_is_a_refusal(draft: str) -> None:
    assert answered("What was the price of a ticket?", draft).text == "The library does not say."


def test_an_answer_that_measures_something_else_is_none() -> None:
    question = "How much did the line cost?"
    refusal = Answer(question, question, "", refused=True, confidence=1.0)
    answer = checked_answer("[1] 150 kilometres", evidence_of(LINE), refusal)
    assert (answer.refused, answer.text) == (True, NOT_WHAT_WAS_ASKED)
