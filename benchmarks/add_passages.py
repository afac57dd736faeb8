"""Adding passages to a library, against sentence-transformers encoding the very same texts.

    python -m benchmarks.add_passages [--passages N] [--rounds N] [--json]

Both use one model in one process, with the same threads and batch size. The library's time is all
of ``Library.add``: reading files, splitting them into articles and passages, SQLite, Chroma. The
bare engine's is one call of ``encode`` with the texts that were embedded, in their order.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.inference.embedding import SentenceTransformerEmbedder, Vectors
from assistant.inference.models import load_embedder
from assistant.library.store import Library

LIMIT = 1.15
PASSAGES_A_FILE, PARAGRAPHS_A_FILE = 8, 11
NAMES = "Adela Brauer Corvin Dunmore Elst Farrow Grauman Holt Iriarte Jansen Kessler Lomax".split()
PLACES = "Arnwick Belmora Castrin Dovern Eskvale Fallow Grenholm Harbury Istren Jorvik".split()
SUBJECTS = "bridge harbour mill library orchard tramway quarry theatre school ferry".split()
VERBS = "opened rebuilt inspected painted sold measured described closed flooded bought".split()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=2_000, help="about how many to add")
    parser.add_argument("--rounds", type=int, default=2, help="of each, taking turns")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()

    figures = measure(options.passages, options.rounds)
    if options.json:
        print(json.dumps(figures))
    else:
        print(
            f"Adding {figures['passages']} passages of {figures['tokens_a_passage']:.0f} word "
            f"pieces, the fastest of {options.rounds}:\n"
            f"  assistant              {figures['assistant_seconds']:.2f} s\n"
            f"  sentence-transformers  {figures['bare_seconds']:.2f} s\n"
            f"  ratio                  {figures['ratio']:.3f} (at most {LIMIT})"
        )
    return 0 if figures["ratio"] <= LIMIT else 1


def measure(passages: int, rounds: int) -> dict[str, float]:
    """The fastest round of each and their ratio: what other programs take only ever adds time."""
    embedder = load_embedder()
    assert isinstance(embedder, SentenceTransformerEmbedder)
    recorder = _Recorder(embedder)
    with tempfile.TemporaryDirectory() as place:
        pages = Path(place, "pages")
        _write_pages(pages, passages)
        # One page first: what is imported and warmed up by it is no part of adding 2,000 passages.
        _add(recorder, Path(place, "warm"), [min(pages.iterdir())])
        texts = recorder.take()
        _encode(embedder, texts)
        ours, theirs = [], []
        for number in range(rounds):
            library = Path(place, f"library-{number}")
            if number % 2:
                texts = recorder.take()
                theirs.append(_encode(embedder, texts))
                ours.append(_add(recorder, library, [pages]))
            else:
                ours.append(_add(recorder, library, [pages]))
                texts = list(recorder.embedded)
                theirs.append(_encode(embedder, texts))
    assert len(recorder.embedded) == len(texts)
    return {
        "passages": len(texts),
        "tokens_a_passage": statistics.mean(map(embedder.count_tokens, texts)),
        "assistant_seconds": min(ours),
        "bare_seconds": min(theirs),
        "ratio": min(ours) / min(theirs),
    }


class _Recorder:
    """The real embedder; keeps the texts that it was given."""

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self.name, self.revision = embedder.name, embedder.revision
        self.dimension = embedder.dimension
        self.embed_queries = embedder.embed_queries
        self.count_tokens = embedder.count_tokens
        self._embedder = embedder
        self.embedded: list[str] = []

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        self.embedded.extend(texts)
        return self._embedder.embed_passages(texts, progress)

    def take(self) -> list[str]:
        taken, self.embedded = self.embedded, []
        return taken


def _add(embedder: _Recorder, folder: Path, paths: Sequence[Path]) -> float:
    with Library.open(folder, embedder) as library:
        started = time.perf_counter()
        report = library.add(paths)
        seconds = time.perf_counter() - started
        assert not report.failed, report.failed
        assert library.count_passages() == sum(outcome.embedded for outcome in report.outcomes)
    return seconds


def _encode(embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> float:
    model: Any = embedder._model  # the bare engine, loaded once for both
    started = time.perf_counter()
    vectors = model.encode(
        list(texts),
        show_progress_bar=False,
        convert_to_numpy=True,
        normalize_embeddings=True,
    )
    seconds = time.perf_counter() - started
    assert np.asarray(vectors).shape == (len(texts), embedder.dimension)
    return seconds


def _write_pages(folder: Path, passages: int) -> None:
    """Markdown pages of invented prose, the same in every run."""
    folder.mkdir()
    rng = random.Random(0)  # noqa: S311 - not for secrets
    for number in range(max(1, passages // PASSAGES_A_FILE)):
        paragraphs = [_paragraph(rng) for _ in range(PARAGRAPHS_A_FILE)]
        title = f"The {rng.choice(SUBJECTS)} of {rng.choice(PLACES)} {number}"
        text = f"# {title}\n\n" + "\n\n".join(paragraphs) + "\n"
        (folder / f"page-{number:05}.md").write_text(text, encoding="utf-8")


def _paragraph(rng: random.Random) -> str:
    sentences = [
        f"In {rng.randint(1800, 2020)} {rng.choice(NAMES)} of {rng.choice(PLACES)} "
        f"{rng.choice(VERBS)} the {rng.choice(SUBJECTS)} beside the {rng.choice(SUBJECTS)}, "
        f"which had cost {rng.randint(2, 900)} crowns and taken {rng.randint(2, 40)} months."
        for _ in range(rng.randint(4, 5))
    ]
    return " ".join(sentences)


if __name__ == "__main__":
    raise SystemExit(main())
