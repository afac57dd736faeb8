from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.evaluation.nearmisses import NearMisses
from assistant.evaluation.questions import Question
from assistant.records import Article

MILL = Article(
    "1", "The mill", "Anna Reyes bought the mill of Bern in 1954. Reyes had 12 owls.", "m"
)
TRAM = Article(
    "2", "The tram", "Milo Ebbing drove 30 trams to Thun in 1911. He was born there.", "t"
)
ASKED = Question(
    "", "", "Who bought the mill of Bern in 1954?", ("Anna Reyes",), True, article="The mill",
    evidence="Anna Reyes bought the mill of Bern in 1954.", draft=True,
)  # fmt: skip


def made(
    articles: Sequence[Article],
    *questions: Question,
    people: Collection[str] = (),
    places: Collection[str] = (),
) -> list[Question]:
    random_ = random.Random(0)
    return list(NearMisses(articles, people, places, random_).of(questions))


def missed(*questions: Question, **names: Collection[str]) -> list[Question]:
    return made([MILL, TRAM], *questions, **names)


def test_one_thing_is_that_of_another_article() -> None:
    bought = replace(ASKED, question="Who bought the mill of Bern?")
    owner = replace(ASKED, question="When did Anna Reyes buy the mill?")
    swapped = [
        missed(ASKED),
        missed(bought, places=["Bern", "Thun"]),
        missed(owner, people=["Anna Reyes", "Milo Ebbing"]),
        missed(replace(ASKED, question="Who had 12 owls in Bern?")),
    ]
    asked = {question.question for questions in swapped for question in questions}
    assert {
        "Who bought the mill of Bern in 1911?",
        "Who bought the mill of Thun?",
        "When did Milo Ebbing buy the mill?",
        "Who had 30 owls in Bern?",
    } <= asked


def test_near_misses_have_no_answer() -> None:
    for question in missed(ASKED, people=["Anna Reyes"], places=["Bern"]):
        assert question.draft
        assert not question.answerable
        assert question.answers == ()
        assert question.evidence is None
        assert question.article == "The mill"


def test_what_a_sentence_may_answer_is_no_near_miss() -> None:
    other = replace(TRAM, text="Milo Ebbing bought the mill of Bern in 1911.")
    assert made([MILL, other], ASKED) == []


def test_since_a_later_year_would_be_true_too() -> None:
    assert missed(replace(ASKED, question="Who has owned the mill since 1954?")) == []


def test_nothing_is_asked_that_an_article_with_the_name_speaks_of() -> None:
    asked = [question.question for question in missed(people=["Milo Ebbing"], places=["Thun"])]
    assert len(asked) == 2
    assert all("born" not in question for question in asked)
    assert any("Milo Ebbing" in question for question in asked)
    assert any("Thun" in question for question in asked)
    born = replace(TRAM, text=TRAM.text + " A school, a university, a child, a wife.")
    born = replace(born, text=born.text + " A language, an instrument.")
    assert made([born], people=["Milo Ebbing"]) == []


def test_each_question_is_changed_once() -> None:
    asked = replace(ASKED, question="Who bought the mill of Bern with 12 owls in 1954?")
    swapped = missed(asked, places=["Bern", "Thun"])
    assert sum("bought" in question.question for question in swapped) == 1
