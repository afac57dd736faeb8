"""Answers and conversations as texts: what they say is there, and nothing in them is live."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import TypeAdapter

from assistant.conversations import Conversation, Turn
from assistant.records import Filters
from assistant.web.chat.exporting import (
    conversation_html,
    conversation_json,
    conversation_markdown,
    file_name,
    markdown,
    plain_text,
)
from tests.web.fake_assistant import BRIDGE, HARBOUR, ferry_answer, refusal
from tests.web.hostile import EVERYTHING, HOSTILE

TALK = Conversation("id", "When do the ferries leave?", "2026-11-24T06:00:00", "2026-11-25", 4)
TURNS = (
    Turn("When do the ferries leave?", ferry_answer("When?"), id="a", filters=Filters(("a.html",))),
    Turn("Stopped", words="The ferries", id="b"),
    Turn("Failed", problem="The model is missing.", hint="Install it.", id="c"),
    Turn("Who owns the moon?", refusal("Who owns the moon?"), id="d"),
)
hostile_turn = Turn(
    EVERYTHING,
    replace(
        ferry_answer(EVERYTHING),
        text=f"{EVERYTHING}[1]",
        standalone_question=f"? {EVERYTHING}",
        citations=(
            replace(
                ferry_answer("").citations[0],
                mark_start=len(EVERYTHING),
                mark_end=len(EVERYTHING) + 3,
                quote=EVERYTHING,
                title=EVERYTHING,
                source=EVERYTHING,
            ),
        ),
    ),
    id="h",
    filters=Filters((EVERYTHING,)),
)


class Rendered(HTMLParser):
    """A text as a reader of the file would see it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(text: str) -> Rendered:
    return Rendered(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def test_plain_text_has_a_footnote_for_each_cited_sentence() -> None:
    answer = ferry_answer("How often?")
    assert plain_text(answer) == (
        "The ferries leave twice a day, at six and at half past two.[1] The Tern Line carried "
        "41,000 tonnes last month.[2][3] It was founded long ago.\n\n"
        f"[1] “{answer.citations[0].quote}” — {HARBOUR.title}, harbour.html, Shipping, "
        "Ola Brandt, 2024-02-11 (supported)\n"
        f"[2] “{answer.citations[1].quote}” — {HARBOUR.title}, harbour.html, Shipping, "
        "Ola Brandt, 2024-02-11 (partly supported)\n"
        f"[3] “{answer.citations[2].quote}” — {BRIDGE.title}, news.txt, Region, 2023-10-02 "
        "(not supported)\n"
    )


def test_a_sentence_that_is_cited_twice_has_one_footnote() -> None:
    answer = ferry_answer("q")
    first, _, third = answer.citations
    again = replace(first, mark_start=third.mark_start, mark_end=third.mark_end)
    text = plain_text(replace(answer, citations=(first, again)))
    assert text.count("[1]") == 3
    assert "[2] “" not in text


def test_a_refusal_names_the_closest_articles() -> None:
    for text in (plain_text(refusal("q")), markdown(refusal("q"))):
        assert "Closest in the library:" in text
        assert BRIDGE.title in text


def test_markdown_says_the_same_as_the_plain_text() -> None:
    seen = rendered(markdown(ferry_answer("q")))
    assert "half past two.[1] The Tern Line" in seen.text
    assert f"“{ferry_answer('').citations[2].quote}” — {BRIDGE.title}, news.txt" in seen.text
    assert seen.tags == {"p", "ol", "li", "em"}
    assert "half past two.\\[1\\] The" in markdown(ferry_answer("q"))  # no needless signs


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(HOSTILE))
def test_whatever_stands_in_a_text_means_nothing_in_markdown(text: str) -> None:
    answer = replace(ferry_answer("q"), text=text, citations=(), statements=())
    seen = rendered(markdown(answer))
    assert seen.tags <= {"p", "br"}
    words = "".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", " ", text).split())
    assert "".join(seen.text.split()) == words


