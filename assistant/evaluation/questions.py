"""Question sets: what is asked, and what is known about the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any, TypeGuard

from assistant.errors import UsageError
from assistant.evaluation.content import HINT, Format
from assistant.evaluation.formats import read_content
from assistant.records import Record

_UNSOUND = re.compile("[\0\ud800-\udfff]")
_LARGEST_NUMBER = 1_000_000_000


@dataclass(frozen=True, slots=True)
class GoldSpan(Record):
    """Where an answer stands: characters of an article, which title or source name."""

    article: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question(Record):
    """A question with what is known about its answer.

    ``answers`` are spans, any of which is right; ``evidence`` is the exact sentence of the
    article that holds it. A question that the library cannot answer has neither.
    ``gold_passages`` are ids; ``gold_documents`` are source names with grades of 1 and more.
    ``standalone`` is a follow-up rewritten by hand. A ``draft`` has not been reviewed.
    """

    id: str
    split: str
    question: str
    answers: tuple[str, ...]
    answerable: bool
    history: tuple[tuple[str, str], ...] = ()
    article: str | None = None
    evidence: str | None = None
    gold_spans: tuple[GoldSpan, ...] = ()
    gold_passages: tuple[str, ...] = ()
    gold_documents: tuple[tuple[str, int], ...] = ()
    standalone: str | None = None
    draft: bool = False


_FIELDS = {field.name for field in fields_of(Question)}


@dataclass(frozen=True, slots=True)
class Document(Record):
    """A text that comes with the questions."""

    source: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Problem(Record):
    """What cannot be used of a question set, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionSet(Record):
    """The questions of a file or folder, with the texts that they are to be asked of, if any."""

    path: str
    format: Format
    questions: tuple[Question, ...]
    documents: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_question_set(path: str | Path) -> QuestionSet:
    """Reads a question set in any of its formats; see ``formats``.

    Raises:
        UsageError: it cannot be read, is empty, or has a problem; the first is named.
    """
    question_set = check_question_set(path)
    if question_set.problems:
        first, *others = question_set.problems
        more = f" Other problems: {len(others)}." if others else ""
        raise UsageError(
            f"The question set {path} has a problem at {first.where}: {first.reason}.{more}",
            f"See all problems: assistant questions validate {path}",
        )
    if not question_set.questions:
        raise UsageError(f"The question set {path} is empty.", HINT)
    return question_set


def check_question_set(path: str | Path) -> QuestionSet:
    """Reads all that can be used of a question set, and lists what cannot.

    Raises:
        UsageError: it cannot be read at all.
    """
    try:
        content = read_content(Path(path))
    except (OSError, ValueError) as error:  # a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"The question set {path} cannot be read: {reason}.", HINT) from error
    problems = [Problem(*problem) for problem in content.problems]
    questions: dict[str, Question] = {}
    for where, fields in content.rows:
        try:
            question = _question(fields)
            if question.id in questions:
                raise ValueError(f"the id {question.id!r} was there before")
            questions[question.id] = question
        except ValueError as error:
            problems.append(Problem(where, str(error)))
    documents = tuple(Document(*text) for text in content.texts)
    in_order = tuple(sorted(problems, key=_place))
    return QuestionSet(str(path), content.format, tuple(questions.values()), documents, in_order)


def json_lines(questions: Iterable[Question]) -> str:
    """The questions in our own format, one object a line; what is empty is left out."""
    lines = (
        {name: value for name, value in question.to_dict().items() if value not in ("", [], None)}
        for question in questions
    )
    return "".join(json.dumps(line) + "\n" for line in lines)


def _place(problem: Problem) -> list[str | int]:
    """Sorts by file, then number: line 9 before line 10."""
    parts = re.split("([0-9]+)", problem.where)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def _question(fields: Any) -> Question:
    if not isinstance(fields, dict):
        raise ValueError("it is not a JSON object")
    if unknown := sorted(fields.keys() - _FIELDS):
        raise ValueError(f"`{unknown[0]}` is not a field of a question")
    answerable = _boolean(fields, "answerable", True)
    question = Question(
        id=_text(fields, "id"),
        split=_text(fields, "split") if fields.get("split") else "",
        question=_text(fields, "question"),
        answers=_texts(fields, "answers"),
        answerable=answerable,
        history=_history(fields.get("history", [])),
        article=_optional(fields, "article"),
        evidence=_optional(fields, "evidence"),
        gold_spans=_spans(fields.get("gold_spans", [])),
        gold_passages=_texts(fields, "gold_passages"),
        gold_documents=_grades(fields.get("gold_documents", [])),
        standalone=_optional(fields, "standalone"),
        draft=_boolean(fields, "draft", False),
    )
    gold = question.gold_spans or question.gold_passages or question.gold_documents
    if answerable and not (question.answers or question.evidence or gold):
        raise ValueError("it is answerable, but has no `answers`")
    if question.answers and not answerable:
        raise ValueError("it is not answerable, but has `answers`")
    return question


def _boolean(fields: dict[str, Any], name: str, default: bool) -> bool:
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise ValueError(f"`{name}` is neither true nor false")
    return value


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not _is_text(value) or not value.strip():
        raise ValueError(f"`{name}` is missing or not a text")
    return value


def _optional(fields: dict[str, Any], name: str) -> str | None:
    return _text(fields, name) if fields.get(name) is not None else None


def _texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    values = fields.get(name, [])
    if not isinstance(values, list) or not all(_is_text(v) and v.strip() for v in values):
        raise ValueError(f"`{name}` is not a list of texts")
    return tuple(values)


def _history(turns: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(turns, list) or not all(
        isinstance(turn, list) and len(turn) == 2 and all(map(_is_text, turn)) for turn in turns
    ):
        raise ValueError("`history` is not a list of pairs [question, answer]")
    return tuple((question, answer) for question, answer in turns)


def _spans(spans: Any) -> tuple[GoldSpan, ...]:
    if not isinstance(spans, list) or not all(
        isinstance(span, list)
        and len(span) == 3
        and _is_text(span[0])
        and all(map(_is_number, span[1:]))
        and span[1] < span[2]
        for span in spans
    ):
        raise ValueError("`gold_spans` is not a list of [article, start, end]")
    return tuple(GoldSpan(*span) for span in spans)


def _grades(documents: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(documents, list) or not all(
        isinstance(d, list) and len(d) == 2 and _is_text(d[0]) and _is_number(d[1]) and d[1] > 0
        for d in documents
    ):
        raise ValueError("`gold_documents` is not a list of [source, grade]")
    return tuple((source, grade) for source, grade in documents)


def _is_text(value: Any) -> TypeGuard[str]:
    """Whether it is a text that can be written as UTF-8, without NUL."""
    return isinstance(value, str) and not _UNSOUND.search(value)


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_NUMBER
