from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from assistant.answering.assistant import Assistant
from assistant.errors import ModelError, UsageError
from assistant.evaluation.report import render
from assistant.evaluation.run import evaluate, evidence_rank
from assistant.records import Hit, Passage, Progress
from assistant.settings import Settings
from tests.fakes import HashEmbedder, ScriptedGenerator

TEXT = """The Lowmoor Tram

The Lowmoor tram opened on 3 May 1911. It ran from the harbour to the mill.
The tram carried 4,000 people a day until the war closed it.
"""
QUESTIONS = [
    {
        "id": "when", "split": "report", "question": "When did the Lowmoor tram open?",
        "answers": ["3 May 1911"], "answerable": True,
        "evidence": "The Lowmoor tram opened on 3 May 1911.",
    },
    {
        "id": "who", "split": "report", "question": "Who drove the Lowmoor tram?",
        "answers": [], "answerable": False,
    },
    {
        "id": "many", "split": "tune", "question": "How many people did the tram carry a day?",
        "answers": ["4,000"], "answerable": True,
        "evidence": "The tram carried 4,000 people a day until the war closed it.",
    },
]  # fmt: skip
UNAIDED = "In 1911, perhaps."


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(question) for question in QUESTIONS), encoding="utf-8")
    return path


def opened(tmp_path: Path, *replies: str | Exception) -> Assistant:
    (tmp_path / "tram.txt").write_text(TEXT, encoding="utf-8")
    assistant = Assistant.open(
        tmp_path / "library",
        Settings(threshold=0.0),
        embedder=HashEmbedder(),
        generator=ScriptedGenerator(*replies),
    )
    assistant.add([tmp_path / "tram.txt"])
    return assistant


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    replies = [
        "The Lowmoor tram opened on 3 May 1911 [1].", UNAIDED,
        "The passages do not say.", "I do not know.",
        "The tram carried 5,000 people a day.", UNAIDED,
    ]  # fmt: skip
    with opened(tmp_path, *replies) as assistant:
        yield assistant


def test_figures_come_from_what_was_answered(assistant: Assistant, questions: Path) -> None:
    result = evaluate(assistant, questions)
    assert result.figure("retrieval", "hit@1").value == 1.0
    assert result.figure("retrieval", "hit@4 of follow-ups").value is None
    assert result.figure("answers", "answer contained").value == 0.5
    assert result.figure("answers", "right, refusals included").value == pytest.approx(2 / 3)
    assert result.figure("refusals", "refused, of the unanswerable").value == 1.0
    assert result.figure("refusals", "refused, of the answerable").value == 0.5
    assert result.figure("citations", "quotes exact at their offsets").value == 1.0
    assert result.figure("citations of the model", "quote holds the answer").value == 1.0
    assert result.figure("citations matched afterwards", "supported").value is None
    baseline = "baseline: the model without passages"
    assert result.figure(baseline, "refused, of the unanswerable").value == 1.0
    assert result.figure("speed", "seconds in all, median").n == 3
    with pytest.raises(KeyError):
        result.figure("speed", "horsepower")


def test_a_split_a_limit_and_progress(assistant: Assistant, questions: Path) -> None:
    told: list[Progress] = []
    result = evaluate(assistant, questions, split="report", limit=1, progress=told.append)
    assert [case.question.id for case in result.cases] == ["when"]
    assert told == [Progress("questions", 1, 1)]


def test_an_error_counts_as_wrong(tmp_path: Path, questions: Path) -> None:
    with opened(tmp_path, ModelError("It broke."), "x", "x", "x", "x", "x") as assistant:
        result = evaluate(assistant, questions, limit=1)
    assert result.figure("errors", "questions that ended in an error").value == 1.0
    assert result.figure("answers", "answer contained").value == 0.0
    assert "It broke." in result.cases[0].error


def test_what_is_written_can_be_read_again(
    assistant: Assistant, questions: Path, tmp_path: Path
) -> None:
    result = evaluate(assistant, questions, output=tmp_path / "run")
    report = json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))
    lines = (tmp_path / "run" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    assert report["figures"] == result.to_dict()["figures"]
    assert [json.loads(line)["question"]["id"] for line in lines] == ["when", "who", "many"]


def test_an_unknown_split_is_refused(assistant: Assistant, questions: Path) -> None:
    with pytest.raises(UsageError, match="winter"):
        evaluate(assistant, questions, split="winter")


def test_the_report_says_undefined_where_there_is_nothing(
    assistant: Assistant, questions: Path
) -> None:
    console = Console(width=120, file=io.StringIO())
    with console.capture() as capture:
        console.print(render(evaluate(assistant, questions)))
    text = capture.get()
    assert "undefined" in text
    assert "hit@4" in text


def test_the_rank_is_that_of_the_first_passage_with_the_evidence() -> None:
    hits = [
        Hit(Passage(str(n), "a", 0, len(text), text), 0.5, 0.5, {}, "T", "s")
        for n, text in enumerate(["It rained.", "The sun\nshone. It was hot."])
    ]
    assert evidence_rank(hits, "The sun shone.") == 2
    assert evidence_rank(hits, "It snowed.") is None
    assert evidence_rank(hits, None) is None
