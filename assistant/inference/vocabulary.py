"""The tokenizer of a model that llama.cpp has loaded."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

from assistant.errors import ModelError


class ModelVocabulary:
    """A model's tokenizer; it may be used from any thread, also while the model computes.

    All methods raise a ModelError once the model was closed.
    """

    def __init__(self, llama: Any, model: Any) -> None:
        self._llama = llama
        self._vocabulary = llama.llama_model_get_vocab(model)
        self._lock = threading.Lock()
        self._open = True
        self.size: int = self._ask(llama.llama_vocab_n_tokens)
        self.bos: int = self._ask(llama.llama_vocab_bos)
        self.eos: int = self._ask(llama.llama_vocab_eos)
        self.adds_bos: bool = self._ask(llama.llama_vocab_get_add_bos)

    def tokenize(self, text: str, special: bool) -> list[int]:
        """The text's tokens; control tokens are seen in it only if ``special``."""
        data = text.encode("utf-8", "replace")
        if not data:
            return []
        room = len(data) + 8  # a token stands for at least one byte; a few may be put before
        tokens = (ctypes.c_int32 * room)()
        tokenize = self._llama.llama_tokenize
        count = self._ask(tokenize, data, len(data), tokens, room, False, special)
        return list(tokens[:count])

    def text(self, token: int) -> str:
        """The text that stands for a token in the vocabulary; "" for a token that is none."""
        if token < 0:
            return ""
        text: bytes = self._ask(self._llama.llama_vocab_get_text, token)
        return text.decode("utf-8", "replace")

    def mark(self, token: int) -> str | None:
        """The text that stands for a control or user-defined token, None for any other token."""
        llama = self._llama
        special = llama.LLAMA_TOKEN_ATTR_CONTROL | llama.LLAMA_TOKEN_ATTR_USER_DEFINED
        return self.text(token) if self._attributes(token) & special else None

    def swallows_space(self, token: int) -> bool:
        """Whether white space after this token is dropped."""
        return bool(self._attributes(token) & self._llama.LLAMA_TOKEN_ATTR_RSTRIP)

    def ends_message(self, token: int) -> bool:
        """Whether the model says by this token that its message is complete."""
        return bool(self._ask(self._llama.llama_vocab_is_eog, token))

    def piece(self, token: int) -> bytes:
        """The bytes that a written token stands for: nothing for a control token, and often only
        a part of a character."""
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            size = self._ask(self._llama.llama_token_to_piece, token, buffer, room, 0, False)
            if size >= 0:
                return buffer.raw[:size]
            room = -size

    def close(self) -> None:
        """Waits for whoever is using it, and refuses all after."""
        with self._lock:
            self._open = False

    def _attributes(self, token: int) -> int:
        return int(self._ask(self._llama.llama_vocab_get_attr, token))

    def _ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        with self._lock:  # or the model could be freed meanwhile
            if not self._open:
                raise ModelError("The language model was closed.", "Open the assistant again.")
            return function(self._vocabulary, *arguments)
