from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.web.measure.questions import (
    STARTER,
    find_set,
    keep_upload,
    limits,
    own_sets,
    question_sets,
    read_upload,
    remove_set,
    splits,
)
from tests.evaluation.small import questions_file
from tests.web.hostile import HOSTILE

pytestmark = pytest.mark.usefixtures("own_data")


def test_the_starter_librarys_questions_are_always_there() -> None:
    assert list(question_sets()) == [STARTER]
    assert splits(read_upload(find_set(STARTER), STARTER).questions) == {"tune": 40, "report": 40}


def test_an_upload_is_kept_once_and_never_over_another(tmp_path: Path) -> None:
    path = questions_file(tmp_path)
    assert keep_upload(path, "mine.jsonl") == "mine.jsonl"
    assert keep_upload(path, "mine.jsonl") == "mine.jsonl"
    path.write_text(path.read_text() + "\n")
    assert keep_upload(path, "mine.jsonl") == "mine (2).jsonl"
    (own_sets() / ".draft.jsonl").write_text("")
    assert set(question_sets()) == {STARTER, "mine.jsonl", "mine (2).jsonl"}
    assert find_set("mine.jsonl").read_bytes() != find_set("mine (2).jsonl").read_bytes()
    assert remove_set("mine.jsonl") == "mine.jsonl"
    assert set(question_sets()) == {STARTER, "mine (2).jsonl"}


def test_only_what_was_uploaded_can_be_removed(tmp_path: Path) -> None:
    starter = find_set(STARTER)
    with pytest.raises(UsageError, match="stay"):
        remove_set(STARTER)
    assert starter.exists()
    for name in ("../../questions.jsonl", str(starter), "", None):
        with pytest.raises(UsageError, match="no such question set"):
            remove_set(name)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=st.one_of(st.text(max_size=300), st.sampled_from((*HOSTILE, "../../x", "..", "/", ""))))
def test_whatever_a_file_is_called_it_is_kept_in_the_folder(tmp_path: Path, name: str) -> None:
    kept = keep_upload(questions_file(tmp_path), name)
    assert (own_sets() / kept).is_file()
    assert find_set(kept).parent == own_sets()
    assert sorted(path.name for path in own_sets().parent.iterdir()) == ["question-sets"]


def test_what_cannot_be_read_is_told_with_the_readers_own_name(tmp_path: Path) -> None:
    path = tmp_path / "stored-4711"
    for content, said in (
        (b"", "my.csv is empty"),
        (b"\0", "my.csv cannot be read: it is not a text file"),
        (b"a,b\n1,2", "my.csv cannot be read: it is in none of the formats"),
    ):
        path.write_bytes(content)
        with pytest.raises(UsageError, match=said) as caught:
            read_upload(path, "my.csv")
        assert "stored-4711" not in caught.value.message
        assert "SQuAD" in caught.value.hint


def test_problems_are_for_the_reader_to_see(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": "a"}\n{"id": "b", "question": "Who?"}'))
    assert len(read_upload(path, "q.jsonl.gz").problems) == 2


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, own_data: Path) -> None:
    own_sets().parent.mkdir(parents=True)
    own_sets().write_text("in the way")
    with pytest.raises(UsageError, match="cannot be kept"):
        keep_upload(questions_file(tmp_path), "q.jsonl")


@pytest.mark.parametrize(
    ("number", "offered", "default"),
    [
        (3, [0], 0),
        (5, [0], 0),
        (20, [5, 0], 0),
        (80, [5, 20, 50, 0], 20),
        (1500, [5, 20, 50, 100, 200, 500, 1000, 0], 20),
    ],
)
def test_as_many_can_be_asked_as_there_are(number: int, offered: list[int], default: int) -> None:
    choices, chosen = limits(number)
    assert [value for _, value in choices] == offered
    assert choices[-1][0] == f"All {number:,}"
    assert chosen == default
