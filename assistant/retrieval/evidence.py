"""Hits to what goes into the prompt, within a token budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.inference.embedding import Embedder
from assistant.reading.sentences import sentence_spans
from assistant.records import Hit, Record
from assistant.retrieval.search import DENSE_WEIGHT
from assistant.retrieval.terms import stems


@dataclass(frozen=True, slots=True)
class Sentence(Record):
    """A sentence of a hit: ``article.text[start:end] == text``.

    ``number`` is its hit's number in the prompt (from 1), ``relevance`` how near it is to the
    question: cosine and shared words, weighed as in the search.
    """

    number: int
    text: str
    start: int
    end: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Evidence(Record):
    """What the model reads: ``texts[n - 1]`` is what it sees of ``hits[n - 1]``, passage ``n``.

    ``sentences`` are all sentences of the hits, read by the model or not, in order; ``cut`` the
    ids of passages that were shortened or left out.
    """

    hits: tuple[Hit, ...]
    texts: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    cut: tuple[str, ...]


def select_evidence(
    question: str,
    hits: Sequence[Hit],
    embedder: Embedder,
    count_tokens: Callable[[str], int],
    budget: int,
) -> Evidence:
    """Chooses the sentences that the model reads: the most relevant ones, within the budget.

    Prefill is the wait on a processor, and a small model is misled by what it need not read. So
    each passage gives its most relevant sentence first, then the others are taken in order of
    relevance while they fit; they are shown in the order of the article, gaps as "…".

    Args:
        question: the question that stands alone.
        hits: the passages found, best first.
        embedder: gives the cosine of question and sentence.
        count_tokens: the language model's tokens of a text.
        budget: most tokens of all texts together; the best sentence goes in whatever its length.
    """
    ranked = rank_sentences(question, hits, embedder)
    chosen = _within_budget(ranked, count_tokens, budget)
    kept = sorted({sentence.number for sentence in chosen})
    renumbered = {number: place for place, number in enumerate(kept, start=1)}
    sentences = tuple(
        replace(sentence, number=renumbered[sentence.number])
        for sentence in ranked
        if sentence.number in renumbered
    )
    return Evidence(
        hits=tuple(hits[number - 1] for number in kept),
        texts=tuple(_joined([s for s in ranked if s.number == number], chosen) for number in kept),
        sentences=sentences,
        cut=tuple(
            hit.passage.id
            for number, hit in enumerate(hits, start=1)
            if any(s not in chosen for s in ranked if s.number == number)
        ),
    )


def rank_sentences(question: str, hits: Sequence[Hit], embedder: Embedder) -> list[Sentence]:
    """All sentences of the hits in order, with their relevance to the question (about 0 to 1)."""
    spans = [
        (number, hit.passage, start, end)
        for number, hit in enumerate(hits, start=1)
        for start, end in sentence_spans(hit.passage.text)
    ]
    if not spans:
        return []
    texts = [passage.text[start:end] for _, passage, start, end in spans]
    cosines = embedder.embed_passages(texts) @ embedder.embed_queries([question])[0]
    asked = stems(question)
    return [
        Sentence(
            number=number,
            text=text,
            start=passage.start + start,
            end=passage.start + end,
            relevance=DENSE_WEIGHT * float(cosine)
            + (1 - DENSE_WEIGHT) * len(asked & stems(text)) / max(1, len(asked)),
        )
        for (number, passage, start, end), text, cosine in zip(spans, texts, cosines, strict=True)
    ]


def _within_budget(
    sentences: Sequence[Sentence], count_tokens: Callable[[str], int], budget: int
) -> set[Sentence]:
    by_relevance = sorted(sentences, key=lambda sentence: -sentence.relevance)
    seen: set[int] = set()
    leaders: list[Sentence] = []
    for sentence in by_relevance:
        if sentence.number not in seen:
            seen.add(sentence.number)
            leaders.append(sentence)
    chosen: set[Sentence] = set()
    left = budget
    for sentence in dict.fromkeys([*leaders, *by_relevance]):
        needed = count_tokens(sentence.text)
        if needed <= left or not chosen:
            chosen.add(sentence)
            left -= needed
    return chosen


def _joined(sentences: Sequence[Sentence], chosen: set[Sentence]) -> str:
    pieces: list[str] = []
    previous_chosen = True
    for sentence in sentences:
        if sentence in chosen:
            if pieces:
                pieces.append(" " if previous_chosen else " … ")
            pieces.append(sentence.text)
        previous_chosen = sentence in chosen
    return "".join(pieces)
