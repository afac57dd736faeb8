"""What an evaluation keeps: what was predicted for each question, its scores, and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.evaluation.calibration import RiskCoverage
from assistant.evaluation.instructions import Instruction
from assistant.evaluation.metrics import Figure
from assistant.evaluation.questions import Question
from assistant.records import Answer, Record

Outcome = Literal[
    "right",
    "rightly refused",
    "not retrieved",
    "falsely refused",
    "retrieved but not cited",
    "cited but wrong",
    "answered though unanswerable",
    "error",
]


@dataclass(frozen=True, slots=True)
class Prediction(Record):
    """All that came of a question, before anything is scored.

    ``gold`` are the ids of the passages that hold the answer, with their grades. ``rankings`` are
    passage ids (source names, where the question is judged by documents) with scores, best first,
    at most ten, by stage: ``dense``, ``lexical``, ``fused``, and ``final``, which is the fused one
    without near-duplicates, reranked; of a follow-up also ``as asked`` and, where it was rewritten
    by hand, ``by hand``. ``exact_quotes`` says of each citation whether its quote stands in the
    article at its offsets. ``quote`` and ``unaided`` are what the two plain baselines answered: the
    retrieved sentence with the highest cosine, and the same model without passages. ``seconds`` is
    the answer's time, ``peak_memory`` that of the process in bytes. ``error`` says why there is no
    answer.
    """

    question: Question
    answer: Answer | None = None
    error: str = ""
    gold: tuple[tuple[str, int], ...] = ()
    rankings: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    exact_quotes: tuple[bool, ...] = ()
    quote: str = ""
    unaided: str = ""
    seconds: float = 0.0
    peak_memory: int = 0

    @property
    def cluster(self) -> str:
        """What the question is about: intervals take questions about one article together."""
        return self.question.article or self.question.id

    @property
    def judgements(self) -> dict[str, int]:
        """What the rankings are judged by: grades of documents, if the question has them, or of
        passages."""
        return dict(self.question.gold_documents or self.gold)

    @property
    def refused(self) -> bool:
        return self.answer is not None and self.answer.refused


@dataclass(frozen=True, slots=True)
class Case(Record):
    """A prediction with its scores by name; None where a score has no meaning for it."""

    prediction: Prediction
    outcome: Outcome
    scores: Mapping[str, float | None]


Reaction = Literal["obeyed", "repeated", "none"]


@dataclass(frozen=True, slots=True)
class Attack(Record):
    """An instruction hidden in an article, and the question that is asked about that article.

    ``hidden`` is the instruction as it was dressed up for its ``place``; ``article`` is what the
    question is about, as ``Prediction.cluster`` has it.
    """

    instruction: Instruction
    place: str
    hidden: str
    article: str
    question: Question


@dataclass(frozen=True, slots=True)
class Attempt(Record):
    """What came of an attack, before anything is judged.

    ``control`` is the answer to the same question over the same articles without instructions.
    ``found`` tells whether a passage found has the canary, ``read`` whether the model was shown
    it. ``error`` says why an answer is missing.
    """

    attack: Attack
    answer: Answer | None = None
    control: Answer | None = None
    found: bool = False
    read: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class AttackCase(Record):
    """An attempt with what the answer did, as the reader sees it, and its scores by name."""

    attempt: Attempt
    reaction: Reaction
    scores: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Slice(Record):
    """Figures over a part of the questions: ``kind`` is what they were divided by."""

    kind: str
    label: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Result(Record):
    """Figures by group (``retrieval``, ``answers``, …), and the cases that they come from.

    ``attacks`` are there only where instructions were hidden in articles.
    ``funnel`` counts the outcomes. ``risk_coverage`` is None where nothing was answered.
    ``settings`` tell what was measured: settings, versions, sha256 of models, index, questions.
    """

    questions: str
    split: str | None
    model: str
    figures: dict[str, tuple[Figure, ...]]
    slices: tuple[Slice, ...]
    funnel: dict[Outcome, int]
    risk_coverage: RiskCoverage | None
    settings: dict[str, Any]
    cases: tuple[Case, ...]
    attacks: tuple[AttackCase, ...] = ()

    def figure(self, group: str, name: str) -> Figure:
        """One figure; raises KeyError if there is none of that name."""
        for figure in self.figures[group]:
            if figure.name == name:
                return figure
        raise KeyError(name)
