"""The list of conversations and the bar above the chat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.conversations import Conversation, Conversations, Listing, Owner, Turn
from assistant.errors import UsageError
from assistant.web.chat.talks import Talks, listed, talk_bar
from tests.web.fake_assistant import ferry_answer
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed

ME = Owner(Path("library"))
TALK = Conversation(
    "id", "When do the ferries leave?", "2026-11-24", "2026-11-24T06:00:00+00:00", 2
)


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path)


@pytest.fixture
def talks(store: Conversations) -> Talks:
    with gr.Blocks(analytics_enabled=False):
        return Talks(store)


def test_conversations_are_listed_with_the_open_one_told() -> None:
    parsed = Parsed(listed(Listing((TALK, Conversation("b", "Other", "", "odd", 1)), 2), "id", ""))
    first, second = parsed.named("button", **{"data-do": "select"})
    assert (first["value"], first.get("aria-current")) == ("id", "true")
    assert "aria-current" not in second
    assert "2 questions · 24 Nov 2026" in parsed.text
    assert "1 question · odd" in parsed.text
    assert len(parsed.named("button", **{"data-do": "delete"})) == 2


def test_what_is_not_listed_is_told() -> None:
    assert "Nothing was asked yet." in listed(Listing(), "", "")
    assert "No conversation has these words." in listed(Listing(), "", "x")
    assert "3 older ones: search" in listed(Listing((TALK,), 4), "", "")
    assert "1 conversation found" in listed(Listing((TALK,), 1), "", "ferries")


def test_the_bar_offers_exports_of_a_conversation() -> None:
    assert [
        b["value"]
        for b in Parsed(talk_bar(TALK, TALK.id)).named("button", **{"data-do": "download"})
    ] == [
        "md",
        "html",
        "json",
    ]
    assert not Parsed(talk_bar(None, "")).named("button", **{"data-do": "download"})
    assert 'class="talk-title" dir="auto"' in talk_bar(TALK, TALK.id)
    assert "…" in talk_bar(Conversation("a", "word " * 100, "", "", 1), "a")


def test_no_search_is_dropped_while_another_is_pending(store: Conversations) -> None:
    with gr.Blocks(analytics_enabled=False) as blocks:
        talks = Talks(store)
        talks.make_drawer("key")
        talks.make_bar()
        talks.connect(ME.library, gr.BrowserState(), gr.HTML())
    modes = [wired.trigger_mode for wired in blocks.fns.values() if wired.name == "search"]
    assert modes == ["multiple"]


def test_hostile_titles_stay_text() -> None:
    talk = Conversation("'><b>", EVERYTHING, "", EVERYTHING, 1)
    for html in (listed(Listing((talk,), 1), "", EVERYTHING), talk_bar(talk, EVERYTHING)):
        parsed = Parsed(html)
        assert not parsed.tags & {"script", "img", "iframe", "style", "a", "b"}
        assert not [n for _, found in parsed.elements for n in found if n.startswith("on")]


def renamed(talks: Talks, **sent: Any) -> None:
    talks.rename(ME, json.dumps(sent))


def test_a_conversation_is_renamed(talks: Talks, store: Conversations) -> None:
    talk = store.add(ME, "", Turn("q", id="1"))
    renamed(talks, talk=talk, name="  Fer\u202eries\n ")
    assert "Ferries" in talks.bar_of(ME, talk)
    renamed(talks, talk=talk, name="x" * 5_000)
    assert len(store.listing(ME).conversations[0].title) == 200
    renamed(talks, talk=talk, name=" ")
    assert store.listing(ME).conversations[0].title == "q"


@pytest.mark.parametrize(
    "sent", [None, "", "[]", '{"talk": 1, "name": "x"}', '{"talk": "a"}', "[" * 9_999]
)
def test_a_name_that_makes_no_sense_is_told(talks: Talks, sent: object) -> None:
    with pytest.raises(UsageError):
        talks.rename(ME, sent)


def test_an_open_conversation_is_saved_as_a_file(talks: Talks, store: Conversations) -> None:
    talk = store.add(ME, "", Turn("How often?", ferry_answer("How often?"), id="1"))
    for kind, part in (("md", "# How often?"), ("html", "<!doctype html>"), ("json", '"turns": [')):
        parsed = Parsed(talks.save(ME, talk, kind))
        assert parsed.named("pre", **{"data-save": f"how-often.{kind}"})
        assert part in parsed.text
    for wrong in ((ME, talk, "exe"), (ME, "", "md"), (Owner(ME.library, "Ben"), talk, "md")):
        assert "no conversation to export" in Parsed(talks.save(*wrong)).text


def test_what_cannot_be_read_is_told(talks: Talks, store: Conversations) -> None:
    store.path.write_bytes(b"rubbish" * 100)
    assert 'role="alert"' in talks.show(ME, "")
    assert "New conversation" in talks.bar_of(ME, "x")
    assert 'role="alert"' in talks.save(ME, "x", "md")
