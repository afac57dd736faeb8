"""Measures how a model reads, on texts that it was not trained on.

Of each question, the passage that holds the answer stands among three from one article. Near
misses take that passage away, or change a name, number or word of the question; far questions ask
about another article.

    python models/training/measure.py --data DATA --model default --n 200
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data import Asked, Paragraph, squadshifts
from disturbing import near_miss
from packaged import packaged
from packs import NAME, excerpt

from assistant.answering.marks import take_out_marks
from assistant.answering.prompts import answer_messages
from assistant.answering.refusal import says_not_there
from assistant.evaluation.intervals import clustered_mean
from assistant.evaluation.metrics import contains_answer, exact_match, token_f1
from assistant.inference.models import load_generator
from assistant.inference.preparation import prepare

_WORDS = 90


@dataclass(frozen=True, slots=True)
class ReadingCase:
    """A question over passages; ``gold`` is the number of the one that answers, 0 for none."""

    kind: str
    group: str
    question: str
    passages: list[tuple[str, str]]
    answers: tuple[str, ...]
    gold: int


def cases(data: Path, n: int, seed: int) -> list[ReadingCase]:
    """``n`` cases from reviews and ``n`` from other texts, about half of them answerable."""
    random_ = random.Random(seed)
    groups: dict[str, dict[str, list[Paragraph]]] = {"reviews": {}, "others": {}}
    for name in ("amazon_reviews", "new_wiki", "reddit"):
        home: defaultdict[str, list[Paragraph]] = defaultdict(list)
        for paragraph, reporting in squadshifts(data / "reading" / f"squadshifts_{name}.json.gz"):
            if reporting:
                home[paragraph.group or name].append(paragraph)
        groups["reviews" if name == "amazon_reviews" else "others"].update(home)
    found: list[ReadingCase] = []
    for of_kind in groups.values():
        made = _cases(list(of_kind.values()), random_)
        found += [next(made) for _ in range(n)]
    return found


def _cases(groups: Sequence[list[Paragraph]], random_: random.Random) -> Iterator[ReadingCase]:
    names = sorted({name for group in groups for p in group for name in NAME.findall(p.text)})
    usable = [group for group in groups if len(group) >= 4]
    while True:
        group = random_.choice(usable)
        gold, *others = random_.sample(group, 4)
        asked = random_.choice(gold.asked) if gold.asked else None
        if asked is None:
            continue
        around = _around(gold.text, asked, random_)
        near = [(p.title, excerpt(p.text, _WORDS, random_)) for p in others]
        key = gold.group or gold.text
        if around is None or any(contains_answer(t, asked.answers) for _, t in near):
            continue
        passages = near[:2]
        place = random_.randrange(3)
        passages.insert(place, (gold.title, around))
        yield ReadingCase("answerable", key, asked.question, passages, asked.answers, place + 1)
        changed = near_miss(asked.question, " ".join(t for _, t in passages), names, random_)
        if changed is not None and random_.random() < 0.6:
            yield ReadingCase("changed", key, changed, passages, (), 0)
            continue
        kind = random_.choice(("removed", "removed", "far"))
        if kind == "far":
            other = random_.choice([g for g in groups if g is not group] or groups)
            far = [(p.title, excerpt(p.text, _WORDS, random_)) for p in random_.sample(other, 3)]
            yield ReadingCase("far", key, asked.question, far, (), 0)
        else:
            yield ReadingCase("removed", key, asked.question, near, (), 0)


def _around(text: str, asked: Asked, random_: random.Random) -> str | None:
    for _ in range(20):
        shown = excerpt(text, _WORDS, random_)
        if contains_answer(shown, asked.answers):
            return shown
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--model", default="default", help="a name of the catalogue, or a GGUF file"
    )
    parser.add_argument("--adapter", type=Path, help="merged into the default model first")
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    generator = load_generator(str(_merged(options.adapter)) if options.adapter else options.model)
    rows = []
    for case in cases(options.data, options.n, options.seed):
        messages = answer_messages(case.question, case.passages)
        reply = "".join(generator.generate(messages, 64)).strip()
        rows.append((case, reply))
    if options.output:
        with options.output.open("w", encoding="utf-8") as file:
            for case, reply in rows:
                file.write(json.dumps({**asdict(case), "reply": reply}, ensure_ascii=False) + "\n")
    for name, values in figures(rows).items():
        figure = clustered_mean(name, [v for v, _ in values], [c for _, c in values], 0)
        interval = "" if figure.low is None else f"  {figure.low:.3f} to {figure.high:.3f}"
        if figure.value is not None:
            print(f"{name:32} {figure.value:.3f}{interval}  n {figure.n}")


def _merged(adapter: Path) -> Path:
    entry, path = packaged("generator")
    return prepare(path, entry.sha256, adapter.parent / "prepared", adapter)


def figures(rows: Sequence[tuple[ReadingCase, str]]) -> dict[str, list[tuple[float, str]]]:
    """Values with their articles, by figure."""
    found: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for case, reply in rows:
        refused = says_not_there(reply)
        if case.kind != "answerable":
            found[f"refused, {case.kind}"].append((float(refused), case.group))
            if case.kind != "far":
                found["refused, near misses"].append((float(refused), case.group))
            continue
        plain, marks = take_out_marks(reply)
        text = "" if refused else plain.strip(" .")
        cited = {number for mark in marks for number in mark.numbers}
        found["false refusals"].append((float(refused), case.group))
        found["exact match"].append((float(exact_match(text, case.answers)), case.group))
        found["token F1"].append((token_f1(text, case.answers), case.group))
        found["contained"].append((float(contains_answer(text, case.answers)), case.group))
        if not refused:
            found["answers with a mark"].append((float(bool(cited)), case.group))
            found["gold passage cited"].append((float(case.gold in cited), case.group))
    return found


if __name__ == "__main__":
    main()
