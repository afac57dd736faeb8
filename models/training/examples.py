"""Makes the examples that the reader is trained on.

An example is a pack: some numbered passages, and several questions about them, each with the
answer that is wanted. Some packs are held back: the refusal score is fitted on them. Examples of
another seed leave out the texts of the packs that were held back.

    python models/training/examples.py --data DATA --seed 1 --output examples-1.jsonl
    python models/training/examples.py --data DATA --seed 2 --held examples-1.held.jsonl \
        --output examples-2.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

import numpy as np
from data import Paragraph, instructions, long_answers, tuning_paragraphs
from disturbing import as_typed
from packs import REFUSAL, Item, Maker, Pack, excerpt, followed_up, stated, summary, write

from assistant.inference.models import load_embedder
from assistant.reading.sentences import sentence_spans

_NEIGHBOURS = 12
_FEWEST_NEIGHBOURS = 4
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


def sentences_of(text: str) -> frozenset[str]:
    """The sentences of a text or of an excerpt that are long enough to know it by."""
    sentences = (piece[a:b] for piece in text.split(" … ") for a, b in sentence_spans(piece))
    return frozenset(sentence for sentence in sentences if len(sentence.split()) >= 6)


def held_sentences(path: Path) -> frozenset[str]:
    """The sentences of the packs that were held back."""
    packs = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return frozenset(
        sentence
        for pack in packs
        for _, text in pack["passages"]
        for sentence in sentences_of(text)
    )


def without(
    held: Set[str], paragraphs: Sequence[Paragraph], neighbours: Sequence[Sequence[int]]
) -> tuple[list[Paragraph], list[list[int]]]:
    """The paragraphs that have none of these sentences, and which of them are like each one."""
    kept = [place for place, p in enumerate(paragraphs) if not held & sentences_of(p.text)]
    new_place = {place: new for new, place in enumerate(kept)}
    near = [[new_place[n] for n in neighbours[place] if n in new_place] for place in kept]
    alone = {new for new, row in enumerate(near) if len(row) < _FEWEST_NEIGHBOURS}
    for new in alone:
        near[new] = [(new + step) % len(kept) for step in range(1, _FEWEST_NEIGHBOURS + 1)]
    return [paragraphs[place] for place in kept], near


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held", type=Path, help="packs whose texts are not to be trained on")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    paragraphs = tuning_paragraphs(options.data)
    neighbours = nearest(paragraphs, options.output.with_name("neighbours.npy")).tolist()
    held = held_sentences(options.held) if options.held else frozenset()
    paragraphs, neighbours = without(held, paragraphs, neighbours)
    commands = instructions(options.data / "injection" / "bipia_text_attack_train.json")
    packs = list(Maker(paragraphs, neighbours, commands, random_).packs())
    packs += [
        pack
        for pack in long_packs(options.data, paragraphs, random_)
        if not any(held & sentences_of(text) for _, text in pack.passages)
    ]
    random_.shuffle(packs)
    followed = random.Random(options.seed + 1)
    packs = [followed_up(pack, followed) for pack in packs]
    if not options.held:
        trained_on = len(packs) - round(_HELD_SHARE * len(packs))
        write(packs[trained_on:], options.output.with_suffix(".held.jsonl"))
        packs = packs[:trained_on]
    write(packs, options.output)
    print(summary(packs))


if __name__ == "__main__":
    main()
