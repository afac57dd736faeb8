from __future__ import annotations

import pytest

from assistant.records import Article, Source
from assistant.web.listing import articles_table, more, size, sources_table, tools
from tests.web.fake_assistant import BRIDGE, HARBOUR
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed

DAY = "2026-11-24T06:00:00+00:00"
LATER = "2026-12-01T06:00:00+00:00"
ALLOWED = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "button", "span"}
ALLOWED |= {"bdi"}


def source(name: str, **more: object) -> Source:
    return Source(name, "html", 12_345, 1, 3, DAY, LATER, **more)  # type: ignore[arg-type]


def cells(html: str) -> list[str]:
    """The texts of the cells, row by row."""
    return [Parsed(row).text for row in html.split("<tbody>")[1].split("</tr>") if "<td" in row]


def test_articles_are_listed_with_all_that_is_known_of_them() -> None:
    table = articles_table([HARBOUR, BRIDGE], [source("harbour.html")], {HARBOUR.id: 3})
    first, second = cells(table)
    assert first == (f"{HARBOUR.title}2024-02-11ShippingOla Brandtharbour.html3Ready2026-11-24")
    assert second == f"{BRIDGE.title}2023-10-02Regionnews.txt0Not found by search"


def test_sources_are_listed_with_what_can_be_done_to_them() -> None:
    parsed = Parsed(table := sources_table([source("harbour.html")], []))
    (row,) = cells(table)
    assert row.startswith("harbour.htmlhtml1312 kBReady2026-11-242026-12-01Read again")
    (ask,) = parsed.named("button", **{"aria-label": "Remove harbour.html"})
    assert "data-do" not in ask
    (sure,) = parsed.named("button", **{"data-do": "delete"})
    assert sure["value"] == "harbour.html"
    assert "Remove 1 article for good?" in parsed.text
    (again,) = parsed.named("button", **{"data-do": "retry"})
    assert (again["value"], again["aria-label"]) == ("harbour.html", "Read harbour.html again")


def test_what_is_being_added_is_listed_and_left_alone() -> None:
    table = sources_table([source("a.md"), source("b.md")], [source("b.md"), source("c.md")])
    first, second, third = cells(table)
    assert "Ready" in first
    assert "Being updated" in second
    assert "Being added" in third
    assert "Remove" not in third


def test_heads_sort_and_say_how() -> None:
    parsed = Parsed(articles_table([HARBOUR], [], {}))
    heads = parsed.named("th", scope="col")
    assert [head["aria-sort"] for head in heads] == ["none"] * 8
    buttons = [b for b in parsed.named("button", type="button") if "data-sort" in b]
    assert [button["data-sort"] for button in buttons] == [str(n) for n in range(8)]
    assert parsed.tags >= {"caption"}


def test_an_empty_library_says_how_to_begin() -> None:
    assert "The library is empty" in articles_table([], [], {})
    assert "The library is empty" in sources_table([], [])


@pytest.mark.parametrize(
    ("number", "told"),
    [(7, "7 bytes"), (12_345, "12 kB"), (3_400_000, "3 MB"), (2.5e9, "2.5 GB")],
)
def test_sizes_are_told_in_round_units(number: float, told: str) -> None:
    assert size(number) == told


def test_names_and_titles_run_their_own_way() -> None:
    word = "متى؟"
    article = Article("a", word, "", word, word, word)
    html = articles_table([article], [], {}) + sources_table([source(word)], [])
    assert Parsed(html).text.count(word) == 5
    assert word not in Parsed(html).mixed


def test_hostile_texts_stay_text() -> None:
    bad = Source(EVERYTHING, EVERYTHING, 1, 1, 1, EVERYTHING, EVERYTHING)
    article = Article(EVERYTHING, EVERYTHING, "", EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING)
    parsed = Parsed(
        articles_table([article], [bad], {}) + sources_table([bad], [bad]) + tools("a", "b")
    )
    assert parsed.tags <= ALLOWED | {"input", "p"}
    attributes = {name for _, found in parsed.elements for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}


def test_a_table_of_2000_articles_is_not_heavy() -> None:
    articles = [Article(f"a{n}", f"Title {n}", "", "news.txt") for n in range(2_000)]
    assert len(articles_table(articles, [], {})) < 800_000
    assert "hidden" in more("articles")
