from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.sentences import sentence_spans

PIECES = [*"aB1 .?!\n\t“”\"')(-,é。", "Mr.", "e.g.", "U.S.", "\n\n", "No. 5", "J. R.", "..."]
texts = st.lists(st.sampled_from(PIECES), max_size=80).map("".join)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "Mr. Smith met Dr. Lee in St. Ives.",
        "The U.S. Army came with Gen. Fox.",
        "J. R. Smith wrote it, e.g. in No. 5 of the paper.",
        "He arrived at 5 p.m. on Jan. 5 and left.",
        "Growth was 3.5 percent (see Fig. 2).",
        "It was ... fine, or so . . . they said.",
        "“Why did it stop?” she asked.",
        "“Go!” Ina Torvik said to them.",
        "They asked ( “Did it sink ? “, was one of the questions ) twice.",
        "Acme Corp. Ltd. Shares rose by approx. 500 crowns.",
        "1. The first item of a list",
        "Visit www.example.com for more.",
    ],
)
def test_what_does_not_end_a_sentence(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives in the U.S. She does not.", ["He lives in the U.S.", "She does not."]),
        (
            "He said: “No. I will not.” Then he went.",
            ["He said: “No.", "I will not.”", "Then he went."],
        ),
        ("He was born in 1979. 400 came.", ["He was born in 1979.", "400 came."]),
        ("(It really did.) Then it fell.", ["(It really did.)", "Then it fell."]),
        ("It grew. iPhone sales rose.", ["It grew.", "iPhone sales rose."]),
        ("Apple Inc. The firm won.", ["Apple Inc.", "The firm won."]),
        ("So it goes… And then?", ["So it goes…", "And then?"]),
        ("A heading\n\nA text. More", ["A heading", "A text.", "More"]),
        ("- one\n- two", ["- one", "- two"]),
        ("港は運んだ。港長は述べた。", ["港は運んだ。", "港長は述べた。"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_what_ends_a_sentence(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@settings(max_examples=300, deadline=None)
@given(texts)
def test_spans_hold_every_character_that_is_not_white_space(text: str) -> None:
    last = 0
    for start, end in sentence_spans(text):
        assert last <= start < end
        assert text[start:end] == text[start:end].strip()
        assert not text[last:start].strip()
        last = end
    assert not text[last:].strip()
