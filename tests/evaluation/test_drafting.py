from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evaluation.asking import CLOZE
from assistant.evaluation.drafting import draft_questions
from assistant.records import Article

MILL = Article(
    "1",
    "The Hexley mill",
    "The Hexley mill was bought by a brewery in 1954. Anna Reyes counted twelve owls in its tower. "
    "About 60 pairs of herons were seen in the Hexley park last spring. He left it to the town. "
    "The roof was mended by a firm that came from Port Verrin, they say. Later Reyes moved to "
    "Lowmoor, and she never came back to Lowmoor. The bell was sold when nobody looked, in 1960.",
    "mill.txt",
)
TRAM = Article(
    "2",
    "The Lowmoor tram",
    "The tram from the harbour of Lowmoor was opened by the mayor in 1911. "
    "Milo Ebbing, who drove the first car in 1911, also drove the last one in Lowmoor. "
    "In 1920 the tram of Lowmoor carried 41,000 tonnes of grain to the harbour.",
    "tram.txt",
)


def test_sentences_become_questions_with_their_answers() -> None:
    drafted = draft_questions([MILL, TRAM], 20, near_misses=0.0)
    told = {question.question: question.answers for question in drafted}
    assert told["When was the Hexley mill bought by a brewery?"] == ("1954",)
    assert told["How many pairs of herons were seen in the Hexley park last spring?"] == ("60",)
    assert any(question.startswith("Who drove the first car") for question in told) or (
        "When did Milo Ebbing drive the first car?" in told
    )


def test_every_draft_can_be_checked() -> None:
    drafted = draft_questions([MILL, TRAM], 20, near_misses=0.0)
    assert {question.article for question in drafted} == {MILL.title, TRAM.title}
    for question in drafted:
        (article,) = (a for a in (MILL, TRAM) if a.title == question.article)
        assert question.draft
        assert question.answerable
        assert question.evidence
        assert question.evidence in article.text
        assert question.answers[0] in question.evidence
        assert question.answers[0] not in question.question


def test_clozes_are_a_third_of_the_answerable_at_most() -> None:
    drafted = draft_questions([MILL, TRAM], 20, near_misses=0.0)
    clozes = [question for question in drafted if question.question.startswith(CLOZE)]
    assert 0 < len(clozes) <= len(drafted) / 3
    assert drafted[-len(clozes) :] == clozes


def test_a_text_of_which_nothing_plain_can_be_asked_gives_clozes() -> None:
    german = Article("3", "Mühle", "Das Haus wurde 1954 von Anna Reyes im Winter gekauft.", "m")
    (cloze,) = draft_questions([german], 5, near_misses=0.0)
    assert cloze.answers == ("Anna Reyes",)


@pytest.mark.parametrize("limit", [4, 8])
def test_a_quarter_are_near_misses(limit: int) -> None:
    drafted = draft_questions([MILL, TRAM], limit)
    missed = [question for question in drafted if not question.answerable]
    assert len(drafted) <= limit
    assert len(missed) == round(len(drafted) / 4) > 0
    for question in missed:
        assert question.draft
        assert question.answers == ()
        assert question.evidence is None


def test_the_same_seed_drafts_the_same_and_ids_differ() -> None:
    first = draft_questions([MILL, TRAM], 5, seed=3)
    assert first == draft_questions([MILL, TRAM], 5, seed=3)
    assert len({question.id for question in first}) == len(first) <= 5


@pytest.mark.parametrize(
    ("text", "clozes"),
    [
        ("He left the Hexley mill to the town in 1960, they say.", 0),  # who?
        ("In the year 1960 she left the Hexley mill to the town.", 0),
        ("When was the Hexley mill sold to Anna Reyes in Port Verrin?", 0),  # no statement
        ("The bell was sold to somebody from the town in 1960.", 1),  # which bell?
    ],
)
def test_sentences_that_lean_on_others_give_no_plain_question(text: str, clozes: int) -> None:
    drafted = draft_questions([Article("4", "Notes", text, "n")], 20, near_misses=0.0)
    assert [question.question.startswith(CLOZE) for question in drafted] == [True] * clozes


def test_an_empty_library_has_nothing_to_ask() -> None:
    assert draft_questions([], 10) == []


@settings(max_examples=50)
@given(st.text(max_size=200), st.integers(1, 9))
def test_any_text_can_be_drafted_from(text: str, limit: int) -> None:
    article = Article("5", text[:10], f"{TRAM.text} {text} {MILL.text}", "x")
    assert len(draft_questions([article], limit)) <= limit
