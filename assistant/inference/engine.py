"""llama.cpp in process: one loaded model and its context."""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ModelError
from assistant.inference.processor import share_cores, usable_cores
from assistant.inference.vocabulary import ModelVocabulary

_log = logging.getLogger(__name__)

_BATCH = 256  # of 128, 256 and 512 the fastest here, and what a stopped request loses at most
_ABORTED = 2


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked for it
    """The computation was ended by its stop flag."""


class StopFlag:
    """Ends a computation of llama.cpp from any thread, in the middle of a batch.

    llama.cpp asks a callback before each of the hundreds of steps of a batch. A callback in
    Python would need the interpreter's lock each time, and wait for it while other threads are
    busy: that halved the speed of writing. The C library's ``strlen`` over two bytes needs no
    lock: it gives 0 until the first byte is set, and 1 from then on.
    """

    def __init__(self) -> None:
        self._bytes = ctypes.create_string_buffer(2)
        self.address = ctypes.addressof(self._bytes)

    def set(self) -> None:
        self._bytes[0] = b"\1"

    def is_set(self) -> bool:
        return self._bytes[0] != b"\0"


class Engine:
    """A GGUF model and its context. Only one thread at a time may call ``write`` and ``close``;
    the vocabulary may be used from any thread.

    Args:
        path: the GGUF file.
        context_tokens: most tokens of prompt and reply together.
        threads: processor threads; 0: all cores that this process may use.

    Raises:
        ModelError: the file is missing, damaged, or of a kind that llama.cpp does not know.
    """

    def __init__(self, path: Path, context_tokens: int, threads: int) -> None:
        _check_is_gguf(path)
        self._llama = llama = _llama_cpp()
        model_parameters = llama.llama_model_default_params()
        model_parameters.n_gpu_layers = 0
        self._model = llama.llama_model_load_from_file(os.fsencode(path), model_parameters)
        if not self._model:
            raise ModelError(
                f"The model file {path} is damaged, or llama.cpp does not know its kind.",
                "Fetch the file again, or update llama-cpp-python.",
            )
        self.context_tokens = min(context_tokens, llama.llama_model_n_ctx_train(self._model))
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = self.context_tokens
        parameters.n_batch = parameters.n_ubatch = min(_BATCH, self.context_tokens)
        parameters.n_threads = parameters.n_threads_batch = threads or usable_cores()
        parameters.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.no_perf = True
        self._context = llama.llama_init_from_model(self._model, parameters)
        if not self._context:
            llama.llama_model_free(self._model)
            raise ModelError(
                f"There is not enough memory for the model {path.name} with "
                f"{self.context_tokens} tokens of context.",
                "Choose a smaller model.",
            )
        self._memory = llama.llama_get_memory(self._context)
        self._remembered: list[int] = []
        self._stop_callback = ctypes.cast(_c_library().strlen, llama.ggml_abort_callback)
        self.vocabulary = ModelVocabulary(llama, self._model)

    def chat_template(self) -> str:
        """The chat template in the model's file.

        Raises:
            ModelError: there is none.
        """
        template = self._llama.llama_model_chat_template(self._model, None)
        if not template:
            raise ModelError(
                "The model has no chat template, so it is not made for instructions.",
                "Choose a file of the model's chat or instruct version.",
            )
        return str(template.decode("utf-8", "replace"))

    def write(
        self, prompt: Sequence[int], begun: Sequence[int], max_tokens: int, stop: StopFlag
    ) -> Iterator[tuple[int, float]]:
        """Yields the most likely next token again and again, until the model ends its message,
        each with its probability.

        What the last prompt and this one have in common at their beginning is not read again.

        Args:
            prompt: at least one token; with ``max_tokens`` not more than ``context_tokens``.
            begun: tokens that the reply begins with, however likely they are.
            max_tokens: most tokens to write, those of ``begun`` included.
            stop: ends the work at once when it is set, also while the prompt is read.

        Raises:
            Stopped: ``stop`` was set. The context stays usable.
            ModelError: llama.cpp failed.
        """
        with self._stopped_by(stop):
            self._read_prompt(prompt)
            for place in range(max_tokens):
                logits = self._logits()
                given = place < len(begun)
                token = begun[place] if given else int(np.argmax(logits))
                if not given and self.vocabulary.ends_message(token):
                    return
                yield token, _probability(logits, token)
                if stop.is_set():
                    raise Stopped
                if place + 1 < max_tokens:
                    self._read([token])

    def close(self) -> None:
        """Frees model and context; nothing else may be called after."""
        self.vocabulary.close()
        self._llama.llama_free(self._context)
        self._llama.llama_model_free(self._model)

    @contextmanager
    def _stopped_by(self, stop: StopFlag) -> Iterator[None]:
        llama = self._llama
        llama.llama_set_abort_callback(self._context, self._stop_callback, stop.address)
        try:
            yield
        finally:
            llama.llama_set_abort_callback(self._context, llama.ggml_abort_callback(), None)

    def _read_prompt(self, prompt: Sequence[int]) -> None:
        rest = prompt[self._recall(prompt) :]
        for start in range(0, len(rest), _BATCH):
            self._read(rest[start : start + _BATCH])

    def _recall(self, prompt: Sequence[int]) -> int:
        """Cuts the context's memory to what it has in common with the prompt; its length.

        The last token of a prompt is always read anew, because reading it gives the reply's first
        token. What a stopped batch left behind lies after ``_remembered`` and is cut as well.
        """
        common = 0
        for old, new in zip(self._remembered, prompt[:-1], strict=False):
            if old != new:
                break
            common += 1
        # Models with a recurrent state cannot forget in part.
        if not self._llama.llama_memory_seq_rm(self._memory, 0, common, -1):
            self._llama.llama_memory_clear(self._memory, True)
            common = 0
        del self._remembered[common:]
        return common

    def _read(self, tokens: Sequence[int]) -> None:
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        batch = self._llama.llama_batch_get_one(array, len(tokens))
        code = self._llama.llama_decode(self._context, batch)
        if code == _ABORTED:
            raise Stopped
        if code != 0:
            raise ModelError(
                f"The language model failed while it was reading (llama_decode gave {code}).",
                "Ask again; if it fails again, choose another model.",
            )
        self._remembered += tokens

    def _logits(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Of the next token, one for each of the vocabulary; they change with the next reading."""
        logits = self._llama.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(logits, (self.vocabulary.size,))


def _probability(logits: np.ndarray[Any, np.dtype[np.float32]], token: int) -> float:
    """The softmax of the logits at one token; its sum in double precision."""
    return float(1.0 / np.exp(logits - logits[token], dtype=np.float64).sum())


def _check_is_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(
            f"The model file {path} cannot be read: {error.strerror}.",
            "Check the path; `assistant models` lists the models that are there.",
        ) from error
    if magic != b"GGUF":
        raise ModelError(
            f"The file {path} is not a GGUF model.",
            "Choose a file that ends in .gguf, made for llama.cpp.",
        )


@cache
def _llama_cpp() -> Any:
    """The llama.cpp binding, with what llama.cpp reports sent to logging instead of stderr."""
    share_cores()
    import llama_cpp

    llama_cpp.llama_log_set(_log_callback(), ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    return llama_cpp


@cache  # llama.cpp keeps the callback's address, so it must live as long as the process
def _log_callback() -> Any:
    import llama_cpp

    return llama_cpp.llama_log_callback(_report)


def _report(level: int, text: bytes, user_data: Any) -> None:
    _log.debug(text.decode("utf-8", "replace").rstrip())


@cache
def _c_library() -> Any:
    return ctypes.cdll.msvcrt if os.name == "nt" else ctypes.CDLL(None)
