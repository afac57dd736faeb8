"""The chat's handlers, called as Gradio calls them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.errors import ModelError
from assistant.records import Answer
from assistant.web.chat import Chat, Updates
from assistant.web.conversation import Turn, keep, restore
from tests.web.fake_assistant import FakeAssistant, ferry_answer, stand_in
from tests.web.parsed import Parsed

READER: Any = SimpleNamespace(session_hash="reader")
OTHER: Any = SimpleNamespace(session_hash="other")


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def chat(assistant: FakeAssistant, tmp_path: Path) -> Iterator[Chat]:
    with gr.Blocks(analytics_enabled=False):
        yield Chat(stand_in(assistant), tmp_path / "data")


def shown(chat: Chat, updates: Updates) -> dict[str, Any]:
    """Updates by the names of their widgets."""
    names = {widget: name.lstrip("_") for name, widget in vars(chat).items() if _is_widget(widget)}
    return {names[widget]: value for widget, value in updates.items()}


def _is_widget(value: object) -> bool:
    return isinstance(value, gr.HTML | gr.Textbox | gr.BrowserState)


def ask(chat: Chat, question: str, kept: object = None) -> list[dict[str, Any]]:
    return [shown(chat, updates) for updates in chat.ask(question, kept, READER)]


def turns_of(kept: object) -> tuple[Turn, ...]:
    """The turns without their ids, each of which must be new."""
    turns = restore(kept)
    assert len({turn.id for turn in turns} - {""}) == len(turns)
    return tuple(replace(turn, id="") for turn in turns)


def test_an_answer_comes_in_steps_and_ends_as_a_turn(chat: Chat) -> None:
    steps = ask(chat, "  How often?  ")
    told = [Parsed(step["current"]).text for step in steps if step.get("current")]
    assert told[0] == "You asked: How often?Searching the library"
    assert told[1] == "You asked: How often?Reading 2 passages"
    assert told[2].startswith("You asked: How often?WritingThe")
    last = steps[-1]
    assert last["current"] == ""
    assert turns_of(last["kept"]) == (Turn("How often?", ferry_answer("How often?")),)
    assert "data-quote" in last["log"]
    assert "data-quotes" in last["panel"]


def test_an_empty_question_is_not_asked(chat: Chat, assistant: FakeAssistant) -> None:
    steps = ask(chat, " \n ")
    assert [list(step) for step in steps] == [["box"]]
    assert not assistant.histories


def test_a_follow_up_is_asked_with_what_was_said_before(
    chat: Chat, assistant: FakeAssistant
) -> None:
    kept = ask(chat, "How often?")[-1]["kept"]
    steps = ask(chat, "And when?", kept)
    assert assistant.histories == [[], [("How often?", ferry_answer("How often?"))]]
    assert [turn.question for turn in restore(steps[-1]["kept"])] == ["How often?", "And when?"]


def test_an_example_is_asked_as_it_stands(chat: Chat) -> None:
    event = gr.EventData(None, {"value": "What do the articles say about Tern Line?"})
    *_, last = chat.ask_example(None, READER, event)
    assert (
        restore(shown(chat, last)["kept"])[0].question
        == "What do the articles say about Tern Line?"
    )


def test_retry_asks_the_last_question_anew(chat: Chat, assistant: FakeAssistant) -> None:
    kept = keep([Turn("one", ferry_answer("one")), Turn("two", words="stopped")])
    *_, last = chat.retry(kept, READER)
    turns = restore(shown(chat, last)["kept"])
    assert [(turn.question, turn.answer is not None) for turn in turns] == [
        ("one", True),
        ("two", True),
    ]
    assert assistant.histories == [[("one", ferry_answer("one"))]]


def test_undo_takes_the_last_question_back_into_the_box(chat: Chat) -> None:
    kept = keep([Turn("one", ferry_answer("one")), Turn("two", ferry_answer("two"))])
    updates = shown(chat, chat.undo(kept))
    assert updates["box"] == "two"
    assert [turn.question for turn in restore(updates["kept"])] == ["one"]


def test_retry_and_undo_of_nothing_change_nothing(chat: Chat, assistant: FakeAssistant) -> None:
    assert [list(shown(chat, updates)) for updates in chat.retry(None, READER)] == [["box"]]
    assert shown(chat, chat.undo(None))["box"] == ""
    assert not assistant.histories


def test_a_new_conversation_begins_with_examples(chat: Chat) -> None:
    updates = shown(chat, chat.clear())
    assert restore(updates["kept"]) == ()
    assert "What do the articles say about Tern Line?" in Parsed(updates["log"]).text


def test_a_kept_conversation_is_shown_again(chat: Chat) -> None:
    kept = ask(chat, "How often?")[-1]["kept"]
    updates = shown(chat, chat.show(kept))
    assert "How often?" in updates["log"]
    assert "data-quotes" in updates["panel"]


def test_stop_keeps_what_was_written_and_frees_the_assistant(
    chat: Chat, assistant: FakeAssistant
) -> None:
    assistant.reading.clear()
    steps = chat.ask("How often?", None, READER)
    while "Reading" not in shown(chat, next(steps)).get("current", ""):
        pass
    chat.stop(OTHER)
    assert not assistant.cancelled.is_set()
    chat.stop(READER)
    *_, last = steps
    assert assistant.cancelled.is_set()
    assert turns_of(shown(chat, last)["kept"]) == (Turn("How often?"),)
    assert "Stopped" in shown(chat, last)["log"]


def test_stop_works_between_two_words(chat: Chat, assistant: FakeAssistant) -> None:
    assistant.reply = lambda question: Answer(question, question, "word " * 50, False)
    steps = chat.ask("Tell me", None, READER)
    while "Writing" not in shown(chat, next(steps)).get("current", ""):
        pass
    chat.stop(READER)
    *_, last = steps
    assert turns_of(shown(chat, last)["kept"]) == (Turn("Tell me", words="word "),)


def test_an_answer_whose_reader_is_gone_is_cancelled(chat: Chat, assistant: FakeAssistant) -> None:
    steps: Any = chat.ask("How often?", None, READER)
    next(steps), next(steps)
    steps.close()
    assert assistant.cancels[0] is not None
    assert assistant.cancels[0].is_set()
    assert ask(chat, "Again?")[-1]["current"] == ""


def test_one_reader_waits_for_one_answer_at_a_time(chat: Chat, assistant: FakeAssistant) -> None:
    first = chat.ask("one", None, READER)
    next(first)
    assert list(chat.ask("two", None, READER)) == []
    assert len(list(chat.ask("three", None, OTHER))) > 1
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
    assert "2 articles to ask" in Parsed(shown(chat, chat.show(None))["log"]).text
    assistant.held.clear()
    assert "2 articles to ask" in Parsed(shown(chat, chat.show(None))["log"]).text
    assistant.library.number += 1
    assert "Your library is empty" in shown(chat, chat.welcome_again(None, READER))["log"]
