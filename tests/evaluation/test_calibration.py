from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.calibration import (
    auc,
    calibration_error,
    choose_threshold,
    risk_coverage,
)

CASES = st.lists(
    st.tuples(st.one_of(st.floats(0, 1), st.sampled_from([0.2, 0.5])), st.booleans()), max_size=30
)


def apart(cases: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [score for score, _ in cases], [label for _, label in cases]


def test_a_curve_worked_out_by_hand() -> None:
    curve = risk_coverage([0.5, 0.9, 0.5, 0.1], [False, True, True, False])
    assert curve.thresholds == (0.9, 0.5, 0.1)
    assert curve.coverage == (0.25, 0.75, 1.0)
    assert curve.risk == pytest.approx((0, 1 / 3, 1 / 2))
    assert curve.area == pytest.approx(0.5 * 1 / 3 + 0.25 * 1 / 2)


def test_without_cases_there_is_no_curve() -> None:
    curve = risk_coverage([], [])
    assert (curve.thresholds, curve.coverage, curve.risk, curve.area) == ((), (), (), None)
    assert choose_threshold([], [], 0.5) is None


def test_each_score_needs_a_label() -> None:
    for function in (risk_coverage, auc, calibration_error):
        with pytest.raises(ValueError, match="needs a label"):
            function([0.5, 0.6], [True])


@given(CASES.filter(bool), st.randoms(use_true_random=False))
def test_a_curve_says_what_answering_above_each_threshold_does(
    cases: list[tuple[float, bool]], random: Random
) -> None:
    curve = risk_coverage(*apart(cases))
    assert list(curve.thresholds) == sorted({score for score, _ in cases}, reverse=True)
    assert curve.coverage[-1] == 1
    for threshold, coverage, risk in zip(curve.thresholds, curve.coverage, curve.risk, strict=True):
        answered = [right for score, right in cases if score >= threshold]
        assert coverage == pytest.approx(len(answered) / len(cases))
        assert risk == pytest.approx(answered.count(False) / len(answered))
    shuffled = sorted(cases, key=lambda _: random.random())
    assert risk_coverage(*apart(shuffled)) == curve


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_a_confidence_that_knows_has_the_least_area_and_one_that_is_mistaken_the_most(
    right: list[bool],
) -> None:
    places = [float(i) for i in range(len(right))]
    knows, mistaken = sorted(right), sorted(right, reverse=True)
    areas = [risk_coverage(places, order).area or 0.0 for order in (knows, right, mistaken)]
    assert areas == sorted(areas)


@given(CASES.filter(bool), st.floats(0, 1))
def test_a_chosen_threshold_is_the_lowest_that_keeps_to_the_error(
    cases: list[tuple[float, bool]], wanted: float
) -> None:
    def risk(threshold: float) -> float:
        answered = [right for score, right in cases if score >= threshold]
        return answered.count(False) / len(answered)

    choice = choose_threshold(*apart(cases), wanted)
    fitting = [score for score, _ in cases if risk(score) <= wanted]
    if choice is None:
        assert fitting == []
        return
    assert choice.threshold == min(fitting)
    assert choice.risk == pytest.approx(risk(choice.threshold))
    assert choice.n == sum(score >= choice.threshold for score, _ in cases)
    assert choice.coverage == pytest.approx(choice.n / len(cases))
    assert choice.low - 1e-12 <= choice.risk <= choice.high + 1e-12


def test_a_threshold_may_lie_beyond_a_stretch_of_errors() -> None:
    choice = choose_threshold([0.9, 0.8, 0.7, 0.6, 0.5], [True, False, True, True, False], 0.25)
    assert choice is not None
    assert (choice.threshold, choice.n, choice.risk) == (0.6, 4, 0.25)
    assert (choice.low, choice.high) == pytest.approx((0.0456, 0.6994), abs=0.0001)  # Wilson


@pytest.mark.parametrize(
    ("scores", "labels", "expected"),
    [
        ([0.9, 0.8, 0.3], [True, True, False], 1.0),
        ([0.9, 0.8, 0.3], [False, False, True], 0.0),
        ([0.5, 0.5, 0.5], [True, False, True], 0.5),
        ([0.9, 0.5, 0.5, 0.1], [True, True, False, False], 0.875),
        ([0.9, 0.5], [True, True], None),
        ([], [], None),
    ],
)
def test_auc(scores: list[float], labels: list[bool], expected: float | None) -> None:
    assert auc(scores, labels) == expected


@given(CASES)
def test_auc_counts_pairs(cases: list[tuple[float, bool]]) -> None:
    true = [score for score, label in cases if label]
    false = [score for score, label in cases if not label]
    pairs = [(t > f) + (t == f) / 2 for t in true for f in false]
    expected = sum(pairs) / len(pairs) if pairs else None
    assert auc(*apart(cases)) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("scores", "labels", "expected"),
    [
        ([1.0, 0.0], [True, False], 0.0),
        ([1.0, 0.0], [False, True], 1.0),
        ([0.75] * 4, [True, True, True, False], 0.0),
        ([0.75, 0.75, 0.25, 0.25], [True, True, False, False], 0.25),
        ([0.62, 0.68], [True, False], 0.15),  # one bin: 0.65 against 1/2
        ([0.58, 0.62], [True, False], 0.52),  # two bins: 0.42 and 0.62
        ([], [], None),
    ],
)
def test_the_calibration_error(
    scores: list[float], labels: list[bool], expected: float | None
) -> None:
    error = calibration_error(scores, labels)
    assert error == (expected if expected is None else pytest.approx(expected))


@given(CASES.filter(bool), st.integers(1, 12))
def test_more_bins_find_no_smaller_error_than_one(
    cases: list[tuple[float, bool]], bins: int
) -> None:
    scores, labels = apart(cases)
    whole = abs(float(np.mean(scores)) - float(np.mean(labels)))
    assert calibration_error(scores, labels, bins=1) == pytest.approx(whole)
    error = calibration_error(scores, labels, bins)
    assert error is not None
    assert whole - 1e-12 <= error <= 1
