from __future__ import annotations

import numpy as np
import pytest

from assistant.evaluation.comparison import Change, compare

ARTICLES = {str(i): f"article {i // 4}" for i in range(160)}


def run(rng: np.random.Generator, chances: np.ndarray) -> dict[str, float]:
    """A run's outcomes: one for each question."""
    return {key: float(rng.random() < chances[i]) for i, key in enumerate(ARTICLES)}


def test_a_planted_difference_is_found() -> None:
    rng = np.random.default_rng(0)
    chances = np.repeat(rng.uniform(0.2, 0.7, 40), 4)
    found = compare("F1", run(rng, chances + 0.3), run(rng, chances), ARTICLES)
    assert found.n == 160
    assert found.p_value is not None
    assert found.p_value < 0.001
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 0.3 < found.high


def test_where_there_is_none_the_p_value_is_as_good_as_drawn_from_0_to_1() -> None:
    values = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        chances = np.repeat(rng.random(40), 4)
        # each article leans its own way in each run: only whole articles are exchangeable
        lean = np.repeat(rng.normal(0, 0.2, 40), 4)
        p_value = compare("x", run(rng, chances + lean), run(rng, chances - lean), ARTICLES).p_value
        assert p_value is not None
        values.append(p_value)
    assert sum(p <= 0.05 for p in values) / 150 <= 0.10
    assert 0.4 <= float(np.mean(values)) <= 0.6


def test_questions_of_one_article_are_one_piece_of_evidence() -> None:
    old = dict.fromkeys(map(str, range(12)), 0.0)
    new = dict.fromkeys(map(str, range(12)), 1.0)
    alone = compare("x", new, old, {i: i for i in old})
    together = compare("x", new, old, {i: str(int(i) % 3) for i in old})
    # all sign patterns are tried: 2 of 2**12, and 2 of 2**3, are as extreme
    assert alone.p_value == pytest.approx(2 / 2**12)
    assert together.p_value == pytest.approx(2 / 2**3)


def test_only_questions_that_both_runs_have_are_compared() -> None:
    clusters = {"a": "x", "b": "y", "c": "z", "d": "z"}
    found = compare("hit@4", {"a": 1, "b": 1, "c": 1}, {"d": 1, "c": 0, "b": 1, "a": 0.5}, clusters)
    assert (found.n, found.new, found.old, found.difference) == (3, 1.0, 0.5, 0.5)
    assert found.changed == (Change("a", 0.5, 1), Change("c", 0, 1))


def test_turned_around_it_is_the_same_difference() -> None:
    rng = np.random.default_rng(3)
    one, other = (run(rng, np.full(160, 0.5)) for _ in range(2))
    there, back = compare("x", one, other, ARTICLES), compare("x", other, one, ARTICLES)
    assert there.p_value == back.p_value
    assert there.difference is not None
    assert there.difference == -(back.difference or 0)
    shuffled = dict(sorted(one.items(), key=lambda _: rng.random()))
    assert compare("x", shuffled, other, ARTICLES) == there


@pytest.mark.filterwarnings("error")
def test_runs_that_agree_do_not_differ() -> None:
    scores = dict.fromkeys(ARTICLES, 0.3)
    found = compare("x", scores, scores, ARTICLES)
    assert (found.difference, found.low, found.high, found.p_value) == (0, None, None, 1)
    assert found.changed == ()


@pytest.mark.filterwarnings("error")
def test_without_a_common_question_there_is_nothing_to_tell() -> None:
    found = compare("x", {"a": 1.0}, {"b": 1.0}, {"a": "x", "b": "x"})
    assert found.n == 0
    assert found.changed == ()
    assert {found.new, found.old, found.difference, found.low, found.high, found.p_value} == {None}


@pytest.mark.filterwarnings("error")
def test_one_article_gives_a_difference_without_a_verdict() -> None:
    found = compare("x", {"a": 1.0, "b": 1.0}, {"a": 0.0, "b": 1.0}, {"a": "x", "b": "x"})
    assert found.difference == 0.5
    assert (found.low, found.high, found.p_value) == (None, None, None)


def test_a_question_without_a_cluster_is_an_error() -> None:
    with pytest.raises(KeyError):
        compare("x", {"a": 1.0}, {"a": 1.0}, {})
