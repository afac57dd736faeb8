"""Small evidence made by hand, for the tests of this folder."""

from __future__ import annotations

from assistant.reading.sentences import sentence_spans
from assistant.records import Hit, Passage
from assistant.retrieval.evidence import Evidence, Sentence


def evidence_of(*texts: str, title: str = "The Lowmoor Line") -> Evidence:
    """Each text is one passage (of an article of its own); all sentences are equally relevant."""
    hits = tuple(
        Hit(
            passage=Passage(f"p{place}", f"a{place}", 0, len(text), text),
            score=0.5,
            similarity=0.5,
            ranks={"dense": place},
            title=title,
            source="page.txt",
        )
        for place, text in enumerate(texts, start=1)
    )
    sentences = tuple(
        Sentence(place, text[start:end], start, end, cosine=0.5, relevance=0.5)
        for place, text in enumerate(texts, start=1)
        for start, end in sentence_spans(text)
    )
    return Evidence(hits, texts, sentences, cut=())
