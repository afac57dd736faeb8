"""The vectors, in a Chroma store on disk: the only module that knows Chroma.

Chroma run in process expects to be alone. Two processes that open one store at the same moment
can read each other's half-written files, one path spelled two ways gives two clients, and a
client opened before another process wrote counts the new rows but never finds them. So here is
one client for each real path, a file lock around opening and around every write, and a number:
whoever is told of a higher one opens the store again. A store that a killed process left behind
can hang or abort whoever opens it, so such a store is tried out in a process of its own first.

Chroma is given ids and vectors and nothing else. No embedding function is ever named, because a
store that names one has its class built by whoever opens it.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from assistant.errors import LibraryError
from assistant.inference.embedding import Vectors as VectorArray
from assistant.library.arrays import READ_BATCH, Matrix, batches, compared, fetched, finite, listed
from assistant.library.guard import StoreGuard, clear_errors, is_failure, try_out

_Result = TypeVar("_Result")
# Among many near-duplicates, Chroma's own choice (16, 100, 100) left 5 vectors in 100 unreachable.
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}


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
        self._guard = StoreGuard(path)
        self._users = 0
        self._process = os.getpid()
        self._seen: int | None = None
        self._client: Any = None
        self._collection: Any = None
        self._matrix: Matrix | None = None

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

    def reopen(self, changes: int, examine: bool = False) -> None:
        """Opens the store again whatever has been seen of it.

        Args:
            changes: the library's number of changes.
            examine: first reads every vector in a process of its own, as is done anyway where
                somebody died at the store.

        Raises:
            LibraryError: the store is damaged.
        """
        with self._lock:
            self._reopen(examine)
            self._seen = changes

    def wrote(self, changes: int) -> None:
        """Tells that the number was raised by this process itself, so its view is not old."""
        with self._lock:
            self._seen = changes

    # --- reading -------------------------------------------------------------------------------

    def nearest(self, vector: VectorArray, limit: int) -> list[tuple[str, float]]:
        """Ids with their cosine similarity to a vector, best first, at most ``limit``."""
        checked = finite(vector)
        with self._lock:
            if self._matrix is None:
                self._matrix = self._read(compared)
            matrix = self._matrix
        if matrix is not None:
            return matrix.nearest(checked, limit)

        def query(collection: Any) -> list[tuple[str, float]]:
            found = collection.query(
                query_embeddings=[checked], n_results=limit, include=["distances"]
            )
            pairs = zip(found["ids"][0], found["distances"][0], strict=True)
            return [(passage_id, 1.0 - float(distance)) for passage_id, distance in pairs]

        return self._read(query) or []

    def similarities(self, vector: VectorArray, ids: Sequence[str]) -> dict[str, float]:
        """The exact cosine similarity of a vector to those of the ids that are in the store."""
        return {
            passage_id: float(similarity)
            for batch, kept in self.stored(ids)
            for passage_id, similarity in zip(batch, kept @ finite(vector), strict=True)
        }

    def stored(self, ids: Sequence[str]) -> Iterator[tuple[list[str], VectorArray]]:
        """Those of the ids that are in the store, in batches, each with its vectors, one a row."""
        for batch in batches(ids, READ_BATCH):

            def fetch(collection: Any, batch: list[str] = batch) -> tuple[list[str], VectorArray]:
                return fetched(collection, batch)

            found = self._read(fetch)
            if found is not None and found[0]:
                yield found

    def present(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that the store lists."""

        def among(collection: Any) -> set[str]:
            return {
                passage_id
                for batch in batches(ids, READ_BATCH)
                for passage_id in collection.get(ids=batch, include=[])["ids"]
            }

        return self._read(among) or set()

    def readable(self) -> set[str]:
        """The ids of all vectors, each of them read.

        Raises:
            LibraryError: a vector that the store lists cannot be read.
        """
        ids = self._read(listed) or []
        return {passage_id for batch, _ in self.stored(ids) for passage_id in batch}

    # --- writing -------------------------------------------------------------------------------

    def upsert(self, ids: Sequence[str], vectors: VectorArray) -> None:
        """Stores vectors, shape (len(ids), dimension), under ids; again is the same as once.

        Raises:
            ModelError: a number is not finite.
        """
        checked = finite(vectors)
        with self._writing() as collection:
            limit = self._client.get_max_batch_size()
            for first in range(0, len(ids), limit):
                last = first + limit
                collection.upsert(ids=list(ids[first:last]), embeddings=checked[first:last])

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes the vectors of ids; ids of none are ignored."""
        with self._writing() as collection:
            for batch in batches(ids, min(READ_BATCH, self._client.get_max_batch_size())):
                collection.delete(ids=batch)

    # --- inside --------------------------------------------------------------------------------

    def _read(self, operation: Callable[[Any], _Result]) -> _Result | None:
        """What an operation finds in the collection; None while there is none."""
        with self._lock:
            try:
                return None if self._collection is None else operation(self._collection)
            except BaseException as error:
                if not is_failure(error):
                    raise
            # Another process may have deleted what this view still lists, or it is damaged.
            self._reopen(examine=True)
            with clear_errors(self.path):
                return None if self._collection is None else operation(self._collection)

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._lock, clear_errors(self.path), self._guard.alone() as suspect:
            self._matrix = None
            if self._client is None or suspect:
                self._connect(suspect)
            if self._collection is None:
                self._collection = self._client.create_collection(
                    self._name,
                    embedding_function=None,
                    configuration={"hnsw": _HNSW},
                    metadata=self._about,
                )
            yield self._collection

    def _reopen(self, examine: bool = False) -> None:
        with clear_errors(self.path):
            self._release()
            if self.path.exists():
                with self._guard.alone() as suspect:
                    self._connect(examine or suspect)

    def _connect(self, examine: bool) -> None:
        self._release()
        if examine:
            try_out(self.path, self._name)
        self._client = self._open_client()
        self._collection = self._find_collection()
        if self._collection is not None:
            # The first request loads the index from its files: do it while nobody writes them.
            self._matrix = compared(self._collection)

    def _open_client(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        if self._process != os.getpid():
            raise LibraryError("A library cannot be used in a forked process.", "Open it there.")
        options: dict[str, Any] = {
            "chroma_api_impl": "chromadb.api.rust.RustBindingsAPI",
            "anonymized_telemetry": False,
            "allow_reset": False,
            "_env_file": None,  # a file named .env in the working folder could set the others
        }
        return chromadb.PersistentClient(str(self.path), settings=Settings(**options))

    def _find_collection(self) -> Any:
        from chromadb.errors import NotFoundError

        try:
            collection = self._client.get_collection(self._name, embedding_function=None)
        except NotFoundError:
            return None
        kept = collection.configuration_json
        if kept["hnsw"]["space"] != "cosine" or kept["embedding_function"] != {"type": "legacy"}:
            raise ValueError("they were not written by this program")
        return collection

    def _release(self) -> None:
        client, self._client, self._collection, self._matrix = self._client, None, None, None
        if client is not None and self._process == os.getpid():
            client.close()


def collection_name(embedder: str, revision: str) -> str:
    """A name that Chroma takes (3 to 512 of ``[A-Za-z0-9._-]``), its own for each pair."""
    digest = hashlib.blake2b(f"{embedder}\0{revision}".encode(), digest_size=4).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{embedder}-{revision}")[:200]
    return f"passages-{readable}-{digest}"


def _examine(path: str, name: str) -> None:
    # The caller holds the store's lock on behalf of this process, so it is not taken here.
    store = Vectors(path, name, {})
    store._connect(examine=False)
    if store._collection is not None:
        for batch in batches(listed(store._collection), READ_BATCH):
            _, rows = fetched(store._collection, batch)
            store._collection.query(query_embeddings=[rows[0]], n_results=5)


if __name__ == "__main__":
    _examine(*sys.argv[1:])
