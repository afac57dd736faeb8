"""Fits the refusal score: how likely it is that the answer is there, and then that it is right.

    python models/training/calibrate.py --held work/examples-1.held.jsonl \\
        --adapter work/reader.safetensors

Two logistic regressions. The first decides whether anything is written, and its weights stand in
``assistant/answering/refusal.py``: over the model's own
likelihood to begin with a passage's number, the cosine of question and passage, and the names and
numbers of the question that are missing. The second judges what was written, to see what that would
bring: over the first one's score, the probabilities of the answer's tokens, and the support check's
verdict. The packs held back from training are asked. Prints the weights of fits to all of them, and
how good a fit to every other pack is on the rest.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from measure import evidence_of, merged, said
from packs import REFUSAL
from sklearn.linear_model import LogisticRegression

from assistant.answering.refusal import log_odds, signals
from assistant.answering.timings import Timings
from assistant.answering.writing import log_likelihood, write_answer
from assistant.evaluation.calibration import auc, calibration_error, risk_coverage
from assistant.evaluation.metrics import contains_answer, token_f1
from assistant.inference.embedding import Embedder
from assistant.inference.generation import Generator, Piece
from assistant.inference.models import load_embedder, load_generator
from assistant.records import Answer, Finished, Message
from assistant.settings import Settings

_FAR = ("far", "about nothing")
_NEAR = ("changed", "neighbour", "cut off", "missing")
_THRESHOLDS = (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
_MARK = re.compile(r"^\[\d+\] ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Signalled:
    """A question of a pack with what speaks for an answer before and after it is written."""

    pack: int
    kind: str
    answerable: bool
    right: bool
    before: tuple[float, ...]
    after: tuple[float, ...]
    draft: str


class Recorder:
    """A generator that keeps the pieces of its replies."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self.name = generator.name
        self.trained = generator.trained
        self.context_tokens = generator.context_tokens
        self.replies: list[list[Piece]] = []

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        cancel: threading.Event | None = None,
        beginning: str = "",
    ) -> Iterator[Piece]:
        self.replies.append([])
        for piece in self._generator.generate(messages, max_tokens, cancel, beginning):
            self.replies[-1].append(piece)
            yield piece

    def count_tokens(self, text: str) -> int:
        return self._generator.count_tokens(text)

    def close(self) -> None:
        self._generator.close()


def asked(held: Path, generator: Generator) -> Iterator[Signalled]:
    """The signals of all questions of the packs."""
    embedder, recorder = load_embedder(), Recorder(generator)
    for number, line in enumerate(held.read_text(encoding="utf-8").splitlines()):
        pack = json.loads(line)
        passages = [(title, text) for title, text in pack["passages"]]
        for item in pack["items"]:
            yield _asked(number, item, passages, recorder, embedder)


def _asked(
    number: int,
    item: dict[str, Any],
    passages: Sequence[tuple[str, str]],
    recorder: Recorder,
    embedder: Embedder,
) -> Signalled:
    question, gold = item["question"], _MARK.sub("", item["answer"])
    evidence = evidence_of(question, passages, embedder)
    refusal = Answer(question, question, "", True, hits=evidence.hits)
    settings = Settings(threshold=0.0)
    recorder.replies.clear()
    *_, last = write_answer(refusal, evidence, recorder, settings, None, Timings())
    if not isinstance(last, Finished):
        raise TypeError(last)
    answer, first = last.answer, recorder.replies[0]
    answerable = item["answer"] != REFUSAL
    found = contains_answer(said(answer), [gold]) or token_f1(said(answer), [gold]) >= 0.5
    return Signalled(
        pack=number,
        kind=item["kind"],
        answerable=answerable,
        right=answerable and found,
        before=(log_odds(first[0].probability), *signals(question, evidence)),
        after=written_signals(first, answer),
        draft=answer.draft,
    )


