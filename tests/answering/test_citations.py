from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.citations import check_citations
from tests.answering.evidence import evidence_of

TRAM = "The tram opened on 3 May 1911. It ran from the harbour to the mill."
CLOCKS = "The museum has 212 clocks. Most were given by a watchmaker."


def test_a_mark_of_the_model_gets_the_exact_sentence() -> None:
    checked = check_citations("The tram ran from the harbour to the mill [1].", evidence_of(TRAM))
    (citation,) = checked.citations
    assert checked.text == "The tram ran from the harbour to the mill. [1]"
    assert citation.quote == "It ran from the harbour to the mill."
    assert TRAM[citation.start : citation.end] == citation.quote
    assert checked.text[citation.mark_start : citation.mark_end] == "[1]"
    assert (citation.origin, citation.verdict) == ("model", "supported")


def test_a_statement_without_a_mark_is_given_the_sentence_that_supports_it() -> None:
    checked = check_citations("The museum has 212 clocks.", evidence_of(TRAM, CLOCKS))
    (citation,) = checked.citations
    assert checked.text == "The museum has 212 clocks. [2]"
    assert (citation.number, citation.origin) == (2, "matched")


def test_a_wrong_mark_stays_with_its_verdict_beside_the_right_one() -> None:
    checked = check_citations("The museum has 212 clocks [1].", evidence_of(TRAM, CLOCKS))
    assert [(c.number, c.origin, c.verdict) for c in checked.citations] == [
        (1, "model", "unsupported"),
        (2, "matched", "supported"),
    ]
    assert checked.statements[0].verdict == "supported"


def test_numbers_out_of_range_are_dropped_and_counted() -> None:
    checked = check_citations("The museum has 212 clocks [0][2, 7].", evidence_of(TRAM, CLOCKS))
    assert checked.dropped_marks == 2
    assert [c.number for c in checked.citations] == [2]


def test_marks_inside_a_sentence_stay_where_they_were() -> None:
    draft = "The museum has 212 clocks [2] and the tram ran to the mill [1]."
    checked = check_citations(draft, evidence_of(TRAM, CLOCKS))
    assert checked.text == "The museum has 212 clocks [2] and the tram ran to the mill. [1]"


def test_parts_that_a_mark_closes_are_statements_of_their_own() -> None:
    checked = check_citations("3 May 1911 [1], and 213 clocks [2].", evidence_of(TRAM, CLOCKS))
    assert checked.text == "3 May 1911 [1], and 213 clocks. [2]"
    assert [(s.text, s.verdict) for s in checked.statements] == [
        ("3 May 1911", "supported"),
        ("213 clocks.", "unsupported"),
    ]
    assert [checked.text[s.start : s.end] for s in checked.statements] == [
        "3 May 1911 [1]",
        "213 clocks. [2]",
    ]


@pytest.mark.parametrize(
    "draft",
    [
        "Opened in 1911 [1], it ran to the mill.",  # what follows the mark has none
        "The tram [1] and [1].",  # a part says nothing
    ],
)
def test_a_sentence_with_a_part_that_no_mark_closes_is_one_statement(draft: str) -> None:
    assert len(check_citations(draft, evidence_of(TRAM)).statements) == 1


def test_what_nothing_supports_is_marked_so() -> None:
    checked = check_citations("The king came by balloon.", evidence_of(TRAM))
    assert checked.statements[0].verdict == "unsupported"
    assert checked.citations == ()
    assert checked.text == "The king came by balloon."


def test_a_sentence_said_twice_is_kept_once() -> None:
    checked = check_citations("The museum has 212 clocks. " * 3, evidence_of(CLOCKS))
    assert checked.text == "The museum has 212 clocks. [1]"


def test_a_sentence_said_twice_is_kept_once_where_more_follows() -> None:
    draft = "The museum has 212 clocks. The museum has 212 clocks. Most were given by a watchmaker."
    checked = check_citations(draft, evidence_of(CLOCKS))
    assert checked.text == "The museum has 212 clocks. [1] Most were given by a watchmaker. [1]"
    assert [s.text for s in checked.statements] == [
        "The museum has 212 clocks.",
        "Most were given by a watchmaker.",
    ]


def test_statements_know_where_they_stand() -> None:
    draft = "[2] The museum has 212 clocks.\n[1] The tram opened on 3 May 1911."
    checked = check_citations(draft, evidence_of(TRAM, CLOCKS))
    assert checked.text == "The museum has 212 clocks. [2]\nThe tram opened on 3 May 1911. [1]"
    assert [checked.text[s.start : s.end] for s in checked.statements] == checked.text.split("\n")
    assert [s.text for s in checked.statements] == [
        "The museum has 212 clocks.",
        "The tram opened on 3 May 1911.",
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                "The tram opened. ",
                "212 clocks",
                " [1]",
                "[2].",
                "[9]",
                "\n",
                " [1, 2]",
                "He said [sic]. ",
                "”",
                ", and 4,000",
            ]
        ),
        max_size=12,
    )
)
def test_offsets_always_hold(pieces: list[str]) -> None:
    evidence = evidence_of(TRAM, CLOCKS)
    checked = check_citations("".join(pieces), evidence)
    marks = [(c.mark_start, c.mark_end) for c in checked.citations]
    assert marks == sorted(marks)
    for citation in checked.citations:
        text = evidence.hits[citation.number - 1].passage.text
        assert text[citation.start : citation.end] == citation.quote
        assert checked.text[citation.mark_start : citation.mark_end] == f"[{citation.number}]"
    for statement in checked.statements:
        inside = checked.text[statement.start : statement.end]
        for citation in reversed(statement.citations):
            assert statement.start <= citation.mark_start < citation.mark_end <= statement.end
            start, end = citation.mark_start - statement.start, citation.mark_end - statement.start
            inside = inside[: start - 1] + inside[end:]
        assert inside == statement.text


def test_a_statement_that_repeats_its_question_is_partly_supported_by_what_is_new_in_it() -> None:
    question = "Which means of transport did the town have in the old days?"
    draft = "The means of transport that the town had in the old days was the tram [1]."
    evidence = evidence_of("The tram ran from the harbour to the mill.", "It rained.")
    assert check_citations(draft, evidence).statements[0].verdict == "unsupported"
    (citation,) = check_citations(draft, evidence, question).citations
    assert (citation.number, citation.origin, citation.verdict) == (1, "model", "partly")


def test_where_its_mark_is_wrong_the_sentence_that_has_what_is_new_is_found() -> None:
    question = "Which means of transport did the town have in the old days?"
    draft = "The means of transport that the town had in the old days was the tram [2]."
    evidence = evidence_of("The tram ran from the harbour to the mill.", "It rained.")
    found = check_citations(draft, evidence, question).citations
    assert {(c.number, c.origin, c.verdict) for c in found} >= {(1, "matched", "partly")}
