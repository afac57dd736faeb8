"""A language model in process, through llama.cpp."""

from __future__ import annotations

import codecs
import queue
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from assistant.errors import ModelError
from assistant.inference.chat import ChatTemplate, prompt_tokens
from assistant.inference.engine import Engine, StopFlag, Stopped
from assistant.records import Message

_POLL_SECONDS = 0.05
Result = TypeVar("Result")


class LlamaGenerator:
    """A GGUF model, asked by any number of threads and run by one.

    It always writes the likeliest token (temperature 0). The model's own chat template makes the
    prompt; contents never become control tokens (see ``chat``). The beginning that a prompt has
    in common with the last one is not read again, so fixed instructions belong first.

    Args:
        path: the GGUF file.
        name: what readers see.
        context_tokens: most tokens of prompt and reply together; less if the model knows fewer.
        threads: processor threads; 0: all cores that this process may use.
        trained: whether it learned our prompt; see ``Generator``.

    Raises:
        ModelError: the file is missing, damaged, of an unknown kind, or has no chat template.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        context_tokens: int = 2048,
        threads: int = 0,
        trained: bool = False,
    ) -> None:
        engine = Engine(path, context_tokens, threads)
        self.path = path
        self.name = name
        self.trained = trained
        self.context_tokens = engine.context_tokens
        self.vocabulary = vocabulary = engine.vocabulary
        try:
            self.template = ChatTemplate(
                engine.chat_template(),
                bos=vocabulary.text(vocabulary.bos),
                eos=vocabulary.text(vocabulary.eos),
            )
        except ModelError:
            engine.close()
            raise
        self._worker = _Worker(engine)
        self._worker.start()
        # Also when the interpreter ends: llama.cpp must not be at work while it is torn down.
        self._finalizer = weakref.finalize(self, self._worker.stop)

    def generate(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        cancel: threading.Event | None = None,
        beginning: str = "",
    ) -> Iterator[str]:
        """Yields the reply in pieces as it is written; see ``Generator.generate``.

        The request is queued when the first piece is asked for.

        Raises:
            ModelError: the prompt with ``max_tokens`` does not fit the context, the template
                refuses the messages, the model failed or was closed.
        """
        begun = self.vocabulary.tokenize(beginning, special=False)
        prompt = [*self._prompt(messages, max_tokens), *begun]
        max_tokens -= len(begun)

        def write(engine: Engine, stop: StopFlag) -> Iterator[str]:
            tokens = engine.write(prompt, max_tokens, stop)
            return text_pieces(map(engine.vocabulary.piece, tokens))

        if beginning:
            yield beginning
        if max_tokens > 0:
            yield from self._asked(_Request(write), cancel)

    def likelihood(
        self,
        messages: Sequence[Message],
        beginning: str,
        cancel: threading.Event | None = None,
    ) -> float | None:
        """How likely the reply begins with a text; see ``Generator.likelihood``.

        Raises:
            ModelError: the prompt does not fit the context, the template refuses the messages,
                the model failed or was closed.
        """
        reply = self.vocabulary.tokenize(beginning, special=False)
        prompt = self._prompt(messages, len(reply))

        def weigh(engine: Engine, stop: StopFlag) -> Iterator[float]:
            yield engine.likelihood(prompt, reply, stop)

        return next(self._asked(_Request(weigh), cancel), None)

    def _prompt(self, messages: Sequence[Message], max_tokens: int) -> list[int]:
        prompt = prompt_tokens(self.template.parts(messages), self.vocabulary)
        if len(prompt) + max_tokens > self.context_tokens:
            raise ModelError(
                f"The prompt has {len(prompt)} tokens; with {max_tokens} for the reply, that is "
                f"more than the {self.context_tokens} that the model may have.",
                "Ask a shorter question, or set fewer evidence_tokens or answer_tokens.",
            )
        return prompt

    def _asked(self, request: _Request[Result], cancel: threading.Event | None) -> Iterator[Result]:
        self._worker.submit(request)
        try:
            while cancel is None or not cancel.is_set():
                try:
                    result = request.results.get(timeout=None if cancel is None else _POLL_SECONDS)
                except queue.Empty:
                    continue
                if result is None:
                    return
                if isinstance(result, ModelError):
                    raise result
                yield result
        finally:
            request.stop.set()

    def count_tokens(self, text: str) -> int:
        """Tokens of a text as it would stand in a message, control tokens not seen in it.

        Does not wait for a reply that is being written.

        Raises:
            ModelError: the model was closed.
        """
        return len(self.vocabulary.tokenize(text, special=False))

    def close(self) -> None:
        """Frees the model; requests under way end with a ModelError. May be called twice."""
        self._finalizer()


def text_pieces(pieces: Iterable[bytes]) -> Iterator[str]:
    """UTF-8 that comes in pieces, as text; characters that are torn over pieces are held back.

    What is no UTF-8 becomes U+FFFD; a character that is unfinished at the end is left out.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for piece in pieces:
        if text := decoder.decode(piece):
            yield text


@dataclass(eq=False, slots=True)
class _Request(Generic[Result]):
    """Work for the engine and where its results go, then None or the error that ended it."""

    work: Callable[[Engine, StopFlag], Iterator[Result]]
    stop: StopFlag = field(default_factory=StopFlag)
    results: queue.SimpleQueue[Result | ModelError | None] = field(
        default_factory=queue.SimpleQueue
    )


class _Worker(threading.Thread):
    """The one thread that uses the engine. Requests are served in the order they came."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="llama", daemon=True)
        self._engine = engine
        self._requests: queue.SimpleQueue[_Request[Any] | None] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._current: _Request[Any] | None = None
        self._stopping = False

    def submit(self, request: _Request[Any]) -> None:
        with self._lock:
            if self._stopping:
                raise _closed()
            self._requests.put(request)

    def stop(self) -> None:
        """Ends all requests, frees the engine and returns when that is done."""
        with self._lock:
            self._stopping = True
            if self._current is not None:
                self._current.stop.set()
            self._requests.put(None)
        # The garbage collector, which may call this, runs in any thread, also in this one.
        if threading.current_thread() is not self:
            self.join()

    def run(self) -> None:
        while (request := self._next()) is not None:
            request.results.put(self._serve(request))
        self._engine.close()

    def _next(self) -> _Request[Any] | None:
        """The next request that somebody still waits for; None when it is time to stop."""
        while (request := self._requests.get()) is not None:
            with self._lock:
                self._current = request
                if self._stopping:
                    request.stop.set()
            return request
        return None

    def _serve(self, request: _Request[Any]) -> ModelError | None:
        """Does the work of one request; what ended it before its time, if anything did."""
        try:
            if request.stop.is_set():
                raise Stopped
            for result in request.work(self._engine, request.stop):
                request.results.put(result)
        except Stopped:
            return _closed() if self._stopping else None
        except ModelError as error:
            return error
        except Exception as error:  # whoever waits must hear of it, whatever it is
            failure = ModelError(f"The language model failed: {error!r}.", "Ask again.")
            failure.__cause__ = error
            return failure
        return None


def _closed() -> ModelError:
    return ModelError("The language model was closed.", "Open the assistant again.")
