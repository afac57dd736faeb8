"""A pack with other numbers and names says the same of other things."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from packs import REFUSAL, Item, Pack
from renaming import names_inside, renamed

TEXT = "In 1994 the mayor Orwen Haskel gave 1,250 crowns and 17 trees to Paris on 12 May 2003."
NAMES = ["Brannow", "Ilvesk", "Tamsin", "Quorra", "Dellen"]
PACK = Pack(
    [("Haskel's gift", TEXT), ("", "Nothing is said of trees in 1994.")],
    [
        Item("what did haskel give in 1994", "[1] 1,250 crowns", "plain"),
        Item("Who gave it?", "[1] Orwen Haskel\n[2] Nothing", "two"),
        Item("What did Haskel give in 1996?", REFUSAL, "changed"),
    ],
)


def is_rare(name: str) -> bool:
    return name != "Paris"


@given(seed=st.integers(0, 10_000))
def test_answers_stand_in_their_passages_as_before(seed: int) -> None:
    pack = renamed(PACK, NAMES, is_rare, random.Random(seed))
    for item in pack.items[:2]:
        for line in item.answer.split("\n"):
            assert line[4:] in pack.passages[int(line[1]) - 1][1]
    assert pack.items[2].answer == REFUSAL


@given(seed=st.integers(0, 10_000))
def test_what_differed_differs(seed: int) -> None:
    pack = renamed(PACK, NAMES, is_rare, random.Random(seed))
    asked, _, other = (item.question for item in pack.items)
    assert asked.split()[-1] != other.rstrip("?").split()[-1]
    assert asked.split()[-1] in pack.passages[0][1]
    assert other.rstrip("?").split()[-1] not in pack.passages[0][1]


def test_numbers_and_rare_names_change_and_well_known_ones_do_not() -> None:
    packs = [renamed(PACK, NAMES, is_rare, random.Random(seed)) for seed in range(20)]
    texts = [pack.passages[0][1] for pack in packs]
    assert any("Haskel" not in text and "1,250" not in text for text in texts)
    assert all("Paris" in text for text in texts)
    assert all(pack.passages[0][0].split("'")[0] in pack.passages[0][1] for pack in packs)


def test_names_at_the_beginning_of_a_sentence_are_not_taken_for_names() -> None:
    assert names_inside([TEXT, "Nothing of that."]) == ["Haskel", "Orwen", "Paris"]


@given(seed=st.integers(0, 10_000))
def test_a_number_with_and_without_a_comma_stays_one(seed: int) -> None:
    pack = Pack([("", TEXT)], [Item("Who gave 1250 crowns?", "[1] Orwen Haskel", "plain")])
    changed = renamed(pack, NAMES, is_rare, random.Random(seed))
    number = changed.items[0].question.split()[2]
    assert f"{int(number):,} crowns" in changed.passages[0][1]


@given(seed=st.integers(0, 10_000))
def test_numbers_stay_where_one_of_them_stands_beside_a_letter(seed: int) -> None:
    pack = Pack([("", TEXT), ("", "The 12th of May.")], [Item("When?", "[1] 12 May 2003", "plain")])
    changed = renamed(pack, NAMES, is_rare, random.Random(seed))
    assert changed.items[0].answer == "[1] 12 May 2003"


@given(seed=st.integers(0, 10_000))
def test_a_round_thousand_keeps_as_many_digits(seed: int) -> None:
    pack = Pack([("", "They paid 1,000 crowns.")], [Item("how many", "[1] 1,000", "plain")])
    number = renamed(pack, NAMES, is_rare, random.Random(seed)).items[0].answer.split()[-1]
    assert len(number) == len("1,000")
