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

from assistant.conversations import Conversations
from assistant.errors import UsageError
from assistant.evaluation.questions import check_question_set
from assistant.web.chat import Chat
from assistant.web.conversation import Turn, keep
from assistant.web.opinions import LONGEST_CORRECTION, Opinions, Said, opinion_bar, read_said
from tests.web.fake_assistant import FakeAssistant, ferry_answer, refusal, stand_in
from tests.web.hostile import EVERYTHING, HOSTILE
from tests.web.parsed import Parsed

TURNS = (
    Turn("How often?", ferry_answer("How often?"), id="a"),
    Turn("Stopped", words="The ferries", id="b"),
    Turn("Who owns the moon?", refusal("Who owns the moon?"), id="c"),
)


@pytest.fixture
def opinions(tmp_path: Path) -> Opinions:
    return Opinions(stand_in(FakeAssistant(tmp_path / "library")), tmp_path / "data")


def said(turn: str, rating: str, **more: str) -> str:
    return json.dumps({"turn": turn, "rating": rating, **more})


def exported_to(tmp_path: Path, told: str) -> Path:
    """The file that the page's script would save."""
    parsed = Parsed(told)
    (file,) = parsed.named("pre")
    path = tmp_path / (file["data-save"] or "")
    path.write_text(parsed.text[: parsed.text.rindex("}\n") + 2], encoding="utf-8")
    return path


def test_an_opinion_is_kept_changed_and_taken_back(opinions: Opinions) -> None:
    told = opinions.take(said("a", "good"), TURNS)
    assert "Thank you, kept." in Parsed(told).text
    assert [o.rating for o in opinions.of(TURNS).values()] == ["good"]
    opinions.take(said("a", "bad", reason="wrong", correction="twice a day"), TURNS)
    (changed,) = opinions.of(TURNS).values()
    assert (changed.rating, changed.reason, changed.correction) == ("bad", "wrong", "twice a day")
    assert changed.answer == TURNS[0].answer
    assert "Taken back." in opinions.take(said("a", ""), TURNS)
    assert opinions.of(TURNS) == {}
    assert "Taken back." in opinions.take(said("a", ""), TURNS)


def test_an_opinion_knows_what_was_said_before(opinions: Opinions) -> None:
    opinions.take(said("c", "bad", reason="held", correction="Nobody"), TURNS)
    (kept,) = opinions.of(TURNS).values()
    assert kept.history == (("How often?", ferry_answer("").text),)


def test_a_good_answer_has_no_correction_and_what_is_not_held_neither(opinions: Opinions) -> None:
    opinions.take(said("a", "good", reason="wrong", correction="x"), TURNS)
    opinions.take(said("c", "bad", reason="not held", correction="x"), TURNS)
    assert [(o.reason, o.correction) for o in opinions.of(TURNS).values()] == [
        ("", ""),
        ("not held", ""),
    ]


@pytest.mark.parametrize("turn", ["b", "gone", "", "\ud800"])
def test_only_an_answer_of_the_conversation_can_be_judged(opinions: Opinions, turn: str) -> None:
    told = Parsed(opinions.take(said(turn, "good"), TURNS))
    assert "no longer part of the conversation" in told.text
    assert told.named("p", role="alert")
    assert opinions.of(TURNS) == {}


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
def test_what_makes_no_sense_is_told(opinions: Opinions, sent: object) -> None:
    assert "could not be read" in Parsed(opinions.take(sent, TURNS)).text
    assert opinions.of(TURNS) == {}


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


def test_a_correction_that_is_too_long_is_told_with_the_limit(opinions: Opinions) -> None:
    told = Parsed(opinions.take(said("a", "bad", correction="word " * 20_000), TURNS)).text
    assert "99,999 characters; at most 2,000 can be kept" in told
    assert opinions.of(TURNS) == {}


def test_the_bar_tells_what_is_kept_without_colour() -> None:
    assert opinion_bar(TURNS[1], None) == ""
    bar = Parsed(opinion_bar(TURNS[0], None))
    assert [(b["aria-label"], b["aria-pressed"]) for b in bar.named("button")] == [
        ("Good answer", "false"),
        ("Bad answer", "false"),
    ]
    assert "data-refused" not in bar.elements[0][1]
    assert "data-refused" in Parsed(opinion_bar(TURNS[2], None)).elements[0][1]


