"""Trains the reader on processors: a LoRA (Hu et al. 2021) on all linear layers of the model.

Works in legs: each ends in a checkpoint, from which the same command goes on.

    python models/training/train.py --examples examples-1.jsonl --checkpoint first.pt --minutes 110
    python models/training/train.py --examples examples-2.jsonl --start first.pt \
        --checkpoint second.pt --minutes 110

Several files of examples are mixed; ``--packs`` takes so many of what they make. ``--start`` takes
the adapter of another run along, of a checkpoint or of a file that ``export.py`` wrote, with a
learning rate of its own.

All questions of a pack are trained on at once: the passages are read once, and each question sees
them and itself alone, at the positions that it would have if it were the only one.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import attention
import torch
from adapters import NAMES, SCALE, imported
from packaged import packaged
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file
from tokens import DECISION_WEIGHT, Packed, all_packed, examples_in, positions
from transformers import AutoModelForCausalLM, GgufConfig

from assistant.inference.llama import LlamaGenerator

RANK = 16
_WARM_UP = 40
# Each on a thread of its own: cores that share each product wait for each other at its end.
_PACKS_A_STEP = 2
_SORTED_TOGETHER = 40
# Each new length of a matrix costs the products' library a second of preparation.
_LENGTHS = 64
_TOLD_EVERY = 10


def inputs(packed_: Packed) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Tokens (1, n), 0 where a token sees another and -inf elsewhere (1, 1, n, n), and positions
    (1, n). Tokens that nothing sees fill up to a length that other packs have too."""
    n = _filled(len(packed_.tokens))
    sees = torch.ones(n, n, dtype=torch.bool).tril()
    for begin, _, end in packed_.segments:
        sees[begin:end, packed_.shared : begin] = False
    mask = torch.zeros(n, n).masked_fill(~sees, -math.inf)
    rest = n - len(packed_.tokens)
    tokens, places = packed_.tokens + [0] * rest, positions(packed_) + [0] * rest
    return torch.tensor([tokens]), mask[None, None], torch.tensor([places])


def _filled(n: int) -> int:
    return -(-n // _LENGTHS) * _LENGTHS


def loss_of(model: Any, packed_: Packed) -> torch.Tensor:
    """Mean loss of the answers' tokens, where the first ones, which decide whether there is an
    answer, weigh more."""
    tokens, mask, positions = inputs(packed_)
    places = [p for _, answer, end in packed_.segments for p in range(answer, end)]
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=model.dtype == torch.bfloat16):
        hidden = model.model(
            input_ids=tokens,
            attention_mask=mask.to(model.dtype),
            position_ids=positions,
            use_cache=False,
        ).last_hidden_state[0]
        filled = places + places[-1:] * (_filled(len(places)) - len(places))
        logits = model.lm_head(hidden[torch.tensor(filled) - 1])[: len(places)].float()
    losses = torch.nn.functional.cross_entropy(logits, tokens[0, places], reduction="none")
    first = {answer for _, answer, _ in packed_.segments}
    weights = torch.tensor([DECISION_WEIGHT if p in first else 1.0 for p in places])
    return (losses * weights).sum() / weights.sum()


def gradients(
    model: Any, weights: Sequence[torch.Tensor], packed_: Packed
) -> tuple[float, tuple[torch.Tensor, ...]]:
    """The loss of a pack, and where it falls."""
    loss = loss_of(model, packed_)
    return loss.item(), torch.autograd.grad(loss, weights)


def base_model(dtype: torch.dtype | None = None) -> Any:
    """The default model as the training framework has it, from the packaged file, in the type that
    is faster unless one is given."""
    _, path = packaged("generator")
    return AutoModelForCausalLM.from_pretrained(
        str(path.parent),
        gguf_file=path.name,
        dtype=dtype or faster_type(),
        attn_implementation=attention.NAME,
        quantization_config=GgufConfig(dequantize=True),
    )


def faster_type() -> torch.dtype:
    """float32 or bfloat16: some processors multiply the second at four times the speed of the
    first, others at half."""
    taken = {}
    for dtype in (torch.float32, torch.bfloat16):
        left, right = (torch.ones(1024, 1024, dtype=dtype) for _ in range(2))
        for _ in range(5):
            began = time.perf_counter()
            (left @ right).sum().item()
            taken[dtype] = min(taken.get(dtype, math.inf), time.perf_counter() - began)
    return min(taken, key=lambda dtype: taken[dtype])


def with_adapter(model: Any, seed: int = 1) -> Any:
    """The model with an adapter that changes nothing yet; its first factors are drawn by a seed."""
    torch.manual_seed(seed)
    linear = [module.split(".")[1] for module in NAMES]
    config = LoraConfig(
        r=RANK, lora_alpha=int(SCALE * RANK), target_modules=linear, lora_dropout=0.0
    )
    return get_peft_model(model, config)