def test_markdown_keeps_the_lines_also_behind_and_before_marks() -> None:
    text = "- a [1]\n- b\n[2]\n\n1945. It ended. [3]\n"
    marks = [(text.index(mark), text.index(mark) + 3) for mark in ("[1]", "[2]", "[3]")]
    citations = tuple(
        replace(citation, mark_start=start, mark_end=end)
        for citation, (start, end) in zip(ferry_answer("").citations, marks, strict=True)
    )
    answer = replace(ferry_answer("q"), text=text, citations=citations, statements=())
    written = markdown(answer).split("\n\n")[0]
    assert written == "\\- a \\[1\\]\\\n\\- b\\\n\\[2\\]\\\n1945\\. It ended. \\[3\\]"
    seen = rendered(written)
    assert seen.text.splitlines() == ["- a [1]", "- b", "[2]", "1945. It ended. [3]"]
    assert seen.tags == {"p", "br"}


@pytest.mark.parametrize("number", ["7", "19", "194", "1945", "123456789"])
@pytest.mark.parametrize("sign", [".", ")"])
def test_a_number_at_the_begin_of_a_line_begins_no_list(number: str, sign: str) -> None:
    text = f"{number}{sign} It is."
    seen = rendered(markdown(replace(ferry_answer("q"), text=text, citations=(), statements=())))
    assert seen.text.strip() == text
    assert seen.tags == {"p"}


def test_a_whole_conversation_as_markdown() -> None:
    text = conversation_markdown(TALK, TURNS)
    assert text.startswith("# When do the ferries leave?\n\n")
    assert text.count("\n## ") == 4
    seen = rendered(text)
    for said in (
        "Only in: a.html",
        "(stopped)",
        "That did not work: The model is missing. Install it.",
        "Not in the library",
        "Closest in the library:",
        ferry_answer("").citations[0].quote,
    ):
        assert said in seen.text, said
    assert seen.tags <= {"h1", "h2", "p", "ol", "ul", "li", "em", "br"}


def test_a_whole_conversation_as_a_page_that_loads_and_runs_nothing() -> None:
    page = conversation_html(TALK, TURNS)
    seen = Rendered(page)
    assert "default-src 'none'" in page
    for said in ("Only in: a.html", "(stopped)", "Not in the library", "twice a day"):
        assert said in seen.text, said
    hostile = Rendered(conversation_html(replace(TALK, title=EVERYTHING), [hostile_turn]))
    assert hostile.tags <= seen.tags
    assert "<script>window.taken = 1</script>" in hostile.text


def test_each_text_of_a_page_runs_in_its_own_direction() -> None:
    page = conversation_html(TALK, TURNS)
    assert not re.search(r"<(h1|h2|p|q)>", page)
    assert page.count('<p dir="auto">') == len(TURNS)


def test_hostile_texts_are_no_markdown_either() -> None:
    seen = rendered(conversation_markdown(replace(TALK, title=EVERYTHING), [hostile_turn]))
    assert seen.tags <= {"h1", "h2", "p", "ol", "li", "em", "br"}
    assert "<script>window.taken = 1</script>" in seen.text


def test_json_holds_all_that_is_kept() -> None:
    whole = json.loads(conversation_json(TALK, [*TURNS, hostile_turn]))
    assert (whole["id"], whole["title"]) == (TALK.id, TALK.title)
    read = TypeAdapter(tuple[Turn, ...]).validate_python(whole["turns"])
    assert read == (*TURNS, hostile_turn)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("When do the ferries leave?", "when-do-the-ferries-leave.md"),
        ("../../etc/Möwe\x00", "etc-mowe.md"),
        ("船", "conversation.md"),
        ("word " * 100, "word-word-word-word-word-word-word-word-word-word-word-word.md"),
    ],
)
def test_a_file_is_named_after_the_conversation(title: str, name: str) -> None:
    assert file_name(replace(TALK, title=title), "md") == name
