"""Trains the span reader on processors: all layers of the reranker, and two outputs a word piece.

    python models/training/train_spans.py --examples dossiers-1.jsonl examples-1.jsonl \\
        --checkpoint spans.pt --minutes 50

An answer's first and last word piece are to be likelier than all others of both passages, and than
the first piece of each pair, which stands for there being no answer (Clark & Gardner 2018).
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from packaged import packaged
from span_examples import SpanExample, span_examples
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from assistant.inference.adapter import read_adapter

_A_STEP = 32
_SORTED = 20 * _A_STEP
_PARTS = 4
_LONGEST = 224
_WARM = 0.04
_HEAD_FASTER = 5.0
_BARRED = -1e4
_TOLD_EVERY = 25


def span_model(begin: Path) -> Any:
    """The packaged embedder with two outputs a word piece, and what it learned before.

    Args:
        begin: a checkpoint of this script, or the product's reranker.
    """
    torch.manual_seed(1)
    model = AutoModelForQuestionAnswering.from_pretrained(
        packaged("embedder")[1].parent, local_files_only=True, attn_implementation="eager"
    )
    if begin.suffix == ".pt":
        model.load_state_dict(torch.load(begin, weights_only=True))
    else:
        learned, weights = read_adapter(begin), model.state_dict()
        for name in learned.factors:
            weights[name].add_(torch.from_numpy(learned.change(name)))
    for module in model.modules():  # one pass over much text needs none, and it costs a quarter
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model.bert.embeddings.requires_grad_(False)
    return model.train()


def loss_of(model: Any, tokenizer: Any, examples: Sequence[SpanExample]) -> torch.Tensor:
    """The mean of the negative logarithms of the probabilities of where answers begin and end."""
    pairs = [(example.question, passage) for example in examples for passage in example.passages]
    read = tokenizer(
        [question for question, _ in pairs],
        [passage for _, passage in pairs],
        truncation="longest_first",
        max_length=_LONGEST,
        return_offsets_mapping=True,
    )
    logits = _logits(model, tokenizer, read)
    losses, pair = [], 0
    for example in examples:
        of_example = logits[pair : pair + len(example.passages)]
        every = torch.cat(of_example).logsumexp(0)
        if example.spans:
            first, last = _places(read, pair, example.spans)
            if first:
                starts, ends = of_example[0][first, 0], of_example[0][last, 1]
                likely = torch.stack([starts.logsumexp(0), ends.logsumexp(0)])
                losses.append((every - likely).sum())
        else:
            nothing = torch.stack([one[0] for one in of_example]).logsumexp(0)
            losses.append((every - nothing).sum())
        pair += len(example.passages)
    return torch.stack(losses).mean()


def _logits(model: Any, tokenizer: Any, read: Any) -> list[torch.Tensor]:
    """Of each pair, of shape (pieces, 2); pairs of like length are read together."""
    count = len(read["input_ids"])
    order = sorted(range(count), key=lambda pair: len(read["input_ids"][pair]))
    found: dict[int, torch.Tensor] = {}
    size = -(-count // _PARTS)
    for at in range(0, count, size):
        part = order[at : at + size]
        padded = tokenizer.pad(
            {name: [read[name][pair] for pair in part] for name in tokenizer.model_input_names},
            return_tensors="pt",
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.bert(**padded).last_hidden_state
        for row, pair in enumerate(part):
            logits = model.qa_outputs(hidden[row, : len(read["input_ids"][pair])].float())
            read_ = torch.tensor([of == 1 for of in read.sequence_ids(pair)])
            read_[0] = True
            found[pair] = logits.masked_fill(~read_[:, None], _BARRED)
    return [found[pair] for pair in range(count)]


def _places(read: Any, pair: int, spans: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    places = [
        (piece, start, end)
        for piece, ((start, end), of) in enumerate(
            zip(read["offset_mapping"][pair], read.sequence_ids(pair), strict=True)
        )
        if of == 1
    ]
    first, last = [], []
    for begin, finish in spans:
        starting = [piece for piece, start, end in places if start <= begin < end]
        ending = [piece for piece, start, end in places if start < finish <= end]
        if starting and ending:
            first.append(starting[0])
            last.append(ending[0])
    return first, last


def steps(examples: Sequence[SpanExample]) -> list[list[SpanExample]]:
    """The examples of each step, which are of like length, in any order."""
    random_, found = random.Random(1), []
    for at in range(0, len(examples), _SORTED):
        near = sorted(examples[at : at + _SORTED], key=lambda e: max(map(len, e.passages)))
        some = [near[n : n + _A_STEP] for n in range(0, len(near), _A_STEP)]
        random_.shuffle(some)
        found += some
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--examples", type=Path, nargs="+", required=True)
    parser.add_argument("--start", type=Path, default=Path("models/ranking.safetensors"))
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--minutes", type=float, default=50)
    options = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(packaged("embedder")[1].parent, local_files_only=True)
    model = span_model(options.start)
    layers = [w for w in model.bert.parameters() if w.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": layers, "of_rate": 1.0},
            {"params": model.qa_outputs.parameters(), "of_rate": _HEAD_FASTER},
        ],
        lr=options.rate,
        weight_decay=0.01,
    )
    todo = steps(span_examples(options.examples, seed=1))
    begun, losses = time.monotonic(), []
    for step, examples in enumerate(todo):
        done = max((time.monotonic() - begun) / (60 * options.minutes), step / len(todo))
        if done >= 1:
            break
        for group in optimizer.param_groups:
            warm = min(1.0, done / _WARM + 0.01)
            group["lr"] = group["of_rate"] * options.rate * warm * (1 - done)
        loss = loss_of(model, tokenizer, examples)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if (step + 1) % _TOLD_EVERY == 0:
            recent = losses[-4 * _TOLD_EVERY :]
            print(f"step {step + 1}/{len(todo)} loss {sum(recent) / len(recent):.3f}", flush=True)
    torch.save(model.state_dict(), options.checkpoint)


if __name__ == "__main__":
    main()
