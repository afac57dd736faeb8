"""The question sets that the page offers: the starter library's, and those that were uploaded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, UsageError
from assistant.files import write_whole
from assistant.resources import resource
from assistant.settings import data_folder

if TYPE_CHECKING:
    from assistant.evaluation.questions import Question, QuestionSet

STARTER = "Starter questions"
_SAFE = re.compile(r"[^\w .,()-]+")
_LIMITS = (5, 20, 50, 100, 200, 500, 1000)
DEFAULT_LIMIT = 20


def own_sets() -> Path:
    """The folder of question sets that were uploaded: a run can go on only with its set."""
    return data_folder() / "question-sets"


def question_sets() -> dict[str, Path]:
    """All question sets by name, the starter library's first."""
    kept = sorted(own_sets().iterdir()) if own_sets().is_dir() else []
    names = {path.name: path for path in kept if path.is_file() and path.name[0] != "."}
    return {STARTER: resource("seeds", "questions.jsonl")} | {
        name: path for name, path in names.items() if name != STARTER
    }


def find_set(name: object) -> Path:
    """The file of a question set.

    Raises:
        UsageError: there is none of that name.
    """
    path = question_sets().get(str(name))
    if path is None:
        raise UsageError("There is no such question set any more.", "Choose one of the list.")
    return path


def read_upload(path: Path, name: str) -> QuestionSet:
    """Reads what was uploaded.

    Args:
        path: where it lies.
        name: what the reader's file is called; a problem is told with it.

    Raises:
        UsageError: it cannot be read, or is empty.
    """
    from assistant.evaluation.content import HINT
    from assistant.evaluation.questions import check_question_set

    try:
        question_set = check_question_set(path)
    except AssistantError as error:
        raise UsageError(error.message.replace(str(path), name), error.hint) from error
    if not question_set.problems and not question_set.questions:
        raise UsageError(f"The question set {name} is empty.", HINT)
    return question_set


def keep_upload(path: Path, name: str) -> str:
    """Keeps a question set in the user's data folder, once; gives the name that it has there.

    Raises:
        UsageError: the folder cannot be written to.
    """
    folder = own_sets()
    safe = Path(_SAFE.sub("_", name).strip(" .") or "questions")
    stem, suffix = safe.stem[:80], safe.suffix[:12]
    target, number = folder / f"{stem}{suffix}", 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        while target.exists() and target.read_bytes() != content:
            number += 1
            target = folder / f"{stem} ({number}){suffix}"
        if not target.exists():
            write_whole(target, content)
    except OSError as error:
        raise UsageError(
            f"The question set {name} cannot be kept in {folder}: {error.strerror or error}.",
            "Make room there, or make the folder writable.",
        ) from error
    return target.name


def remove_set(name: object) -> str:
    """Removes a question set that was uploaded.

    Raises:
        UsageError: there is none of that name, or it cannot be removed.
    """
    path = find_set(name)
    if path.parent != own_sets():
        raise UsageError("The starter library's questions stay.", "Choose another question set.")
    try:
        path.unlink()
    except OSError as error:
        raise UsageError(
            f"The question set {path.name} cannot be removed: {error.strerror or error}.",
            f"Remove the file by hand: {path}",
        ) from error
    return path.name


def splits(questions: Iterable[Question]) -> dict[str, int]:
    """How many questions each split has, in the order of the set."""
    return dict(Counter(question.split for question in questions))


def limits(number: int) -> tuple[list[tuple[str, int]], int]:
    """How many of some questions can be asked, as label and number (0: all), and the default."""
    some = [(str(limit), limit) for limit in _LIMITS if limit < number]
    return [*some, (f"All {number:,}", 0)], DEFAULT_LIMIT if number > DEFAULT_LIMIT else 0
