from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.clauses import Clause, ClauseReader

READER = ClauseReader(
    ["the mill and a tram of Anna Reyes", "They saw the Row. It rains, Talks say"]
)


def only(sentence: str) -> Clause:
    (clause,) = READER.clauses(sentence)
    return clause


def test_a_clause_is_read() -> None:
    clause = only("In 1954 The mill formally opened its doors to visitors, and they came.")
    assert (clause.opening, clause.date) == ("in 1954", "1954")
    assert (clause.subject, clause.adverb, clause.verb) == ("the mill", "formally", "opened")
    assert clause.rest == clause.plain == clause.whole == "its doors to visitors"


@pytest.mark.parametrize(
    ("sentence", "turned"),
    [
        ("The mill was built in 1820.", "was the mill"),
        ("The mill had been sold in 1820.", "had the mill"),
        ("The mill has 12 windows.", "does the mill have"),
        ("The mill had 12 windows.", "did the mill have"),
        ("The mill later carried 12 flags.", "did the mill later carry"),
        ("Anna Reyes will open the mill.", "will Anna Reyes"),
        ("Tram drivers opened the gate.", "did tram drivers open"),
    ],
)
def test_subject_and_verb_are_turned_for_questions(sentence: str, turned: str) -> None:
    reader = ClauseReader(["a mill, the tram drivers"])
    assert reader.clauses(sentence)[0].turned == turned


@pytest.mark.parametrize(
    ("sentence", "subject", "rest"),
    [
        ("Anna Reyes, who became mayor in 1954, left.", "Anna Reyes", "mayor in 1954"),
        ("Anna Reyes, a vet from Bern, won the race.", "Anna Reyes", "the race"),
        ("Anna Reyes, 26, won the race.", "Anna Reyes", "the race"),
        ("However, the mill won a prize.", "the mill", "a prize"),
        ("About 60 herons were seen.", "60 herons", "seen"),
    ],
)
def test_asides_and_connectors_are_left_out(sentence: str, subject: str, rest: str) -> None:
    clause = READER.clauses(sentence)[0]
    assert (clause.subject, clause.rest) == (subject, rest)


@pytest.mark.parametrize(
    "sentence",
    [
        "He opened the mill.",
        "The man who owned it opened the mill.",
        "When it rained, the mill was closed.",
        "The bread baked there was sold.",
        "The songs recorded in Bern, London and Paris were lost.",
        "Rain and more rain.",
        "I've opened the mill.",
        "Neither of the mills was built there.",
        "The mill  opened.",
    ],
)
def test_what_is_not_plain_gives_no_clause(sentence: str) -> None:
    assert READER.clauses(sentence) == []


def test_a_second_clause_counts_where_the_first_has_a_verb() -> None:
    both = READER.clauses("The mill opened in 1820, and the tram was closed in 1911.")
    assert [clause.subject for clause in both] == ["the mill", "the tram"]
    assert READER.clauses("Anna, Ben, and Carla Dunn were born in 1911.") == []


@pytest.mark.parametrize(
    ("sentence", "plain", "whole"),
    [
        ("The mill won a prize when it rained.", "a prize", "a prize"),
        ("The mill won a prize that was given.", "a prize", ""),
        ("The mill won a prize and opened a shop.", "a prize", "a prize"),
        ("The mill won gold and silver.", "gold and silver", "gold and silver"),
        ("The mill won a large, heavy prize.", "a large", ""),
        ("The mill won the prize “Best”.", "the prize", ""),
    ],
)
def test_what_is_cut_off_is_known(sentence: str, plain: str, whole: str) -> None:
    clause = only(sentence)
    assert (clause.plain, clause.whole) == (plain, whole)


def test_words_that_only_open_sentences_are_written_small_inside() -> None:
    reader = ClauseReader(["The talks ended. We met Talia there. Talks began in the Row."])
    assert reader.inside("Talks with them") == "talks with them"
    assert reader.inside("Talia") == "Talia"
    assert reader.inside("The Row") == "the Row"
    assert reader.inside("Talks Limited") == "Talks Limited"


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    ClauseReader([text]).clauses(text)
