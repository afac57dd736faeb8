"""From evidence to a checked answer: the model reads, decides and writes."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from assistant.answering.checking import checked_answer
from assistant.answering.marks import streamed
from assistant.answering.prompts import A_NUMBER, answer_messages
from assistant.answering.refusal import closest_articles, confidence, threshold_if_doubted
from assistant.answering.timings import Timings
from assistant.inference.generation import Generator, Piece, Pieces, text_of
from assistant.records import Answer, Finished, Message, Words
from assistant.retrieval.evidence import Evidence, narrowed
from assistant.settings import Settings

# Where a trained model's words are less likely than this (mean logarithm), or something speaks
# against them, it reads the most relevant sentences alone, and the surer answer counts: 471 right
# of 583 instead of 445 (docs/log.md, 2026-11-27).
_SURE = -0.1
_SENTENCES_READ_AGAIN = 4
_LEAST = 1e-6


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
    search says, is not enough for the threshold, nothing is written. Where it wrote something that
    it is not sure of, it reads the most relevant sentences once more; the checked answer may then
    have other words than those that came.

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
    unsure = sureness(reply) < _SURE or not _stands(answer)
    more_shown = len(evidence.shown) > _SENTENCES_READ_AGAIN
    if generator.trained and unsure and more_shown and not _stopped(cancel):
        messages = _messages(question, narrowed(evidence, _SENTENCES_READ_AGAIN), generator)
        again = list(_reply(messages, generator, settings, cancel))
        other = checked_answer(text_of(again), evidence, refusal, least_if_doubted)
        read += _tokens(messages, generator)
        written += generator.count_tokens(other.draft)
        surer = answer.refused or sureness(again) > sureness(reply)
        if surer and not other.refused and not _stopped(cancel):
            answer = other
        timings.lap("read_again")
    yield Finished(replace(answer, tokens_in=read, tokens_out=written, timings=timings.so_far()))


def sureness(reply: Sequence[Piece]) -> float:
    """How sure a model was of its words: the mean logarithm of their probabilities, of those
    behind the beginning that it was given (0 at most, and where it wrote nothing)."""
    logarithms = [math.log(max(piece.probability, _LEAST)) for piece in reply[1:]]
    return sum(logarithms) / len(logarithms) if logarithms else 0.0


def _stopped(cancel: threading.Event | None) -> bool:
    return cancel is not None and cancel.is_set()


def _stands(answer: Answer) -> bool:
    """Whether the checks find nothing to say against an answer."""
    return not answer.refused and all(s.verdict == "supported" for s in answer.statements)


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


def _tokens(messages: Sequence[Message], generator: Generator) -> int:
    return sum(generator.count_tokens(message.content) for message in messages)


def _kept(pieces: Iterable[Piece], reply: list[Piece]) -> Iterator[str]:
    for piece in pieces:
        reply.append(piece)
        yield piece.text
