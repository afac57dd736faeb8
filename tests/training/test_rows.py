"""In a row, a token sees what it would see if its question were asked alone."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st
from rows import Row, row_of, rows, sees
from tokens import DECISION_WEIGHT, Packed, positions, read

LENGTH = 110


@st.composite
def packs(draw: st.DrawFn) -> Packed:
    """A pack of distinct tokens: what is shared, then questions with answers."""
    shared = draw(st.integers(1, 6))
    segments, end = [], shared
    for own, answer in draw(
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4)
    ):
        segments.append((end, end + own, end + own + answer))
        end += own + answer
    return Packed(list(range(1, end + 1)), shared, segments)


def alone(pack: Packed, segment: tuple[int, int, int]) -> list[int]:
    """The tokens of the prompt that has one question alone, with its answer."""
    return pack.tokens[: pack.shared] + pack.tokens[segment[0] : segment[2]]


def seen_by(row: Row, place: int) -> list[int]:
    others = torch.arange(row.tokens.shape[1])
    return others[sees(row, torch.tensor(place), others)].tolist()


@given(st.lists(packs(), min_size=1, max_size=3))
def test_the_last_token_of_a_question_sees_what_all_share_and_its_own(
    members: list[Packed],
) -> None:
    row, begin = row_of(members, LENGTH), 0
    for pack in members:
        for segment in pack.segments:
            last = begin + segment[2] - 1
            seen = [int(row.tokens[0, place]) for place in seen_by(row, last)]
            assert seen == alone(pack, segment)
            assert int(row.positions[0, last]) == len(seen) - 1
        begin += len(pack.tokens)


@given(st.lists(packs(), min_size=1, max_size=3))
def test_answers_are_counted_and_their_first_tokens_more(members: list[Packed]) -> None:
    row = row_of(members, LENGTH)
    assert row.tokens.shape == row.positions.shape == (1, LENGTH)
    answers = [pack.tokens[a:e] for pack in members for _, a, e in pack.segments]
    assert row.tokens[0, row.places].tolist() == [token for answer in answers for token in answer]
    assert row.counts.sum() == sum(DECISION_WEIGHT + len(answer) - 1 for answer in answers)


@given(packs())
def test_what_fills_a_row_up_sees_no_pack(pack: Packed) -> None:
    row = row_of([pack], LENGTH)
    assert min(seen_by(row, LENGTH - 1)) == len(pack.tokens)


@given(st.lists(packs(), max_size=60), st.integers(0, 100))
def test_every_pack_is_in_one_row_and_none_is_too_long(members: list[Packed], seed: int) -> None:
    filled = rows(members, random.Random(seed), length=40)
    sizes = [sum(len(pack.tokens) for pack in row) for row in filled]
    assert max(sizes) <= 40
    firsts = [len(row[0].tokens) for row in filled[1:]]
    assert all(size + first > 40 for size, first in zip(sizes, firsts, strict=False))
    assert sorted(map(repr, members)) == sorted(repr(pack) for row in filled for pack in row)


@given(st.lists(packs(), max_size=4))
def test_positions_begin_again_for_each_question(members: list[Packed]) -> None:
    for pack in members:
        found = positions(pack)
        assert len(found) == len(pack.tokens)
        assert [found[begin] for begin, _, _ in pack.segments] == [pack.shared] * len(pack.segments)


def test_packs_are_read_as_they_were_written(tmp_path: Path) -> None:
    pack = Packed([5, 6, 7, 8], 1, [(1, 2, 4)])
    file = tmp_path / "packs"
    file.write_text(json.dumps(asdict(pack)) + "\n", encoding="utf-8")
    assert list(read([file])) == [pack]
