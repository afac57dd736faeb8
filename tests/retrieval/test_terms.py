from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.terms import absent, content_words, names, numbers, stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27,000 tonnes", {"27000"}),
        ("9 500 soldiers", {"9500"}),
        ("9\u00a0500, 9\u202f500 and 9\u2009500 soldiers", {"9500"}),
        ("twenty-two days, 3.50 crowns", {"22", "3.5"}),
        ("Twenty-one or thirty five", {"21", "35"}),
        ("ten thousand and three hundred thousand", {"10000", "300000"}),
        ("3 million, three million and one million", {"3000000", "1000000"}),
        ("16.8 million or 16,800,000", {"16800000"}),
        ("3 millionaires, millions and a thousand", {"3"}),
        ("1,234.5", {"1234.5"}),
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
        ("When did Theresa May resign?", {"theresa", "may"}),
        ("May Brandt sail?", {"brandt"}),
        ("Who is Poznań’s mayor?", {"poznan"}),
        ("Didn't Brandt sail?", {"brandt"}),
        ("Describe Napoleon", {"napoleon"}),
        ("List Georgia's boats.", {"georgia"}),
        ("Besides Georgia, who bought some?", {"georgia"}),
        ("HOW MANY BOATS SAILED?", set()),
        ("how many javelins", set()),
        ("“Nobody knows,” he said.", set()),
    ],
)
def test_names_are_capitals_inside_a_sentence(text: str, expected: set[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        (
            "How many Stingers did Georgia buy in 2019?",
            "In 2021 Georgia bought",
            {"stingers", "2019"},
        ),
        ("How many Javelins did Georgia buy?", "Georgian officers got a Javelin.", set()),
        ("Tell me about Normna.", "Norman L. Johnson writes", set()),
        ("Who wrote The Flicer Men?", "The Flicker Men is new.", set()),
        ("What did Wendell Barnes say?", "Wendel Barnes said nothing.", set()),
        ("What does the bank of Gambia say?", "The bank of Zambia", {"gambia"}),
        ("What does Austria want?", "Australia wants it.", {"austria"}),
        ("What does Mr Carter want?", "Mr Carver wants it.", set()),
        ("What does Mr Marta want?", "Mr Maria wants it.", {"marta"}),
        ("What do they want?", "", set()),
        ("What did the United States sell?", "The US sold wheat.", set()),
        ("What did the United States sell?", "The U.S. sold wheat.", set()),
        ("What did the United States sell?", "They told us of it.", {"united", "states"}),
        ("What did the US sell?", "The United States sold wheat.", set()),
        ("What did the U.S. sell?", "Ukraine sold wheat.", {"u.s"}),
        ("Who led the United Nations Security Council?", "The UN Security Council met.", set()),
        ("Did the EU sign?", "Elena Usk of the European Union signed.", set()),
        ("Did the EU sign?", "The Union signed.", {"eu"}),
        ("Did Georgia sign?", "Plan G was signed.", {"georgia"}),
        ("Which two forces met in the 12th century?", "Orsk and Hask met in 1204.", set()),
    ],
)
def test_names_and_numbers_that_a_text_lacks(question: str, text: str, lacking: set[str]) -> None:
    assert absent(question, text) == lacking


@given(st.text(), st.text())
def test_a_text_lacks_nothing_that_it_has(question: str, text: str) -> None:
    assert absent(question, f"{text}\n{question}") == frozenset()


def test_stems_join_forms_of_a_word() -> None:
    assert stems("The ferries carried passengers") == stems("a ferry carries the passenger")
    assert stems("twelve boats") == stems("12 boat")
    assert stems("the cyber-attack") == stems("attack cyber")
    assert stems("twenty-five boats") == stems("25 boats")
    assert stems("ten thousand boats") == stems("10,000 boats")
    assert stems("Poznan’s mayor") == stems("mayor of Poznań")
    assert stems("they didn't sail") == stems("sail")


def test_question_words_carry_no_meaning() -> None:
    assert content_words("How many people were there in Verrin?") == ["people", "Verrin"]


@pytest.mark.parametrize("text", ["May", "May 2021", "in May", "Theresa May", "May’s"])
def test_the_month_of_may_carries_meaning(text: str) -> None:
    assert "may" in stems(text)


@pytest.mark.parametrize("text", ["May I ask?", "It may rain.", "May they sail?"])
def test_the_verb_may_carries_none(text: str) -> None:
    assert "may" not in stems(text)


@given(st.text(max_size=200))
def test_any_text_can_be_taken_apart(text: str) -> None:
    for found in (stems(text), names(text), numbers(text)):
        assert all(found)
