"""Trains the support check: does a text say what a statement says?

python models/training/train_support.py --examples support.jsonl --checkpoint support.pt
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

import torch
from cross_encoder import Scores, train

from assistant.inference.crossencoder import SUPPORT_PIECES

_PAIRS_A_STEP = 32


def loss_of(scores: Scores, rows: list[dict[str, Any]]) -> torch.Tensor:
    wanted = torch.tensor([float(row["label"]) for row in rows])
    given = scores([(row["statement"], row["text"]) for row in rows])
    return torch.nn.functional.binary_cross_entropy_with_logits(given, wanted)


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
        _PAIRS_A_STEP,
        SUPPORT_PIECES,
        options.rate,
        options.minutes,
        options.checkpoint,
    )


if __name__ == "__main__":
    main()
