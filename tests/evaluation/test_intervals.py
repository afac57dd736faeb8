from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evaluation.intervals import bootstrap_interval, clustered_mean
from assistant.evaluation.metrics import wilson_interval

CASES = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from("abcdefgh")), min_size=1, max_size=40
).filter(lambda cases: len({cluster for _, cluster in cases}) > 1)


@settings(max_examples=50, deadline=None)
@given(CASES, st.randoms(use_true_random=False))
def test_an_interval_lies_within_the_values_and_does_not_depend_on_their_order(
    cases: list[tuple[float, str]], random: Random
) -> None:
    values, clusters = [v for v, _ in cases], [c for _, c in cases]
    interval = bootstrap_interval(values, clusters, resamples=200)
    if len(set(values)) == 1:
        assert interval is None
        return
    assert interval is not None
    low, high = interval
    rounding = 1e-12
    assert min(values) - rounding <= low <= high <= max(values) + rounding

    shuffled = sorted(cases, key=lambda _: random.random())
    again = bootstrap_interval([v for v, _ in shuffled], [c for _, c in shuffled], resamples=200)
    assert again == interval


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.0, 0.1, 1.0])
def test_equal_values_do_not_tell_how_others_would_differ(value: float) -> None:
    assert bootstrap_interval([value] * 7, list("aabbccc")) is None


def test_a_share_of_all_or_nothing_is_not_certain() -> None:
    clusters = list("aabbccc")
    every, none = (clustered_mean("hit", [value] * 7, clusters) for value in (1.0, 0.0))
    assert (every.value, every.low, every.high) == (1.0, *wilson_interval(7, 7))
    assert (none.value, none.low, none.high) == (0.0, *wilson_interval(0, 7))
    alike = clustered_mean("F1", [0.5] * 7, clusters)
    assert (alike.value, alike.low, alike.high) == (0.5, None, None)
    assert clustered_mean("hit", [1.0, 1.0], list("aa")).low is None


@pytest.mark.filterwarnings("error")
def test_clusters_with_equal_means_have_an_interval_of_no_width() -> None:
    assert bootstrap_interval([0.0, 1.0] * 4, list("aabbccdd")) == (0.5, 0.5)


def test_one_cluster_tells_nothing_of_others() -> None:
    assert bootstrap_interval([0.0, 1.0], ["a", "a"]) is None
    assert bootstrap_interval([], []) is None


def test_the_seed_settles_it() -> None:
    rng = np.random.default_rng(5)
    values, clusters = rng.random(30).tolist(), [str(i // 3) for i in range(30)]
    assert bootstrap_interval(values, clusters) == bootstrap_interval(values, clusters)
    assert bootstrap_interval(values, clusters) != bootstrap_interval(values, clusters, seed=1)


def test_cases_that_go_together_make_the_interval_wider() -> None:
    values = [float(i // 10 % 2) for i in range(100)]
    alone = bootstrap_interval(values, [str(i) for i in range(100)])
    together = bootstrap_interval(values, [str(i // 10) for i in range(100)])
    assert alone is not None
    assert together is not None
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_about_95_of_100_intervals_hold_the_true_mean() -> None:
    rng = np.random.default_rng(0)
    clusters = [str(i // 4) for i in range(160)]
    held = 0
    for seed in range(200):
        chances = np.repeat(rng.beta(2, 2, 40), 4)  # questions of one article are alike
        values = (rng.random(160) < chances).astype(float).tolist()
        interval = bootstrap_interval(values, clusters, seed, resamples=500)
        assert interval is not None
        held += interval[0] <= 0.5 <= interval[1]
    assert 0.89 <= held / 200 <= 0.98


def test_a_clustered_mean_carries_its_interval() -> None:
    figure = clustered_mean("F1", [0.0, 1.0, 1.0, 1.0], list("aabb"))
    assert (figure.name, figure.value, figure.n) == ("F1", 0.75, 4)
    assert (figure.low, figure.high) == bootstrap_interval([0.0, 1.0, 1.0, 1.0], list("aabb"))
    assert figure.low == 0.5
    assert figure.high == 1.0


def test_the_mean_of_nothing_is_undefined() -> None:
    figure = clustered_mean("F1", [], [])
    assert (figure.value, figure.n, figure.low, figure.high) == (None, 0, None, None)


def test_each_value_needs_a_cluster() -> None:
    with pytest.raises(ValueError, match="shorter"):
        bootstrap_interval([1.0, 0.0], ["a"])
