"""Fits the refusal score: how likely it is that the passages hold the answer.

    python models/training/calibrate.py --held work/examples-1.held.jsonl \\
        --adapter work/reader.safetensors

A logistic regression over the model's own likelihood to begin with a passage's number, the cosine
of question and passage, and the names and numbers of the question that are missing. The packs held
back from training are asked. Prints the weights of a fit to all of them, which stand in
``assistant/answering/refusal.py``, and how good a fit to every other pack is on the rest.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measure import evidence_of, merged
from packs import REFUSAL
from sklearn.linear_model import LogisticRegression

from assistant.answering.prompts import A_NUMBER, answer_messages
from assistant.answering.refusal import log_odds, signals
from assistant.evaluation.calibration import auc, calibration_error
from assistant.inference.generation import Generator
from assistant.inference.models import load_embedder, load_generator

_FAR = ("far", "about nothing")
_NEAR = ("changed", "neighbour", "cut off")


@dataclass(frozen=True, slots=True)
class Signalled:
    """A question of a pack with the likelihood's log-odds, the similarity and the missing share."""

    pack: int
    kind: str
    answerable: bool
    signals: tuple[float, float, float]


def asked(held: Path, generator: Generator) -> list[Signalled]:
    """The signals of all questions of the packs."""
    embedder = load_embedder()
    rows = []
    for number, line in enumerate(held.read_text(encoding="utf-8").splitlines()):
        pack = json.loads(line)
        passages = [(title, text) for title, text in pack["passages"]]
        for item in pack["items"]:
            evidence = evidence_of(item["question"], passages, embedder)
            messages = answer_messages(item["question"], passages)
            (first,) = generator.generate(messages, 1, beginning=A_NUMBER)
            rows.append(
                Signalled(
                    number,
                    item["kind"],
                    item["answer"] != REFUSAL,
                    (log_odds(first.probability), *signals(item["question"], evidence)),
                )
            )
    generator.close()
    return rows


def told(rows: Sequence[Signalled], scores: Sequence[float]) -> None:
    """Prints how well scores tell answerable questions, and what thresholds do."""
    truth = [row.answerable for row in rows]
    error = calibration_error(scores, truth)
    print(f"n {len(rows)}  AUC {auc(scores, truth):.3f}  calibration error {error:.3f}")

    def refused(threshold: float, kinds: Sequence[str]) -> float:
        below = [s < threshold for r, s in zip(rows, scores, strict=True) if r.kind in kinds]
        return float(np.mean(below)) if below else math.nan

    answerable = [kind for kind in {r.kind for r in rows} if kind not in (*_NEAR, *_FAR)]
    for threshold in (0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
        print(
            f"  threshold {threshold:.2f}  refused: near {refused(threshold, _NEAR):.3f}"
            f"  far {refused(threshold, _FAR):.3f}"
            f"  answerable {refused(threshold, answerable):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--held", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, help="merged into the default model first")
    parser.add_argument("--cache", type=Path, help="keeps the signals, to fit them again")
    options = parser.parse_args()
    if options.cache and options.cache.exists():
        kept = json.loads(options.cache.read_text())
        rows = [Signalled(p, k, a, (s[0], s[1], s[2])) for p, k, a, s in kept]
    else:
        generator = merged(options.adapter) if options.adapter else load_generator()
        rows = asked(options.held, generator)
        if options.cache:
            kept = [(r.pack, r.kind, r.answerable, r.signals) for r in rows]
            options.cache.write_text(json.dumps(kept))
    halves = [[row for row in rows if row.pack % 2 == half] for half in (0, 1)]
    for name, columns in (("model alone", [0]), ("search alone", [1, 2]), ("all", [0, 1, 2])):
        print(f"{name}: bias and weights {', '.join(f'{w:.2f}' for w in fit(rows, columns)[0])}")
        told(halves[1], fit(halves[0], columns)[1](halves[1]))


def fit(
    rows: Sequence[Signalled], columns: Sequence[int]
) -> tuple[list[float], Callable[[Sequence[Signalled]], list[float]]]:
    """Bias and weights of some of the signals, and what gives other rows' probabilities."""

    def inputs(some: Sequence[Signalled]) -> np.ndarray:
        return np.array([row.signals for row in some])[:, columns]

    regression = LogisticRegression(C=10.0).fit(inputs(rows), [row.answerable for row in rows])
    weights = [float(regression.intercept_[0]), *regression.coef_[0].tolist()]
    return weights, lambda some: regression.predict_proba(inputs(some))[:, 1].tolist()


if __name__ == "__main__":
    main()
