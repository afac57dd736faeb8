from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Progress
from tests.cli.stand_ins import HOSTILE, paper


@pytest.mark.parametrize("person", [True, False])
def test_hostile_text_stays_text(person: bool) -> None:
    shown, out, notes = paper(person, 200)
    shown.line(HOSTILE)
    shown.table(("Title",), [[HOSTILE]])
    shown.note(HOSTILE, style="")
    shown.error(HOSTILE, HOSTILE)
    for written in (out.getvalue(), notes.getvalue()):
        assert "[bold]d[/bold]" in written
        assert not {"\x07", "\r", "\x9b", "\u202e", "\udc80"} & set(written)
        assert "\x1b[2J" not in written
        assert "\x1b]" not in written


def test_into_a_pipe_lines_are_neither_wrapped_nor_coloured() -> None:
    shown, out, _ = paper(False, 40)
    shown.line("word " * 40, style="bold red")
    shown.table(("A", "B"), [["one " * 20, 2]])
    assert out.getvalue() == "word " * 40 + "\n" + ("one " * 20).strip() + "\t2\n"


def test_for_a_person_lines_are_wrapped_and_tables_have_a_head() -> None:
    shown, out, _ = paper(True, 40)
    shown.line("word " * 40)
    assert max(map(len, out.getvalue().splitlines())) <= 40
    shown.table(("Name", "Size"), [["one", 2]])
    assert "Name" in out.getvalue()


@given(st.recursive(st.text(st.characters()), st.lists))
def test_json_survives_every_text_and_is_plain_ascii(value: object) -> None:
    shown, out, _ = paper(True, 40)
    shown.json(value)
    assert json.loads(out.getvalue()) == value
    assert out.getvalue().isascii()
    assert "\x1b" not in out.getvalue()


def test_progress_is_drawn_for_a_person_only() -> None:
    for person in (True, False):
        shown, out, notes = paper(person, 40)
        with shown.progress() as show:
            show(Progress("reading [red]\x1b[2J", 1, 3))
            show(Progress("embedding", 2, 5))
        assert out.getvalue() == ""
        assert bool(notes.getvalue()) is person
        assert "\x1b[2J" not in notes.getvalue()


def test_live_text_is_shown_to_a_person_only() -> None:
    for person in (True, False):
        shown, out, _ = paper(person, 40)
        with shown.live() as show:
            show("first words\x1b[2J")
        assert ("first words" in out.getvalue()) is person
        assert "\x1b[2J" not in out.getvalue()
