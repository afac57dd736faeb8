"""Packs from dossiers: invented news on one story, with an analyst's questions.

The dossiers in ``dossiers/`` were written for this purpose by a language model (models/README.md);
none of their events, people or places is real. Each holds three to five articles that are easy to
confuse, and questions of which a third has no answer there. One dossier in twelve is held back: the
refusal score is fitted on those.

    python models/training/dossiers.py --data DATA --seed 1 --output work/dossiers-1.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from data import instructions
from disturbing import as_typed, hidden
from packs import REFUSAL, Item, Pack, excerpt, stated, summary, write

from assistant.evaluation.metrics import contains_answer
from assistant.reading.sentences import sentence_spans
from assistant.retrieval.followups import standalone_question

FOLDER = Path(__file__).parent / "dossiers"
_WORDS = (25, 40, 60, 80, 120, 200)
_PASSAGES = (2, 3, 3, 4, 4, 4, 5)
_HALVED_SHARE = 0.4
_UNANSWERABLE_SHARE = 0.4  # of the answerable ones
_STRANGER_SHARE = 0.25
_INSTRUCTION_SHARE = 0.15
_ONE_IN = 12

Dossier = dict[str, Any]


def dossiers(before: str = "~") -> list[Dossier]:
    """All dossiers, of files whose names come before the given one: ``articles`` (title, text) and
    ``questions`` (kind, question, history where it is a follow-up, and answers, each with its
    article's place and the sentence it stands in)."""
    return [
        json.loads(line)
        for path in sorted(FOLDER.glob("*.jsonl"))
        if path.stem < before
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def packs_of(
    all_dossiers: Sequence[Dossier], commands: Sequence[str], random_: random.Random
) -> Iterator[Pack]:
    """Each dossier once: some of its articles, or some sentences of them, with its questions."""
    for place, dossier in enumerate(all_dossiers):
        other = all_dossiers[(place + random_.randrange(1, len(all_dossiers))) % len(all_dossiers)]
        yield _pack(dossier, other, commands, random_)


def _pack(
    dossier: Dossier, other: Dossier, commands: Sequence[str], random_: random.Random
) -> Pack:
    articles = dossier["articles"]
    wanted = min(random_.choice(_PASSAGES), len(articles))
    places = random_.sample(range(len(articles)), wanted)
    texts = [(p, text) for p in places for text in _shown(articles[p], random_)]
    random_.shuffle(texts)
    numbers: dict[int, list[int]] = {}
    for number, (place, _) in enumerate(texts, start=1):
        numbers.setdefault(place, []).append(number)
    passages = [(articles[p]["title"], text) for p, text in texts]
    if len(passages) < 4 and random_.random() < _STRANGER_SHARE:
        stranger = random_.choice(other["articles"])
        passages.append((stranger["title"], _shown(stranger, random_)[0]))
    shown = [text for _, text in passages]
    answerable, unanswerable = [], []
    for asked in dossier["questions"]:
        item = _item(asked, numbers, shown)
        if item is not None:
            (unanswerable if item.answer == REFUSAL else answerable).append(item)
    far = [q for q in other["questions"] if q["kind"] == "plain" and _nowhere(q, shown)]
    random_.shuffle(unanswerable)
    unanswerable = unanswerable[: max(2, round(_UNANSWERABLE_SHARE * len(answerable)))]
    items = [*answerable, *unanswerable]
    if far:
        items.append(Item(random_.choice(far)["question"], REFUSAL, "far"))
    items = [Item(as_typed(i.question, random_), i.answer, i.kind) for i in items]
    random_.shuffle(items)
    if random_.random() < _INSTRUCTION_SHARE:
        at = random_.randrange(len(passages))
        title, text = passages[at]
        passages[at] = (title, hidden(random_.choice(commands), text, random_))
    return Pack(passages, items)


def _shown(article: dict[str, Any], random_: random.Random) -> list[str]:
    """What is shown of an article: some of its sentences, or some of each half as two passages,
    as a search brings up several of one article."""
    text, words = article["text"], random_.choice(_WORDS)
    spans = sentence_spans(text)
    if len(spans) < 4 or random_.random() >= _HALVED_SHARE:
        return [excerpt(text, words, random_)]
    middle = spans[random_.randrange(2, len(spans) - 1)][0]
    return [excerpt(half.strip(), words, random_) for half in (text[:middle], text[middle:])]


def _item(
    asked: dict[str, Any], numbers: dict[int, list[int]], shown: Sequence[str]
) -> Item | None:
    """The question as it can be asked of what is shown; None where only a part of it can be
    answered, or the answer is shown at a place that it was not asked of."""
    question = standalone_question(asked["question"], asked.get("history", []))
    answers = asked["answers"]
    held = [
        (number, a["answer"])
        for a in answers
        for number in numbers.get(a["article"], [])
        if a["evidence"] in shown[number - 1]
    ]
    if not answers:
        return Item(question, REFUSAL, asked["kind"])
    if len(held) == len(answers):
        return Item(question, stated(*held), asked["kind"])
    return Item(question, REFUSAL, "cut off") if not held and _nowhere(asked, shown) else None


def _nowhere(asked: dict[str, Any], shown: Sequence[str]) -> bool:
    answers = [answer["answer"] for answer in asked["answers"]]
    return not any(contains_answer(text, answers) for text in shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--since", default="", help="the first file that is taken (default: 01)")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    commands = instructions(options.data / "injection" / "bipia_text_attack_train.json")
    numbered = list(enumerate(dossiers()))[len(dossiers(options.since)) :]
    held = [dossier for place, dossier in numbered if place % _ONE_IN == 0]
    kept = [dossier for place, dossier in numbered if place % _ONE_IN]
    write(list(packs_of(held, commands, random_)), options.output.with_suffix(".held.jsonl"))
    packs = list(packs_of(kept, commands, random_))
    random_.shuffle(packs)
    write(packs, options.output)
    print(summary(packs))


if __name__ == "__main__":
    main()
