from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.errors import ModelError, UsageError
from assistant.evaluation.run import evaluate
from assistant.evaluation.scores import lacking_evidence
from assistant.records import Progress
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
    assert result.figure("retrieval, final", "hit@1").value == 1.0
    assert result.figure("retrieval, dense", "hit@10").n == 2
    assert result.figure("retrieval of follow-ups", "hit@4, as rewritten").value is None
    assert result.figure("answers", "answer contained, or rightly refused").value == 0.5
    assert result.figure("answers to the unanswerable", "exact match").value == 1.0
    assert result.figure("refusals", "right, refusals included").value == pytest.approx(2 / 3)
    assert result.figure("refusals", "precision").value == 0.5
    assert result.figure("refusals", "recall").value == 1.0
    assert result.figure("refusals", "F1").value == pytest.approx(2 / 3)
    assert result.figure("refusals", "false refusals, of the answerable").value == 0.5
    assert result.figure("citations", "quote exact at its offsets").value == 1.0
    assert result.figure("citations of the model", "quote holds the answer").value == 1.0
    assert result.figure("citations of the model", "F1 against gold passages").value == 0.5
    assert result.figure("citations matched afterwards", "supported").value is None
    baseline = "baseline: the model without passages"
    assert result.figure(baseline, "right, refusals included").value == pytest.approx(1 / 3)
    assert result.figure("speed", "seconds in all, median").n == 3
    assert result.funnel == {"right": 1, "rightly refused": 1, "falsely refused": 1}
    assert {(s.kind, s.label) for s in result.slices} >= {
        ("question word", "who"),
        ("answerable", "no"),
    }
    with pytest.raises(KeyError):
        result.figure("speed", "horsepower")


def test_a_split_a_limit_and_progress(assistant: Assistant, questions: Path) -> None:
    told: list[Progress] = []
    result = evaluate(assistant, questions, split="report", limit=1, progress=told.append)
    assert [case.prediction.question.id for case in result.cases] == ["when"]
    assert told == [Progress("questions", 1, 1)]


def test_an_error_counts_as_wrong(tmp_path: Path, questions: Path) -> None:
    with opened(tmp_path, ModelError("It broke."), "x", "x", "x", "x", "x") as assistant:
        result = evaluate(assistant, questions, limit=1)
    assert result.figure("errors", "questions that ended in an error").value == 1.0
    assert result.figure("answers", "answer contained, or rightly refused").value == 0.0
    assert result.figure("answers", "token F1").value == 0.0
    assert result.funnel == {"error": 1}
    assert "It broke." in result.cases[0].prediction.error


def test_only_some_questions_and_a_random_sample(assistant: Assistant, questions: Path) -> None:
    result = evaluate(assistant, questions, only=["many"])
    assert [case.prediction.question.id for case in result.cases] == ["many"]
    with pytest.raises(UsageError, match="nobody"):
        evaluate(assistant, questions, only=["many", "nobody"])


def test_an_unknown_split_is_refused(assistant: Assistant, questions: Path) -> None:
    with pytest.raises(UsageError, match="winter"):
        evaluate(assistant, questions, split="winter")


def test_evidence_that_the_library_does_not_hold_is_told(
    assistant: Assistant, tmp_path: Path
) -> None:
    path = tmp_path / "lost.jsonl"
    lost = [{**QUESTIONS[n], "evidence": "The tram was scrapped in 1950."} for n in (0, 2)]
    path.write_text("\n".join(map(json.dumps, [*lost, QUESTIONS[1]])), encoding="utf-8")
    told = lacking_evidence(evaluate(assistant, path))
    assert told.startswith("2 questions have evidence that the library does not hold")


def test_an_empty_library_is_not_measured(tmp_path: Path, questions: Path) -> None:
    empty = Assistant.open(
        tmp_path / "empty", embedder=HashEmbedder(), generator=ScriptedGenerator([])
    )
    with empty, pytest.raises(UsageError, match="is empty"):
        evaluate(empty, questions)
