from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.questions import (
    check_question_set,
    read_question_set,
)

GOOD = {"id": "q1", "split": "tune", "question": "Who?", "answers": ["Ilse"], "answerable": True}


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_questions_are_read(tmp_path: Path) -> None:
    follow_up = GOOD | {"id": "q2", "history": [["Who?", "Ilse"]], "evidence": "Ilse did."}
    first, second = read_question_set(
        written(tmp_path, json.dumps(GOOD), "", json.dumps(follow_up))
    ).questions
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
        ({"colour": 1}, "`colour` is not a field"),
        ({"answerable": False}, "not answerable, but has `answers`"),
    ],
)
def test_a_bad_line_is_named_with_the_reason(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    path = written(tmp_path, json.dumps(GOOD | {"id": "q0"}), json.dumps(GOOD | change))
    with pytest.raises(UsageError, match=f"line 2: .*{reason}"):
        read_question_set(path)


def test_other_problems_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "{}", json.dumps(GOOD), "[]", "{", *[""] * 7, "{")
    with pytest.raises(UsageError, match=r"line 1: .* Other problems: 3\.") as caught:
        read_question_set(path)
    assert "questions validate" in caught.value.hint
    checked = check_question_set(path)
    assert [question.id for question in checked.questions] == ["q1"]
    assert [problem.where for problem in checked.problems] == [f"line {n}" for n in (1, 3, 4, 12)]


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"gold_spans": [["Mill", 4, 4]]}, "`gold_spans`"),
        ({"gold_spans": [["Mill", 0, True]]}, "`gold_spans`"),
        ({"gold_passages": "p1"}, "`gold_passages`"),
        ({"gold_documents": [["mill", 0]]}, "`gold_documents`"),
        ({"standalone": 1}, "`standalone`"),
        ({"draft": "yes"}, "`draft`"),
    ],
)
def test_what_is_known_of_the_answer_is_checked(
    tmp_path: Path, known: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        read_question_set(written(tmp_path, json.dumps(GOOD | known)))


@pytest.mark.parametrize(
    "known", [{"evidence": "Ilse did."}, {"gold_spans": [["Mill", 0, 4]]}, {"gold_passages": ["p"]}]
)
def test_evidence_stands_in_for_answers(tmp_path: Path, known: dict[str, Any]) -> None:
    asked = {"id": "q", "question": "Who?"} | known
    assert read_question_set(written(tmp_path, json.dumps(asked))).questions[0].answers == ()


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="q1"):
        read_question_set(written(tmp_path, json.dumps(GOOD), json.dumps(GOOD)))


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_an_empty_set_is_refused(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(UsageError, match="empty"):
        read_question_set(written(tmp_path, *lines))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_question_set(tmp_path / "none.jsonl")


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
        assert read_question_set(path).questions
