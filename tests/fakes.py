"""Stand-ins for the models; they are passed in, never patched in."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assistant.inference.embedding import Vectors
from assistant.inference.generation import Piece, Pieces
from assistant.inference.spans import Reading
from assistant.records import Message

_WORD = re.compile(r"\w+")


def shown_passages(messages: Sequence[Message]) -> list[str]:
    """The passages of a prompt, each behind its number, without titles."""
    found = re.findall(r"(?m)^(\[\d+\]).*\n(.+)", messages[-1].content)
    return [f"{number} {text}" for number, text in found]


class HashEmbedder:
    """Bag of hashed words, scaled to length 1: texts that share words are near each other."""

    name = "hash"
    revision = "1"
    dimension = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        self.embedded.extend(texts)
        if progress:
            progress(len(texts))
        return self.embed_queries(texts)

    def count_tokens(self, text: str) -> int:
        return len(_WORD.findall(text))

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in _WORD.findall(text.lower()):
            digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
            vector[int.from_bytes(digest) % self.dimension] += 1.0
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


class UntrainedGenerator:
    """What the stand-ins for models that were not trained for the prompt have in common."""

    context_tokens = 4096
    trained = False

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        pass


class ScriptedGenerator(UntrainedGenerator):
    """Says what it was told to say, reply by reply, and keeps the messages that it was sent."""

    name = "scripted"

    def __init__(self, *replies: str | Exception) -> None:
        self.replies = deque(replies)
        self.requests: list[tuple[Message, ...]] = []
        self.closed = False

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        cancel: threading.Event | None = None,
        beginning: str = "",
    ) -> Pieces:
        self.requests.append(tuple(messages))
        reply = self.replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        for piece in re.findall(r"\S+\s*|\s+", beginning + reply):
            if cancel is not None and cancel.is_set():
                return
            yield Piece(piece, 1.0)

    def count_tokens(self, text: str) -> int:
        return len(_WORD.findall(text))

    def close(self) -> None:
        self.closed = True


class TrainedGenerator(ScriptedGenerator):
    """As the default model does, begins with "[" as likely as it is told; ``sure`` is how likely
    the other words of a reply are, ``given`` how likely it takes words that it is given."""

    trained = True

    def __init__(
        self,
        likelihood: float | None,
        *replies: str | Exception,
        sure: float = 1.0,
        given: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(*replies)
        self.likelihood = likelihood
        self.sure = sure
        self.given = given or {}

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        cancel: threading.Event | None = None,
        beginning: str = "",
    ) -> Pieces:
        if self.likelihood is None:  # it was cancelled meanwhile
            return
        yield Piece(beginning[:1], self.likelihood)
        if beginning != "[":
            yield Piece(beginning[1:], self.given.get(beginning, 0.0))
            raise AssertionError("nobody wants to know how a given answer goes on")
        for piece in super().generate(messages, max_tokens, cancel):
            yield Piece(piece.text, self.sure)


class EchoGenerator(UntrainedGenerator):
    """Repeats the first passage that it is shown, with its number."""

    name = "echo"

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        cancel: threading.Event | None = None,
        beginning: str = "",
    ) -> Pieces:
        shown = shown_passages(messages)
        yield Piece(shown[0] if shown else "I cannot say.", 1.0)


class KnownSpanReader:
    """Takes the words that it is told for as likely as it is told (logarithms), others for much
    less."""

    def __init__(self, likely: Mapping[str, float]) -> None:
        self.likely = likely
        self.questions: list[str] = []

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        self.questions.append(question)
        return [self._read(text) for _, text in passages]

    def _read(self, text: str) -> Reading:
        places = [found.span() for found in re.finditer(r"\w+|[^\w\s]", text)]
        starts, ends = np.full(len(places), -20.0), np.full(len(places), -20.0)
        for words, logarithm in self.likely.items():
            for found in re.finditer(re.escape(words), text):
                starts[[start for start, _ in places].index(found.start())] = logarithm / 2
                ends[[end for _, end in places].index(found.end())] = logarithm / 2
        return Reading(np.array(places, dtype=np.int64).reshape(-1, 2), starts, ends)


class WordCrossEncoder:
    """Scores a text by the share of the question's words that it has."""

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        asked = set(question.lower().rstrip("?").split())
        shares = [len(asked & set(text.lower().split())) / max(1, len(asked)) for text in texts]
        return np.asarray(shares, dtype=np.float32)