def test_a_pressed_thumb_takes_its_opinion_back(opinions: Opinions) -> None:
    opinions.take(said("a", "good"), TURNS)
    bar = Parsed(opinion_bar(TURNS[0], opinions.of(TURNS)["a"]))
    good, bad, back = bar.named("button")
    assert (good["aria-pressed"], bad["aria-pressed"]) == ("true", "false")
    for button in (good, back):
        assert json.loads(button["value"] or "") == {"turn": "a", "rating": ""}


def test_a_bar_shows_the_correction_and_offers_to_change_it(opinions: Opinions) -> None:
    opinions.take(said("a", "bad", reason="wrong", correction=EVERYTHING), TURNS)
    opinion = opinions.of(TURNS)["a"]
    html = opinion_bar(replace(TURNS[0], id='"><b>'), replace(opinion, id="'><b>"))
    bar = Parsed(html)
    assert bar.tags == {"div", "button", "svg", "path", "span", "p"}
    assert bar.elements[0][1]["data-correction"] == opinion.correction
    assert "It is wrong: “<script>" in bar.text


@pytest.mark.parametrize("damage", [b"rubbish" * 100, None])
def test_where_nothing_can_be_kept_it_is_told_and_the_chat_goes_on(
    tmp_path: Path, damage: bytes | None
) -> None:
    path = tmp_path / "data" / "conversations.sqlite"
    path.parent.mkdir()
    path.mkdir() if damage is None else path.write_bytes(damage)
    with gr.Blocks(analytics_enabled=False):
        chat = Chat(stand_in(FakeAssistant(tmp_path)), tmp_path / "data")
    reader: Any = SimpleNamespace(session_hash="reader")
    event = gr.EventData(None, {"value": said("a", "good")})
    for updates in (chat.opine(keep(TURNS), event), chat.export()):
        (told,) = updates.values()
        assert "Opinions cannot be kept" in Parsed(told).text
        assert Parsed(told).named("p", role="alert")
    *_, last = chat.ask("And when?", keep(TURNS), reader)
    assert any("And when?" in str(value) for value in last.values())


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[None]:
    """Another program has the file for itself."""
    Conversations(tmp_path / "data").withdraw(tmp_path, "none")
    other = sqlite3.connect(tmp_path / "data" / "conversations.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def test_a_file_that_is_busy_can_still_be_read(opinions: Opinions, locked: None) -> None:
    assert opinions.of(TURNS) == {}


def test_the_export_is_a_question_set(opinions: Opinions, tmp_path: Path) -> None:
    opinions.take(said("a", "bad", reason="wrong", correction="41,000 tonnes"), TURNS)
    opinions.take(said("c", "good"), TURNS)
    told = opinions.export()
    assert Parsed(told).text.endswith("2 questions exported. ")
    read = check_question_set(exported_to(tmp_path, told))
    assert read.problems == ()
    assert [(q.answers, q.answerable, q.split) for q in read.questions] == [
        (("41,000 tonnes",), True, "readers"),
        ((), False, "readers"),
    ]
    opinions.take(said("a", "bad", reason="incomplete"), TURNS)
    assert "1 question exported. 1 opinion left out" in Parsed(opinions.export()).text


@pytest.mark.parametrize("correction", HOSTILE)
def test_hostile_corrections_are_exported_as_text(
    opinions: Opinions, tmp_path: Path, correction: str
) -> None:
    opinions.take(said("a", "bad", correction=correction), TURNS)
    read = check_question_set(exported_to(tmp_path, opinions.export()))
    assert read.problems == ()
    assert read.questions[0].answers == (opinions.of(TURNS)["a"].correction,)


def test_with_nothing_to_export_it_is_told_why(opinions: Opinions) -> None:
    assert "Judge an answer" in Parsed(opinions.export()).text
    opinions.take(said("a", "bad"), TURNS)
    told = Parsed(opinions.export())
    assert "1 opinion left out for want of a right answer." in told.text
    assert not told.named("pre")


def test_what_is_told_twice_is_told_again(opinions: Opinions) -> None:
    """Gradio shows only what has changed."""
    sent = said("a", "good")
    assert opinions.take(sent, TURNS) != opinions.take(sent, TURNS)
