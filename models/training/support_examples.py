"""Makes the examples that the support check is trained on: statements with texts that support them
or do not.

Claims with evidence of FEVER (Thorne et al. 2018), WiCE (Kamoi et al. 2023) and AttributionBench
(Li et al. 2024); and short answers behind their questions, right ones and ones that stand in the
same text and answer something else.

    python models/training/support_examples.py --data DATA --output support.jsonl
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data import Asked, Paragraph, is_reporting, tuning_paragraphs, written
from disturbing import near_miss
from packs import NAME, consensus

from assistant.answering.support import context_of, statement_of
from assistant.reading.sentences import sentence_spans
from assistant.retrieval.terms import stems

_SENTENCES_OF_EVIDENCE = 3
_QUESTIONS = 4_000
_WRONG_SPANS = 2


@dataclass(frozen=True, slots=True)
class SupportPair:
    """A statement and a text; ``label`` is 1 where the text supports it, 0.5 where partly."""

    kind: str
    statement: str
    text: str
    label: float


def claims(data: Path, reporting: bool) -> Iterator[SupportPair]:
    """The claims of the three sets, of their reporting part or of the rest."""
    for row in _rows(data / "support" / "fever_rte.jsonl.gz"):
        if is_reporting(row["evidence"]) is reporting:
            yield _pair("FEVER", row["claim"], [row["evidence"]], row["label"] == "entailment")
    for row in _rows(data / "support" / "wice_oracle_dev.jsonl.gz"):
        if is_reporting(" ".join(row["evidence"])) is reporting:
            label = {"supported": 1.0, "partially_supported": 0.5}.get(row["label"], 0.0)
            yield _pair("WiCE", row["claim"], row["evidence"], label)
    for row in _rows(data / "support" / "attributionbench_dev.jsonl.gz"):
        texts = row["references"]
        usable = bool(row["claim"].strip() and " ".join(texts).strip())
        if usable and is_reporting(" ".join(texts)) is reporting:
            label = row["attribution_label"] == "attributable"
            yield _pair("AttributionBench", row["claim"], texts, label)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _pair(kind: str, claim: str, texts: Sequence[str], label: float) -> SupportPair:
    text = " ".join(texts).replace("-LSB-", "[").replace("-RSB-", "]")
    text = written(text.replace("-LRB-", "(").replace("-RRB-", ")"))
    return SupportPair(kind, written(claim), nearest_sentences(claim, text), float(label))


def nearest_sentences(claim: str, text: str) -> str:
    """The sentences of a text that share most words with a claim, in their order: a quote is
    never longer than that."""
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    said = stems(claim)
    order = sorted(range(len(sentences)), key=lambda n: -len(said & stems(sentences[n])))
    return " ".join(sentences[n] for n in sorted(order[:_SENTENCES_OF_EVIDENCE]))


def answers(
    paragraphs: Sequence[Paragraph], n: int, random_: random.Random
) -> Iterator[SupportPair]:
    """Short answers behind their questions: the right one, other spans of the same paragraph, and
    the right one behind a question that the paragraph does not answer."""
    names = sorted({name for p in paragraphs for name in NAME.findall(p.text)})
    asked = [(p, a) for p in paragraphs for a in p.asked if len(a.answers) > 1]
    for paragraph, question in random_.sample(asked, min(n, len(asked))):
        right = consensus(question.answers)
        if right is None or right not in paragraph.text:
            continue
        for answer in {right, random_.choice(question.answers)}:
            if answer in paragraph.text:
                yield _answer_pair("right", question.question, answer, paragraph, 1.0)
        for answer in _wrong_spans(paragraph, question, random_):
            yield _answer_pair("wrong", question.question, answer, paragraph, 0.0)
        changed = near_miss(question.question, paragraph.text, names, random_)
        if changed is not None:
            yield _answer_pair("changed", changed, right, paragraph, 0.0)


def _wrong_spans(paragraph: Paragraph, question: Asked, random_: random.Random) -> list[str]:
    marked = {w for answer in question.answers for w in stems(answer)}
    others = sorted(
        {
            answer
            for other in paragraph.asked
            if other is not question
            for answer in other.answers[:2]
            if answer in paragraph.text and len(answer.split()) <= 12 and not marked & stems(answer)
        }
    )
    return random_.sample(others, min(_WRONG_SPANS, len(others)))


def _answer_pair(
    kind: str, question: str, answer: str, paragraph: Paragraph, label: float
) -> SupportPair:
    text = paragraph.text
    spans = list(sentence_spans(text))
    homes = [n for n, (start, end) in enumerate(spans) if answer in text[start:end]] or [0]
    said = stems(question)
    home = max(homes, key=lambda n: len(said & stems(text[slice(*spans[n])])))
    before = text[slice(*spans[home - 1])] if home else ""
    quote = text[slice(*spans[home])]
    return SupportPair(
        kind,
        statement_of(question, answer),
        context_of(paragraph.title, before, quote),
        label,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    pairs = list(claims(options.data, reporting=False))
    pairs += answers(tuning_paragraphs(options.data), _QUESTIONS, random_)
    with options.output.open("w", encoding="utf-8") as file:
        for pair in pairs:
            file.write(json.dumps(asdict(pair), ensure_ascii=False) + "\n")
    print(Counter((pair.kind, pair.label) for pair in pairs))


if __name__ == "__main__":
    main()
