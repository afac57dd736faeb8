from __future__ import annotations

import pytest

from assistant.records import Answer, Citation
from assistant.retrieval.followups import standalone_question

HISTORY = [("How many people did the Hask ferry carry in 2021?", "It carried 412,000 people.")]


@pytest.mark.parametrize(
    "question",
    [
        "Who built it?",
        "why?",
        "What about the winter?",
        "How much did they pay?",
        "How many seats are there on the ferry?",
        "Was anyone hurt?",
        "Who was hurt?",
        "What is missing?",
        "Where was it?",
        "Did Georgia buy them?",
        "What did Brandt say about it?",
        "Did Brandt paint her?",
        "How old was he?",
        "What did it cost?",
        "How long did it take to build?",
        "How long did it take to build the pier?",
        "Is it true that he built another?",
        "When did she resign?",
        "What about the second one?",
        "What happened to the latter?",
    ],
)
def test_a_question_that_leans_back_gets_the_names_and_nouns_before(question: str) -> None:
    understood = standalone_question(question, HISTORY)
    assert understood.startswith(question)
    assert "Hask" in understood
    assert "ferry" in understood


@pytest.mark.parametrize(
    "question",
    [
        "How long is the bridge over the Alder?",
        "When did Mayor Brandt open the museum of clocks?",
        "Where were the two papers found that the rowing club was short of?",
        "When did the Skerry Line order its second ferry?",
        "How many seats are there on the ferry from Orsk?",
        "Who was Napoleon?",
        "Where is Tarsay?",
        "What is photosynthesis?",
        "What's a lighthouse?",
        "Where did Napoleon spend his last years?",
        "What did Darwin write about his voyage to the Galapagos?",
        "What happened to the Titanic after it sank?",
        "How long does it take to sail from Lissen to Tarsay by ferry?",
        "How much does it cost to build a lighthouse?",
        "Is it true that Napoleon died on Saint Helena?",
        "Who is the former president of Poland?",
        "Which IT company is based in Lissen?",
        "What was discovered in Lissen this week?",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert standalone_question(question, HISTORY) == question


def test_without_history_nothing_is_added() -> None:
    assert standalone_question("And in 2019?", []) == "And in 2019?"


def test_names_of_the_cited_sentences_are_carried_over() -> None:
    citation = Citation(
        1,
        0,
        3,
        "a1",
        "Title",
        "page.txt",
        "The boat was built by Orsk Yards.",
        0,
        33,
        "matched",
        "supported",
        "",
    )
    answer = Answer("q", "q", "It was built abroad. [1]", False, citations=(citation,))
    understood = standalone_question("Where are they?", [("Who built the boat?", answer)])
    assert "Orsk" in understood
    assert "boat" in understood


def test_a_question_that_only_names_another_year_is_the_last_one_asked_of_that() -> None:
    understood = standalone_question("And in 2019?", HISTORY)
    assert understood == "How many people did the Hask ferry carry in 2019?"
    history = [*HISTORY, ("And in 2019?", "It carried 398,000 people.")]
    understood = standalone_question("And the year before?", history)
    assert understood == "How many people did the Hask ferry carry in 2018?"


def test_a_chain_of_follow_ups_keeps_its_subject() -> None:
    history = [*HISTORY, ("And in 2019?", "It carried 398,000 people.")]
    assert "Hask" in standalone_question("And before that?", history)


def test_the_subject_outlives_a_question_that_did_not_name_it() -> None:
    history = [*HISTORY, ("Does a ferry carry horses in rough weather or not?", "It does.")]
    assert "Hask" in standalone_question("And cows?", history)


def test_what_is_carried_has_a_limit() -> None:
    history = [(" ".join(f"Name{n}" for n in range(100)), "")]
    assert len(standalone_question("And it?", history).split()) <= 12


@pytest.mark.parametrize("question", ["Who was Brandt?", "Did Brandt end his life rich or poor?"])
def test_a_name_of_the_conversation_leans_back_to_it(question: str) -> None:
    history = [("Who built the Hask ferry?", "It was built by Ilse Brandt.")]
    assert "Ilse" in standalone_question(question, history)
    assert standalone_question(question, HISTORY) == question


@pytest.mark.parametrize("name", ["Brandt's", "Brandt’s"])
def test_a_name_with_a_possessive_is_carried_before_other_words(name: str) -> None:
    history = [(f"Which boats of Ilse {name} sailed?", "All of them.")]
    assert standalone_question("And their crews?", history).startswith(
        "And their crews? (Ilse Brandt "
    )
