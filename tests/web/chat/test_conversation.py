from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversations import Owner, Turn
from assistant.errors import AssistantError, UsageError
from assistant.web.chat.conversation import (
    history,
    new_id,
    opened,
    owner,
    read_edit,
    recall,
    restore,
    storage_key,
    storage_secret,
    which,
)
from tests.web.fake_assistant import ferry_answer, refusal

TURNS = (
    Turn("When do the ferries leave?", ferry_answer("When do the ferries leave?"), id="a"),
    Turn("Stopped", words="The ferries", id="b"),
    Turn("Failed", problem="The model is missing.", hint="Install it.", id="c"),
    Turn("Who owns the moon?", refusal("Who owns the moon?"), id="d"),
)


def in_a_browser(turns: Sequence[Turn]) -> dict[str, Any]:
    """What browsers kept before conversations were kept in the user's data folder."""
    kept: dict[str, Any] = json.loads(json.dumps({"turns": [turn.to_dict() for turn in turns]}))
    for turn in kept["turns"]:
        del turn["filters"], turn["at"]
    return kept


def test_what_a_browser_kept_before_is_read() -> None:
    assert restore(in_a_browser(TURNS)) == TURNS
    assert which(in_a_browser(TURNS)) == ""


def test_turns_that_were_kept_without_ids_get_the_same_each_time() -> None:
    old = in_a_browser(TURNS)
    for turn in old["turns"]:
        del turn["id"]
    turns = restore(old)
    assert [turn.answer for turn in turns] == [turn.answer for turn in TURNS]
    assert len({turn.id for turn in turns}) == len(turns)
    assert restore(old) == turns
    assert restore({"turns": old["turns"][-1:]})[0].id == turns[-1].id


def test_turns_with_one_id_are_one_turn() -> None:
    assert len(restore(in_a_browser([TURNS[0], TURNS[0]]))) == 1


def test_each_turn_has_an_id_of_its_own() -> None:
    assert len({new_id() for _ in range(100)}) == 100


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["open", "turns", "question", "answer", "citations", "hits", "text", "turn", "last"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_anything_may_come_from_a_browser(kept: object) -> None:
    assert isinstance(restore(kept), tuple)
    assert isinstance(which(kept), str)
    with suppress(UsageError):
        assert all(read_edit(json.dumps(kept)))


def test_which_conversation_is_open_comes_back_as_it_went() -> None:
    assert which(opened("abc")) == "abc"
    assert restore(opened("abc")) == ()


def test_an_edited_question_is_read() -> None:
    sent = {"turn": "a", "last": "b", "question": " And when? "}
    assert read_edit(json.dumps(sent)) == ("a", "b", "And when?")
    for wrong in ({**sent, "question": " "}, {**sent, "turn": 1}, {"turn": "a"}, []):
        with pytest.raises(UsageError):
            read_edit(json.dumps(wrong))
    with pytest.raises(UsageError):
        read_edit("[" * 100_000)


def test_the_server_knows_who_is_signed_in(tmp_path: Path) -> None:
    request: Any = SimpleNamespace(username="Ada")
    nobody: Any = SimpleNamespace(username=None)
    assert owner(tmp_path, request) == Owner(tmp_path, "Ada")
    assert owner(tmp_path, nobody) == Owner(tmp_path)


def test_one_turn_that_makes_no_sense_makes_a_new_conversation() -> None:
    kept = in_a_browser(TURNS)
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


def test_a_tab_keeps_for_each_library_what_is_open(tmp_path: Path) -> None:
    """Pages of several libraries on one port share a tab's storage."""
    one, other = recall(tmp_path / "one"), recall(tmp_path / "other")
    assert f'getItem("{storage_key(tmp_path / "one")}")' in one
    assert one != other
