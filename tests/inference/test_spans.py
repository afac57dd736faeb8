"""The span reader's arithmetic, and the real one: the packaged embedder with what it learned."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ModelError
from assistant.inference.models import catalogue, load_span_reader
from assistant.inference.spans import AdaptedSpanReader, Reading, best_spans

LOGARITHMS = st.floats(-20, 0, allow_nan=False)


def reading(starts: list[float], ends: list[float]) -> Reading:
    """Of pieces of three characters, a space behind each."""
    places = np.array([(4 * n, 4 * n + 3) for n in range(len(starts))], dtype=np.int64)
    return Reading(
        places.reshape(-1, 2), np.array(starts, dtype=float), np.array(ends, dtype=float)
    )


def test_the_likeliest_span_begins_and_ends_where_that_is_likeliest() -> None:
    spans = best_spans([reading([-5, -1, -9], [-9, -8, -0.5]), reading([-3], [-3])], 2)
    assert [(s.number, s.start, s.end, s.logarithm) for s in spans] == [
        (1, 4, 11, -1.5),
        (1, 0, 11, -5.5),
    ]


@given(st.lists(st.lists(st.tuples(LOGARITHMS, LOGARITHMS), max_size=60), max_size=4))
def test_spans_come_in_order_and_lie_within_their_passage(
    passages: list[list[tuple[float, float]]],
) -> None:
    readings = [reading([s for s, _ in p], [e for _, e in p]) for p in passages]
    spans = best_spans(readings, 5)
    assert len(spans) == min(
        5, sum(sum(min(40, len(p) - n) for n in range(len(p))) for p in passages)
    )
    logarithms = [span.logarithm for span in spans]
    assert logarithms == sorted(logarithms, reverse=True)
    for span in spans:
        of_passage = readings[span.number - 1]
        assert 0 <= span.start < span.end <= 4 * len(of_passage.starts) - 1
        assert span.end - span.start <= 4 * 40
        assert of_passage.logarithm(span.start, span.end) == pytest.approx(span.logarithm)


def test_words_that_were_not_read_have_no_probability() -> None:
    assert reading([-1], [-1]).logarithm(0, 9) == -math.inf
    assert reading([], []).logarithm(0, 3) == -math.inf


PASSAGES = [
    ("The summit by the lake", "The summit was held in a hotel by the lake. It lasted three days."),
    ("", "Barn owls nest in the tower of the mill."),
    ("Nothing", ""),
]


@pytest.mark.real
def test_the_words_that_answer_are_the_likeliest() -> None:
    readings = load_span_reader().read("How long did the summit last?", PASSAGES)
    assert len(readings) == 3
    best = best_spans(readings, 1)[0]
    assert PASSAGES[best.number - 1][1][best.start : best.end] == "three days"
    total = sum(float(np.exp(reading.starts).sum()) for reading in readings)
    assert math.exp(best.logarithm) > 0.5
    assert total <= 1 + 1e-6


@pytest.mark.real
def test_any_text_can_be_read() -> None:
    span_reader = load_span_reader()
    assert span_reader.read("Who?", []) == []
    long = "A keeper lived there. " * 400
    readings = span_reader.read("\ud800 " + "why " * 600, [("\ud800", long), ("", "\ud800")])
    for found, (_, text) in zip(readings, [("", long), ("", "\ud800")], strict=True):
        assert all(0 <= start <= end <= len(text) for start, end in found.places)


@pytest.mark.real
def test_an_adapter_that_is_missing_is_told(tmp_path: object) -> None:
    path = next(e for e in catalogue() if e.kind == "embedder" and e.default).path
    assert path is not None
    missing = path.parent / "spans.safetensors"
    with pytest.raises(ModelError, match=r"spans\.safetensors cannot be read"):
        AdaptedSpanReader(path.parent, missing).read("Who?", [("", "A keeper.")])
