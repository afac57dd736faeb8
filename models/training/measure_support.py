"""Measures the support check on pairs that it was not trained on.

    python models/training/measure_support.py --data DATA --adapter support.safetensors

Of each set, the AUC of shared words (unigrams and bigrams), of the rules and of the trained model,
with 95% intervals by drawing pairs again and again; and the time that one pair takes.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
from data import squadshifts
from packaged import packaged
from support_examples import SupportPair, answers, claims

from assistant.answering.support import check_support
from assistant.evaluation.calibration import auc, calibration_error
from assistant.inference.crossencoder import SUPPORT_PIECES, AdaptedCrossEncoder
from assistant.retrieval.terms import words

_ORDER = {"unsupported": 0.0, "partly": 1.0, "supported": 2.0}
_RESAMPLES = 1000


def pairs(data: Path, n: int) -> dict[str, list[SupportPair]]:
    """The pairs of the reporting parts, at most ``n`` a set."""
    found: defaultdict[str, list[SupportPair]] = defaultdict(list)
    for pair in claims(data, reporting=True):
        found[pair.kind].append(pair)
    for name in ("new_wiki", "reddit", "amazon_reviews"):
        path = data / "reading" / f"squadshifts_{name}.json.gz"
        paragraphs = [p for p, reporting in squadshifts(path) if reporting]
        found[f"answers, {name}"] = list(answers(paragraphs, n, random.Random(3)))
    return {kind: random.Random(4).sample(of, min(n, len(of))) for kind, of in found.items()}


def overlap(pair: SupportPair) -> float:
    """The share of the statement's words and pairs of words that the text has."""
    said, held = _grams(pair.statement), _grams(pair.text)
    return len(said & held) / max(1, len(said))


def _grams(text: str) -> set[tuple[str, ...]]:
    plain = [word.lower() for word in words(text)]
    return {(word,) for word in plain} | set(pairwise(plain))


def by_rule(pair: SupportPair) -> float:
    check = check_support(pair.statement, pair.text)
    return _ORDER[check.verdict] + check.score


def interval(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    random_ = np.random.default_rng(0)
    values, truth = np.array(scores), np.array(labels)
    drawn = []
    for _ in range(_RESAMPLES):
        places = random_.integers(0, len(values), len(values))
        area = auc(values[places].tolist(), truth[places].tolist())
        if area is not None:
            drawn.append(area)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--n", type=int, default=600)
    parser.add_argument("--output", type=Path, help="keeps every pair with its scores")
    options = parser.parse_args()
    model = AdaptedCrossEncoder(packaged("embedder")[1].parent, options.adapter, SUPPORT_PIECES)
    kept, seconds = [], []
    for kind, of_kind in pairs(options.data, options.n).items():
        labels = [pair.label == 1.0 for pair in of_kind]
        trained = []
        for pair in of_kind:
            began = time.perf_counter()
            trained.append(float(model.score(pair.statement, [pair.text])[0]))
            seconds.append(time.perf_counter() - began)
        for name, scores in (
            ("shared words", [overlap(pair) for pair in of_kind]),
            ("rules", [by_rule(pair) for pair in of_kind]),
            ("trained", trained),
        ):
            low, high = interval(scores, labels)
            print(
                f"{kind:24} {name:14} AUC {auc(scores, labels):.3f} ({low:.3f} to {high:.3f})"
                f"  n {len(labels)}, {sum(labels)} supported"
            )
        print(
            f"{kind:24} {'trained':14} calibration error {calibration_error(trained, labels):.3f}"
        )
        kept += [
            {**asdict(p), "score": s, "rules": by_rule(p)}
            for p, s in zip(of_kind, trained, strict=True)
        ]
    print(f"one pair: {1000 * statistics.median(seconds):.1f} ms (median)")
    if options.output:
        options.output.write_text("".join(json.dumps(row) + "\n" for row in kept))


if __name__ == "__main__":
    main()
