"""Trains the packaged embedder as a cross-encoder, with an adapter on its layers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from packaged import packaged
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from transformers import AutoModelForSequenceClassification, AutoTokenizer

RANK = 32
_TOLD_EVERY = 20
Pair = tuple[str, str]
Scores = Callable[[Sequence[Pair]], torch.Tensor]


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


def train(
    loss_of: Callable[[Scores, list[Any]], torch.Tensor],
    rows: Sequence[Any],
    rows_a_step: int,
    longest: int,
    rate: float,
    minutes: float,
    checkpoint: Path,
) -> None:
    """Goes through the rows once and writes what was learned.

    Args:
        loss_of: the loss of some rows, given what scores pairs of texts (logits of shape (n,)).
        rows: the examples, in their order.
        rows_a_step: how many make a step.
        longest: word pieces of both texts of a pair together.
        rate: the learning rate, up over a tenth of the steps, then down along a cosine.
        minutes: when to break off.
        checkpoint: the file to write.
    """
    end = time.monotonic() + 60 * minutes
    tokenizer = AutoTokenizer.from_pretrained(packaged("embedder")[1].parent, local_files_only=True)
    model = with_adapter().train()
    weights = [w for w in model.parameters() if w.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    steps = len(rows) // rows_a_step
    losses: list[float] = []

    def scores(pairs: Sequence[Pair]) -> torch.Tensor:
        tokens = tokenizer(
            [first for first, _ in pairs],
            [second for _, second in pairs],
            truncation="longest_first",
            max_length=longest,
            padding=True,
            return_tensors="pt",
        )
        logits: torch.Tensor = model(**tokens).logits[:, 0]
        return logits

    for step in range(steps):
        warm = min(1.0, (step + 1) / (0.1 * steps))
        for group in optimizer.param_groups:
            group["lr"] = rate * warm * 0.5 * (1 + math.cos(math.pi * step / steps))
        loss = loss_of(scores, list(rows[step * rows_a_step : (step + 1) * rows_a_step]))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if (step + 1) % _TOLD_EVERY == 0:
            recent = losses[-2 * _TOLD_EVERY :]
            print(f"step {step + 1}/{steps} loss {sum(recent) / len(recent):.3f}", flush=True)
        if time.monotonic() > end:
            break
    torch.save(get_peft_model_state_dict(model), checkpoint)
