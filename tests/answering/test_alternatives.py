from __future__ import annotations

import pytest

from assistant.answering.alternatives import Draft, alternatives
from tests.answering.evidence import evidence_of
from tests.fakes import KnownSpanReader

LINE = "The line runs for 150 kilometres. In 2021 a third of its trains were late."
HERD = "Goats graze beside a third of it.\n\nThey belong to the keeper … and his wife [1]."
QUESTION = "What share of the trains was late?"


def weighed(draft: str, likely: dict[str, float]) -> tuple[Draft, list[Draft]]:
    return alternatives(QUESTION, evidence_of(LINE, HERD), draft, KnownSpanReader(likely))


def test_a_draft_is_as_likely_as_its_words_in_their_passage() -> None:
    own, others = weighed("[1] A third", {"a third": -0.5})
    assert own == Draft("[1] A third", -0.5)
    assert others == []


def test_words_that_no_passage_has_are_unlikely() -> None:
    assert weighed("[1] a quarter", {"150 kilometres": -0.1})[0].logarithm == -12.0
    assert weighed("[7] a third", {"150 kilometres": -0.1})[0].logarithm == -12.0


def test_the_likeliest_other_words_come_first() -> None:
    likely = {"150 kilometres": -0.5, "Goats": -1.5, "the keeper": -4.6}
    own, others = weighed("[1] a third", likely)
    assert own.logarithm == -12.0
    assert others[0] == Draft("[1] 150 kilometres", -0.5)
    assert Draft("[2] Goats", -1.5) in others
    assert not [other for other in others if other.text == "[2] the keeper"]


def test_there_are_three_others_at_most() -> None:
    likely = {"150": -0.5, "Goats": -0.6, "keeper": -0.7, "line": -0.8, "wife": -0.9}
    assert len(weighed("[1] a third", likely)[1]) == 3


def test_a_part_of_what_was_said_is_no_other_answer() -> None:
    draft = "[1] 150 kilometres. In 2021 a third"
    assert weighed(draft, {"150 kilometres": -0.1, "a third": -0.2})[1] == []


@pytest.mark.parametrize("words", ["it.\n\nThey", "keeper … and", "wife [1]"])
def test_words_with_a_gap_or_a_mark_are_no_answer(words: str) -> None:
    assert words not in [other.text for other in weighed("[1] a third", {words: -0.1})[1]]


@pytest.mark.parametrize("draft", ["", "a third", "[1] a third\n[2] Goats", "[1] a third [2]"])
def test_only_one_short_statement_is_compared(draft: str) -> None:
    assert weighed(draft, {"150 kilometres": -0.1})[1] == []
