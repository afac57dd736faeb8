"""A language model in process, through llama.cpp."""

from __future__ import annotations

import codecs
import queue
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import ModelError
from assistant.inference.chat import ChatTemplate, prompt_tokens
from assistant.inference.engine import Engine, StopFlag, Stopped
from assistant.inference.generation import Piece, Pieces
from assistant.records import Message

_POLL_SECONDS = 0.05


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
    ) -> Pieces:
        """Yields the reply in pieces as it is written; see ``Generator.generate``.

        The request is queued when the first piece is asked for.

        Raises:
            ModelError: the prompt with ``max_tokens`` does not fit the context, the template
                refuses the messages, the model failed or was closed.
        """
        request = _Request(
            prompt=self._prompt(messages, max_tokens),
            begun=self.vocabulary.tokenize(beginning, special=False),
            max_tokens=max_tokens,
        )
        self._worker.submit(request)
        try:
            while cancel is None or not cancel.is_set():
                try:
                    piece = request.pieces.get(timeout=None if cancel is None else _POLL_SECONDS)
                except queue.Empty:
                    continue
                if piece is None:
                    return
                if isinstance(piece, ModelError):
                    raise piece
                yield piece
        finally:
            request.stop.set()

    def _prompt(self, messages: Sequence[Message], max_tokens: int) -> list[int]:
        prompt = prompt_tokens(self.template.parts(messages), self.vocabulary)
        if len(prompt) + max_tokens > self.context_tokens:
            raise ModelError(
                f"The prompt has {len(prompt)} tokens; with {max_tokens} for the reply, that is "
                f"more than the {self.context_tokens} that the model may have.",
                "Ask a shorter question, or set fewer evidence_tokens or answer_tokens.",
            )
        return prompt

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


def text_pieces(tokens: Iterable[tuple[bytes, float]]) -> Iterator[Piece]:
    """Bytes of UTF-8 with their probabilities, as pieces of text; characters that are torn over
    several are held back.

    What is no UTF-8 becomes U+FFFD; a character that is unfinished at the end is left out.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    together = 1.0
    for torn, probability in tokens:
        together *= probability
        if text := decoder.decode(torn):
            yield Piece(text, together)
            together = 1.0


@dataclass(eq=False, slots=True)
class _Request:
    """What the engine is to write and where its pieces go, then None or the error that ended it."""

    prompt: list[int]
    begun: list[int]
    max_tokens: int
    stop: StopFlag = field(default_factory=StopFlag)
    pieces: queue.SimpleQueue[Piece | ModelError | None] = field(default_factory=queue.SimpleQueue)


class _Worker(threading.Thread):
    """The one thread that uses the engine. Requests are served in the order they came."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="llama", daemon=True)
        self._engine = engine
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._current: _Request | None = None
        self._stopping = False

    def submit(self, request: _Request) -> None:
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
            request.pieces.put(self._serve(request))
        self._engine.close()

    def _next(self) -> _Request | None:
        """The next request that somebody still waits for; None when it is time to stop."""
        while (request := self._requests.get()) is not None:
            with self._lock:
                self._current = request
                if self._stopping:
                    request.stop.set()
            return request
        return None

    def _serve(self, request: _Request) -> ModelError | None:
        """Writes one reply; what ended it before its time, if anything did."""
        try:
            if request.stop.is_set():
                raise Stopped
            tokens = self._engine.write(
                request.prompt, request.begun, request.max_tokens, request.stop
            )
            piece_of = self._engine.vocabulary.piece
            for piece in text_pieces((piece_of(token), p) for token, p in tokens):
                request.pieces.put(piece)
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
