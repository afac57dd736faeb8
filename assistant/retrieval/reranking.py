"""The order that a cross-encoder gives: it reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.inference.crossencoder import CrossEncoder
from assistant.library.store import Library
from assistant.reading.sentences import sentence_spans
from assistant.records import Hit
from assistant.retrieval.search import Lists, best_hits
from assistant.retrieval.terms import stems

DEPTH = 12
RERANKER_WEIGHT = 0.25
_TITLE_WORDS = 10
_WINDOW_WORDS = 44
"""About 60 word pieces: whole passages would take several times as long to read."""


def window(question: str, title: str, text: str) -> str:
    """What is read of a passage: its title, and the sentences around the one that shares most
    words with the question, at most 44 words of them.

    Args:
        question: a question that stands alone.
        title: the article's title.
        text: the passage's text.
    """
    asked = stems(question)
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    counts = [len(sentence.split()) for sentence in sentences]
    shares = [len(asked & stems(sentence)) for sentence in sentences]
    first = last = max(range(len(sentences)), key=lambda place: shares[place], default=0)
    left = _WINDOW_WORDS - counts[first] if sentences else 0
    while True:
        around = [place for place in (first - 1, last + 1) if 0 <= place < len(sentences)]
        fitting = [place for place in around if counts[place] <= left]
        if not fitting:
            break
        best = max(fitting, key=lambda place: (shares[place], -place))
        first, last = min(first, best), max(last, best)
        left -= counts[best]
    shown = " ".join(sentences[first : last + 1])
    return f"{' '.join(title.split()[:_TITLE_WORDS])}. {shown}" if title.strip() else shown


def found(
    library: Library, question: str, lists: Lists, k: int, reranker: CrossEncoder | None = None
) -> list[Hit]:
    """The passages most likely to hold the answer, best first, at most ``k``.

    Passages with nearly the same words as a better one are left out.

    Args:
        library: what was searched.
        question: a question that stands alone.
        lists: what was found.
        k: most passages.
        reranker: puts the best ones in order; without one, the fused list's order stays.
    """
    if reranker is None:
        return best_hits(library, lists, k)
    return rerank(question, best_hits(library, lists, max(k, DEPTH)), reranker)[:k]


def rerank(question: str, hits: Sequence[Hit], reranker: CrossEncoder) -> list[Hit]:
    """The first 12 hits in the order of their scores mixed with the reranker's, then the rest.

    The reranker reads a window of each passage. How much it counts was chosen on tuning questions
    (docs/log.md).

    Args:
        question: a question that stands alone.
        hits: the passages found, best first.
        reranker: reads question and window together.
    """
    read, rest = hits[:DEPTH], hits[DEPTH:]
    windows = [window(question, hit.title, hit.passage.text) for hit in read]
    scores = reranker.score(question, windows)
    mixed = [
        replace(hit, score=(1 - RERANKER_WEIGHT) * hit.score + RERANKER_WEIGHT * float(score))
        for hit, score in zip(read, scores, strict=True)
    ]
    below = [replace(hit, score=(1 - RERANKER_WEIGHT) * hit.score) for hit in rest]
    return [*sorted(mixed, key=lambda hit: -hit.score), *below]
