"""Which questions of a set are asked."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import TypeVar

from assistant.errors import UsageError
from assistant.evaluation.questions import Question, QuestionSet

_FEWEST = 30
Item = TypeVar("Item")


def chosen_questions(
    question_set: QuestionSet,
    split: str | None = None,
    limit: int | None = None,
    only: Collection[str] = (),
    seed: int | None = None,
) -> list[Question]:
    """The questions that are asked, in their order; the arguments are those of ``evaluate``.

    Raises:
        UsageError: the set has no such question.
    """
    chosen = [
        question
        for question in question_set.questions
        if split in (None, question.split) and (not only or question.id in only)
    ]
    unknown = sorted(set(only) - {question.id for question in chosen})
    if unknown:
        raise UsageError(
            f"There is no question {unknown[0]!r} among those chosen of {question_set.path}.",
            "Name the ids as the set has them.",
        )
    if not chosen:
        raise UsageError(
            f"The question set {question_set.path} has no question of the split {split!r}.",
            "Leave the split out, or name one that the set has.",
        )
    return some(chosen, limit, seed)


def some(items: Sequence[Item], limit: int | None, seed: int | None) -> list[Item]:
    """The first ones, or with a seed a random sample in its order."""
    if seed is not None and limit is not None and limit < len(items):
        sample = set(random.Random(seed).sample(range(len(items)), limit))  # noqa: S311
        return [item for place, item in enumerate(items) if place in sample]
    return list(items[:limit])


def refuse_for_calibration(question_set: QuestionSet, chosen: Sequence[Question]) -> None:
    """Lets only those questions pass that can tell a threshold for the reader's own library.

    Raises:
        UsageError: the set brings its own texts, or the questions are drafts or too few.
    """
    if question_set.documents:
        raise UsageError(
            "This question set brings its own texts, so it tells no threshold for your library.",
            "Use questions about your own articles: assistant questions draft FILE",
        )
    drafts = sum(question.draft for question in chosen)
    if drafts:
        raise UsageError(
            f"{drafts} of the {len(chosen)} questions are drafts, and drafts set no threshold.",
            'Review them: correct or delete each line, then take "draft" off.',
        )
    if len(chosen) < _FEWEST:
        raise UsageError(
            f"A threshold needs {_FEWEST} questions at least, and only {len(chosen)} are chosen.",
            "Choose more of the set, or draft and review some: assistant questions draft FILE",
        )
