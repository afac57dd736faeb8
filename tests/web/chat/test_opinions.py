"""What a browser says of answers is checked, kept, shown and exported."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversations import Conversations, Owner, Turn
from assistant.errors import UsageError
from assistant.evaluation.questions import check_question_set
from assistant.web.chat.buttons import Chat
from assistant.web.chat.conversation import opened
from assistant.web.chat.opinions import LONGEST_CORRECTION, Opinions, Said, opinion_bar, read_said
from assistant.web.chat.running import Running
from tests.web.fake_assistant import FakeAssistant, ferry_answer, refusal, stand_in
from tests.web.hostile import HOSTILE
from tests.web.parsed import Parsed

TURNS = (
    Turn("How often?", ferry_answer("How often?"), id="a"),
    Turn("Stopped", words="The ferries", id="b"),
    Turn("Who owns the moon?", refusal("Who owns the moon?"), id="c"),
)


@pytest.fixture
def opinions(tmp_path: Path) -> Opinions:
    return Opinions(stand_in(FakeAssistant(tmp_path / "library")), Conversations(tmp_path / "data"))


@pytest.fixture
def me(tmp_path: Path) -> Owner:
    return Owner(tmp_path / "library")


def said(turn: str, rating: str, **more: str) -> str:
    return json.dumps({"turn": turn, "rating": rating, **more})


def exported_to(tmp_path: Path, told: str) -> Path:
    """The file that the page's script would save."""
    parsed = Parsed(told)
    (file,) = parsed.named("pre")
    path = tmp_path / (file["data-save"] or "")
    path.write_text(parsed.text[: parsed.text.rindex("}\n") + 2], encoding="utf-8")
    return path


def test_an_opinion_is_kept_changed_and_taken_back(opinions: Opinions, me: Owner) -> None:
    told = opinions.take(me, said("a", "good"), TURNS)
    assert "Thank you, kept." in Parsed(told).text
    assert [o.rating for o in opinions.of(me, TURNS).values()] == ["good"]
    opinions.take(me, said("a", "bad", reason="wrong", correction="twice a day"), TURNS)
    (changed,) = opinions.of(me, TURNS).values()
    assert (changed.rating, changed.reason, changed.correction) == ("bad", "wrong", "twice a day")
    assert changed.answer == TURNS[0].answer
    assert "Taken back." in opinions.take(me, said("a", ""), TURNS)
    assert opinions.of(me, TURNS) == {}
    assert "Taken back." in opinions.take(me, said("a", ""), TURNS)


def test_an_opinion_knows_what_was_said_before(opinions: Opinions, me: Owner) -> None:
    opinions.take(me, said("c", "bad", reason="held", correction="Nobody"), TURNS)
    (kept,) = opinions.of(me, TURNS).values()
    assert kept.history == (("How often?", ferry_answer("").text),)


def test_a_good_answer_has_no_correction_and_what_is_not_held_neither(
    opinions: Opinions, me: Owner
) -> None:
    opinions.take(me, said("a", "good", reason="wrong", correction="x"), TURNS)
    opinions.take(me, said("c", "bad", reason="not held", correction="x"), TURNS)
    assert [(o.reason, o.correction) for o in opinions.of(me, TURNS).values()] == [
        ("", ""),
        ("not held", ""),
    ]


@pytest.mark.parametrize("turn", ["b", "gone", "", "\ud800"])
def test_only_an_answer_of_the_conversation_can_be_judged(
    opinions: Opinions, me: Owner, turn: str
) -> None:
    told = Parsed(opinions.take(me, said(turn, "good"), TURNS))
    assert "no longer part of the conversation" in told.text
    assert told.named("p", role="alert")
    assert opinions.of(me, TURNS) == {}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "[" * 100_000,
        '"good"',
        said("a", "<script>"),
        said("a", "bad", reason="because"),
        '{"turn": 1, "rating": "good"}',
        '{"turn": "a", "rating": "bad", "correction": ["x"]}',
    ],
)
def test_what_makes_no_sense_is_told(opinions: Opinions, me: Owner, sent: object) -> None:
    assert "could not be read" in Parsed(opinions.take(me, sent, TURNS)).text
    assert opinions.of(me, TURNS) == {}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("good"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["turn", "rating", "reason", "correction"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)


@given(json_values.map(json.dumps) | st.text(max_size=30))
def test_anything_may_come_from_a_browser(sent: str) -> None:
    with suppress(UsageError):
        read = read_said(sent)
        assert isinstance(read, Said)
        read.correction.encode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  $3.2 million\r\n a year ", "$3.2 million a year"),
        ("half \ud800 a \x00pair\u202e\x1b[31m", "half a pair[31m"),
        ("x" * LONGEST_CORRECTION, "x" * LONGEST_CORRECTION),
    ],
)
def test_a_correction_is_kept_as_it_was_typed_without_what_nobody_sees(
    typed: str, kept: str
) -> None:
    assert read_said(said("a", "bad", correction=typed)).correction == kept


