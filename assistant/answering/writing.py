"""From evidence to a checked answer: the model reads, decides and writes."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from assistant.answering.alternatives import alternatives
from assistant.answering.checking import checked_answer
from assistant.answering.marks import streamed
from assistant.answering.prompts import A_NUMBER, answer_messages
from assistant.answering.refusal import closest_articles, confidence, threshold_if_doubted
from assistant.answering.timings import Timings
from assistant.inference.generation import Generator, Piece, Pieces, text_of
from assistant.inference.spans import SpanReader
from assistant.records import Answer, Finished, Message, Words
from assistant.retrieval.evidence import Evidence
from assistant.settings import Settings

_LEAST = 1e-6


def write_answer(
    refusal: Answer,
    evidence: Evidence,
    generator: Generator,
    settings: Settings,
    cancel: threading.Event | None,
    timings: Timings,
    span_reader: SpanReader | None = None,
) -> Iterator[Words | Finished]:
    """The words as they come, then the checked answer.

    A trained model says with its first token whether there is an answer; where that, with what
    search says, is not enough for the threshold, nothing is written. What it wrote is weighed
    against the words that a span reader finds: those count of which both models together think
    most (their probabilities multiplied, a product of experts; Hinton 2002). The checked answer may
    then have other words than those that came. What the checks refuse stays refused: of 11 such
    drafts on held-back questions, a span reader had the answer to 2, and 9 had none to find.

    Args:
        refusal: the question, and the answer to give where there is none.
        evidence: what the model reads.
        generator: the model.
        settings: threshold and most tokens of the answer.
        cancel: when set, the model stops; what it wrote until then is checked.
        timings: told when each stage ends.
        span_reader: finds other words that may answer; without one, a model's words stay.

    Raises:
        ModelError: the prompt does not fit, or the model failed.
    """
    question = refusal.standalone_question
    messages = _messages(question, evidence, generator)
    pieces = _reply(messages, generator, settings, cancel)
    # Of a model that was not trained here, the beginning tells nothing, and need not be waited for.
    begun = list(islice(pieces, 1)) if generator.trained else []
    if begun:
        timings.lap("prefill")
    read = _tokens(messages, generator)
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
    reply: list[Piece] = []
    for words in streamed(_kept(chain(begun, pieces), reply), len(evidence.hits)):
        timings.first_word()
        yield Words(words)
    timings.lap("write")
    # Of a model that was not trained here, the confidence is search's alone, and says less.
    least_if_doubted = threshold_if_doubted(settings.threshold) if generator.trained else 0.0
    answer = checked_answer(text_of(reply), evidence, refusal, least_if_doubted)
    written = generator.count_tokens(answer.draft)
    timings.lap("check")
    to_compare = generator.trained and not answer.refused and not _stopped(cancel)
    if to_compare and span_reader is not None:
        own, others = alternatives(question, evidence, answer.draft, span_reader)
        most = own.logarithm + log_likelihood(reply)
        for other in others:
            likely = _likelihood(other.text, messages, generator, settings, cancel)
            if other.logarithm + likely > most:
                checked = checked_answer(other.text, evidence, refusal, least_if_doubted)
                if not checked.refused:
                    answer, most = checked, other.logarithm + likely
        timings.lap("compare")
    yield Finished(replace(answer, tokens_in=read, tokens_out=written, timings=timings.so_far()))


def log_likelihood(reply: Sequence[Piece]) -> float:
    """How likely a model took its words to be: the sum of the logarithms of their probabilities,
    of those behind the beginning that it was given (0 at most, and where it wrote nothing)."""
    return sum(math.log(max(piece.probability, _LEAST)) for piece in reply[1:])


def _stopped(cancel: threading.Event | None) -> bool:
    return cancel is not None and cancel.is_set()


def _messages(question: str, evidence: Evidence, generator: Generator) -> list[Message]:
    titles = [hit.title for hit in evidence.hits]
    passages = list(zip(titles, evidence.texts, strict=True))
    return answer_messages(question, passages, generator.trained)


def _reply(
    messages: Sequence[Message],
    generator: Generator,
    settings: Settings,
    cancel: threading.Event | None,
) -> Pieces:
    beginning = A_NUMBER if generator.trained else ""
    return generator.generate(messages, settings.answer_tokens, cancel, beginning)


def _likelihood(
    draft: str,
    messages: Sequence[Message],
    generator: Generator,
    settings: Settings,
    cancel: threading.Event | None,
) -> float:
    """How likely a model takes a draft to be; minus infinity where it was stopped before its end,
    or may not write as much."""
    pieces = generator.generate(messages, settings.answer_tokens, cancel, draft)
    reply: list[Piece] = []
    for piece in pieces:
        reply.append(piece)
        if len(text_of(reply)) >= len(draft):
            pieces.close()
            return log_likelihood(reply)
    return -math.inf


def _tokens(messages: Sequence[Message], generator: Generator) -> int:
    return sum(generator.count_tokens(message.content) for message in messages)


def _kept(pieces: Iterable[Piece], reply: list[Piece]) -> Iterator[str]:
    for piece in pieces:
        reply.append(piece)
        yield piece.text
