"""Trains the reranker: the packaged embedder as a cross-encoder, with an adapter on its layers.

    python models/training/train_ranking.py --examples ranking.jsonl --checkpoint ranking.pt

The right window of a question is to score above the wrong ones: softmax over the scores of one
question's windows (ListNet, Cao et al. 2007, with one right document).
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path
from typing import Any

import torch
from packaged import packaged
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from transformers import AutoModelForSequenceClassification, AutoTokenizer

LONGEST = 96
"""Word pieces of a question and a window together."""

RANK = 32
_QUESTIONS_A_STEP = 8


def with_adapter() -> Any:
    """The packaged embedder with one output, its layers to be changed by an adapter."""
    torch.manual_seed(1)
    model = AutoModelForSequenceClassification.from_pretrained(
        packaged("embedder")[1].parent, num_labels=1, local_files_only=True
    )
    config = LoraConfig(
        r=RANK,
        lora_alpha=RANK,
        target_modules=r".*encoder.*\.(?:query|key|value|dense)",
        modules_to_save=["classifier", "pooler"],
        lora_dropout=0.05,
    )
    return get_peft_model(model, config)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--minutes", type=float, default=110)
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    rows = [json.loads(line) for line in options.examples.read_text("utf-8").splitlines()]
    random.Random(1).shuffle(rows)
    rows = rows[: options.n] * options.epochs
    tokenizer = AutoTokenizer.from_pretrained(packaged("embedder")[1].parent, local_files_only=True)
    model = with_adapter().train()
    weights = [w for w in model.parameters() if w.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=options.rate, weight_decay=0.01)
    steps = len(rows) // _QUESTIONS_A_STEP
    losses: list[float] = []
    for step in range(steps):
        # Up over a tenth of the steps, then down along a cosine.
        warm = min(1.0, (step + 1) / (0.1 * steps))
        for group in optimizer.param_groups:
            group["lr"] = options.rate * warm * 0.5 * (1 + math.cos(math.pi * step / steps))
        batch = rows[step * _QUESTIONS_A_STEP : (step + 1) * _QUESTIONS_A_STEP]
        pairs = [(row["question"], window) for row in batch for window in row["windows"]]
        tokens = tokenizer(
            [q for q, _ in pairs],
            [w for _, w in pairs],
            truncation="longest_first",
            max_length=LONGEST,
            padding=True,
            return_tensors="pt",
        )
        scores = model(**tokens).logits.reshape(len(batch), -1)
        loss = torch.nn.functional.cross_entropy(scores, torch.zeros(len(batch), dtype=torch.long))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if (step + 1) % 20 == 0:
            print(
                f"step {step + 1}/{steps} loss {sum(losses[-40:]) / len(losses[-40:]):.3f}",
                flush=True,
            )
        if time.monotonic() > end:
            break
    torch.save(get_peft_model_state_dict(model), options.checkpoint)


if __name__ == "__main__":
    main()
