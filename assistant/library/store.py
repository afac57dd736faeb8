"""A library: a folder that can be copied, holding sources, articles, passages and their vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from assistant.errors import LibraryBusyError, LibraryError, UsageError
from assistant.inference.embedding import Embedder
from assistant.inference.embedding import Vectors as VectorArray
from assistant.library.catalogue import Catalogue
from assistant.library.database import Database
from assistant.library.files import find_files
from assistant.library.folder import DATABASE, library_folder
from assistant.library.index import Index
from assistant.library.ingest import Ingest
from assistant.library.journal import Journal
from assistant.library.locking import write_lock
from assistant.library.naming import known_filters, unknown_name
from assistant.records import AddReport, Article, Filters, Passage, Progress, Source

_EXACT = 1_000


class Library:
    """The articles of one folder, and the two ways to search them; made by ``open``.

    Reads are safe from any thread. Writes take the folder's write lock, one after the other,
    whichever thread or process they come from.

    Attributes:
        folder: where the library lies.
        embedder: what made its vectors, and makes those of questions.
        database, catalogue, journal, index, ingest: its parts, for ``health``.
    """

    def __init__(self, folder: Path, embedder: Embedder, lock_seconds: float) -> None:
        self.folder = folder
        self.embedder = embedder
        self._lock_seconds = lock_seconds
        self.database = Database(folder / DATABASE)
        self.catalogue = Catalogue(self.database)
        self.journal = Journal(self.database)
        self.index = Index(folder, self.database, embedder)
        self.ingest = Ingest(self.journal, self.index, embedder)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        embedder: Embedder,
        *,
        lock_seconds: float = 5.0,
        progress: Callable[[Progress], None] | None = None,
    ) -> Library:
        """Opens a library; makes one if the folder is absent or empty.

        What an interrupted write left is completed, unless another process is at it. A library
        whose vectors another model made opens too: its articles can be read, and
        ``health.repair`` can embed them again, but all that needs vectors is refused.

        Args:
            folder: the library's folder.
            embedder: the embedding model; it is not asked for vectors unless work is to be done.
            lock_seconds: how long a write waits for another one to end.
            progress: told how the completion of interrupted work goes.

        Raises:
            LibraryError: the folder holds something else, or its catalogue is damaged.
        """
        library = cls(library_folder(Path(folder)), embedder, lock_seconds)
        try:
            library._complete_interrupted(progress)
        except BaseException:
            library.close()
            raise
        return library

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the files; the library is not used afterwards."""
        self.index.close()
        self.database.close()

    # --- what is kept --------------------------------------------------------------------------

    def add(
        self,
        paths: str | Path | Iterable[str | Path],
        progress: Callable[[Progress], None] | None = None,
        names: Mapping[Path, str] | None = None,
    ) -> AddReport:
        """Adds files and folders, or updates the sources that they are newer versions of.

        A file with the same bytes as a source changes nothing. One from a source's path, or one
        that has the name of a source whose file is gone and shares an article title with it,
        updates that source. Any other is a new source. Of folders, ``find_files`` says what is
        skipped.

        Args:
            paths: a file or folder, or several.
            progress: told of files read and passages embedded.
            names: the names of files whose paths do not tell, as with a browser's uploads.

        Returns:
            What became of every file; one that cannot be read has failed, with the reason.

        Raises:
            LibraryBusyError: another write did not end in time.
            LibraryError: the vectors are damaged, or were made by another model.
            ModelError: the embedder failed; the next write or opening completes the work.
        """
        with self.writing():
            files = list(find_files(paths, names, outside=self.folder))
            return self.ingest.add(files, progress)

    def remove(self, name: str) -> Source:
        """Removes a source with its articles, passages and vectors.

        Raises:
            UsageError: there is no source of that name.
            LibraryBusyError: another write did not end in time.
            LibraryError: the vectors are damaged, or were made by another model.
        """
        with self.writing():
            known = {source.name: source for source in self.sources()}
            if name not in known:
                raise unknown_name("source", name, known)
            self.ingest.remove(name)
            return known[name]

    def sources(self) -> list[Source]:
        """The sources, in the order in which they were first added."""
        return self.catalogue.sources()

    def waiting(self) -> list[Source]:
        """Sources, or newer versions of some, that are being added, or whose adding was
        interrupted; none of their passages is found yet."""
        return self.catalogue.waiting()

    def original(self, name: str) -> bytes:
        """The bytes of a source, as they were when it was added or last updated.

        Raises:
            UsageError: there is no source of that name.
        """
        content = self.catalogue.original(name)
        if content is None:
            raise unknown_name("source", name, self.catalogue.names("source"))
        return content

    def articles(self, filters: Filters | None = None) -> list[Article]:
        """The articles that pass the filters, in the order of their sources and pages.

        Raises:
            UsageError: a date of the filters is none.
        """
        return self.catalogue.articles(filters)

    def article(self, article_id: str) -> Article:
        """The article with an id.

        Raises:
            UsageError: there is no such article.
        """
        article = self.catalogue.article(article_id)
        if article is None:
            raise UsageError(
                f"The library has no article with the id {article_id!r}.",
                "Its source may have been removed or changed.",
            )
        return article

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids, in that order; ids of none are left out."""
        return self.catalogue.passages(ids)

    def article_passages(self, article_id: str) -> list[Passage]:
        """The passages of an article, in the order of its text."""
        return self.catalogue.article_passages(article_id)

    def owners(self) -> dict[str, str]:
        """The id of each passage's article, by the passage's id."""
        return self.catalogue.owners()

    def count_passages(self) -> int:
        """How many passages can be found."""
        return self.catalogue.count_passages()

    def changes(self) -> int:
        """A number that every write raises, also one of another process."""
        return self.database.changes()

    def known_filters(self, filters: Filters | None) -> Filters | None:
        """The filters with each name as the library writes it; those of an empty one stay.

        Raises:
            UsageError: the library has no source, section or author of a name.
        """
        if filters is None or not self.count_passages():
            return filters
        return known_filters(filters, self.catalogue.names)

    # --- search --------------------------------------------------------------------------------

    def dense(
        self, vector: VectorArray, limit: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Passage ids with their cosine similarity to a vector, best first.

        Args:
            vector: unit vector of shape (embedder.dimension,).
            limit: how many at most.
            filters: which articles to search.

        Raises:
            LibraryError: the vectors are damaged or missing, or were made by another model.
            UsageError: a date of the filters is none.
        """
        if limit < 1 or not self.count_passages():
            return []
        if filters is not None and filters != Filters():
            allowed = self.catalogue.passage_ids(filters)
            if len(allowed) <= _EXACT:
                exact = self.similarities(vector, sorted(allowed))
                return sorted(exact.items(), key=lambda pair: -pair[1])[:limit]
        vectors = self.index.reading()
        wanted = limit
        while True:
            found = vectors.nearest(vector, wanted)
            if not found:
                raise LibraryError(
                    f"The vectors of the library {self.folder} are missing.",
                    "Run `assistant doctor --repair`: it makes them again from the articles.",
                )
            passing = self.catalogue.passing([passage_id for passage_id, _ in found], filters)
            kept = [pair for pair in found if pair[0] in passing]
            if len(kept) >= limit or len(found) < wanted:
                return kept[:limit]
            # Vectors of passages that do not pass, or not yet or no longer, took places.
            wanted *= 4

    def lexical(
        self, expression: str, limit: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Passage ids with their bm25, turned so that higher is better; best first.

        Args:
            expression: an FTS5 MATCH expression over the columns ``title`` and ``text``.
            limit: how many at most.
            filters: which articles to search.

        Raises:
            UsageError: the expression is none, or a date of the filters is none.
        """
        return self.catalogue.lexical(expression, limit, filters)

    def similarities(self, vector: VectorArray, passage_ids: Sequence[str]) -> dict[str, float]:
        """The cosine similarity of a vector to passages; those without a vector are left out.

        Raises:
            LibraryError: the vectors are damaged, or were made by another model.
        """
        return self.index.reading().similarities(vector, passage_ids) if passage_ids else {}

    # --- writing -------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the library's write lock.

        Raises:
            LibraryBusyError: another thread or process held it for too long.
        """
        with write_lock(self.folder, self._lock_seconds):
            yield

    def _complete_interrupted(self, progress: Callable[[Progress], None] | None) -> None:
        if not self.journal.unfinished() or self.index.made_by_another():
            return
        # Whoever holds the lock is still at it, so nothing was interrupted.
        with suppress(LibraryBusyError), write_lock(self.folder, seconds=0):
            self.ingest.resume(progress)
