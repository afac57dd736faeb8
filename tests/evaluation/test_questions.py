from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.questions import read_questions

GOOD = {"id": "q1", "split": "tune", "question": "Who?", "answers": ["Ilse"], "answerable": True}


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_questions_are_read(tmp_path: Path) -> None:
    follow_up = GOOD | {"id": "q2", "history": [["Who?", "Ilse"]], "evidence": "Ilse did."}
    first, second = read_questions(written(tmp_path, json.dumps(GOOD), "", json.dumps(follow_up)))
    assert first.answers == ("Ilse",)
    assert second.history == (("Who?", "Ilse"),)
    assert second.evidence == "Ilse did."


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "`id`"),
        ({"question": "  "}, "`question`"),
        ({"answers": []}, "`answers`"),
        ({"answers": "Ilse"}, "`answers`"),
        ({"answerable": "yes"}, "`answerable`"),
        ({"history": ["Who?"]}, "`history`"),
        ({"evidence": 3}, "`evidence`"),
    ],
)
def test_a_bad_line_is_named_with_the_reason(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    path = written(tmp_path, json.dumps(GOOD | {"id": "q0"}), json.dumps(GOOD | change))
    with pytest.raises(UsageError, match=f"Line 2 .*{reason}"):
        read_questions(path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="q1"):
        read_questions(written(tmp_path, json.dumps(GOOD), json.dumps(GOOD)))


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_an_empty_set_is_refused(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(UsageError, match="empty"):
        read_questions(written(tmp_path, *lines))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "split", "question", "answers", "history"]), inner
                )
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_any_file_is_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("set") / "questions.jsonl"
    path.write_bytes(content)
    with contextlib.suppress(UsageError):
        assert read_questions(path)
