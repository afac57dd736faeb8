"""What the tests of the library share: small pages, and a word that tells passages apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.library.journal import Draft
from assistant.library.store import Library
from assistant.records import AddReport, Article, Passage
from tests.fakes import HashEmbedder

BRIDGE = "The bridge over the Lira was opened in 1901. Ferries stopped on the same day."
MILL = "The mill grinds barley for nine villages. Its owner has kept every ledger since 1850."
OWLS = "Owls nest in the bell tower. They leave it when the first snow falls."


def write_page(folder: Path, name: str, title: str, *paragraphs: str) -> Path:
    """A Markdown page of one article."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {title}\n\n" + "\n\n".join(paragraphs) + "\n", encoding="utf-8")
    return path


def long_paragraphs(count: int, word: str = "lantern") -> list[str]:
    """Paragraphs of which each fills a passage of its own."""
    return [
        " ".join(f"Number {i} of the {word}s hangs at door {j} of street {i}." for j in range(13))
        for i in range(count)
    ]


def states(report: AddReport) -> list[str]:
    return [outcome.state for outcome in report.outcomes]


def found_texts(library: Library, words: str, limit: int = 50) -> list[str]:
    """The texts that the two searches find, checked to be passages of the library."""
    vector = library.embedder.embed_queries([words])[0]
    dense = [passage_id for passage_id, _ in library.dense(vector, limit)]
    lexical = [passage_id for passage_id, _ in library.lexical(words, limit)]
    passages = library.passages(dense)
    assert len(passages) == len(dense)
    assert set(lexical) <= set(dense) or len(dense) == limit
    return [passage.text for passage in passages]


def draft(
    name: str, texts: Sequence[str], *, title: str = "A title", article: str = "a1", **about: str
) -> Draft:
    """A source of one article, made by hand: a passage for each text."""
    whole, passages, start = "\n\n".join(texts), [], 0
    for number, text in enumerate(texts):
        passages.append(Passage(f"{article}-{text}", article, start, start + len(text), text))
        start += len(text) + 2
        assert number < len(texts)
    return Draft(
        name=name,
        file_name=name,
        path=None,
        format="text",
        content=whole.encode(),
        sha256=f"sha of {whole}",
        articles=[(Article(article, title, whole, name, **about), passages)],
    )


class StoppedError(Exception):
    """Stands for whatever ends a write before its time."""


class FailingEmbedder(HashEmbedder):
    """Fails at the call of ``embed_passages`` with number ``fail_at``, counted from 1."""

    def __init__(self, fail_at: int = 0) -> None:
        super().__init__()
        self.fail_at = fail_at
        self.calls = 0

    def embed_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
        self.calls += 1
        if self.calls == self.fail_at:
            raise StoppedError
        return super().embed_passages(texts, progress)
