"""Question sets: JSON Lines, one question a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.records import Record

_FIELDS = "id, split, question, answers, answerable; and, where there are any, history, article, "
_HINT = f"Every line is a JSON object with {_FIELDS}evidence."


@dataclass(frozen=True, slots=True)
class Question(Record):
    """A question with what is known about its answer.

    ``answers`` are spans, any of which is right; ``evidence`` is the exact sentence of the
    article that holds it. A question that the library cannot answer has neither.
    """

    id: str
    split: str
    question: str
    answers: tuple[str, ...]
    answerable: bool
    history: tuple[tuple[str, str], ...] = ()
    article: str | None = None
    evidence: str | None = None


def read_questions(path: str | Path) -> list[Question]:
    """Reads a question set; empty lines are skipped.

    Raises:
        UsageError: the file is missing or empty, or a line is no question; the line is named.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The question set {path} cannot be read: {error}.", _HINT) from error
    questions: list[Question] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line))
            if question.id in seen:
                raise ValueError(f"the id {question.id!r} was there before")
        except (ValueError, RecursionError) as error:
            raise UsageError(f"Line {number} of {path} is no question: {error}.", _HINT) from error
        seen.add(question.id)
        questions.append(question)
    if not questions:
        raise UsageError(f"The question set {path} is empty.", _HINT)
    return questions


def _question(fields: Any) -> Question:
    if not isinstance(fields, dict):
        raise ValueError("it is not a JSON object")
    answerable = fields.get("answerable", True)
    if not isinstance(answerable, bool):
        raise ValueError("`answerable` is neither true nor false")
    answers = fields.get("answers", [])
    if not isinstance(answers, list) or not all(isinstance(a, str) and a for a in answers):
        raise ValueError("`answers` is not a list of texts")
    if answerable and not answers:
        raise ValueError("it is answerable, but has no `answers`")
    return Question(
        id=_text(fields, "id"),
        split=_text(fields, "split") if "split" in fields else "",
        question=_text(fields, "question"),
        answers=tuple(answers),
        answerable=answerable,
        history=_history(fields.get("history", [])),
        article=_text(fields, "article") if fields.get("article") is not None else None,
        evidence=_text(fields, "evidence") if fields.get("evidence") is not None else None,
    )


def _history(turns: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(turns, list) or not all(
        isinstance(turn, list) and len(turn) == 2 and all(isinstance(t, str) for t in turn)
        for turn in turns
    ):
        raise ValueError("`history` is not a list of pairs [question, answer]")
    return tuple((question, answer) for question, answer in turns)


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"`{name}` is missing or not a text")
    return value
