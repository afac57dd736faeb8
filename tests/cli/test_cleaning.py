from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from assistant.cli.cleaning import clean, clean_line, counted
from tests.cli.stand_ins import HOSTILE


@given(st.text(st.characters()))
def test_nothing_in_a_clean_text_can_act_on_a_terminal(text: str) -> None:
    cleaned = clean(text)
    categories = {unicodedata.category(c) for c in cleaned if c not in "\n\t"}
    assert not categories & {"Cc", "Cs", "Zl", "Zp"}
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


@given(st.text(), st.text())
def test_a_stream_may_be_cleaned_piece_by_piece(one: str, other: str) -> None:
    if one.endswith("\r") and other.startswith("\n"):
        return
    assert clean(one) + clean(other) == clean(one + other)


def test_clean_keeps_the_letters_and_the_lines() -> None:
    assert clean("Żółć – “naïve”\r\n\tنص\n") == "Żółć – “naïve”\n\tنص\n"
    assert clean(HOSTILE) == "�[2J�]0;owned�a�b�31m�c[bold]d[/bold]��"


def test_a_clean_line_is_one_line() -> None:
    assert clean_line("  a\n\n b\tc\u2028d ") == "a b c d"


def test_one_thing_is_not_many() -> None:
    assert [counted(n, "article") for n in (0, 1, 2)] == ["0 articles", "1 article", "2 articles"]
