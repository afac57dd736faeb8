"""Which vectors belong to a library: their folder, the model that made them, how fresh they are."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

from assistant.errors import LibraryError
from assistant.inference.embedding import Embedder
from assistant.library.database import Database
from assistant.library.vectors import Vectors

_FIRST_FOLDER = "vectors"


class Index:
    """The vectors of a library, opened when they are first needed.

    The catalogue notes the folder and the embedding model. New vectors for the whole library are
    made in a folder of their own, which takes the place of the old one in one step.
    """

    def __init__(self, folder: Path, database: Database, embedder: Embedder) -> None:
        self._folder = folder
        self._database = database
        self._embedder = embedder
        self._lock = threading.Lock()
        self._vectors: Vectors | None = None

    def close(self) -> None:
        """Frees the vectors; they are opened again when they are needed."""
        with self._lock:
            if self._vectors is not None:
                self._vectors.close()
                self._vectors = None

    def made_by_another(self) -> str:
        """The name of the embedding model that made the vectors, if it is not the one in use."""
        made_by = json.loads(self._database.facts().get("embedder", "null"))
        return "" if made_by in (None, self._pair()) else " ".join(made_by)

    def check_embedder(self) -> None:
        """Refuses to mix the vectors of two models.

        Raises:
            LibraryError: the library's vectors were made by another embedding model.
        """
        if other := self.made_by_another():
            raise LibraryError(
                f"The library was embedded by the model {other}, not by {self._embedder.name}.",
                "Set `embedder` to that model, or run `assistant doctor --repair` to embed "
                "the articles again with this one.",
            )

    def reading(self, reopen: bool = False, examine: bool = False) -> Vectors:
        """The vectors, opened again if another process has written since.

        Args:
            reopen: opens them again in any case: after an interrupted write, what has been seen
                of them counts for nothing.
            examine: opens them again, and first looks whether every one can be read.

        Raises:
            LibraryError: they are damaged, or were made by another model.
        """
        self.check_embedder()
        facts = self._database.facts()
        vectors = self._open(_folder_name(facts))
        if reopen or examine:
            vectors.reopen(int(facts["changes"]), examine)
        else:
            vectors.refresh(int(facts["changes"]))
        return vectors

    def writing(self, reopen: bool = False, examine: bool = False) -> Vectors:
        """The vectors for the holder of the write lock; otherwise as ``reading``."""
        vectors = self.reading(reopen, examine)
        if "embedder" not in self._database.facts():
            self._database.note(embedder=json.dumps(self._pair()), vectors=_FIRST_FOLDER)
            self.wrote()
        return vectors

    def wrote(self) -> None:
        """Tells the vectors that the last change was this process's own."""
        if self._vectors is not None:
            self._vectors.wrote(self._database.changes())

    def anew(self) -> Vectors:
        """Empty vectors in a new folder; nobody reads them before ``adopt``."""
        self._remove_all_but(_folder_name(self._database.facts()))
        folder = self._folder / f"{_FIRST_FOLDER}-{self._database.changes() + 1}"
        return Vectors.open(folder, self._embedder.name, self._embedder.revision)

    def adopt(self, vectors: Vectors) -> None:
        """Puts vectors made by ``anew`` in the place of the library's."""
        self.close()
        self._database.note(embedder=json.dumps(self._pair()), vectors=vectors.path.name)
        with self._lock:
            self._vectors = vectors
        self.wrote()
        self._remove_all_but(vectors.path.name)

    def _open(self, name: str) -> Vectors:
        with self._lock:
            if self._vectors is not None and self._vectors.path.name != name:
                self._vectors.close()
                self._vectors = None
            if self._vectors is None:
                self._vectors = Vectors.open(
                    self._folder / name, self._embedder.name, self._embedder.revision
                )
            return self._vectors

    def _remove_all_but(self, name: str) -> None:
        for path in self._folder.glob(f"{_FIRST_FOLDER}*"):
            if path.name.removesuffix(".lock").removesuffix(".busy") == name:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def _pair(self) -> list[str]:
        return [self._embedder.name, self._embedder.revision]


def _folder_name(facts: dict[str, str]) -> str:
    # Only the last part: a foreign catalogue must not lead out of its folder.
    return Path(facts.get("vectors", _FIRST_FOLDER)).name or _FIRST_FOLDER
