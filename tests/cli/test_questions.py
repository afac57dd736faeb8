from __future__ import annotations

import json
from pathlib import Path

from tests.cli.stand_ins import call

GOOD = (
    '{"id": "a", "split": "tune", "question": "Who?", "answers": ["Ilse"], "history": [["a", "b"]]}'
)
REFUSED = '{"id": "b", "question": "Why?", "answerable": false, "draft": true}'


def written(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_a_good_set_is_counted(tmp_path: Path) -> None:
    outcome = call("questions", "validate", written(tmp_path, GOOD, REFUSED))
    assert outcome.code == 0
    for row in ("questions\t2", "answerable\t1", "unanswerable\t1", "follow-ups\t1", "drafts\t1"):
        assert row in outcome.out.splitlines()
    assert "split tune\t1" in outcome.out
    assert outcome.notes == "0 problems found.\n"


def test_problems_are_listed_with_their_places(tmp_path: Path) -> None:
    outcome = call("questions", "validate", written(tmp_path, GOOD, "{}", GOOD))
    assert outcome.code == 1
    assert "line 2\t`id` is missing or not a text" in outcome.out
    assert "line 3\tthe id 'a' was there before" in outcome.out


def test_json_is_for_programs(tmp_path: Path) -> None:
    outcome = call("questions", "validate", written(tmp_path, GOOD, "{}"), "--json")
    told = json.loads(outcome.out)
    assert outcome.code == 1
    assert (told["format"], told["questions"], told["splits"]) == ("jsonl", 1, {"tune": 1})
    assert told["problems"] == [{"where": "line 2", "reason": "`id` is missing or not a text"}]


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    outcome = call("questions", "validate", str(tmp_path / "none"))
    assert (outcome.code, outcome.out) == (2, "")
    assert "cannot be read" in outcome.notes
