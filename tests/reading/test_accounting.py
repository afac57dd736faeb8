from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.reading.accounting import Line, account
from assistant.reading.formats import read_page
from assistant.reading.splitting import split_page
from assistant.resources import resource

PAGES = sorted(resource("seeds", "pages").iterdir())

PAGE = b"""<html><head><title>The mill</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>The mill grinds barley again</h1><p>By Ada Lovell</p>
<p>The mill grinds barley for nine villages. Its owner has kept every ledger since 1850.</p>
<div class="ad">Advertisement</div>
<p>Owls nest in the bell tower of the mill. They leave it when the first snow falls.</p></article>
<form><button>Subscribe to our newsletter</button></form>
<footer>Copyright 2024 The Mill Gazette</footer></body></html>"""


def fates(data: bytes, name: str) -> dict[str, str]:
    return {line.text: line.fate for line in account_of(data, name)}


def account_of(data: bytes, name: str) -> tuple[Line, ...]:
    return account(data, name, split_page(read_page(data, name), name))


def test_a_web_page_is_accounted_for_with_its_menus_and_buttons() -> None:
    assert fates(PAGE, "mill.html") == {
        "Home News": "dropped",
        "The mill grinds barley again": "about",
        "By Ada Lovell": "about",
        "The mill grinds barley for nine villages. Its owner has kept every ledger since 1850.": (
            "kept"
        ),
        "Advertisement": "dropped",
        "Owls nest in the bell tower of the mill. They leave it when the first snow falls.": "kept",
        "Subscribe to our newsletter": "dropped",
        "Copyright 2024 The Mill Gazette": "dropped",
    }


def test_what_a_text_lost_to_clutter_is_told() -> None:
    text = (
        b"# The mill\n\nThe mill grinds barley for nine villages, and its owner keeps a ledger."
        b"\n\nShare this article\n\n- a first thing\n- a second thing\n\n1. counted\n\n"
        b"| a | b |\n|---|---|\n| barley | rye |\n"
    )
    told = fates(text, "mill.md")
    assert told["Share this article"] == "dropped"
    assert told["The mill"] == "about"
    kept = [line for line, fate in told.items() if fate == "kept"]
    assert kept[1:] == [
        "- a first thing",
        "- a second thing",
        "1. counted",
        "a | b",
        "barley | rye",
    ]


def test_a_sentence_that_a_page_shows_twice_loses_none_between() -> None:
    words = [f"Lamp number {n} hangs at the door of the house in street {n}." for n in range(4_000)]
    text = "\n\n".join(["A tale of lamps", words[200], *words])
    assert {line.fate for line in account_of(text.encode(), "t.txt")} == {"about", "kept"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_starter_library_loses_no_sentence(path: Path) -> None:
    lines = account_of(path.read_bytes(), path.name)
    lost = [line.text for line in lines if line.fate == "dropped" and len(line.text) > 200]
    assert sum(line.fate == "kept" for line in lines) > 3
    assert lost == []


def test_only_so_many_lines_are_told() -> None:
    articles = split_page(read_page(PAGE, "mill.html"), "mill.html")
    assert len(account(PAGE, "mill.html", articles, most=3)) == 3


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ReadingError):
        account(b"\x00\x01\x02\xff", "a.bin", [])


@given(st.text(max_size=400))
def test_every_line_with_words_is_accounted_for(text: str) -> None:
    try:
        page = read_page(text.encode("utf-8", "replace"), "a.txt")
    except ReadingError:
        return
    if page.format != "text":
        return
    told = account(text.encode("utf-8", "replace"), "a.txt", [])
    shown = "\n".join(block.text for block in page.blocks).split("\n")
    assert [line.text for line in told] == [s for s in shown if any(map(str.isalnum, s))]
