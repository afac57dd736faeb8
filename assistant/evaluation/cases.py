"""What an evaluation keeps: a case a question, and the figures over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evaluation.metrics import Figure
from assistant.evaluation.questions import Question
from assistant.records import Answer, Record


@dataclass(frozen=True, slots=True)
class Baseline(Record):
    """What a plain method answered to a question."""

    text: str
    refused: bool
    contains: bool
    f1: float


@dataclass(frozen=True, slots=True)
class Case(Record):
    """A question with all that came of it.

    ``rank`` is the place of the first passage that holds the evidence among the first ten (None:
    not there, or no evidence is known). ``exact_quotes`` counts citations whose quote stands in
    the article at their offsets. ``error`` says why there is no answer.
    """

    question: Question
    answer: Answer | None
    rank: int | None
    contains: bool
    f1: float
    exact_quotes: int
    quote: Baseline
    unaided: Baseline
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Result(Record):
    """Figures by group (``retrieval``, ``answers``, …), and the cases that they come from."""

    questions: str
    split: str | None
    model: str
    figures: dict[str, tuple[Figure, ...]]
    cases: tuple[Case, ...]

    def figure(self, group: str, name: str) -> Figure:
        """One figure; raises KeyError if there is none of that name."""
        for figure in self.figures[group]:
            if figure.name == name:
                return figure
        raise KeyError(name)
