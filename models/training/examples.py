"""Makes the examples that the reader is trained on.

An example is a pack: some numbered passages, and several questions about them, each with the
answer that is wanted. Some packs are held back: the refusal score is fitted on them.

    python models/training/examples.py --data DATA --seed 1 --output examples-1.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from data import Paragraph, instructions, long_answers, tuning_paragraphs
from disturbing import as_typed
from packs import REFUSAL, Item, Maker, Pack, excerpt, followed_up, stated

from assistant.inference.models import load_embedder

_NEIGHBOURS = 12
_HELD_SHARE = 0.16


def long_packs(
    data: Path, paragraphs: Sequence[Paragraph], random_: random.Random
) -> Iterator[Pack]:
    """Packs with one question each that takes several sentences to answer, or has no answer."""
    for name in ("clapnq_answerable", "clapnq_unanswerable"):
        for question, title, sentences, chosen in long_answers(data / "cited" / f"{name}.jsonl.gz"):
            kept = [s for s in sentences if s in chosen or random_.random() < 0.5]
            others = [
                (p.title, excerpt(p.text, 60, random_)) for p in random_.sample(list(paragraphs), 2)
            ]
            place = random_.randrange(3)
            passages = [*others[:place], (title, " ".join(kept)), *others[place:]]
            answer = stated(*((place + 1, sentence) for sentence in chosen[:4]))
            kind = "long" if answer else "far"
            yield Pack(passages, [Item(as_typed(question, random_), answer or REFUSAL, kind)])


def nearest(paragraphs: Sequence[Paragraph], cache: Path) -> np.ndarray:
    """The places of the paragraphs most like each one, by the packaged embedder."""
    if cache.exists():
        return np.load(cache)
    embedder = load_embedder()
    vectors = np.vstack(
        [
            embedder.embed_passages([p.text for p in paragraphs[start : start + 64]])
            for start in range(0, len(paragraphs), 64)
        ]
    )
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    places = np.argsort(-likeness, axis=1)[:, :_NEIGHBOURS]
    np.save(cache, places)
    return places


def write(packs: Sequence[Pack], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for pack in packs:
            file.write(json.dumps(asdict(pack), ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    paragraphs = tuning_paragraphs(options.data)
    neighbours = nearest(paragraphs, options.output.with_name("neighbours.npy"))
    commands = instructions(options.data / "injection" / "bipia_text_attack_train.json")
    packs = list(Maker(paragraphs, neighbours, commands, random_).packs())
    packs += long_packs(options.data, paragraphs, random_)
    random_.shuffle(packs)
    followed = random.Random(options.seed + 1)
    packs = [followed_up(pack, followed) for pack in packs]
    trained_on = len(packs) - round(_HELD_SHARE * len(packs))
    write(packs[:trained_on], options.output)
    write(packs[trained_on:], options.output.with_suffix(".held.jsonl"))
    kinds = Counter(item.kind for pack in packs for item in pack.items)
    print(f"{len(packs)} packs, {sum(kinds.values())} questions: {dict(kinds.most_common())}")


if __name__ == "__main__":
    main()
