"""Pictures: the numbers given, the page's colours, and nothing that a text could break."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evaluation.calibration import RiskCoverage
from assistant.evaluation.metrics import Figure
from assistant.evaluation.pictures import (
    StageTime,
    draw_funnel,
    draw_risk_coverage,
    draw_shares,
    draw_times,
)

SHARES = {
    "dense": [Figure("hit@1", 0.25, 40, 0.125, 0.5), Figure("hit@4", None, 0)],
    "fused": [Figure("hit@1", 0.75, 40, 0.5, 0.875), Figure("hit@4", 1.0, 40)],
}
CURVE = RiskCoverage((0.9, 0.6, 0.2), (0.25, 0.5, 1.0), (0.0, 0.1, 0.4), 0.2)
TIMES = [StageTime("seconds for search", 0.25, 1.0), StageTime("seconds for write", None, None)]
PICTURES = {
    "shares": draw_shares(SHARES, "shares"),
    "no shares": draw_shares({}, "no shares"),
    "funnel": draw_funnel({"error": 1, "right": 39}, "funnel"),
    "empty funnel": draw_funnel({}, "empty funnel"),
    "curve": draw_risk_coverage(CURVE, "curve"),
    "empty curve": draw_risk_coverage(RiskCoverage((), (), (), None), "empty curve"),
    "times": draw_times(TIMES, "times"),
    "no times": draw_times([], "no times"),
}


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own picture
    return ["".join(e.itertext()) for e in root.iter() if e.tag.endswith("}text")]


def places(svg: str) -> list[float]:
    """Where marks stand between the left end of the axis and the right one, as they come."""
    uses = re.findall(r'<use [^>]*\bx="([\d.]+)"', svg)
    return [(float(x) - 10) / 400 for x in uses]


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_xml_that_needs_nothing_from_outside(name: str) -> None:
    svg = PICTURES[name]
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own picture
    assert root.get("aria-label") == name
    assert {e.tag.partition("}")[2] for e in root.iter()} <= {
        "svg", "g", "path", "text", "use", "defs", "clipPath", "rect",
    }  # fmt: skip
    assert not re.search(r"(href|src)=\"[^#]|url\([^#]", svg)


@pytest.mark.parametrize("name", PICTURES)
def test_every_colour_is_the_page_s(name: str) -> None:
    colours = re.findall(r"(?:fill|stroke): ([^;\"]+)", PICTURES[name])
    assert colours or name.startswith(("empty", "no"))
    assert all(re.fullmatch(r"none|var\(--[\w-]+\)", colour) for colour in colours)


def test_ids_are_told_apart_within_a_page() -> None:
    ids = [i for svg in PICTURES.values() for i in set(re.findall(r' id="([^"]*)"', svg))]
    assert ids
    assert len(ids) == len(set(ids))


def test_the_same_input_gives_the_same_picture() -> None:
    assert draw_shares(SHARES, "shares") == PICTURES["shares"]
    assert draw_funnel({"error": 1, "right": 39}, "funnel") == PICTURES["funnel"]
    assert draw_risk_coverage(CURVE, "curve") == PICTURES["curve"]
    assert draw_times(TIMES, "times") == PICTURES["times"]


def test_a_reader_s_own_settings_of_matplotlib_are_kept() -> None:
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "theirs"}):
        assert texts(draw_shares(SHARES, "shares")) == texts(PICTURES["shares"])
        assert matplotlib.rcParams["svg.fonttype"] == "path"
        assert matplotlib.rcParams["svg.hashsalt"] == "theirs"


def test_values_and_intervals_stand_where_they_belong() -> None:
    svg = draw_shares({"answers": [Figure("token F1", 0.25, 40, 0.125, 0.5)]}, "d")
    assert places(svg) == [0.25]
    lines = re.findall(r'd="M ([\d.]+) ([\d.]+) \nL ([\d.]+) ([\d.]+) \n"', svg)
    low, high = 10 + 400 * 0.125, 10 + 400 * 0.5
    assert [(float(a), float(b)) for a, y, b, z in lines if y == z].count((low, high)) == 1
    assert "0.250" in texts(svg)


def test_several_series_have_a_legend_with_their_marks() -> None:
    svg = PICTURES["shares"]
    assert {"dense", "fused", "hit@1", "hit@4"} <= set(texts(svg))
    assert {0.25, 0.75, 1.0} <= set(places(svg))


def test_an_undefined_figure_is_called_so_and_has_no_mark() -> None:
    svg = draw_shares({"refusals": [Figure("precision", None, 0)]}, "d")
    assert "undefined" in texts(svg)
    assert places(svg) == []


def test_the_funnel_tells_counts_and_shares_in_the_order_of_outcomes() -> None:
    told = texts(PICTURES["funnel"])
    assert [t for t in told if t in ("right", "error")] == ["right", "error"]
    assert [" ".join(t.split()) for t in told if "%" in t] == ["39 (98%)", "1 (2%)"]


def test_times_tell_median_and_percentile() -> None:
    assert {"0.25 to 1 s", "undefined"} <= set(texts(PICTURES["times"]))
    high, median = places(PICTURES["times"])
    assert high == pytest.approx(1 / 1.02, abs=1e-3)
    assert median == pytest.approx(0.25 / 1.02, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec=None), min_size=1, max_size=80))
def test_no_text_can_break_a_picture(text: str) -> None:
    hostile = text + '</text><script>alert("$x^{2'
    svg = draw_shares({hostile: [Figure(hostile, 0.5, 1)], "b": []}, hostile)
    root = ElementTree.fromstring(svg.encode("utf-8"))  # noqa: S314 - our own picture
    assert not [e for e in root.iter() if e.tag.endswith("}script")]


def test_markup_and_formulas_are_shown_as_they_are() -> None:
    hostile = '<b x="#1">$\\frac{1}$ {{ 7 }} --> \x00\ud800'
    svg = draw_shares({"a": [Figure(hostile, 0.5, 1)]}, "d")
    assert '<b x="#1">$\\frac{1}$ {{ 7 }} -->' in texts(svg)


def test_a_long_name_is_cut_before_it_meets_its_value() -> None:
    svg = draw_shares({"a": [Figure("m" * 200, 0.5, 1)]}, "d")
    assert max(len(text) for text in texts(svg)) == 50
