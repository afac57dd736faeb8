"""A question and passages to the words that answer: a model that marks where they begin and end."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.inference.crossencoder import adapted
from assistant.inference.embedding import encodable
from assistant.records import Record

_LONGEST_PAIR = 320
"""Word pieces that are read of a question and a passage together."""

_LONGEST_SPAN = 40
"""Word pieces of an answer."""

Logarithms = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span(Record):
    """Words of passage ``number`` (from 1), ``text[start:end]``, that may answer a question;
    ``logarithm`` is that of their probability among all words of the passages."""

    number: int
    start: int
    end: int
    logarithm: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a span reader makes of one passage, piece by piece.

    ``places[i]`` is where piece i begins and ends in the text, ``starts[i]`` and ``ends[i]`` the
    logarithms of the probabilities that the answer begins and ends there.
    """

    places: NDArray[np.int64]
    starts: Logarithms
    ends: Logarithms

    def logarithm(self, start: int, end: int) -> float:
        """That of the probability of ``text[start:end]``; minus infinity where it was not read."""
        first = np.flatnonzero((self.places[:, 0] <= start) & (start < self.places[:, 1]))
        last = np.flatnonzero((self.places[:, 0] < end) & (end <= self.places[:, 1]))
        if not (len(first) and len(last)):
            return -math.inf
        return float(self.starts[first[0]] + self.ends[last[0]])


class SpanReader(Protocol):
    """Finds the words of passages that answer a question."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading a passage (title, text), in their order, of all of them together."""
        ...


class AdaptedSpanReader:
    """An embedding model with what it learned about words that answer; never downloads.

    It is loaded when it is first needed. Safe to call from any thread. The words of all passages
    are weighed against each other and against there being no answer (the shared normalization of
    Clark & Gardner 2018, "Simple and Effective Multi-Paragraph Reading Comprehension").

    Args:
        path: folder with the embedding model's files.
        adapter: what it learned (see ``adapter``).
        threads: processor threads, for the whole process; 0 leaves torch's own choice.

    Raises:
        ModelError: at first use, a file is missing, damaged or of another model.
    """

    def __init__(self, path: Path, adapter: Path, threads: int = 0) -> None:
        self._path = path
        self._adapter = adapter
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading a passage (title, text), in their order, of all of them together."""
        if not passages:
            return []
        told = [shown(title, text) for title, text in passages]
        with self._lock:
            if self._loaded is None:
                self._loaded = adapted(
                    "AutoModelForQuestionAnswering", self._path, self._adapter, self._threads
                )
            model, tokenizer = self._loaded
            import torch

            tokens = tokenizer(
                [encodable(question)] * len(told),
                [encodable(text) for text in told],
                truncation="longest_first",
                max_length=_LONGEST_PAIR,
                padding=True,
                return_tensors="pt",
                return_offsets_mapping=True,
            )
            places = tokens.pop("offset_mapping").numpy()
            with torch.inference_mode():
                output = model(**tokens)
        pieces = np.array([[of == 1 for of in tokens.sequence_ids(n)] for n in range(len(told))])
        logits = [
            part.numpy().astype(np.float64) for part in (output.start_logits, output.end_logits)
        ]
        # The first piece stands for there being no answer in that passage.
        weighed = pieces.copy()
        weighed[:, 0] = True
        starts, ends = (part - np.logaddexp.reduce(part[weighed]) for part in logits)
        readings = []
        for n, (_, text) in enumerate(passages):
            before = len(told[n]) - len(text)
            read = pieces[n] & (places[n, :, 0] >= before)
            readings.append(Reading(places[n, read] - before, starts[n, read], ends[n, read]))
        return readings


def shown(title: str, text: str) -> str:
    """A passage as it is read: its title, if it has one, and its text."""
    return f"{title}. {text}" if title.strip() else text


def best_spans(readings: Sequence[Reading], most: int) -> list[Span]:
    """The likeliest spans of all passages, at most 40 word pieces long, the likeliest first."""
    spans = []
    for number, reading in enumerate(readings, start=1):
        pieces = np.arange(len(reading.starts))
        length = pieces - pieces[:, None]
        together = reading.starts[:, None] + reading.ends
        together[(length < 0) | (length >= _LONGEST_SPAN)] = -math.inf
        for flat in np.argsort(-together, axis=None)[:most]:
            first, last = divmod(int(flat), len(pieces))
            if together[first, last] > -math.inf:
                start, end = int(reading.places[first, 0]), int(reading.places[last, 1])
                spans.append(Span(number, start, end, float(together[first, last])))
    return sorted(spans, key=lambda span: -span.logarithm)[:most]
