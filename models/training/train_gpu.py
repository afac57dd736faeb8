"""Trains the reader on a GPU in minutes: the same adapter as ``train.py``, by the same losses.

    python models/training/train_gpu.py --epoch work/dossiers-1.tokens work/examples-1.tokens \\
        --epoch work/dossiers-2.tokens work/examples-2.tokens --checkpoint work/reader.pt

Packs are laid one behind the other in rows of 16,384 tokens, a row a step, with attention that
leaves out what no token sees (FlexAttention, Dong et al. 2024). ``--start`` takes the adapter of a
checkpoint of either, or of a file that ``export.py`` wrote.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from merged import Reader, losses_of
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from rows import row_of, rows
from tokens import Packed, read
from train import adapter_of, base_model, rate, with_adapter

_TOLD_EVERY = 50


@torch.no_grad()
def held_figures(reader: Reader, packs: Sequence[Packed], device: str) -> tuple[float, float]:
    """Of packs that are not trained on: the mean loss of the answers' tokens, weighed as in
    training, and the share of answers of which every token is the likeliest."""
    total, count, right, answers = 0.0, 0.0, 0, 0
    for members in rows(packs, random.Random(1)):
        row = row_of(members).to(device)
        logits = reader.logits(row)
        total += (losses_of(logits, row) * row.counts).sum().item()
        count += row.counts.sum().item()
        lengths = [end - answer for pack in members for _, answer, end in pack.segments]
        likeliest = (logits.argmax(-1) == row.tokens[0, row.places]).split(lengths)
        right += sum(bool(answer.all()) for answer in likeliest)
        answers += len(lengths)
    return total / count, right / answers


def train(
    reader: Reader,
    steps: Sequence[Sequence[Packed]],
    device: str,
    peak_rate: float,
    falling: float,
    dropout: float,
) -> None:
    """Trains the reader's adapter, a row a step; the rate falls over ``falling`` steps."""
    weights = list(reader.factors.values())
    optimizer = torch.optim.AdamW(weights, weight_decay=0.0, betas=(0.9, 0.98), fused=True)
    began, tokens_read = time.monotonic(), 0
    for step, members in enumerate(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, falling, peak_rate)
        row = row_of(members).to(device)
        loss = (reader.losses(row, dropout) * row.counts).sum() / row.counts.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        tokens_read += sum(len(pack.tokens) for pack in members)
        if (step + 1) % _TOLD_EVERY == 0:
            speed = tokens_read / (time.monotonic() - began)
            print(f"step {step + 1}/{len(steps)} loss {loss:.3f} {speed:.0f} tokens/s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--epoch", type=Path, nargs="+", action="append", required=True)
    parser.add_argument(
        "--held", type=Path, nargs="+", help="packs whose figures are told at the end"
    )
    parser.add_argument("--start", type=Path, help="a checkpoint or an adapter that is trained on")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--peak-rate", type=float, default=1.5e-3, help="default: 1.5e-3")
    parser.add_argument("--constant", action="store_true", help="a rate that does not fall again")
    parser.add_argument("--dropout", type=float, default=0.0, help="default: 0")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("This needs a GPU; train.py trains on processors.")
    device, random_ = "cuda", random.Random(options.seed)
    model = with_adapter(base_model(torch.float32), options.seed)
    if options.start:
        set_peft_model_state_dict(model, adapter_of(options.start, model))
    adapter = get_peft_model_state_dict(model)
    reader = Reader(model.unload(), adapter, device)
    torch.manual_seed(options.seed)
    steps = [row for files in options.epoch for row in rows(list(read(files)), random_)]
    falling = math.inf if options.constant else len(steps)
    train(reader, steps, device, options.peak_rate, falling, options.dropout)
    torch.save({"adapter": reader.adapter(), "step": len(steps)}, options.checkpoint)
    if options.held:
        loss, right = held_figures(reader, list(read(options.held)), device)
        print(f"held back: loss {loss:.4f}, answers right word for word {right:.4f}")


if __name__ == "__main__":
    main()
