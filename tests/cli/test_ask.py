from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from assistant.answering.refusal import EMPTY_LIBRARY
from tests.cli.stand_ins import ANSWER, CITATION, HOSTILE, QUOTE, REFUSAL, call


def test_into_a_pipe_goes_the_checked_answer_with_its_quotes() -> None:
    outcome = call("ask", "How long?", answers=[ANSWER])
    assert outcome.code == 0
    assert outcome.out == (
        f"{ANSWER.text}\n\n"
        f"[1] “{QUOTE}”\n"
        "    The Summit · news.txt · supported\n"
        "Not supported: It rained.\n"
    )
    assert outcome.notes == ""


def test_a_person_sees_the_words_as_they_come() -> None:
    outcome = call("ask", "How long?", answers=[ANSWER], person=True)
    shown = [outcome.out.find(part) for part in ("Searching", "Reading 1 passage", "Draft words")]
    assert -1 not in shown
    assert shown == sorted(shown)
    assert outcome.out.rfind(ANSWER.text) > shown[-1]
    assert "scripted · 1.5 s" in outcome.notes


def test_a_quote_cited_twice_is_listed_once() -> None:
    twice = dataclasses.replace(CITATION, mark_start=40, mark_end=43)
    other = dataclasses.replace(CITATION, quote="Another sentence.", start=30, end=47)
    answer = dataclasses.replace(ANSWER, citations=(CITATION, twice, other))
    out = call("ask", "How long?", answers=[answer]).out
    assert out.count(QUOTE) == 1
    assert out.count("[1] “Another sentence.”") == 1


def test_a_refusal_is_no_failure_and_offers_the_closest_articles() -> None:
    outcome = call("ask", "Who won?", answers=[REFUSAL])
    assert outcome.code == 0
    assert outcome.out.startswith(f"{REFUSAL.text}\n\nClosest in the library:\n")
    assert "The Summit · news.txt" in outcome.out
    assert QUOTE in outcome.out


@pytest.mark.parametrize("command", ["ask", "chat"])
def test_an_empty_library_is_named_with_the_way_to_another(command: str) -> None:
    answer = dataclasses.replace(REFUSAL, text=EMPTY_LIBRARY, closest=())
    question = {"ask": ["Why?"], "chat": []}[command]
    outcome = call(command, *question, lines=["Why?"], answers=[answer])
    assert outcome.out == f"{EMPTY_LIBRARY}\n"
    assert outcome.assistant is not None
    assert f"The library {outcome.assistant.settings.library} is empty" in outcome.notes
    assert "--library" in outcome.notes


def test_json_is_the_whole_answer() -> None:
    outcome = call("ask", "How long?", "--json", answers=[ANSWER], person=True)
    assert json.loads(outcome.out) == ANSWER.to_dict()


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_dash_reads_the_question_from_the_input(command: str) -> None:
    asked = call(command, "-", lines=["How long", "did it last?"], answers=[ANSWER]).assistant
    assert asked is not None
    assert [question for question, *_ in asked.asked] == ["How long\ndid it last?"]


def test_options_are_settings(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").touch()
    options = ["--library", str(tmp_path), "--model", "tiny.gguf", "--passages", "2"]
    asked = call("ask", *options, "Why", "not?", answers=[ANSWER]).assistant
    assert asked is not None
    assert asked.asked == [("Why not?", (), None)]
    settings = asked.settings
    assert (settings.library, settings.model, settings.passages) == (tmp_path, "tiny.gguf", 2)


@pytest.mark.parametrize("person", [True, False])
def test_hostile_text_does_not_reach_the_terminal(person: bool) -> None:
    citation = dataclasses.replace(CITATION, title=HOSTILE, source=HOSTILE, quote=HOSTILE)
    closest = dataclasses.replace(
        REFUSAL.closest[0], title=HOSTILE, source=HOSTILE, sentence=HOSTILE
    )
    answer = dataclasses.replace(ANSWER, text=HOSTILE, citations=(citation,), closest=(closest,))
    outcome = call("ask", "Why?", answers=[answer], person=person)
    assert outcome.out.count("[bold]d[/bold]") == 7
    assert not {"\x07", "\x9b"} & set(outcome.out)
    assert "\x1b]" not in outcome.out
    assert "\x1b[2J" not in outcome.out
