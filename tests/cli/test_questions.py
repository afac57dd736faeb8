from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.assistant import Assistant
from assistant.conversations import Conversations, Opinion, Owner
from assistant.settings import Settings, data_folder
from tests.cli.stand_ins import call
from tests.evaluation.small import small_assistant
from tests.fakes import HashEmbedder
from tests.web.fake_assistant import ferry_answer

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


@pytest.mark.parametrize("text", ["", "\n \n", "id,question\n"])
def test_an_empty_set_is_told_to_be_empty(tmp_path: Path, text: str) -> None:
    outcome = call("questions", "validate", written(tmp_path, text))
    assert outcome.code == 1
    assert outcome.notes == "The question set is empty.\n"


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


def test_drafts_are_written_checked_and_marked_when_measured(tmp_path: Path) -> None:
    def opened(settings: Settings) -> Any:
        return small_assistant(tmp_path)

    drafts = tmp_path / "drafts.jsonl"
    made = call("questions", "draft", str(drafts), "--limit", "2", open_assistant=opened)
    assert made.code == 0
    lines = [json.loads(line) for line in drafts.read_text().splitlines()]
    assert lines
    assert all(line["draft"] for line in lines)
    assert f"{len(lines)} draft" in made.notes
    assert "No more can be asked" not in made.notes
    many = call(
        "questions", "draft", str(tmp_path / "many.jsonl"), "--limit", "99", open_assistant=opened
    )
    assert "No more can be asked" in many.notes
    assert call("questions", "validate", str(drafts)).code == 0
    run = str(tmp_path / "run")
    measured = call("evaluate", str(drafts), "--output", run, open_assistant=opened)
    assert f"Drafts among them that nobody has reviewed: {len(lines)}." in measured.out
    again = call("questions", "draft", str(drafts), open_assistant=opened)
    assert again.code == 2
    assert "is there already" in again.notes


def test_an_empty_library_gives_no_drafts(tmp_path: Path) -> None:
    def opened(settings: Settings) -> Any:
        return Assistant.open(tmp_path / "library", Settings(), embedder=HashEmbedder())

    outcome = call("questions", "draft", str(tmp_path / "d.jsonl"), open_assistant=opened)
    assert outcome.code == 1
    assert not (tmp_path / "d.jsonl").exists()


def test_what_readers_said_is_exported_checked_and_measured(tmp_path: Path) -> None:
    def opened(settings: Settings) -> Any:
        return small_assistant(tmp_path)

    with small_assistant(tmp_path) as assistant:
        answer = assistant.answer("When did owls move into the Hexley mill?")
    kept = Conversations(data_folder())
    library, output = tmp_path / "library", tmp_path / "readers.jsonl"
    kept.keep(Owner(library), Opinion("a", "", (), answer, "bad", "wrong", "1987"))
    kept.keep(Owner(library), Opinion("b", "", (), answer, "bad", "incomplete"))
    kept.keep(Owner(tmp_path / "other"), Opinion("c", "", (), ferry_answer("q"), "good"))
    made = call("questions", "export", str(output), open_assistant=opened)
    assert made.code == 0
    assert made.notes == (
        f"1 question written to {output}; 1 opinion left out for want of a right answer.\n"
    )
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    assert [(line["id"], line["evidence"], line["draft"]) for line in lines] == [
        ("reader-a", "Barn owls moved into the Hexley mill in 1987.", False)
    ]
    assert call("questions", "validate", str(output)).code == 0
    run = str(tmp_path / "run")
    measured = call("evaluate", str(output), "--output", run, open_assistant=opened)
    assert measured.code == 0
    again = call("questions", "export", str(output), open_assistant=opened)
    assert (again.code, "is there already" in again.notes) == (2, True)


@pytest.mark.parametrize("judged", [False, True])
def test_without_a_question_no_file_is_written(tmp_path: Path, judged: bool) -> None:
    def opened(settings: Settings) -> Any:
        return Assistant.open(tmp_path / "library", Settings(), embedder=HashEmbedder())

    if judged:
        opinion = Opinion("a", "", (), ferry_answer("q"), "bad", "wrong")
        Conversations(data_folder()).keep(Owner(tmp_path / "library"), opinion)
    output = tmp_path / "readers.jsonl"
    outcome = call("questions", "export", str(output), open_assistant=opened)
    assert outcome.code == 1
    reason = "1 opinion left out" if judged else "Nobody has judged an answer yet."
    assert reason in outcome.notes
    assert not output.exists()


@pytest.mark.parametrize(
    ("name", "told"), [(".", "is a folder, not a file"), ("none/d.jsonl", "There is no folder")]
)
@pytest.mark.parametrize("command", ["draft", "export"])
def test_where_nothing_can_be_written_is_told_first(
    tmp_path: Path, command: str, name: str, told: str
) -> None:
    outcome = call("questions", command, str(tmp_path / name))
    assert (outcome.code, outcome.assistant) == (2, None)
    assert told in outcome.notes
    assert len(outcome.notes.splitlines()) == 2
