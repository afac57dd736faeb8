"""Writes a question set over paragraphs of the reporting part, to measure the whole way with.

In SQuAD's format: the first 310 paragraphs of each kind of SquadShifts (Wikipedia has 303 of them),
with their questions.

    python models/training/end_to_end.py --data DATA --output work/end-to-end.json
    assistant evaluate work/end-to-end.json --limit 150 --seed 1
"""

from __future__ import annotations

import argparse
import json
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from data import Paragraph, reporting_paragraphs

_OF_A_KIND = 310


def as_squad(paragraphs: list[Paragraph]) -> dict[str, Any]:
    """The paragraphs as SQuAD has them, those of one article together.

    Source: Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text".
    """
    numbered = groupby(enumerate(paragraphs), key=lambda pair: pair[1].title)
    return {
        "data": [
            {"title": title, "paragraphs": [_paragraph(place, p) for place, p in those]}
            for title, those in numbered
        ]
    }


def _paragraph(place: int, paragraph: Paragraph) -> dict[str, Any]:
    questions = [
        {
            "id": f"{place}-{number}",
            "question": asked.question,
            "answers": [
                {"text": text, "answer_start": paragraph.text.find(text)} for text in asked.answers
            ],
        }
        for number, asked in enumerate(paragraph.asked)
    ]
    return {"context": paragraph.text, "qas": questions}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    chosen: list[Paragraph] = []
    for name in ("new_wiki", "reddit", "amazon_reviews"):
        chosen += islice(reporting_paragraphs(options.data, name), _OF_A_KIND)
    options.output.write_text(json.dumps(as_squad(chosen), ensure_ascii=False), encoding="utf-8")
    print(f"{len(chosen)} paragraphs, {sum(len(p.asked) for p in chosen)} questions")


if __name__ == "__main__":
    main()
