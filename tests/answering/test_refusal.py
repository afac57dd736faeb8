from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.refusal import (
    closest_articles,
    confidence,
    says_not_there,
    threshold_if_doubted,
)
from tests.answering.evidence import evidence_of


@pytest.mark.parametrize(
    "draft",
    [
        "The passages do not say.",
        "The passage does not mention who drove the tram.",
        "The text doesn't provide this information.",
        "This is not mentioned.",
        "I do not know.",
        "There is no information about the driver.",
    ],
)
def test_words_of_refusal_are_known(draft: str) -> None:
    assert says_not_there(draft)


@pytest.mark.parametrize(
    "draft",
    [
        "The tram did not run on Sundays.",
        "The library opened in 1911. It is not far from the mill.",
        "Nobody knows who built the mill.",
    ],
)
def test_statements_with_a_not_are_no_refusals(draft: str) -> None:
    assert not says_not_there(draft)


def test_the_surer_the_model_the_higher_the_confidence() -> None:
    evidence = evidence_of("The army bought 400 Javelins in 2018.")
    question = "How many Javelins did the army buy in 2018?"
    rising = [confidence(question, evidence, p) for p in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert rising == sorted(set(rising))
    assert 0 <= rising[0] < rising[-1] <= 1


def test_names_and_numbers_that_no_passage_has_lower_the_confidence() -> None:
    evidence = evidence_of("The army bought 400 Javelins in 2018.")
    held = confidence("How many Javelins did the army buy in 2018?", evidence)
    assert confidence("How many Stingers did the army buy in 2018?", evidence) < held
    assert confidence("How many Javelins did the army buy in 2019?", evidence) < held


def test_an_answer_that_may_miss_the_question_takes_more_confidence() -> None:
    assert threshold_if_doubted(0.6) == pytest.approx(0.803, abs=0.001)
    assert threshold_if_doubted(0.0) < 0.001


def test_nothing_found_gives_no_confidence() -> None:
    assert confidence("Why?", evidence_of()) == 0.0


def test_the_closest_are_one_an_article_nearest_first() -> None:
    evidence = evidence_of("The tram ran. It was blue.", "The mill stood.", "A.", "B.")
    nearest = [replace(s, relevance=s.start / 100 + s.number) for s in evidence.sentences]
    offers = closest_articles(replace(evidence, sentences=tuple(nearest)))
    assert [offer.article_id for offer in offers] == ["a4", "a3", "a2"]