def written_signals(reply: Sequence[Piece], answer: Answer) -> tuple[float, float, float]:
    """What a written answer says about being right.

    Args:
        reply: what the model wrote, the beginning first.
        answer: what became of them.

    Returns:
        The mean logarithm of the probabilities behind the beginning, the least of them, and the
        share of the statements that are supported.
    """
    least = min((piece.probability for piece in reply[1:]), default=1.0)
    verdicts = [statement.verdict for statement in answer.statements]
    return (
        log_likelihood(reply) / max(len(reply) - 1, 1),
        math.log(max(least, 1e-6)),
        verdicts.count("supported") / len(verdicts) if verdicts else 0.0,
    )


def told(rows: Sequence[Signalled], scores: Sequence[float], of: str) -> None:
    """Prints how well scores tell answerable questions or right answers, and what thresholds do."""
    truth = [getattr(row, of) for row in rows]
    area = risk_coverage(scores, [row.right for row in rows]).area
    print(
        f"n {len(rows)}  AUC {auc(scores, truth):.3f}"
        f"  calibration error {calibration_error(scores, truth):.3f}"
        f"  area under risk over coverage {area:.3f}"
    )

    def refused(threshold: float, kept: Callable[[Signalled], bool]) -> float:
        below = [s < threshold for r, s in zip(rows, scores, strict=True) if kept(r)]
        return float(np.mean(below)) if below else math.nan

    for threshold in _THRESHOLDS:
        print(
            f"  threshold {threshold:.2f}  refused:"
            f" near {refused(threshold, lambda r: r.kind in _NEAR):.3f}"
            f"  far {refused(threshold, lambda r: r.kind in _FAR):.3f}"
            f"  answerable {refused(threshold, lambda r: r.answerable):.3f}"
            f"  right {refused(threshold, lambda r: r.right):.3f}"
        )


def fit(
    inputs: Callable[[Sequence[Signalled]], np.ndarray], rows: Sequence[Signalled], of: str
) -> tuple[list[float], Callable[[Sequence[Signalled]], list[float]]]:
    """Bias and weights of some of the signals, and what gives other rows' probabilities."""
    regression = LogisticRegression(C=10.0).fit(inputs(rows), [getattr(row, of) for row in rows])
    weights = [float(regression.intercept_[0]), *regression.coef_[0].tolist()]
    return weights, lambda some: regression.predict_proba(inputs(some))[:, 1].tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--held", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, help="merged into the default model first")
    parser.add_argument("--cache", type=Path, help="keeps the signals, to fit them again")
    options = parser.parse_args()
    if options.cache and options.cache.exists():
        lines = options.cache.read_text(encoding="utf-8").splitlines()
        rows = [Signalled(**json.loads(line)) for line in lines]
    else:
        generator = merged(options.adapter) if options.adapter else load_generator()
        rows = list(asked(options.held, generator))
        generator.close()
        if options.cache:
            kept = "".join(json.dumps(asdict(row)) + "\n" for row in rows)
            options.cache.write_text(kept, encoding="utf-8")

    def before(some: Sequence[Signalled], columns: Sequence[int]) -> np.ndarray:
        return np.array([row.before for row in some])[:, columns]

    halves = [[row for row in rows if row.pack % 2 == half] for half in (0, 1)]
    for name, columns in (("model alone", [0]), ("search alone", [1, 2]), ("all", [0, 1, 2])):
        weights, _ = fit(lambda some, c=columns: before(some, c), rows, "answerable")
        _, half = fit(lambda some, c=columns: before(some, c), halves[0], "answerable")
        print(f"before writing, {name}: {', '.join(f'{w:.2f}' for w in weights)}")
        told(halves[1], half(halves[1]), "answerable")

    def after(first: Callable[[Sequence[Signalled]], list[float]]) -> Any:
        return lambda some: np.column_stack(
            [[log_odds(score) for score in first(some)], np.array([row.after for row in some])]
        )

    for of in ("answerable", "right"):
        _, first = fit(lambda some: before(some, [0, 1, 2]), rows, "answerable")
        weights, _ = fit(after(first), rows, of)
        _, first = fit(lambda some: before(some, [0, 1, 2]), halves[0], "answerable")
        _, half = fit(after(first), halves[0], of)
        print(f"once written, whether {of}: {', '.join(f'{w:.2f}' for w in weights)}")
        told(halves[1], half(halves[1]), of)


if __name__ == "__main__":
    main()
