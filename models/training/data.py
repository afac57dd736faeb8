"""The public sets that the reader is trained on, and which part of them is for reporting only."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

_ONE_TITLE_FOR_ALL = "Filtered_Reddit_Comments"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a paragraph, with the answers that several people marked in it."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text with what was asked about it. ``group`` is the article that it comes from, ``title``
    the title that a reader would see ("" where it has none)."""

    group: str
    title: str
    text: str
    asked: tuple[Asked, ...]


def is_reporting(key: str) -> bool:
    """Whether what goes by this key (an article's title, a passage's text, a dialogue's id) is
    kept for reporting: one in five, the same ones for ever."""
    return int(blake2b(key.encode()).hexdigest(), 16) % 5 == 0


def squadshifts(path: Path) -> Iterator[tuple[Paragraph, bool]]:
    """The paragraphs of a SquadShifts file (Miller et al. 2020), each with whether it is of the
    reporting part."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    for article in articles:
        title = str(article["title"])
        of_reviews = title.startswith("Amazon_Reviews")
        one_for_all = title == _ONE_TITLE_FOR_ALL
        for paragraph in article["paragraphs"]:
            text = " ".join(paragraph["context"].split())
            key = paragraph["context"] if one_for_all else title
            yield (
                Paragraph(
                    group="" if one_for_all else title,
                    title="" if one_for_all or of_reviews else title.replace("_", " "),
                    text=text,
                    asked=tuple(map(_asked, paragraph["qas"])),
                ),
                of_reviews or is_reporting(key),
            )


def tuning_paragraphs(data: Path) -> list[Paragraph]:
    """The paragraphs of SquadShifts that may be trained on."""
    return [p for name in ("new_wiki", "reddit") for p in _part(data, name, reporting=False)]


def reporting_paragraphs(data: Path, kind: str) -> Iterator[Paragraph]:
    """The paragraphs of a kind (new_wiki, reddit, amazon_reviews) of SquadShifts that are kept for
    reporting."""
    return _part(data, kind, reporting=True)


def _part(data: Path, kind: str, reporting: bool) -> Iterator[Paragraph]:
    for paragraph, kept in squadshifts(data / "reading" / f"squadshifts_{kind}.json.gz"):
        if kept == reporting:
            yield paragraph


def _asked(question: dict[str, Any]) -> Asked:
    answers = (" ".join(answer["text"].split()) for answer in question["answers"])
    return Asked(" ".join(question["question"].split()), tuple(a for a in answers if a))


def long_answers(
    path: Path, all_parts: bool = False
) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Question, title, sentences and the sentences that answer it, of CLAPnq (Rosenthal et al.
    2024), its tuning part if not of all parts; none answers where the passage does not."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            passage = row["passages"][0]
            if is_reporting(passage["text"]) and not all_parts:
                continue
            sentences = [written(sentence) for sentence in passage["sentences"]]
            chosen = [written(s) for s in row["output"][0]["selected_sentences"]]
            yield row["input"].strip(), passage["title"], sentences, chosen


def written(text: str) -> str:
    """Tokenised text as people write it."""
    for token, plain in (("`` ", "“"), (" ''", "”"), (" 's", "'s"), (" n't", "n't"), ("( ", "(")):
        text = text.replace(token, plain)
    for mark in (".", ",", ";", ":", "?", "!", ")", "%"):
        text = text.replace(f" {mark}", mark)
    return " ".join(text.replace(" - ", "-").split())


def instructions(path: Path) -> list[str]:
    """The instructions of BIPIA (Yi et al. 2023) that are not of the reporting part."""
    kinds = json.loads(path.read_text(encoding="utf-8"))
    return [text for texts in kinds.values() for text in texts if not is_reporting(text)]