def test_a_correction_that_is_too_long_is_told_with_the_limit(
    opinions: Opinions, me: Owner
) -> None:
    told = Parsed(opinions.take(me, said("a", "bad", correction="word " * 20_000), TURNS)).text
    assert "99,999 characters; at most 2,000 can be kept" in told
    assert opinions.of(me, TURNS) == {}


def test_the_bar_tells_what_is_kept_without_colour() -> None:
    assert opinion_bar(TURNS[1], None) == ""
    bar = Parsed(opinion_bar(TURNS[0], None))
    assert [(b["aria-label"], b["aria-pressed"]) for b in bar.named("button")] == [
        ("Good answer", "false"),
        ("Bad answer", "false"),
    ]
    assert "data-refused" not in bar.elements[0][1]
    assert "data-refused" in Parsed(opinion_bar(TURNS[2], None)).elements[0][1]


def test_a_pressed_thumb_takes_its_opinion_back(opinions: Opinions, me: Owner) -> None:
    opinions.take(me, said("a", "good"), TURNS)
    bar = Parsed(opinion_bar(TURNS[0], opinions.of(me, TURNS)["a"]))
    good, bad, back = bar.named("button")
    assert (good["aria-pressed"], bad["aria-pressed"]) == ("true", "false")
    for button in (good, back):
        assert json.loads(button["value"] or "") == {"turn": "a", "rating": ""}


def test_a_bar_shows_the_correction_and_offers_to_change_it(opinions: Opinions, me: Owner) -> None:
    opinions.take(me, said("a", "bad", reason="wrong", correction=HOSTILE[0]), TURNS)
    opinion = opinions.of(me, TURNS)["a"]
    html = opinion_bar(replace(TURNS[0], id='"><b>'), replace(opinion, id="'><b>"))
    bar = Parsed(html)
    assert bar.tags == {"div", "button", "svg", "path", "span", "p"}
    assert bar.elements[0][1]["data-correction"] == opinion.correction
    assert "It is wrong: “<script>" in bar.text


@pytest.mark.parametrize("damage", [b"rubbish" * 100, None])
def test_where_nothing_can_be_kept_it_is_told(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "data" / "conversations.sqlite"
    path.parent.mkdir()
    path.mkdir() if damage is None else path.write_bytes(damage)
    with gr.Blocks(analytics_enabled=False):
        chat = Chat(stand_in(FakeAssistant(tmp_path)), tmp_path / "data", Running())
    reader: Any = SimpleNamespace(session_hash="reader", username=None)
    event = gr.EventData(None, {"value": said("a", "good")})
    for updates in (chat.opine(reader, event, opened("x")), chat.export(reader)):
        (told,) = updates.values()
        assert "cannot be kept in or read" in Parsed(told).text
        assert Parsed(told).named("p", role="alert")


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[None]:
    """Another program has the file for itself."""
    Conversations(tmp_path / "data").withdraw(Owner(tmp_path), "none")
    other = sqlite3.connect(tmp_path / "data" / "conversations.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def test_a_file_that_is_busy_can_still_be_read(opinions: Opinions, me: Owner, locked: None) -> None:
    assert opinions.of(me, TURNS) == {}


def test_the_export_is_a_question_set(opinions: Opinions, me: Owner, tmp_path: Path) -> None:
    opinions.take(me, said("a", "bad", reason="wrong", correction="41,000 tonnes"), TURNS)
    opinions.take(me, said("c", "good"), TURNS)
    told = opinions.export(me)
    assert Parsed(told).text.endswith("2 questions exported. ")
    read = check_question_set(exported_to(tmp_path, told))
    assert read.problems == ()
    assert [(q.answers, q.answerable, q.split) for q in read.questions] == [
        (("41,000 tonnes",), True, "readers"),
        ((), False, "readers"),
    ]
    opinions.take(me, said("a", "bad", reason="incomplete"), TURNS)
    assert "1 question exported. 1 opinion left out" in Parsed(opinions.export(me)).text


@pytest.mark.parametrize("correction", HOSTILE)
def test_hostile_corrections_are_exported_as_text(
    opinions: Opinions, me: Owner, tmp_path: Path, correction: str
) -> None:
    opinions.take(me, said("a", "bad", correction=correction), TURNS)
    read = check_question_set(exported_to(tmp_path, opinions.export(me)))
    assert read.problems == ()
    assert read.questions[0].answers == (opinions.of(me, TURNS)["a"].correction,)


def test_with_nothing_to_export_it_is_told_why(opinions: Opinions, me: Owner) -> None:
    assert "Judge an answer" in Parsed(opinions.export(me)).text
    opinions.take(me, said("a", "bad"), TURNS)
    told = Parsed(opinions.export(me))
    assert "1 opinion left out for want of a right answer." in told.text
    assert not told.named("pre")


def test_what_is_told_twice_is_told_again(opinions: Opinions, me: Owner) -> None:
    """Gradio shows only what has changed."""
    sent = said("a", "good")
    assert opinions.take(me, sent, TURNS) != opinions.take(me, sent, TURNS)
