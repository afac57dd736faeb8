"""Hits to what goes into the prompt, within a token budget."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from assistant.inference.embedding import Embedder, Vectors
from assistant.reading.sentences import sentence_spans
from assistant.records import Hit, Record
from assistant.retrieval.expectations import holds_expected_kind
from assistant.retrieval.terms import stems

_COSINE_WEIGHT = 0.6
_WORDS_WEIGHT = 0.4
_KIND_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Sentence(Record):
    """A sentence of a hit: ``article.text[start:end] == text``.

    ``number`` is its hit's number in the prompt (from 1), ``cosine`` that of its vector and the
    question's, ``relevance`` how likely it is to hold the answer (see ``rank_sentences``).
    """

    number: int
    text: str
    start: int
    end: int
    cosine: float
    relevance: float


@dataclass(frozen=True, slots=True)
class Evidence(Record):
    """What was found, and what of it the model reads.

    ``texts[n - 1]`` is what it sees of ``hits[n - 1]``, passage ``n``: nothing, where the budget
    was spent before. ``sentences`` are all sentences of the hits, read by the model or not, in
    order; ``cut`` the ids of passages that were shortened or left out.
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
    vector: Vectors | None = None,
) -> Evidence:
    """Chooses the sentences that the model reads: the most relevant ones, within the budget.

    Prefill is the wait on a processor, and a small model is misled by what it need not read
    (docs/log.md). Sentences are taken in order of relevance while they fit, and shown in the
    order of the article, gaps as "…".

    Args:
        question: the question that stands alone.
        hits: the passages found, best first.
        embedder: gives the cosine of question and sentence.
        count_tokens: the language model's tokens of a text.
        budget: most tokens of all texts together; the best sentence goes in whatever its length.
        vector: the question's, of shape (dimension,), where it is known already.
    """
    sentences = rank_sentences(question, hits, embedder, vector)
    return _showing(hits, sentences, _within_budget(sentences, count_tokens, budget))


def _showing(hits: Sequence[Hit], sentences: Sequence[Sentence], chosen: Set[Sentence]) -> Evidence:
    by_hit = [
        [sentence for sentence in sentences if sentence.number == number]
        for number in range(1, len(hits) + 1)
    ]
    return Evidence(
        hits=tuple(hits),
        texts=tuple(_joined(of_hit, chosen) for of_hit in by_hit),
        sentences=tuple(sentences),
        cut=tuple(
            hit.passage.id
            for hit, of_hit in zip(hits, by_hit, strict=True)
            if not chosen >= set(of_hit)
        ),
    )


def told_by(hit: Hit) -> str:
    """What a passage tells a reader: its title, its text and its date."""
    return f"{hit.title}\n{hit.passage.text}\n{hit.published or ''}"


def rank_sentences(
    question: str, hits: Sequence[Hit], embedder: Embedder, vector: Vectors | None = None
) -> list[Sentence]:
    """All sentences of the hits in order, with their relevance to the question.

    Relevance is 0.6 times the cosine, plus 0.4 times the share of the question's meaningful words
    that the sentence has, the one before it and the title included (rare words count more), plus
    0.1 where it has the kind of thing that the question word asks for; about 0 to 1.1. The weights
    were chosen on tuning questions (docs/log.md). ``vector`` is the question's, of shape
    (dimension,), where it is known already.
    """
    spans = [
        (number, hit, start, end)
        for number, hit in enumerate(hits, start=1)
        for start, end in sentence_spans(hit.passage.text)
    ]
    if not spans:
        return []
    texts = [hit.passage.text[start:end] for _, hit, start, end in spans]
    if vector is None:
        vector = embedder.embed_queries([question])[0]
    cosines = [float(cosine) for cosine in embedder.embed_passages(texts) @ vector]
    shares = _word_shares(question, [(n, hit.title) for n, hit, _, _ in spans], texts)
    return [
        Sentence(
            number=number,
            text=text,
            start=hit.passage.start + start,
            end=hit.passage.start + end,
            cosine=cosine,
            relevance=_COSINE_WEIGHT * cosine
            + _WORDS_WEIGHT * share
            + _KIND_WEIGHT * holds_expected_kind(question, text),
        )
        for (number, hit, start, end), text, cosine, share in zip(
            spans, texts, cosines, shares, strict=True
        )
    ]


def _word_shares(
    question: str, homes: Sequence[tuple[int, str]], texts: Sequence[str]
) -> list[float]:
    """The share of the question's words that each sentence has, with the one before it in the
    same passage and the title; a word counts by how few of the sentences have it."""
    of_text = [stems(text) for text in texts]
    weights = {
        word: math.log(1 + len(texts) / (1 + sum(word in held for held in of_text)))
        for word in stems(question)
    }
    total = sum(weights.values()) or 1.0
    shares: list[float] = []
    for place, (number, title) in enumerate(homes):
        held = of_text[place] | stems(title)
        if place and homes[place - 1][0] == number:
            held |= of_text[place - 1]
        shares.append(sum(weights[word] for word in weights if word in held) / total)
    return shares


def _within_budget(
    sentences: Sequence[Sentence], count_tokens: Callable[[str], int], budget: int
) -> set[Sentence]:
    chosen: set[Sentence] = set()
    left = budget
    for sentence in sorted(sentences, key=lambda sentence: -sentence.relevance):
        needed = count_tokens(sentence.text)
        if needed <= left or not chosen:
            chosen.add(sentence)
            left -= needed
    return chosen


def _joined(sentences: Sequence[Sentence], chosen: Set[Sentence]) -> str:
    pieces: list[str] = []
    previous_chosen = True
    for sentence in sentences:
        if sentence in chosen:
            if pieces:
                pieces.append(" " if previous_chosen else " … ")
            pieces.append(sentence.text)
        previous_chosen = sentence in chosen
    return "".join(pieces)
