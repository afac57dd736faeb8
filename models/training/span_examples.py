"""Packs of passages with questions, as a span reader learns from them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packs import REFUSAL

from assistant.inference.spans import shown

_ONE_STATEMENT = re.compile(r"\[(\d+)\] ([^\n]+)")
_SENTENCES = ("about", "long")
_UNANSWERED_KEPT = 0.6


@dataclass(frozen=True, slots=True)
class SpanExample:
    """A question and two passages, as they are read; the answer stands in the first, at each of
    ``spans``, or in none."""

    question: str
    passages: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def span_examples(files: Sequence[Path], seed: int) -> list[SpanExample]:
    """The questions of packs that a few words of one passage answer, and six in ten of those that
    nothing answers, each beside another passage of its pack, in any order.

    Args:
        files: what ``examples.py`` and ``dossiers.py`` write.
        seed: of the order, and of the other passages.
    """
    random_ = random.Random(seed)
    found = [example for file in files for example in _of_file(file, random_)]
    random_.shuffle(found)
    return found


def _of_file(file: Path, random_: random.Random) -> Iterator[SpanExample]:
    for line in file.read_text(encoding="utf-8").splitlines():
        pack = json.loads(line)
        passages = [shown(title, text) for title, text in pack["passages"]]
        for item in pack["items"]:
            others = list(range(len(passages)))
            random_.shuffle(others)
            if item["answer"] == REFUSAL:
                if random_.random() < _UNANSWERED_KEPT:
                    read = tuple(passages[n] for n in others[:2])
                    yield SpanExample(item["question"], read, ())
                continue
            statement = _ONE_STATEMENT.fullmatch(item["answer"])
            if statement is None or item["kind"] in _SENTENCES:
                continue
            gold = int(statement[1]) - 1
            before = len(shown(pack["passages"][gold][0], ""))
            spans = occurrences(statement[2], passages[gold], before)
            others.remove(gold)
            if spans:
                read = (passages[gold], *(passages[n] for n in others[:1]))
                yield SpanExample(item["question"], read, spans)


def occurrences(words: str, passage: str, since: int) -> tuple[tuple[int, int], ...]:
    """Where some words stand in a passage, from a place on, in capitals or not."""
    return tuple(
        found.span()
        for found in re.finditer(re.escape(words), passage, re.IGNORECASE)
        if found.start() >= since
    )
