"""Trains the reranker.

    python models/training/train_ranking.py --examples ranking.jsonl --checkpoint ranking.pt

The right window of a question is to score above the wrong ones: softmax over the scores of one
question's windows (ListNet, Cao et al. 2007, with one right document).
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

import torch
from cross_encoder import Scores, train

from assistant.inference.crossencoder import RANKING_PIECES

_QUESTIONS_A_STEP = 8


def loss_of(scores: Scores, questions: list[dict[str, Any]]) -> torch.Tensor:
    pairs = [(row["question"], window) for row in questions for window in row["windows"]]
    of_question = scores(pairs).reshape(len(questions), -1)
    first = torch.zeros(len(questions), dtype=torch.long)
    return torch.nn.functional.cross_entropy(of_question, first)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--minutes", type=float, default=110)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.examples.read_text("utf-8").splitlines()]
    random.Random(1).shuffle(rows)
    train(
        loss_of,
        rows,
        _QUESTIONS_A_STEP,
        RANKING_PIECES,
        options.rate,
        options.minutes,
        options.checkpoint,
    )


if __name__ == "__main__":
    main()
