from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.marks import Mark, streamed, take_out_marks

DRAFTS = st.text(alphabet="ab. [],12-\n", max_size=60)


@pytest.mark.parametrize(
    ("draft", "plain", "marks"),
    [
        ("It opened in 1911 [1].", "It opened in 1911.", [Mark(17, (1,), False)]),
        ("It opened. [1]", "It opened.", [Mark(10, (1,), False)]),
        (
            "It opened.[1][2] It closed.",
            "It opened. It closed.",
            [Mark(10, (1,), False), Mark(10, (2,), False)],
        ),
        ("It opened [1, 2].", "It opened.", [Mark(9, (1, 2), False)]),
        ("It opened [1-3].", "It opened.", [Mark(9, (1, 2, 3), False)]),
        ("It opened [1 and 2].", "It opened.", [Mark(9, (1, 2), False)]),
        ("[2] It opened.", "It opened.", [Mark(0, (2,), True)]),
        ("It opened.\n[2] It closed.", "It opened.\nIt closed.", [Mark(11, (2,), True)]),
        ("A [1] and B [2].", "A and B.", [Mark(1, (1,), False), Mark(7, (2,), False)]),
    ],
)
def test_marks_are_taken_out(draft: str, plain: str, marks: list[Mark]) -> None:
    assert take_out_marks(draft) == (plain, tuple(marks))


@pytest.mark.parametrize(
    "draft",
    ["He said it [sic].", "In [2021] it rained.", "x[i] = 1", "[", "[]", "[1", "1]", "[-1]"],
)
def test_other_brackets_are_no_marks(draft: str) -> None:
    assert take_out_marks(draft) == (draft, ())


def test_a_range_that_is_absurd_is_not_spread() -> None:
    assert take_out_marks("So [1-999].")[1][0].numbers == (1, 999)


@given(DRAFTS)
def test_marks_stand_inside_the_text_in_order(draft: str) -> None:
    plain, marks = take_out_marks(draft)
    positions = [mark.position for mark in marks]
    assert positions == sorted(positions)
    assert all(0 <= position <= len(plain) for position in positions)


@given(DRAFTS, st.integers(1, 5))
def test_streaming_in_any_pieces_gives_the_same_words(draft: str, size: int) -> None:
    pieces = [draft[i : i + size] for i in range(0, len(draft), size)]
    assert "".join(streamed(pieces, 2)) == "".join(streamed([draft], 2))


def test_an_open_bracket_is_held_back_until_it_is_known() -> None:
    shown = list(streamed(["It opened", " [", "1", "] then", " [s", "ic]"], 1))
    assert shown == ["It opened", " [1] then", " [sic]"]


def test_marks_without_a_passage_are_left_out_of_the_stream() -> None:
    assert "".join(streamed(["So it is [7]", " and [1, 7]."], 1)) == "So it is  and [1]."


def test_marks_that_lead_a_line_are_streamed_behind_it() -> None:
    shown = list(streamed(["[", "2", "]", " It", " opened.", "\n", "[1]", " It closed."], 2))
    assert shown == ["It", " opened.", " [2]\n", "It closed.", " [1]"]


def test_a_mark_that_leads_nothing_is_not_streamed() -> None:
    assert "".join(streamed(["[1]", "\n", " [2] "], 2)).strip() == ""


def test_a_bracket_that_never_closes_is_let_go() -> None:
    shown = list(streamed(["[" + "a" * 50, "b"], 1))
    assert shown == ["[" + "a" * 50, "b"]
