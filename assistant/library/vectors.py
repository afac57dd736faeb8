"""The vectors, in a Chroma store on disk: the only module that knows Chroma.

Chroma run in process expects to be alone. Two processes that open one store at the same moment
can read each other's half-written files, one path spelled two ways gives two clients, and a
client opened before another process wrote counts the new rows but never finds them. So here is
one client for each real path, a file lock around opening and around every write, and a number:
whoever is told of a higher one opens the store again.

Chroma is given ids and vectors and nothing else. No embedding function is ever named, because a
store that names one has its class built by whoever opens it.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from filelock import FileLock, Timeout

from assistant.errors import AssistantError, LibraryBusyError, LibraryError, ModelError
from assistant.inference.embedding import Vectors as VectorArray

_Result = TypeVar("_Result")
_READ_BATCH = 2_000
_LOCK_SECONDS = 60.0


class Vectors:
    """One Chroma collection of unit vectors by passage id; made by ``open``.

    All users of a path in this process share one object. Safe to use from several threads, but
    not after a fork.
    """

    _shared: ClassVar[dict[str, Vectors]] = {}
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: str, collection: str, about: dict[str, str]) -> None:
        self.path = Path(path)
        self._name = collection
        self._about = about
        self._lock = threading.RLock()
        self._between_processes = FileLock(f"{path}.lock", timeout=_LOCK_SECONDS)
        self._users = 0
        self._process = os.getpid()
        self._seen: int | None = None
        self._client: Any = None
        self._collection: Any = None

    @classmethod
    def open(cls, folder: Path, embedder: str, revision: str) -> Vectors:
        """The vectors that one embedder made, in a folder that need not exist yet."""
        path = os.path.realpath(folder)
        name = collection_name(embedder, revision)
        with cls._shared_lock:
            if path not in cls._shared:
                about = {"embedder": embedder, "revision": revision}
                cls._shared[path] = cls(path, name, about)
            vectors = cls._shared[path]
            if vectors._name != name:
                raise LibraryError(
                    "The library is open with another embedding model.", "Close it there first."
                )
            vectors._users += 1
            return vectors

    def close(self) -> None:
        """Ends one use; the last one frees Chroma's client."""
        with self._shared_lock:
            self._users -= 1
            if self._users:
                return
            self._shared.pop(str(self.path), None)
        with self._lock:
            self._release()

    def refresh(self, changes: int) -> None:
        """Opens the store again if the library has changed since it was opened.

        Args:
            changes: the library's number of changes, as read before this call.
        """
        with self._lock:
            if self._seen is None or self._seen < changes:
                self._reopen()
                self._seen = changes

    def reopen(self, changes: int) -> None:
        """Opens the store again whatever has been seen of it."""
        with self._lock:
            self._reopen()
            self._seen = changes

    def wrote(self, changes: int) -> None:
        """Tells that the number was raised by this process itself, so its view is not old."""
        with self._lock:
            self._seen = changes

    # --- reading -------------------------------------------------------------------------------

    def nearest(self, vector: VectorArray, limit: int) -> list[tuple[str, float]]:
        """Ids with their cosine similarity to a vector, best first, at most ``limit``."""

        def query(collection: Any) -> list[tuple[str, float]]:
            found = collection.query(
                query_embeddings=[_finite(vector)], n_results=limit, include=["distances"]
            )
            pairs = zip(found["ids"][0], found["distances"][0], strict=True)
            return [(passage_id, 1.0 - float(distance)) for passage_id, distance in pairs]

        return self._read(query) or []

    def similarities(self, vector: VectorArray, ids: Sequence[str]) -> dict[str, float]:
        """The exact cosine similarity of a vector to those of the ids that are in the store."""
        return {
            passage_id: float(similarity)
            for batch, kept in self._stored(ids)
            for passage_id, similarity in zip(batch, kept @ _finite(vector), strict=True)
        }

    def present(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that the store lists."""

        def listed(collection: Any) -> set[str]:
            return {
                passage_id
                for batch in _batches(ids, _READ_BATCH)
                for passage_id in collection.get(ids=batch, include=[])["ids"]
            }

        return self._read(listed) or set()

    def readable(self) -> set[str]:
        """The ids of all vectors, each of them read.

        Raises:
            LibraryError: a vector that the store lists cannot be read.
        """

        def listed(collection: Any) -> list[str]:
            return list(collection.get(include=[])["ids"])

        everything = self._read(listed) or []
        return {passage_id for batch, _ in self._stored(everything) for passage_id in batch}

    # --- writing -------------------------------------------------------------------------------

    def upsert(self, ids: Sequence[str], vectors: VectorArray) -> None:
        """Stores vectors, shape (len(ids), dimension), under ids; again is the same as once.

        Raises:
            ModelError: a number is not finite.
        """
        finite = _finite(vectors)
        with self._writing() as collection:
            limit = self._client.get_max_batch_size()
            for first in range(0, len(ids), limit):
                last = first + limit
                collection.upsert(ids=list(ids[first:last]), embeddings=finite[first:last])

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes the vectors of ids; ids of none are ignored."""
        with self._writing() as collection:
            for batch in _batches(ids, min(_READ_BATCH, self._client.get_max_batch_size())):
                collection.delete(ids=batch)

    # --- inside --------------------------------------------------------------------------------

    def _stored(self, ids: Sequence[str]) -> Iterator[tuple[list[str], VectorArray]]:
        for batch in _batches(ids, _READ_BATCH):

            def fetch(collection: Any, batch: list[str] = batch) -> tuple[list[str], VectorArray]:
                found = collection.get(ids=batch, include=["embeddings"])
                return found["ids"], np.asarray(found["embeddings"], dtype=np.float32)

            found = self._read(fetch)
            if found is not None and found[0]:
                yield found

    def _read(self, operation: Callable[[Any], _Result]) -> _Result | None:
        """What an operation finds in the collection; None while there is none."""
        with self._lock:
            try:
                return None if self._collection is None else operation(self._collection)
            except BaseException as error:
                if not _is_failure(error):
                    raise
            # Another process may have deleted what this view still lists.
            self._reopen()
            with self._clear_errors():
                return None if self._collection is None else operation(self._collection)

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._lock, self._clear_errors(), self._alone():
            if self._client is None:
                self._connect()
            if self._collection is None:
                self._collection = self._client.create_collection(
                    self._name,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                    metadata=self._about,
                )
            yield self._collection

    def _reopen(self) -> None:
        with self._clear_errors():
            self._release()
            if self.path.exists():
                with self._alone():
                    self._connect()

    def _connect(self) -> None:
        import chromadb
        from chromadb.config import Settings
        from chromadb.errors import NotFoundError

        if self._process != os.getpid():
            raise LibraryError("A library cannot be used in a forked process.", "Open it there.")
        options: dict[str, Any] = {
            "chroma_api_impl": "chromadb.api.rust.RustBindingsAPI",
            "anonymized_telemetry": False,
            "allow_reset": False,
            "_env_file": None,  # a file named .env in the working folder could set the others
        }
        self._client = chromadb.PersistentClient(str(self.path), settings=Settings(**options))
        try:
            collection = self._client.get_collection(self._name, embedding_function=None)
        except NotFoundError:
            return
        kept = collection.configuration_json
        if kept["hnsw"]["space"] != "cosine" or kept["embedding_function"] != {"type": "legacy"}:
            raise ValueError("they were not written by this program")
        # The first request loads the index from its files: do it while nobody writes them.
        collection.count()
        self._collection = collection

    def _release(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None and self._process == os.getpid():
            client.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._between_processes:
                yield
        except Timeout as error:
            raise LibraryBusyError(
                "Another process keeps the library's vectors busy.", "Try again when it is done."
            ) from error

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            if not _is_failure(error):
                raise
            raise LibraryError(
                f"The library's vectors in {self.path} cannot be used: {error}.",
                "Run `assistant doctor --repair`: it makes them again from the articles.",
            ) from error


def collection_name(embedder: str, revision: str) -> str:
    """A name that Chroma takes (3 to 512 of ``[A-Za-z0-9._-]``), its own for each pair."""
    digest = hashlib.blake2b(f"{embedder}\0{revision}".encode(), digest_size=4).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{embedder}-{revision}")[:200]
    return f"passages-{readable}-{digest}"


def _batches(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    for first in range(0, len(ids), size):
        yield list(ids[first : first + size])


def _finite(vectors: VectorArray) -> VectorArray:
    if not np.isfinite(vectors).all():
        raise ModelError(
            "The embedding model gave a vector that is not made of numbers.",
            "Check the models with `assistant doctor`.",
        )
    return np.asarray(vectors, dtype=np.float32)


def _is_failure(error: BaseException) -> bool:
    # A panic of Chroma's engine is no Exception, and its class cannot be imported.
    failed = isinstance(error, Exception) or type(error).__name__ == "PanicException"
    return failed and not isinstance(error, AssistantError)
