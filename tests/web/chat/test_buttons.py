"""The chat's handlers, called as Gradio calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.conversations import Conversations, Owner, Turn
from assistant.errors import ModelError
from assistant.records import Answer, Filters
from assistant.web.chat.buttons import Chat
from assistant.web.chat.conversation import opened, which
from assistant.web.chat.running import Running
from assistant.web.chat.view import Updates
from tests.web.conftest import PATIENCE_MS
from tests.web.fake_assistant import FakeAssistant, ferry_answer, refusal, stand_in
from tests.web.parsed import Parsed

READER: Any = SimpleNamespace(session_hash="reader", username=None)
OTHER: Any = SimpleNamespace(session_hash="other", username=None)
BEN: Any = SimpleNamespace(session_hash="ben", username="Ben")


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def chat(assistant: FakeAssistant, tmp_path: Path) -> Iterator[Chat]:
    with gr.Blocks(analytics_enabled=False):
        yield Chat(stand_in(assistant), tmp_path / "data", Running())


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "data")


@pytest.fixture
def me(tmp_path: Path) -> Owner:
    return Owner(tmp_path)


@pytest.fixture
def talk(store: Conversations, me: Owner) -> dict[str, str]:
    """A conversation of two turns, as a browser that has it open says."""
    open_id = store.add(me, "", Turn("one", ferry_answer("one"), id="1"))
    return opened(store.add(me, open_id, Turn("two", ferry_answer("two"), id="2")))


def shown(chat: Chat, updates: Updates) -> dict[str, Any]:
    """Updates by the names of their widgets."""
    view = {**vars(chat.view), **vars(chat.view.filtering)}
    names = {id(widget): name.lstrip("_") for name, widget in view.items()}
    return {names.get(id(widget), "filter"): value for widget, value in updates.items()}


def event(value: object) -> gr.EventData:
    return gr.EventData(None, {"value": value})


def ask(chat: Chat, question: str, kept: object = None, *given: object) -> list[dict[str, Any]]:
    return [shown(chat, updates) for updates in chat.asking.ask(READER, question, kept, *given)]


def edited(turn: str, last: str, question: str) -> gr.EventData:
    return event(json.dumps({"turn": turn, "last": last, "question": question}))


def questions(store: Conversations, owner: Owner, kept: object) -> list[str]:
    turns = store.turns(owner, which(kept))
    assert len({turn.id for turn in turns}) == len(turns)
    return [turn.question for turn in turns]


def test_an_answer_comes_in_steps_and_ends_as_a_turn(
    chat: Chat, store: Conversations, me: Owner
) -> None:
    steps = ask(chat, "  How often?  ")
    told = [Parsed(step["current"]).text for step in steps if step.get("current")]
    assert told[0] == "You asked: How often?Searching the library"
    assert told[1].startswith("You asked: How often?Searched ")
    assert re.search(r" m?sReading 2 passages$", told[1])
    assert "Read 2 passages" in told[2]
    assert "WritingThe" in told[2]
    last = steps[-1]
    assert last["current"] == ""
    (turn,) = store.turns(me, which(last["kept"]))
    assert turn.id
    assert turn.at
    assert turn.answer == ferry_answer("How often?")
    assert "data-quote" in last["log"]
    assert "data-quotes" in last["panel"]
    assert "How often?" in last["bar"]
    assert "How often?" in last["list"]


def test_an_empty_question_is_not_asked(chat: Chat, assistant: FakeAssistant) -> None:
    steps = ask(chat, " \n ")
    assert [list(step) for step in steps] == [["box"]]
    assert not assistant.histories


def test_a_follow_up_is_asked_with_what_was_said_before(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner
) -> None:
    kept = ask(chat, "How often?")[-1]["kept"]
    steps = ask(chat, "And when?", kept)
    assert assistant.histories == [[], [("How often?", ferry_answer("How often?"))]]
    assert steps[-1]["kept"] == kept
    assert questions(store, me, kept) == ["How often?", "And when?"]


def test_a_draft_in_the_box_stays_unless_it_is_what_was_asked(
    chat: Chat, talk: dict[str, str]
) -> None:
    asking: Any = chat.asking
    for value, steps in (
        ("", asking.ask(READER, "three", None)),
        (None, asking.ask_example(READER, event("four"), None)),
        (None, asking.retry(READER, event("2"), talk)),
        (None, asking.edit(READER, edited("1", "2", "first"), talk)),
    ):
        assert shown(chat, next(steps))["box"].value == value
        steps.close()


def test_an_example_is_asked_as_it_stands(chat: Chat) -> None:
    example = "What do the articles say about Tern Line?"
    *_, last = chat.asking.ask_example(READER, event(example), None)
    assert example in shown(chat, last)["log"]


def test_retry_asks_the_last_question_anew(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    first, *_, last = chat.asking.retry(READER, event("2"), talk)
    assert "You asked: two" not in Parsed(shown(chat, first)["log"]).text
    assert shown(chat, last)["kept"] == talk
    assert questions(store, me, talk) == ["one", "two"]
    assert store.turns(me, which(talk))[1].id != "2"
    assert assistant.histories == [[("one", ferry_answer("one"))]]


def test_an_edited_question_takes_the_place_of_its_turn_and_those_after_it(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    list(chat.asking.edit(READER, edited("1", "2", "first"), talk))
    assert questions(store, me, talk) == ["first"]
    assert assistant.histories == [[]]


@pytest.mark.parametrize("sent", ["", "x", '{"turn": "1", "last": "2", "question": " "}'])
def test_an_edit_that_makes_no_sense_changes_nothing(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str], sent: str
) -> None:
    (step,) = chat.asking.edit(READER, event(sent), talk)
    assert 'role="alert"' in shown(chat, step)["told"]
    assert questions(store, me, talk) == ["one", "two"]


def test_what_another_tab_added_is_not_lost(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    """This page still shows two turns."""
    store.add(me, which(talk), Turn("three", id="3"))
    for steps in (
        chat.asking.retry(READER, event("2"), talk),
        chat.asking.edit(READER, edited("1", "2", "first"), talk),
        iter([chat.undo(READER, event("2"), talk, "")]),
    ):
        (step,) = steps
        assert "went on in another window" in shown(chat, step)["told"]
        assert "three" in shown(chat, step)["log"]
    assert questions(store, me, talk) == ["one", "two", "three"]
    last = ask(chat, "four", talk)[-1]
    assert "three" in last["log"]
    assert questions(store, me, talk) == ["one", "two", "three", "four"]


def test_what_another_tab_adds_while_an_answer_is_under_way_is_not_lost(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    steps = chat.asking.edit(READER, edited("1", "2", "first"), talk)
    next(steps)
    store.add(me, which(talk), Turn("three", id="3"))
    list(steps)
    assert questions(store, me, talk) == ["three", "first"]


def test_an_answer_to_a_conversation_that_was_deleted_meanwhile_is_kept(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    steps = chat.asking.ask(READER, "three", talk)
    next(steps)
    store.delete(me, which(talk))
    *_, last = steps
    assert questions(store, me, shown(chat, last)["kept"]) == ["three"]


def test_undo_takes_the_last_question_back_into_the_box(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    updates = shown(chat, chat.undo(READER, event("2"), talk, ""))
    assert updates["box"] == "two"
    assert questions(store, me, talk) == ["one"]
    updates = shown(chat, chat.undo(READER, event("1"), talk, ""))
    assert "Export" not in updates["bar"]
    assert "2 articles to ask" in Parsed(updates["log"]).text


def test_undo_leaves_a_draft_in_the_box(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    updates = shown(chat, chat.undo(READER, event("2"), talk, "And what of"))
    assert "box" not in updates
    assert "Taken back: “two”" in updates["told"]
    assert questions(store, me, talk) == ["one"]


def test_retry_and_undo_of_nothing_change_nothing(chat: Chat, assistant: FakeAssistant) -> None:
    for value in ("", "x", None):
        (step,) = chat.asking.retry(READER, event(value), None)
        assert "went on" in shown(chat, step)["told"]
        assert "box" not in shown(chat, chat.undo(READER, event(value), None, ""))
    assert not assistant.histories


def test_a_new_conversation_begins_with_examples(chat: Chat, talk: dict[str, str]) -> None:
    updates = shown(chat, chat.clear(READER))
    assert which(updates["kept"]) == ""
    assert "What do the articles say about Tern Line?" in Parsed(updates["log"]).text
    assert "one" in updates["list"]


def test_a_kept_conversation_is_shown_again_with_its_filters(
    chat: Chat, store: Conversations, me: Owner
) -> None:
    filters = Filters(("harbour.html",), since="2024-01-01")
    open_id = store.add(me, "", Turn("q", ferry_answer("q"), id="1", filters=filters))
    updates = shown(chat, chat.show(READER, opened(open_id)))
    assert "data-quotes" in updates["panel"]
    assert "harbour.html · since 2024-01-01" in Parsed(updates["set"]).text
    assert shown(chat, chat.open(READER, event(open_id), None))["set"] == updates["set"]


def test_what_a_browser_kept_before_is_taken_over_once(
    chat: Chat, store: Conversations, me: Owner
) -> None:
    old = {"turns": [Turn("old", ferry_answer("old"), id="o").to_dict()]}
    first, again = (shown(chat, chat.show(READER, old)) for _ in range(2))
    assert first["kept"] == again["kept"]
    assert questions(store, me, first["kept"]) == ["old"]
    assert store.listing(me).total == 1
    ask(chat, "new", old)  # by a page that was open all the time
    assert questions(store, me, first["kept"]) == ["old", "new"]


def test_no_reader_sees_or_touches_anothers_conversation(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    mine = which(talk)
    store.add(me, mine, Turn("confidential", ferry_answer("confidential"), id="2"), ["2"])
    before = store.turns(me, mine)
    said = json.dumps({"turn": "1", "rating": "good"})
    every = [
        chat.show(BEN, talk),
        chat.open(BEN, event(mine), None),
        chat.undo(BEN, event("2"), talk, ""),
        chat.delete(BEN, event(mine), talk),
        chat.opine(BEN, event(said), talk),
        chat.save(BEN, event("json"), talk),
        *chat.asking.retry(BEN, event("2"), talk),
        *chat.asking.edit(BEN, edited("1", "2", "mine now"), talk),
        *chat.asking.ask(BEN, "And now?", talk),
    ]
    chat.view.talks.rename(Owner(me.library, "Ben"), json.dumps({"talk": mine, "name": "taken"}))
    drawn = "".join(str(value) for updates in every for value in updates.values())
    assert ferry_answer("").text in drawn
    assert "confidential" not in drawn
    assert "mine now" not in drawn
    assert assistant.histories == [[]]
    assert store.turns(me, mine) == before
    assert store.listing(me).conversations[0].title == "one"
    assert store.opinions(me.library) == ()
    assert [c.title for c in store.listing(Owner(me.library, "Ben")).conversations] == ["And now?"]


def test_a_conversation_of_another_library_stays_there(
    chat: Chat, store: Conversations, me: Owner
) -> None:
    other = store.add(Owner(me.library / "other"), "", Turn("elsewhere", id="1"))
    assert "elsewhere" not in str(chat.show(READER, opened(other)))
    assert "was deleted" in shown(chat, chat.open(READER, event(other), None))["told"]


def test_the_open_conversation_is_deleted_and_a_new_one_begins(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    other = store.add(me, "", Turn("other", id="o"))
    updates = shown(chat, chat.delete(READER, event(other), talk))
    assert set(updates) == {"list", "told"}
    updates = shown(chat, chat.delete(READER, event(which(talk)), talk))
    assert which(updates["kept"]) == ""
    assert store.listing(me).total == 0


def test_deleting_the_open_conversation_while_it_is_answering_deletes_it_for_good(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner
) -> None:
    assistant.reading.clear()
    for waited in (True, False):  # for the rest of the answer, or until the page is gone
        talk = opened(store.add(me, "", Turn("one", ferry_answer("one"), id=f"one {waited}")))
        steps: Any = chat.asking.ask(READER, "two", talk)
        until(steps, chat, "Reading")
        assert which(shown(chat, chat.delete(READER, event(which(talk)), talk))["kept"]) == ""
        if waited:
            assert set(shown(chat, list(steps)[-1])) == {"current", "box"}
        else:
            steps.close()
    assert store.listing(me).total == 0


def until(steps: Iterator[Updates], chat: Chat, text: str) -> None:
    while text not in shown(chat, next(steps)).get("current", ""):
        pass


def asked_again(chat: Chat, assistant: FakeAssistant, talk: dict[str, str]) -> Iterator[Updates]:
    """The last question, asked again as far as its passages are being read."""
    assistant.reading.clear()
    steps = chat.asking.retry(READER, event("2"), talk)
    until(steps, chat, "Reading")
    return steps


def test_opening_another_stops_the_answer_and_keeps_it_where_it_was_asked(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    other = store.add(me, "", Turn("other", id="o"))
    assistant.reading.clear()
    steps = chat.asking.ask(READER, "three", talk)
    until(steps, chat, "Reading")
    assert "other" in shown(chat, chat.open(READER, event(other), talk))["log"]
    *_, last = steps
    assert set(shown(chat, last)) == {"current", "box"}
    assert questions(store, me, talk) == ["one", "two", "three"]
    assert questions(store, me, opened(other)) == ["other"]


def test_leaving_while_a_question_is_asked_again_keeps_the_old_answer(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    before = store.turns(me, which(talk))
    steps = asked_again(chat, assistant, talk)
    chat.asking.leave(READER)
    list(steps)
    assert store.turns(me, which(talk)) == before


def test_a_retry_that_is_stopped_before_its_first_word_keeps_the_old_answer(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    before = store.turns(me, which(talk))
    steps = asked_again(chat, assistant, talk)
    chat.asking.stop(READER)
    last = shown(chat, list(steps)[-1])
    assert store.turns(me, which(talk)) == before
    assert "You asked: two" in Parsed(last["log"]).text
    assert "Stopped: “two” has no new answer" in last["told"]
    assert last["current"] == ""


def test_an_edit_that_fails_keeps_all_that_it_would_have_replaced(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    assistant.reply = lambda question: ModelError("The model file is damaged.", "Install it.")
    before = store.turns(me, which(talk))
    last = shown(chat, list(chat.asking.edit(READER, edited("1", "2", "first"), talk))[-1])
    assert store.turns(me, which(talk)) == before
    assert re.search("You asked: one.*You asked: two", Parsed(last["log"]).text, re.DOTALL)
    for told in ("The model file is damaged.", "Install it.", "“first” has no new answer"):
        assert told in last["told"]


def test_words_that_were_stopped_and_what_says_nothing_are_replaced(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    assistant.reply = lambda question: Answer(question, question, "word " * 50, False)
    steps = chat.asking.retry(READER, event("2"), talk)
    until(steps, chat, "word")
    chat.asking.stop(READER)
    list(steps)
    *_, stopped = store.turns(me, which(talk))
    assert stopped.words.startswith("word ")
    failed = opened(store.add(me, "", Turn("why", problem="It broke.", id="w")))
    assistant.reply = lambda question: ModelError("It broke again.", "")
    list(chat.asking.retry(READER, event("w"), failed))
    assert [turn.problem for turn in store.turns(me, which(failed))] == ["It broke again."]


def test_a_page_that_is_loaded_again_during_its_first_question_opens_it(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner
) -> None:
    assistant.reading.clear()
    steps: Any = chat.asking.ask(READER, "How often?", None)
    first = shown(chat, next(steps))
    kept = first["kept"]
    assert f'data-open="{which(kept)}"' in first["bar"]
    until(steps, chat, "Reading")
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(chat.show, OTHER, kept)  # before anybody knows that the page is gone
        steps.close()
        updates = shown(chat, again.result())
    assert updates["kept"] == kept
    assert "You asked: How often?" in Parsed(updates["log"]).text
    assert questions(store, me, kept) == ["How often?"]
    assistant.reading.set()
    ask(chat, "And when?", kept)
    assert store.listing(me).total == 1


def test_what_is_asked_right_after_another_was_opened_waits_for_the_end_of_the_old_answer(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    other = store.add(me, "", Turn("other", id="o"))
    assistant.reading.clear()
    old = chat.asking.ask(READER, "three", talk)
    until(old, chat, "Reading")
    chat.open(READER, event(other), talk)
    assistant.reading.set()
    with ThreadPoolExecutor(1) as pool:
        new = pool.submit(ask, chat, "four", opened(other))
        ends = [shown(chat, step) for step in old]
        assert "data-quote" in new.result()[-1]["log"]
    assert set(ends[-1]) == {"current", "box"}
    assert questions(store, me, talk) == ["one", "two", "three"]
    assert questions(store, me, opened(other)) == ["other", "four"]


def test_a_conversation_that_cannot_be_read_stays_the_open_one(
    chat: Chat, store: Conversations, talk: dict[str, str]
) -> None:
    whole = store.path.read_bytes()
    store.path.write_bytes(b"no database" * 1000)
    updates = shown(chat, chat.show(READER, talk))
    assert "kept" not in updates
    assert f'data-open="{which(talk)}"' in updates["bar"]  # which the tab remembers
    assert 'role="alert"' in updates["told"]
    store.path.write_bytes(whole)
    assert "You asked: two" in Parsed(shown(chat, chat.show(READER, talk))["log"]).text


def test_what_cannot_be_drawn_is_told_and_ends_the_answer(
    chat: Chat, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    nothing: Any = (None,)
    assistant.reply = lambda question: replace(ferry_answer(question), hits=nothing)
    last = ask(chat, "How often?")[-1]
    assert "Something failed that should not have" in last["log"]
    assert last["current"] == ""
    assert last["box"].stop_btn is False
    assert "unforeseen failure" in caplog.text
    assistant.reply = ferry_answer
    assert "data-quote" in ask(chat, "Again?", last["kept"])[-1]["log"]


def test_filters_limit_the_answer_and_are_kept_with_it(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner
) -> None:
    given = (["harbour.html"], ["Shipping"], None, "2024", "")
    last = ask(chat, "How often?", None, *given)[-1]
    filters = Filters(("harbour.html",), ("Shipping",), since="2024-01-01")
    assert assistant.filters == [filters]
    assert store.turns(me, which(last["kept"]))[0].filters == filters
    assert "Only in: harbour.html · Shipping · since 2024-01-01" in Parsed(last["log"]).text


def test_a_refusal_keeps_how_many_articles_were_searched(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner
) -> None:
    assistant.reply = refusal
    kept = ask(chat, "Who owns the moon?")[-1]["kept"]
    ask(chat, "And Mars?", kept, ["harbour.html"], [], [], "", "")
    assistant.held.clear()
    assert [(turn.searched, turn.held) for turn in store.turns(me, which(kept))] == [(2, 2), (1, 2)]
    log = Parsed(shown(chat, chat.show(READER, kept))["log"]).text
    assert "Searched all 2 articles for “Who owns the moon?”." in log
    assert "Searched 1 of 2 articles for “And Mars?”." in log


def test_a_date_that_is_none_is_told_and_nothing_is_asked(
    chat: Chat, assistant: FakeAssistant
) -> None:
    (step,) = ask(chat, "How often?", None, [], [], [], "yesterday", "")
    assert list(step) == ["told"]
    assert "“yesterday” is no date" in step["told"]
    assert not assistant.filters


def test_stop_keeps_what_was_written_and_frees_the_assistant(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner
) -> None:
    assistant.reading.clear()
    steps = chat.asking.ask(READER, "How often?", None)
    until(steps, chat, "Reading")
    chat.asking.stop(OTHER)
    assert not assistant.cancelled.is_set()
    chat.asking.stop(READER)
    *_, last = steps
    assert assistant.cancelled.wait(PATIENCE_MS / 1000)
    (turn,) = store.turns(me, which(shown(chat, last)["kept"]))
    assert (turn.question, turn.answer, turn.words) == ("How often?", None, "")
    assert "Stopped" in shown(chat, last)["log"]


def test_stop_works_between_two_words(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner
) -> None:
    assistant.reply = lambda question: Answer(question, question, "word " * 50, False)
    steps = chat.asking.ask(READER, "Tell me", None)
    until(steps, chat, "Writing")
    chat.asking.stop(READER)
    *_, last = steps
    (turn,) = store.turns(me, which(shown(chat, last)["kept"]))
    assert turn.answer is None
    assert turn.words.startswith("word ")


def test_others_that_are_ahead_are_counted(chat: Chat, assistant: FakeAssistant) -> None:
    assistant.reading.clear()
    first = chat.asking.ask(OTHER, "one", None)
    until(first, chat, "Reading 2 passages")
    second = chat.asking.ask(BEN, "two", None)
    until(second, chat, "Waiting: 1 question before yours")
    third = chat.asking.ask(READER, "three", None)
    until(third, chat, "Waiting: 2 questions before yours")
    chat.asking.stop(OTHER)
    list(first)
    until(third, chat, "Waiting: 1 question before yours")
    until(second, chat, "Reading 2 passages")
    assistant.reading.set()
    list(second)
    *_, last = third
    assert "data-quote" in shown(chat, last)["log"]


def test_an_answer_whose_reader_is_gone_is_cancelled(chat: Chat, assistant: FakeAssistant) -> None:
    steps: Any = chat.asking.ask(READER, "How often?", None)
    until(steps, chat, "Searching")
    until(steps, chat, "Read")
    steps.close()
    assert assistant.cancels[0] is not None
    assert assistant.cancels[0].is_set()
    assert ask(chat, "Again?")[-1]["current"] == ""


def test_the_question_of_a_page_that_is_gone_is_kept_with_the_words_so_far(
    chat: Chat, assistant: FakeAssistant, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    assistant.reply = lambda question: Answer(question, question, "word " * 50, False)
    steps: Any = chat.asking.ask(READER, "three", talk, ["harbour.html"], [], [], "", "")
    until(steps, chat, "word")
    steps.close()
    *before, last = store.turns(me, which(talk))
    assert [turn.question for turn in before] == ["one", "two"]
    assert (last.question, last.answer) == ("three", None)
    assert last.words.startswith("word ")
    assert last.filters == Filters(("harbour.html",))
    assert last.id
    assert last.at


def test_a_page_that_is_gone_before_its_first_word_asked_nevertheless(
    chat: Chat, store: Conversations, me: Owner
) -> None:
    steps: Any = chat.asking.ask(READER, "How often?", None)
    next(steps)
    steps.close()
    (listed,) = store.listing(me).conversations
    assert listed.title == "How often?"


def test_a_page_that_is_gone_keeps_what_was_to_be_answered_anew(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    before = store.turns(me, which(talk))
    steps: Any = chat.asking.retry(READER, event("2"), talk)
    until(steps, chat, "Searching")
    steps.close()
    assert store.turns(me, which(talk)) == before


def test_a_page_that_is_gone_once_all_is_kept_adds_nothing(
    chat: Chat, store: Conversations, me: Owner, talk: dict[str, str]
) -> None:
    steps: Any = chat.asking.ask(READER, "three", talk)
    while "kept" not in shown(chat, next(steps)):
        pass
    steps.close()
    assert questions(store, me, talk) == ["one", "two", "three"]


def test_one_reader_waits_for_one_answer_at_a_time(chat: Chat, assistant: FakeAssistant) -> None:
    first = chat.asking.ask(READER, "one", None)
    next(first)
    (step,) = ask(chat, "two")
    assert list(step) == ["told"]
    assert "An answer is under way." in step["told"]
    assert len(list(chat.asking.ask(OTHER, "three", None))) > 1
    assert len(list(first)) > 1


def test_an_error_is_told_with_its_hint_and_can_be_retried(
    chat: Chat, assistant: FakeAssistant
) -> None:
    assistant.reply = lambda question: ModelError("The model file is damaged.", "Install it.")
    last = ask(chat, "How often?")[-1]
    told = Parsed(last["log"]).text
    assert "The model file is damaged." in told
    assert "Install it." in told
    assert Parsed(last["log"]).named("button", **{"data-do": "retry"})


def test_a_failure_that_nobody_foresaw_is_told_and_logged(
    chat: Chat, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    assistant.reply = lambda question: ZeroDivisionError("secret detail")
    last = ask(chat, "How often?")[-1]
    assert "Something failed that should not have: ZeroDivisionError." in last["log"]
    assert "secret detail" not in last["log"]
    assert "secret detail" in caplog.text
    assert last["current"] == ""


def test_many_words_are_drawn_together(chat: Chat, assistant: FakeAssistant) -> None:
    text = "word " * 3000
    assistant.reply = lambda question: Answer(question, question, text, False)
    assert len(ask(chat, "Tell me much")) < 500


def test_examples_are_made_anew_only_when_the_library_has_changed(
    chat: Chat, assistant: FakeAssistant
) -> None:
    assert "2 articles to ask" in Parsed(shown(chat, chat.show(READER, None))["log"]).text
    assistant.held.clear()
    assert "2 articles to ask" in Parsed(shown(chat, chat.show(READER, None))["log"]).text
    assistant.library.number += 1
    assert "Your library is empty" in shown(chat, chat.come_back(READER, None, [], [], []))["log"]