def adapter_of(path: Path, model: Any) -> dict[str, torch.Tensor]:
    """The adapter of a checkpoint or of a file that the product merges."""
    if path.suffix == ".safetensors":
        config = model.config
        return imported(load_file(path), config.num_attention_heads, config.num_key_value_heads)
    adapter: dict[str, torch.Tensor] = torch.load(path, weights_only=True)["adapter"]
    return adapter


def rate(step: int, steps: float, peak: float) -> float:
    """The learning rate: up at first, then down along a cosine to a twentieth."""
    if step < _WARM_UP:
        return peak * (step + 1) / _WARM_UP
    done = min(1.0, (step - _WARM_UP) / max(1, steps - _WARM_UP))
    return peak * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))


def alike_together(packs: Sequence[Packed], random_: random.Random) -> list[Packed]:
    """The packs in an order in which those of a step are about as long: they are read at the same
    time, and the step ends with the longest."""
    steps: list[list[Packed]] = []
    for start in range(0, len(packs), _SORTED_TOGETHER):
        near = sorted(packs[start : start + _SORTED_TOGETHER], key=lambda p: len(p.tokens))
        steps += batches(near, 0)
    random_.shuffle(steps)
    return [pack for step in steps for pack in step]


def batches(packs: Sequence[Packed], step: int) -> Iterator[list[Packed]]:
    """The packs in their order, from a step on."""
    for start in range(step * _PACKS_A_STEP, len(packs), _PACKS_A_STEP):
        yield list(packs[start : start + _PACKS_A_STEP])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--examples", type=Path, nargs="+", required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a checkpoint or an adapter that is trained on")
    parser.add_argument("--packs", type=int, help="so many of the packs (default: all)")
    parser.add_argument("--peak-rate", type=float, default=5e-4, help="of learning (default: 5e-4)")
    parser.add_argument("--minutes", type=float, default=110)
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes

    generator = LlamaGenerator(packaged("generator")[1], "tokenizer", 512)
    packs = all_packed(examples_in(options.examples), generator)
    generator.close()
    if len(options.examples) > 1:
        random.Random(1).shuffle(packs)
    packs = alike_together(packs[: options.packs], random.Random(2))
    steps = math.ceil(len(packs) / _PACKS_A_STEP)

    model = with_adapter(base_model())
    weights = [w for w in model.parameters() if w.requires_grad]
    peak = options.peak_rate
    optimizer = torch.optim.AdamW(weights, lr=peak, weight_decay=0.0, betas=(0.9, 0.98))
    step = 0
    if options.start and not options.checkpoint.exists():
        set_peft_model_state_dict(model, adapter_of(options.start, model))
    if options.checkpoint.exists():
        kept = torch.load(options.checkpoint, weights_only=True)
        set_peft_model_state_dict(model, kept["adapter"])
        optimizer.load_state_dict(kept["optimizer"])
        step = kept["step"]
    inner = model.base_model.model
    tokens_read, losses, began = 0, [], time.monotonic()
    threads = max(1, torch.get_num_threads() // _PACKS_A_STEP)
    with ThreadPoolExecutor(
        _PACKS_A_STEP, initializer=partial(torch.set_num_threads, threads)
    ) as pool:
        for batch in batches(packs, step):
            for group in optimizer.param_groups:
                group["lr"] = rate(step, steps, peak)
            found = list(pool.map(partial(gradients, inner, weights), batch))
            losses += [loss for loss, _ in found]
            tokens_read += sum(len(pack.tokens) for pack in batch)
            for weight, *parts in zip(weights, *(parts for _, parts in found), strict=True):
                weight.grad = sum(parts) / len(batch)
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            if step % _TOLD_EVERY == 0:
                recent = sum(losses[-40:]) / len(losses[-40:])
                speed = tokens_read / (time.monotonic() - began)
                print(f"step {step}/{steps} loss {recent:.3f} {speed:.0f} tokens/s", flush=True)
            late = time.monotonic() > end
            if late or step % 50 == 0:
                keep(options.checkpoint, model, optimizer, step)
            if late:
                return
    keep(options.checkpoint, model, optimizer, step)
    print("all examples seen")


def keep(path: Path, model: Any, optimizer: Any, step: int) -> None:
    """Writes the checkpoint whole or not at all."""
    draft = path.with_suffix(".draft")
    adapter = get_peft_model_state_dict(model)
    torch.save({"adapter": adapter, "optimizer": optimizer.state_dict(), "step": step}, draft)
    draft.replace(path)


if __name__ == "__main__":
    main()
