from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import AssistantError
from assistant.web.conversation import (
    Turn,
    history,
    keep,
    new_turn_id,
    restore,
    storage_key,
    storage_secret,
)
from tests.web.fake_assistant import ferry_answer, refusal

TURNS = (
    Turn("When do the ferries leave?", ferry_answer("When do the ferries leave?"), id="a"),
    Turn("Stopped", words="The ferries", id="b"),
    Turn("Failed", problem="The model is missing.", hint="Install it.", id="c"),
    Turn("Who owns the moon?", refusal("Who owns the moon?"), id="d"),
)


def through_a_browser(kept: object) -> object:
    return json.loads(json.dumps(kept))


def test_a_conversation_comes_back_from_a_browser_as_it_went() -> None:
    assert restore(through_a_browser(keep(TURNS))) == TURNS


def test_turns_that_were_kept_without_ids_get_the_same_each_time() -> None:
    old = keep(TURNS)
    for turn in old["turns"]:
        del turn["id"]
    turns = restore(through_a_browser(old))
    assert [turn.answer for turn in turns] == [turn.answer for turn in TURNS]
    assert len({turn.id for turn in turns}) == len(turns)
    assert restore(through_a_browser(old)) == turns
    assert restore(through_a_browser(keep(turns))) == turns
    assert restore({"turns": old["turns"][-1:]})[0].id == turns[-1].id


def test_each_turn_has_an_id_of_its_own() -> None:
    assert len({new_turn_id() for _ in range(100)}) == 100


def test_what_is_not_shown_again_is_not_kept() -> None:
    kept = keep([Turn("q", ferry_answer("q"))])
    assert kept["turns"][0]["answer"]["draft"] == ""


def test_only_the_last_hundred_turns_are_kept() -> None:
    turns = [Turn(str(number)) for number in range(130)]
    assert [turn.question for turn in restore(keep(turns))] == [str(n) for n in range(30, 130)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["turns", "question", "answer", "citations", "hits", "text"]), inner
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_anything_may_come_from_a_browser(kept: object) -> None:
    assert isinstance(restore(kept), tuple)


def test_one_turn_that_makes_no_sense_makes_a_new_conversation() -> None:
    kept = keep(TURNS)
    kept["turns"][0]["answer"]["citations"][0]["verdict"] = "<script>"
    assert restore(kept) == ()


def test_follow_ups_know_the_answers_but_not_what_was_stopped() -> None:
    assert [question for question, _ in history(TURNS)] == [
        "When do the ferries leave?",
        "Who owns the moon?",
    ]


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    secret = storage_secret(folder)
    assert len(secret) >= 32
    assert storage_secret(folder) == secret
    assert [path.name for path in folder.iterdir()] == ["page.secret"]
    assert stat.S_IMODE((folder / "page.secret").stat().st_mode) == 0o600


def test_two_pages_that_start_together_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(storage_secret, [tmp_path / "data"] * 8))
    assert len(secrets) == 1


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AssistantError, match=r"page\.secret") as caught:
        storage_secret(tmp_path / "file")
    assert caught.value.hint


def test_each_library_has_a_conversation_of_its_own(tmp_path: Path) -> None:
    assert storage_key(tmp_path / "a") != storage_key(tmp_path / "b")
    assert storage_key(tmp_path / "a") == storage_key(tmp_path / "b" / ".." / "a")
