from __future__ import annotations

import pytest

from assistant.answering.support import check_support

QUOTE = "Sales of wheat to the port of Verrin rose to 27,000 tonnes in March, not in April."


@pytest.mark.parametrize(
    ("statement", "quote", "verdict"),
    [
        ("Wheat sales to Verrin rose to 27,000 tonnes in March.", QUOTE, "supported"),
        ("Wheat sales to Verrin rose to 27,000 tonnes in April.", QUOTE, "partly"),
        ("27,000 tonnes", QUOTE, "supported"),
        ("April", QUOTE, "partly"),
        ("The ferry sailed.", "The ferry has never sailed.", "partly"),
        ("gold", "They did not want to buy any gold.", "partly"),
        ("The ferry carried 412 people.", "The ferry carried 412 people on Monday.", "supported"),
        ("The ferry carried 413 people.", "The ferry carried 412 people on Monday.", "unsupported"),
        ("The ferry carried 27 000 people.", "The ferry carried 27,000 people.", "supported"),
        ("It took three hours.", "It took 3 hours.", "supported"),
        ("The ferry sank in a storm.", "The ferry carried 412 people on Monday.", "unsupported"),
        ("The ferry did not sail on Monday.", "The ferry did sail on Monday.", "unsupported"),
        ("Mayor Ilse Brandt opened the bridge.", "The mayor opened the bridge.", "partly"),
        ("", "The ferry carried 412 people.", "unsupported"),
        ("Yes.", "The ferry carried 412 people.", "unsupported"),
    ],
)
def test_verdicts(statement: str, quote: str, verdict: str) -> None:
    assert check_support(statement, quote).verdict == verdict


def test_the_title_may_name_whom_the_sentence_means() -> None:
    statement, quote = "Ilse Brandt opened the bridge.", "She opened the bridge."
    assert check_support(statement, quote).verdict != "supported"
    assert check_support(statement, quote, title="Ilse Brandt in Verrin").score >= 0.4


def test_reasons_name_what_is_missing() -> None:
    assert "413" in check_support("It carried 413 people.", "It carried 412 people.").reason
    assert (
        "oslo"
        in check_support("People of the port went to Oslo.", "People of the port went.").reason
    )


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("The word for the lightest element was coined by Antoine Lavoisier.", "partly"),
        ("The word for the lightest element was coined by Henry Cavendish.", "unsupported"),
        ("The word for the lightest element was coined by Lavoisier in 1790.", "unsupported"),
        ("The word for the lightest element was not coined by Lavoisier.", "unsupported"),
    ],
)
def test_the_words_of_the_question_need_not_be_in_the_quote(statement: str, verdict: str) -> None:
    quote = "Antoine Lavoisier named it hydrogen."
    question = "Who coined the word for the lightest element?"
    assert check_support(statement, quote, "", question).verdict == verdict
    assert check_support(statement, quote).verdict == "unsupported"
