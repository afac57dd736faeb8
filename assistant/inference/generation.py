"""Messages in, words out: what any language model must offer here."""

from __future__ import annotations

import threading
from collections import abc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.records import Message, Record


@dataclass(frozen=True, slots=True)
class Piece(Record):
    """A piece of a reply, and how likely the model was to write just this there (0 to 1)."""

    text: str
    probability: float


Pieces = abc.Generator[Piece, None, None]


def text_of(pieces: Iterable[Piece]) -> str:
    """The text of a reply, once it is written."""
    return "".join(piece.text for piece in pieces)


class Generator(Protocol):
    """A language model. Safe to call from any thread; calls are served in order.

    ``name`` is shown to readers; ``context_tokens`` is the most that prompt and answer may have.
    ``trained`` says that the model learned our prompt: it begins with a passage's number where
    the passages hold the answer, and with a refusal where they do not.
    """

    name: str
    trained: bool
    context_tokens: int

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        cancel: threading.Event | None = None,
        beginning: str = "",
    ) -> Pieces:
        """Yields the reply in pieces as it is written, at most ``max_tokens`` tokens of it.

        With a ``beginning``, the reply starts with that text whatever the model would have said;
        its pieces come first, and tell how likely the model would have begun so.

        Setting ``cancel`` from any thread, or closing the generator, ends the request within a
        second, also while the prompt is still being read or the request waits for its turn; it
        then ends without an error.

        Raises:
            ModelError: the prompt does not fit, or the model failed.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text as it would stand in a message, special tokens not counted."""
        ...

    def close(self) -> None:
        """Frees the model; requests under way end with a ModelError."""
        ...
