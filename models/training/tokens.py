"""Packs in the very tokens that the product would give the model.

    python models/training/tokens.py --examples work/dossiers-1.jsonl \\
        --output work/dossiers-1.tokens
    python models/training/tokens.py --examples work/dossiers-1.jsonl --renamed 1 \\
        --output work/renamed-1.tokens

``train.py`` makes them by itself; ``train_gpu.py`` reads such files, so that no time of a GPU is
spent on it. ``--renamed`` changes numbers and names first.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from packaged import packaged
from packs import Item, Pack
from renaming import names_inside, renamed

from assistant.answering.prompts import answer_messages
from assistant.inference.chat import prompt_tokens
from assistant.inference.llama import LlamaGenerator

_LONGEST = 1600
# What the loss of an answer's first token counts: it decides whether there is an answer.
DECISION_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Packed:
    """The tokens of a pack: what all its questions share, then each question with its answer.

    ``segments`` has, of each question, where its tokens begin, where those of its answer do, and
    where they end.
    """

    tokens: list[int]
    shared: int
    segments: list[tuple[int, int, int]]


def packed(pack: dict[str, Any], generator: LlamaGenerator) -> Packed:
    """A pack in tokens; questions that do not fit into 1600 of them are left out."""
    prompts, answers = [], []
    for item in pack["items"]:
        messages = answer_messages(item["question"], [tuple(p) for p in pack["passages"]])
        vocabulary = generator.vocabulary
        prompts.append(prompt_tokens(generator.template.parts(messages), vocabulary))
        answers.append([*vocabulary.tokenize(item["answer"], special=False), vocabulary.eos])
    shared = _common_length(prompts)
    if shared == len(min(prompts, key=len)):
        shared -= 1
    tokens, segments = prompts[0][:shared], []
    for prompt, answer in zip(prompts, answers, strict=True):
        own = prompt[shared:]
        begin = len(tokens)
        if begin + len(own) + len(answer) > _LONGEST:
            continue
        tokens = [*tokens, *own, *answer]
        segments.append((begin, begin + len(own), len(tokens)))
    return Packed(tokens, shared, segments)


def examples_in(files: Sequence[Path]) -> list[dict[str, Any]]:
    """The packs of files that ``examples.py`` or ``dossiers.py`` wrote."""
    return [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines()]


def all_packed(examples: Sequence[dict[str, Any]], generator: LlamaGenerator) -> list[Packed]:
    """Packs in tokens, but for those of which no question fits."""
    found = (packed(example, generator) for example in examples)
    return [pack for pack in found if pack.segments]


def _common_length(lists: Sequence[Sequence[int]]) -> int:
    length = 0
    for tokens in zip(*lists, strict=False):
        if len(set(tokens)) > 1:
            break
        length += 1
    # With one question alone, all of its prompt is common; it may as well be.
    return length


def positions(packed_: Packed) -> list[int]:
    """Each token's position: every question begins behind what all share."""
    own = (packed_.shared + place for b, _, end in packed_.segments for place in range(end - b))
    return [*range(packed_.shared), *own]


def read(files: Sequence[Path]) -> Iterator[Packed]:
    """The packs that were written."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Packed(row["tokens"], row["shared"], [tuple(s) for s in row["segments"]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--examples", type=Path, nargs="+", required=True)
    parser.add_argument("--renamed", type=int, help="change numbers and names, with this seed")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    rows = examples_in(options.examples)
    generator = LlamaGenerator(packaged("generator")[1], "tokenizer", 512)

    @cache
    def is_rare(name: str) -> bool:
        return len(generator.vocabulary.tokenize(f" {name}", special=False)) > 1

    if options.renamed is not None:
        random_ = random.Random(options.renamed)
        names = names_inside([text for row in rows for _, text in row["passages"]])
        rare = [name for name in names if is_rare(name)]
        packs = (Pack(row["passages"], [Item(**item) for item in row["items"]]) for row in rows)
        rows = [asdict(renamed(pack, rare, is_rare, random_)) for pack in packs]
    kept = all_packed(rows, generator)
    generator.close()
    written = "".join(json.dumps(asdict(pack)) + "\n" for pack in kept)
    options.output.write_text(written, encoding="utf-8")
    print(f"{len(kept)} packs, {sum(len(pack.tokens) for pack in kept)} tokens")


if __name__ == "__main__":
    main()
