from __future__ import annotations

import re
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library.landscape import Landscape
from assistant.records import Article
from assistant.web.library.picture import picture
from tests.web.fake_assistant import BRIDGE, HARBOUR
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed


def drawn(articles: list[Article], points: list[tuple[float, float]] | None = None) -> Parsed:
    places = points or [(n / 10, -n / 10) for n in range(len(articles))]
    ids = tuple(article.id for article in articles)
    return Parsed(picture(Landscape(ids, np.array(places, dtype=np.float32), 0.4), articles))


def many(count: int, sources: int = 3, published: str | None = "2024-01-05") -> list[Article]:
    return [
        Article(f"a{n}", f"Title {n}", "Text.", f"s{n % sources}.md", None, None, published)
        for n in range(count)
    ]


def points_of(parsed: Parsed) -> list[dict[str, str | None]]:
    return [circle for circle in parsed.named("circle") if "data-n" in circle]


def test_every_article_is_a_point_twice_and_an_entry_once() -> None:
    parsed = drawn([HARBOUR, BRIDGE])
    assert [point["data-n"] for point in points_of(parsed)] == ["0", "1", "1", "0"]
    entries = parsed.named("button", **{"data-do": "select"})
    assert [entry["value"] for entry in entries] == ["article:a1", "article:a2"]
    assert f"{HARBOUR.title} 2024-02-11 · harbour.html · Shipping" in parsed.text
    assert "shows 40% of what tells them apart" in parsed.text
    assert "From 2023-10-02 to 2024-02-11." in parsed.text


def test_colours_go_to_the_largest_groups_and_the_rest_share_one() -> None:
    articles = many(40, sources=12)
    parsed = drawn(articles)
    kinds = {str(point["class"]).split()[0] for point in points_of(parsed)}
    assert kinds == {f"s{n}" for n in range(8)}
    assert "5 others" in parsed.text
    lights = [b["data-light"] for b in parsed.named("button") if "data-light" in b]
    assert lights == [f"s{n}" for n in range(8)] + ["k0"]


def test_it_begins_with_the_colours_that_tell_more_apart() -> None:
    told = [replace(a, section=f"Part {n % 2}") for n, a in enumerate(many(20, sources=20))]
    assert drawn(told).named("div", **{"data-by": "section"})
    assert drawn(many(20)).named("div", **{"data-by": "source"})


def test_articles_without_a_date_are_counted() -> None:
    parsed = drawn([HARBOUR, replace(BRIDGE, published=None)])
    assert "1 article without a date." in parsed.text
    assert len(points_of(parsed)) == 3
    none = drawn([replace(HARBOUR, published="someday")])
    assert "1 article without a date." in none.text


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (["2010-03-01", "2024-05-05"], ["2011", "2013", "2015"]),
        (["2023-11-20", "2024-02-01"], ["Dec 2023", "Jan 2024", "Feb 2024"]),
        (["2024-02-03", "2024-02-03"], ["03 Feb 2024"]),
    ],
)
def test_the_strip_tells_years_or_months(days: list[str], labels: list[str]) -> None:
    articles = [replace(HARBOUR, id=day + str(n), published=day) for n, day in enumerate(days)]
    html = picture(Landscape(tuple(a.id for a in articles), np.zeros((2, 2)), 1.0), articles)
    told = re.findall(r"<text[^>]*>([^<]+)</text>", html)
    assert told[: len(labels)] == labels
    assert len(told) <= 10


def test_nothing_to_draw_is_told() -> None:
    assert "nothing to see yet" in drawn([]).text


def test_an_article_that_has_just_gone_is_left_out() -> None:
    lands = Landscape(("gone", HARBOUR.id), np.zeros((2, 2), dtype=np.float32), 1.0)
    parsed = Parsed(picture(lands, [HARBOUR]))
    assert [point["data-n"] for point in points_of(parsed)] == ["0", "0"]


@given(
    st.lists(
        st.tuples(st.floats(-1, 1, width=32), st.floats(-1, 1, width=32)), min_size=1, max_size=30
    )
)
def test_all_points_are_inside(points: list[tuple[float, float]]) -> None:
    for circle in points_of(drawn(many(len(points)), points)):
        assert 0 <= float(circle["cx"] or -1) <= 1000
        assert 0 <= float(circle["cy"] or -1) <= 420


def test_2000_articles_are_drawn_quickly() -> None:
    articles = many(2_000, published="2024-01-05")
    begun = time.perf_counter()
    parsed = drawn(articles, [(n % 50 / 50, n / 2000) for n in range(2_000)])
    assert time.perf_counter() - begun < 3
    assert len(points_of(parsed)) == 4_000
    assert min(float(circle["cy"] or -1) for circle in points_of(parsed)) >= 0


def test_names_and_titles_run_their_own_way() -> None:
    word = "متى؟"
    parsed = drawn([Article("a", word, "", word, word)])
    assert parsed.text.count(word) == 5
    assert word not in parsed.mixed


def test_hostile_texts_stay_text() -> None:
    article = Article(EVERYTHING, EVERYTHING, "", EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING)
    parsed = drawn([article])
    hostile = {"script", "img", "a", "iframe", "style", "object", "form"}
    assert not parsed.tags & hostile
    attributes = {name for _, found in parsed.elements for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
