from __future__ import annotations

import re

from assistant.evaluation.drafting import BLANK, draft_questions
from assistant.records import Article

MILL = Article(
    "1",
    "The mill",
    "The Hexley mill was bought by a brewery in 1954. Anna Reyes counted twelve owls in its tower. "
    "About 60 pairs of herons were seen there last spring. He left it to the town in 1960. "
    "The roof was mended by a firm that came from Port Verrin, they say.",
    "mill.txt",
)
TRAM = Article(
    "2",
    "The tram",
    "The tram from the harbour was opened by the mayor in 1911. "
    "Milo Ebbing drove the first car in 1911 and the last one too.",
    "tram.txt",
)


def test_sentences_become_questions_with_their_answers() -> None:
    drafted = draft_questions([MILL, TRAM], 20, near_misses=0.0)
    told = {question.question: question.answers for question in drafted}
    assert told["When was it that the Hexley mill was bought by a brewery?"] == ("1954",)
    assert told["Who counted twelve owls in its tower?"] == ("Anna Reyes",)
    assert told["How many pairs of herons were seen there last spring?"] == ("60",)
    gap = f"“The roof was mended by a firm that came from {BLANK}, they say.”"
    assert told[f"What belongs in the gap: {gap}"] == ("Port Verrin",)


def test_every_draft_can_be_checked() -> None:
    for question in draft_questions([MILL, TRAM], 20, near_misses=0.0):
        (article,) = (a for a in (MILL, TRAM) if a.title == question.article)
        assert question.draft
        assert question.evidence
        assert question.evidence in article.text
        assert question.answers[0] in question.evidence
        assert question.answers[0] not in question.question


def test_near_misses_ask_for_what_their_article_does_not_have() -> None:
    drafted = draft_questions([MILL, TRAM], 8, near_misses=0.5)
    missed = [question for question in drafted if not question.answerable]
    assert missed
    assert len(missed) <= 4
    for question in missed:
        assert question.draft
        assert question.answers == ()
        assert question.evidence is None
        home = {"The mill": MILL, "The tram": TRAM}[question.article or ""]
        asked = re.findall(r"\b1\d{3}\b|Port Verrin|Milo Ebbing|Anna Reyes", question.question)
        assert any(year_or_name not in home.text for year_or_name in asked)


def test_the_same_seed_drafts_the_same_and_ids_differ() -> None:
    first = draft_questions([MILL, TRAM], 5, seed=3)
    assert first == draft_questions([MILL, TRAM], 5, seed=3)
    assert len({question.id for question in first}) == len(first) <= 5
    assert {question.article for question in first if question.answerable} == {
        "The mill",
        "The tram",
    }


def test_sentences_that_lean_on_others_are_left_out() -> None:
    drafted = draft_questions([MILL], 20, near_misses=0.0)
    assert all("He left" not in (question.evidence or "") for question in drafted)


def test_an_empty_library_has_nothing_to_ask() -> None:
    assert draft_questions([], 10) == []
