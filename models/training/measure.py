"""Measures how a model reads, on texts that it was not trained on.

Of each question, the passage that holds the answer stands among three from one article. Near
misses take that passage away, or change a name, number or word of the question; far questions ask
about another article, which a question that fits any review may still be answered from, and foreign
ones are put to texts of another kind: what was asked of a review to Wikipedia and Reddit, what was
asked of those to reviews.

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

from data import Asked, Paragraph, reporting_paragraphs
from disturbing import near_miss
from packaged import packaged
from packs import NAME, excerpt

from assistant.answering.timings import Timings
from assistant.answering.writing import write_answer
from assistant.evaluation.calibration import risk_coverage
from assistant.evaluation.intervals import clustered_mean
from assistant.evaluation.metrics import contains_answer, exact_match, token_f1
from assistant.inference.embedding import Embedder
from assistant.inference.generation import Generator
from assistant.inference.llama import LlamaGenerator
from assistant.inference.models import load_embedder, load_generator, load_span_reader
from assistant.inference.preparation import prepare
from assistant.inference.spans import SpanReader
from assistant.records import Answer, Finished, Hit, Passage, Statement
from assistant.retrieval.evidence import Evidence, select_evidence
from assistant.settings import Settings

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
    """``n`` cases from reviews and ``n`` from other texts, about half of them answerable; then
    ``n`` foreign ones, of both alike."""
    random_ = random.Random(seed)
    groups: dict[str, dict[str, list[Paragraph]]] = {"reviews": {}, "others": {}}
    for name in ("amazon_reviews", "new_wiki", "reddit"):
        home: defaultdict[str, list[Paragraph]] = defaultdict(list)
        for paragraph in reporting_paragraphs(data, name):
            home[paragraph.group or name].append(paragraph)
        groups["reviews" if name == "amazon_reviews" else "others"].update(home)
    found: list[ReadingCase] = []
    for of_kind in groups.values():
        made = _cases(list(of_kind.values()), random_)
        found += [next(made) for _ in range(n)]
    reviews, others = (list(of_kind.values()) for of_kind in groups.values())
    pairs = [_foreign(reviews, others, random_), _foreign(others, reviews, random_)]
    return found + [next(pairs[place % 2]) for place in range(n)]


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
        near = _excerpts(others, random_)
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
            far = _excerpts(random_.sample(other, 3), random_)
            yield ReadingCase("far", key, asked.question, far, (), 0)
        else:
            yield ReadingCase("removed", key, asked.question, near, (), 0)


def _foreign(
    asking: Sequence[list[Paragraph]], asked_of: Sequence[list[Paragraph]], random_: random.Random
) -> Iterator[ReadingCase]:
    usable = [group for group in asked_of if len(group) >= 3]
    while True:
        paragraph = random_.choice(random_.choice(asking))
        if not paragraph.asked:
            continue
        asked = random_.choice(paragraph.asked)
        passages = _excerpts(random_.sample(random_.choice(usable), 3), random_)
        key = paragraph.group or paragraph.text
        yield ReadingCase("foreign", key, asked.question, passages, (), 0)


def _excerpts(paragraphs: Sequence[Paragraph], random_: random.Random) -> list[tuple[str, str]]:
    return [(p.title, excerpt(p.text, _WORDS, random_, neighbours)) for p in paragraphs]


def neighbours(first: int, count: int, random_: random.Random) -> list[int]:
    """Sentences nearest to the first one first; three times in ten in any order. What is trained on
    has changed since, and what is measured should not."""
    order = sorted(range(count), key=lambda place: abs(place - first))
    if random_.random() < 0.3:
        random_.shuffle(order)
    return order


def _around(text: str, asked: Asked, random_: random.Random) -> str | None:
    for _ in range(20):
        shown = excerpt(text, _WORDS, random_, neighbours)
        if contains_answer(shown, asked.answers):
            return shown
    return None


def evidence_of(question: str, passages: Sequence[tuple[str, str]], embedder: Embedder) -> Evidence:
    """The passages as if search had found them and the model would read all of them."""
    vector = embedder.embed_queries([question])[0]
    vectors = embedder.embed_passages([f"{title}\n{text}" for title, text in passages])
    hits = [
        Hit(
            passage=Passage(str(number), str(number), 0, len(text), text),
            score=0.0,
            similarity=float(row @ vector),
            ranks={},
            title=title,
            source="",
        )
        for number, ((title, text), row) in enumerate(zip(passages, vectors, strict=True), start=1)
    ]
    return select_evidence(question, hits, embedder, len, 100_000, vector)


def answered(
    case: ReadingCase,
    generator: Generator,
    embedder: Embedder,
    span_reader: SpanReader,
    threshold: float,
) -> Answer:
    """What the product makes of a case."""
    evidence = evidence_of(case.question, case.passages, embedder)
    refusal = Answer(case.question, case.question, "", True, hits=evidence.hits)
    settings = Settings(threshold=threshold)
    events = write_answer(refusal, evidence, generator, settings, None, Timings(), span_reader)
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("the last event is Finished")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--model", default="default", help="a name of the catalogue, or a GGUF file"
    )
    parser.add_argument("--adapter", type=Path, help="merged into the default model first")
    parser.add_argument("--threshold", type=float, default=Settings().threshold)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    embedder, span_reader = load_embedder(), load_span_reader()
    generator = merged(options.adapter) if options.adapter else load_generator(options.model)
    rows = [
        (case, answered(case, generator, embedder, span_reader, options.threshold))
        for case in cases(options.data, options.n, options.seed)
    ]
    if options.output:
        with options.output.open("w", encoding="utf-8") as file:
            for case, answer in rows:
                row = {**asdict(case), "answer": answer.text, "draft": answer.draft}
                row["confidence"], row["right"] = answer.confidence, is_right(case, answer)
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    for name, values in figures(rows).items():
        figure = clustered_mean(name, [v for v, _ in values], [c for _, c in values], 0)
        interval = "" if figure.low is None else f"  {figure.low:.3f} to {figure.high:.3f}"
        if figure.value is not None:
            print(f"{name:32} {figure.value:.3f}{interval}  n {figure.n}")
    rows = [(case, answer) for case, answer in rows if case.kind != "foreign"]
    area = risk_coverage([a.confidence for _, a in rows], [is_right(c, a) for c, a in rows]).area
    print(f"{'area under risk over coverage':32} {area:.3f}  n {len(rows)}")


def merged(adapter: Path) -> LlamaGenerator:
    """The default model with another adapter than its own."""
    entry, path = packaged("generator")
    prepared = prepare(path, entry.sha256, adapter.parent / "prepared", adapter)
    return LlamaGenerator(prepared, adapter.name, trained=True)


def said(answer: Answer) -> str:
    """The words of an answer, without marks; none of a refusal."""
    return " ".join(statement.text.strip(" .") for statement in answer.statements)


def is_right(case: ReadingCase, answer: Answer) -> bool:
    """Whether the answer holds what people marked."""
    return contains_answer(said(answer), case.answers)


def figures(rows: Sequence[tuple[ReadingCase, Answer]]) -> dict[str, list[tuple[float, str]]]:
    """Values with their articles, by figure."""
    found: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for case, answer in rows:

        def add(name: str, value: float, group: str = case.group) -> None:
            found[name].append((float(value), group))

        if case.kind != "answerable":
            add(f"refused, {case.kind}", answer.refused)
            if case.kind not in ("far", "foreign"):
                add("refused, near misses", answer.refused)
            continue
        add("false refusals", answer.refused)
        add("exact match", exact_match(said(answer), case.answers))
        add("token F1", token_f1(said(answer), case.answers))
        add("contained", is_right(case, answer))
        if answer.refused:
            continue
        add("gold passage cited", any(c.number == case.gold for c in answer.citations))
        for statement in answer.statements:
            add("statements with a mark of its own", _has_own_mark(statement))
        if is_right(case, answer):
            own = [c.quote for c in answer.citations if c.origin == "model"]
            add("quote holds the right answer", any(contains_answer(q, case.answers) for q in own))
    return found


def _has_own_mark(statement: Statement) -> bool:
    return any(citation.origin == "model" for citation in statement.citations)


if __name__ == "__main__":
    main()
