"""From a question to a checked answer, step by step."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from assistant.answering.checking import checked_answer
from assistant.answering.marks import streamed
from assistant.answering.prompts import A_NUMBER, answer_messages
from assistant.answering.refusal import (
    EMPTY_LIBRARY,
    NOT_IN_LIBRARY,
    NOTHING_MATCHES,
    closest_articles,
    confidence,
)
from assistant.answering.timings import Timings
from assistant.errors import UsageError
from assistant.records import Answer, Event, Filters, Finished, Found, Searching, Words
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
    generator = assistant.generator
    titles = [hit.title for hit in evidence.hits]
    messages = answer_messages(standalone, list(zip(titles, evidence.texts, strict=True)))
    beginning = A_NUMBER if generator.trained else ""
    pieces = generator.generate(messages, assistant.settings.answer_tokens, cancel, beginning)
    # Of a model that was not trained here, the beginning tells nothing, and need not be waited for.
    begun = list(islice(pieces, 1)) if generator.trained else []
    if begun:
        timings.lap("prefill")
    refusal = replace(
        refusal,
        hits=evidence.hits,
        closest=closest_articles(evidence),
        model=generator.name,
        cut=evidence.cut,
        confidence=confidence(standalone, evidence, begun[0].probability if begun else None),
    )
    read = sum(generator.count_tokens(message.content) for message in messages)
    if refusal.confidence < assistant.settings.threshold:
        pieces.close()
        asked = read if generator.trained else 0
        yield Finished(replace(refusal, tokens_in=asked, timings=timings.so_far()))
        return
    draft: list[str] = []
    written = (piece.text for piece in chain(begun, pieces))
    for words in streamed(_kept(written, draft), len(evidence.hits)):
        timings.first_word()
        yield Words(words)
    timings.lap("write")
    answer = checked_answer("".join(draft), evidence, refusal)
    timings.lap("check")
    yield Finished(
        replace(
            answer,
            tokens_in=read,
            tokens_out=generator.count_tokens(answer.draft),
            timings=timings.so_far(),
        )
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


def _kept(pieces: Iterable[str], draft: list[str]) -> Iterator[str]:
    for piece in pieces:
        draft.append(piece)
        yield piece
