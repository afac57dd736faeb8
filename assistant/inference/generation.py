"""Messages in, words out: what any language model must offer here."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from assistant.records import Message


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
    ) -> Iterator[str]:
        """Yields the reply in pieces as it is written, at most ``max_tokens`` tokens of it.

        With a ``beginning``, the reply starts with that text whatever the model would have said.

        Setting ``cancel`` from any thread, or closing the iterator, ends the request within a
        second, also while the prompt is still being read or the request waits for its turn; the
        iterator then ends without an error.

        Raises:
            ModelError: the prompt does not fit, or the model failed.
        """
        ...

    def likelihood(
        self,
        messages: Sequence[Message],
        beginning: str,
        cancel: threading.Event | None = None,
    ) -> float | None:
        """How likely the reply begins with this text (0 to 1); None if it was cancelled.

        A reply to the same messages, asked for next, does not have to read them again.

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
