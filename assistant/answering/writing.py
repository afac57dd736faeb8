"""From evidence to a checked answer: the model reads, decides and writes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

from assistant.answering.checking import checked_answer
from assistant.answering.marks import streamed
from assistant.answering.prompts import A_NUMBER, answer_messages
from assistant.answering.refusal import closest_articles, confidence, threshold_if_doubted
from assistant.answering.timings import Timings
from assistant.inference.generation import Generator, Piece
from assistant.records import Answer, Finished, Words
from assistant.retrieval.evidence import Evidence
from assistant.settings import Settings


def write_answer(
    refusal: Answer,
    evidence: Evidence,
    generator: Generator,
    settings: Settings,
    cancel: threading.Event | None,
    timings: Timings,
) -> Iterator[Words | Finished]:
    """The words as they come, then the checked answer.

    A trained model says with its first token whether there is an answer; where that, with what
    search says, is not enough for the threshold, nothing is written.

    Args:
        refusal: the question, and the answer to give where there is none.
        evidence: what the model reads.
        generator: the model.
        settings: threshold and most tokens of the answer.
        cancel: when set, the model stops; what it wrote until then is checked.
        timings: told when each stage ends.

    Raises:
        ModelError: the prompt does not fit, or the model failed.
    """
    question = refusal.standalone_question
    titles = [hit.title for hit in evidence.hits]
    passages = list(zip(titles, evidence.texts, strict=True))
    messages = answer_messages(question, passages, generator.trained)
    beginning = A_NUMBER if generator.trained else ""
    pieces = generator.generate(messages, settings.answer_tokens, cancel, beginning)
    # Of a model that was not trained here, the beginning tells nothing, and need not be waited for.
    begun = list(islice(pieces, 1)) if generator.trained else []
    if begun:
        timings.lap("prefill")
    read = sum(generator.count_tokens(message.content) for message in messages)
    refusal = replace(
        refusal,
        closest=closest_articles(evidence),
        model=generator.name,
        cut=evidence.cut,
        confidence=confidence(question, evidence, begun[0].probability if begun else None),
    )
    if refusal.confidence < settings.threshold:
        pieces.close()
        asked = read if generator.trained else 0
        yield Finished(replace(refusal, tokens_in=asked, timings=timings.so_far()))
        return
    draft: list[str] = []
    for words in streamed(_kept(chain(begun, pieces), draft), len(evidence.hits)):
        timings.first_word()
        yield Words(words)
    timings.lap("write")
    # Of a model that was not trained here, the confidence is search's alone, and says less.
    least_if_doubted = threshold_if_doubted(settings.threshold) if generator.trained else 0.0
    answer = checked_answer("".join(draft), evidence, refusal, least_if_doubted)
    timings.lap("check")
    yield Finished(
        replace(
            answer,
            tokens_in=read,
            tokens_out=generator.count_tokens(answer.draft),
            timings=timings.so_far(),
        )
    )


def _kept(pieces: Iterable[Piece], draft: list[str]) -> Iterator[str]:
    for piece in pieces:
        draft.append(piece.text)
        yield piece.text
