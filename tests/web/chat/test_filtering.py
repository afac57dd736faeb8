"""Filters that a browser sends are read, or what is wrong with them is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.records import Filters
from assistant.web.chat.filtering import Filtering, chosen, described, read_date
from tests.web.fake_assistant import FakeAssistant, stand_in
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed


@pytest.fixture
def filtering(tmp_path: Path) -> Filtering:
    with gr.Blocks(analytics_enabled=False):
        made = Filtering(stand_in(FakeAssistant(tmp_path)))
        made.make_line()
    return made


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2021-06-16", "2021-06-16", "2021-06-16"),
        (" 2021-6-1 ", "2021-06-01", "2021-06-01"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("1999", "1999-01-01", "1999-12-31"),
        ("", None, None),
        ("  ", None, None),
    ],
)
def test_a_date_may_be_a_day_a_month_or_a_year(
    typed: str, first: str | None, last: str | None
) -> None:
    assert read_date(typed, "since") == first
    assert read_date(typed, "until", last=True) == last


@pytest.mark.parametrize(
    "typed",
    ["yesterday", "2021-13", "2021-00", "2021-02-30", "0000", "21", "2021-06-16T00:00", "1/2"],
)
def test_what_is_no_date_is_told_with_what_would_be_one(typed: str) -> None:
    with pytest.raises(UsageError, match=f"“{typed}” is no date") as caught:
        read_date(typed, "since")
    assert "2021-06-16" in caught.value.hint


@given(st.text(max_size=12) | st.none() | st.integers() | st.dates().map(str))
def test_whatever_is_typed_is_a_date_or_told(typed: object) -> None:
    with suppress(UsageError):
        first, last = read_date(typed, "since"), read_date(typed, "until", last=True)
        if first is not None and last is not None:
            assert date.fromisoformat(first) <= date.fromisoformat(last)


def test_filters_are_read() -> None:
    assert chosen(["a"], [], None, "2020", "2021-03") == Filters(
        ("a",), since="2020-01-01", until="2021-03-31"
    )
    assert chosen() == chosen([], [], [], "", "") == Filters()


def test_dates_the_wrong_way_round_are_told() -> None:
    with pytest.raises(UsageError, match="from 2022-01-01 or later"):
        chosen([], [], [], "2022", "2021")


@pytest.mark.parametrize("given_", ["text", [1], [["a"]], {"a": 1}, ["x"] * 2_000])
def test_what_is_no_choice_is_told(given_: object) -> None:
    with pytest.raises(UsageError, match="could not be read"):
        chosen(given_, [], [], "", "")


def test_filters_are_told_in_few_words() -> None:
    assert described(Filters()) == []
    assert described(Filters(tuple("abcde"), ("s",), until="2021-12-31")) == [
        "a or b or c or 2 others",
        "s",
        "until 2021-12-31",
    ]
    assert described(Filters(since="2020-01-01", until="2021-12-31")) == [
        "2020-01-01 to 2021-12-31"
    ]


def test_what_the_library_holds_is_offered_beside_what_is_set(filtering: Filtering) -> None:
    updates = list(filtering.show(Filters(("gone.html",), since="2024-01-01")).values())
    line, sources, sections, authors, since, until = updates
    assert Parsed(line).text == "Filters set: 2gone.html · since 2024-01-01Clear filters"
    assert [value for _, value in sources.choices] == ["gone.html", "harbour.html", "news.txt"]
    assert [value for _, value in sections.choices] == ["Region", "Shipping"]
    assert [value for _, value in authors.choices] == ["Ola Brandt"]
    assert (sources.value, since, until) == (["gone.html"], "2024-01-01", "")
    offered = list(filtering.offer(["gone.html"], None, []).values())
    assert [value for _, value in offered[0].choices] == ["gone.html", "harbour.html", "news.txt"]


def test_the_line_says_what_is_set_or_wrong(filtering: Filtering) -> None:
    assert filtering.say([], [], [], "", "") == ""
    assert "2 others" not in filtering.say(["a"], [], [], "", "")
    wrong = Parsed(filtering.say([], [], [], "<b>", ""))
    assert wrong.named("span", role="alert")
    assert "“<b>” is no date" in wrong.text
    assert next(iter(filtering.clear().values())) == ""


def test_what_was_changed_last_is_told_also_while_another_change_is_pending(
    tmp_path: Path,
) -> None:
    with gr.Blocks(analytics_enabled=False) as blocks:
        made = Filtering(stand_in(FakeAssistant(tmp_path)))
        made.make_line()
        made.connect()
    modes = [wired.trigger_mode for wired in blocks.fns.values() if wired.name == "say"]
    assert modes == ["always_last"] * 7


def test_hostile_names_stay_text(filtering: Filtering) -> None:
    parsed = Parsed(filtering.say([EVERYTHING], [], [], "", ""))
    assert parsed.tags == {"div", "span", "button"}
