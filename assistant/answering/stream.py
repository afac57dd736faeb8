"""From a question to its evidence, and on to the answer, step by step."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answering.refusal import EMPTY_LIBRARY, NOT_IN_LIBRARY, NOTHING_MATCHES
from assistant.answering.timings import Timings
from assistant.answering.writing import write_answer
from assistant.errors import UsageError
from assistant.records import Answer, Event, Filters, Finished, Found, Searching
from assistant.retrieval.evidence import select_evidence
from assistant.retrieval.followups import Turn, standalone_question
from assistant.retrieval.reranking import found
from assistant.retrieval.search import ranked_lists

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

_LONGEST_QUESTION = 2_000


def stream_answer(
    assistant: Assistant,
    question: str,
    history: Sequence[Turn],
    filters: Filters | None,
    cancel: threading.Event | None,
) -> Iterator[Event]:
    """The events of ``Assistant.stream``, which says what they are and what is raised."""
    timings = Timings()
    standalone = standalone_question(usable(question), history)
    timings.lap("rewrite")
    yield Searching(standalone)
    vector = assistant.library.embedder.embed_queries([standalone])[0]
    timings.lap("embed")
    lists = ranked_lists(assistant.library, standalone, filters, vector)
    timings.lap("search")
    hits = found(
        assistant.library, standalone, lists, assistant.settings.passages, assistant.reranker
    )
    timings.lap("rerank")
    refusal = Answer(question, standalone, NOT_IN_LIBRARY, refused=True)
    if not hits:
        text = EMPTY_LIBRARY if assistant.library.count_passages() == 0 else NOTHING_MATCHES
        yield Finished(replace(refusal, text=text, timings=timings.so_far()))
        return
    evidence = select_evidence(
        standalone,
        hits,
        assistant.library.embedder,
        assistant.generator.count_tokens,
        assistant.settings.evidence_tokens,
        vector,
    )
    timings.lap("choose")
    yield Found(evidence.hits)
    yield from write_answer(
        replace(refusal, hits=evidence.hits),
        evidence,
        assistant.generator,
        assistant.settings,
        cancel,
        timings,
        assistant.span_reader,
    )


def usable(question: str) -> str:
    """The question in one line.

    Raises:
        UsageError: it is empty, or has more than 2,000 characters.
    """
    cleaned = " ".join(question.replace("\x00", " ").split())
    if not cleaned:
        raise UsageError("The question is empty.", "Ask something about the articles.")
    if len(cleaned) > _LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(cleaned):,} characters; at most {_LONGEST_QUESTION:,} can be "
            "asked.",
            "Ask a shorter question; add long texts to the library instead.",
        )
    return cleaned
