"""Text to vectors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError
from assistant.inference.processor import share_cores

Vectors = NDArray[np.float32]

_BATCH = 32
_BATCHES_BETWEEN_REPORTS = 4


class Embedder(Protocol):
    """Turns texts into unit vectors.

    ``name`` and ``revision`` identify the model: vectors of two different pairs are never
    compared.
    """

    name: str
    revision: str

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions as an array of shape (len(texts), dimension), rows of length 1."""
        ...

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Passages as an array of shape (len(texts), dimension), rows of length 1.

        Args:
            texts: what to embed; longer texts than the model reads are cut off.
            progress: called with the number of texts done since the last call.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Word pieces of the text by the model's own tokenizer, special tokens not counted."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model from a local folder, on the processor; never downloads.

    It is loaded, which takes seconds, when it is first needed. Questions and passages are given
    the prompts that the model's own configuration names ``query`` and ``document``, if it has
    them. Safe to call from any thread.

    Args:
        path: folder with the model's files, as ``SentenceTransformer.save`` writes it.
        name: the model's name, as the library records it.
        revision: what tells this version of the model's weights from others.
        threads: processor threads, for the whole process; 0 leaves torch's own choice.

    Raises:
        ModelError: there is no such folder; and, at first use, it holds no model that can be
            loaded.
    """

    def __init__(self, path: Path, name: str, revision: str, threads: int = 0) -> None:
        if not path.is_dir():
            raise ModelError(
                f"The embedding model {name} is missing: there is no folder {path}.",
                "Install article-assistant again.",
            )
        self.name = name
        self.revision = revision
        self._path = path
        self._threads = threads
        self._loading = threading.Lock()
        self._encoding = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        length: int = self._model.get_embedding_dimension()
        return length

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions as an array of shape (len(texts), dimension), rows of length 1."""
        return self._embed(texts, self._model.encode_query)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Passages as an array of shape (len(texts), dimension), rows of length 1.

        Texts of like length share a batch, so that little padding is computed; the longest come
        first, so that memory runs out at once or not at all.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        step = _BATCH * _BATCHES_BETWEEN_REPORTS
        for start in range(0, len(order), step):
            chunk = order[start : start + step]
            vectors[chunk] = self._embed([texts[i] for i in chunk], self._model.encode_document)
            if progress is not None:
                progress(len(chunk))
        return vectors

    def count_tokens(self, text: str) -> int:
        """Word pieces of the text, however long it is, special tokens not counted."""
        return len(self._counter.encode(encodable(text), add_special_tokens=False).ids)

    def _embed(self, texts: Sequence[str], encode: Callable[..., Any]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self._encoding:
            vectors = encode(
                [encodable(text) for text in texts],
                batch_size=_BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
        return np.asarray(vectors, dtype=np.float32)

    @property
    def _model(self) -> Any:
        return self._load()[0]

    @property
    def _counter(self) -> Any:
        return self._load()[1]

    def _load(self) -> tuple[Any, Any]:
        with self._loading:
            if self._loaded is None:
                self._loaded = _load_model(self._path, self.name, self._threads)
            return self._loaded


def _load_model(path: Path, name: str, threads: int) -> tuple[Any, Any]:
    """The model, and a tokenizer that counts: a copy, because the model's own cuts texts off and
    must not be used by two threads."""
    share_cores()
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    if threads:
        torch.set_num_threads(threads)
    try:
        with quietly():
            model: Any = SentenceTransformer(str(path), device="cpu", local_files_only=True)
        counter = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    except Exception as error:  # whatever a damaged folder makes the loaders raise
        raise ModelError(
            f"The embedding model {name} cannot be loaded from {path}: {error}",
            "Its files are damaged or not those of a sentence-transformers model.",
        ) from error
    counter.no_truncation()
    counter.no_padding()
    return model, counter


@contextmanager
def quietly() -> Iterator[None]:
    """Loading a model draws a progress bar and remarks on its weights; both are silenced for that
    time only."""
    from transformers.utils import logging as transformers_logging

    switch: Any = transformers_logging
    were_shown, level = switch.is_progress_bar_enabled(), switch.get_verbosity()
    switch.disable_progress_bar()
    switch.set_verbosity_error()
    try:
        yield
    finally:
        switch.set_verbosity(level)
        if were_shown:
            switch.enable_progress_bar()


def encodable(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
