from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web import markup
from tests.web.hostile import HOSTILE
from tests.web.parsed import Parsed


@given(st.text())
def test_escaped_text_reads_back_as_itself_and_holds_no_element(text: str) -> None:
    parsed = Parsed(f'<p title="{markup.escape(text)}">{markup.escape(text)}</p>')
    assert parsed.tags == {"p"}
    assert list(parsed.elements[0][1]) == ["title"]
    assert parsed.text == markup._INVISIBLE.sub("", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_becomes_plain_text(text: str) -> None:
    parsed = Parsed(f"<i title='{markup.escape(text)}'>{markup.lines(text)}</i>")
    assert parsed.tags <= {"i", "br"}


def test_what_cannot_be_seen_is_left_out() -> None:
    assert markup.escape("a\x00b\u202ec\x1b\ud800d\te\n") == "abcd\te\n"


def test_line_breaks_are_kept() -> None:
    assert markup.lines(" one\n\ntwo < three ") == "one<br><br>two &lt; three"


def test_details_leave_out_what_is_not_known() -> None:
    assert Parsed(markup.details("a.txt", None, "", "A & B")).text == "a.txt · A & B"


def test_each_detail_runs_its_own_way() -> None:
    assert markup.details("متى", "2024") == "<bdi>متى</bdi> · <bdi>2024</bdi>"


def test_each_verdict_has_a_word_and_a_sign_of_its_own() -> None:
    chips = {Parsed(markup.verdict_chip(v)).text for v in ("supported", "partly", "unsupported")}
    assert chips == {"✓ Supported", "◐ Partly supported", "✕ Not supported"}


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 articles"), (1, "1 article"), (1200, "1,200 articles")]
)
def test_counts_are_told_in_plain_words(number: int, told: str) -> None:
    assert markup.count(number, "article") == told
