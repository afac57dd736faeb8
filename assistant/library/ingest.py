"""Adding, updating and removing sources.

The way of every source: it is read and kept as a pending version; the vectors that its passages
lack are stored; it is made live, and what it replaces begins to drop; dropped vectors are deleted,
and then the dropped rows. A passage's id is made from what is embedded, so a vector that is there
is the right one. Each step may be done again, so whatever was interrupted is completed by doing
its remaining steps.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from assistant.errors import LibraryBusyError, LibraryError, ModelError
from assistant.inference.embedding import Embedder
from assistant.library.contents import Contents, counts, with_passages
from assistant.library.failures import NO_TEXT, NO_VECTOR, failed, reason_of
from assistant.library.files import File, read_file
from assistant.library.identity import Identities, is_gone
from assistant.library.index import Index
from assistant.library.journal import Draft, Journal, Version
from assistant.library.vectors import Vectors
from assistant.reading.formats import read_page
from assistant.reading.passages import embedded_text
from assistant.reading.splitting import split_page
from assistant.records import AddReport, Progress, SourceOutcome

ProgressCallback = Callable[[Progress], None]
_EMBED_BATCH = 512


class Ingest:
    """Writes to a library; each call is made by the holder of its write lock."""

    def __init__(self, journal: Journal, index: Index, embedder: Embedder) -> None:
        self._journal = journal
        self._index = index
        self._embedder = embedder

    def add(self, files: Sequence[File], progress: ProgressCallback | None = None) -> AddReport:
        """Adds files, or updates the sources that they are newer versions of.

        Raises:
            LibraryError: the vectors are damaged, or were made by another model.
            ModelError: the embedder failed; what was read is completed by the next write.
        """
        self._index.check_embedder()
        self.resume(progress)
        identities = Identities(self._journal.current(), self._journal.titles)
        outcomes: list[SourceOutcome] = []
        staged: dict[int, int] = {}
        for place, file in enumerate(files):
            outcome, row = self._stage(file, identities)
            outcomes.append(outcome)
            if row is not None:
                staged[row] = place
            _tell(progress, "reading", place + 1, len(files))
        if staged:
            embedded, refused = self._complete(self._index.writing(), progress)
            for row, place in staged.items():
                outcomes[place] = (
                    failed(files[place].name, NO_VECTOR)
                    if row in refused
                    else replace(outcomes[place], embedded=embedded[row])
                )
        return AddReport(tuple(outcomes))

    def reread(
        self, version: Version, content: bytes, kept: Contents, progress: ProgressCallback | None
    ) -> SourceOutcome:
        """Reads a source again from the bytes that the library keeps of it.

        Args:
            version: the source as it is.
            content: its bytes.
            kept: what was made of them.
            progress: told of passages embedded.

        Raises:
            LibraryError: the vectors are damaged, or were made by another model.
            ModelError: the embedder failed; what was read is completed by the next write.
        """
        self._index.check_embedder()
        try:
            page = read_page(content, version.file_name)
            found = split_page(page, version.name)
            articles = with_passages(found, version.name, self._embedder.count_tokens)
        except Exception as error:
            return failed(version.name, reason_of(error))
        count = counts(articles)
        if not count[1]:
            return failed(version.name, NO_TEXT)
        if articles == kept:
            return SourceOutcome(version.name, "unchanged", *count)
        row = self._journal.stage(
            Draft(
                version.name,
                version.file_name,
                version.path,
                page.format,
                content,
                version.sha256,
                articles,
            )
        )
        embedded, refused = self._complete(self._index.writing(), progress)
        if row in refused:
            return failed(version.name, NO_VECTOR)
        return SourceOutcome(version.name, "changed", *count, embedded[row])

    def remove(self, name: str) -> None:
        """Removes the source of a name, also one that is still pending.

        Raises:
            LibraryError: the vectors are damaged, or were made by another model.
        """
        vectors = self._index.writing(reopen=self._journal.unfinished())
        self._journal.withdraw(self._journal.named(name))
        self._drop(vectors)

    def resume(self, progress: ProgressCallback | None = None) -> None:
        """Completes what an interrupted write has left, if anything."""
        if self._journal.unfinished():
            self.reconcile(progress)

    def reconcile(self, progress: ProgressCallback | None = None, examine: bool = False) -> None:
        """Makes the vectors agree with the catalogue, and completes what was interrupted.

        Vectors that cannot be read, or that another model made, are made anew.

        Args:
            progress: told how it goes.
            examine: takes nothing for granted, also where nothing hints at damage.

        Raises:
            ModelError: the embedder failed.
        """
        if self._index.made_by_another():
            self._rebuild(progress)
        try:
            kept = self._index.writing(reopen=True, examine=examine).readable()
        except LibraryBusyError:
            raise
        except LibraryError:
            self._rebuild(progress)
            kept = set()
        vectors = self._index.writing()
        self._embed_all([i for _, i in self._journal.passages("live")], vectors, progress)
        self._complete(vectors, progress)
        extra = kept.difference(i for _, i in self._journal.passages("live"))
        if extra:
            vectors.delete(sorted(extra))

    def _stage(self, file: File, identities: Identities) -> tuple[SourceOutcome, int | None]:
        """Reads a file and keeps it as a pending version, whose row is given."""
        if file.problem:
            return failed(file.name, file.problem), None
        try:
            data = read_file(file.path)
            sha256 = hashlib.sha256(data).hexdigest()
            known = identities.same_bytes(sha256)
            if known is not None:
                self._follow(known, file, identities)
                count = self._journal.count(known.row)
                return SourceOutcome(known.name, "unchanged", *count), None
            page = read_page(data, file.file_name)
            found = split_page(page, file.name)
            titles = {article.title for article in found}
            older = identities.same_source(file.original, file.file_name, titles)
            name = older.name if older else identities.free_name(file.name)
            articles = with_passages(found, name, self._embedder.count_tokens)
        except Exception as error:  # a hostile file must not keep the others out
            return failed(file.name, reason_of(error)), None
        count = counts(articles)
        if not count[1]:
            return failed(file.name, NO_TEXT), None
        draft = Draft(name, file.file_name, file.original, page.format, data, sha256, articles)
        row = self._journal.stage(draft)
        identities.keep(Version(row, name, file.file_name, file.original, sha256))
        return SourceOutcome(name, "changed" if older else "added", *count), row

    def _follow(self, known: Version, file: File, identities: Identities) -> None:
        if file.original not in (None, known.path) and is_gone(known):
            self._journal.move(known.row, str(file.original))
            identities.keep(replace(known, path=file.original))

    def _complete(
        self, vectors: Vectors, progress: ProgressCallback | None
    ) -> tuple[Counter[int], set[int]]:
        """Brings all pending versions to life, in order, as soon as each has its vectors.

        Returns how many passages were embedded for each version, and the versions that were
        refused because the embedder gave no usable vector for one of their passages.
        """
        self._drop(vectors)
        pending = self._journal.passages("pending")
        present = vectors.present([passage_id for _, passage_id in pending])
        owners: defaultdict[str, list[int]] = defaultdict(list)
        for row, passage_id in pending:
            if passage_id not in present:
                owners[passage_id].append(row)
        waiting = Counter(row for rows in owners.values() for row in rows)
        embedded: Counter[int] = Counter()
        refused: set[int] = set()
        unpublished = list(dict.fromkeys(row for row, _ in pending))
        missing = list(owners)
        for first in range(0, len(missing), _EMBED_BATCH):
            self._publish([row for row in unpublished if not waiting[row]], vectors)
            unpublished = [row for row in unpublished if waiting[row]]
            batch = missing[first : first + _EMBED_BATCH]
            unusable = self._embed(batch, vectors, progress, first, len(missing))
            for passage_id in batch:
                for row in owners[passage_id]:
                    waiting[row] -= 1
                    embedded[row] += 1
                    if passage_id in unusable:
                        refused.add(row)
            unpublished = [row for row in unpublished if row not in refused]
        if refused:
            self._journal.withdraw(sorted(refused))
        self._publish(unpublished, vectors)
        return embedded, refused

    def _publish(self, rows: Sequence[int], vectors: Vectors) -> None:
        if rows:
            self._journal.publish(rows)
            self._index.wrote()
        self._drop(vectors)

    def _drop(self, vectors: Vectors) -> None:
        """Deletes dropping versions: first their vectors, then what leads to these."""
        rows = self._journal.rows("dropping")
        if rows:
            vectors.delete(self._journal.orphans())
            self._journal.forget(rows)
            self._index.wrote()

    def _rebuild(self, progress: ProgressCallback | None) -> None:
        """Makes all vectors anew in a folder of their own, and then puts it in the old's place."""
        vectors = self._index.anew()
        try:
            self._embed_all([i for _, i in self._journal.passages("live")], vectors, progress)
        except BaseException:
            vectors.close()
            raise
        self._index.adopt(vectors)

    def _embed_all(
        self, ids: Sequence[str], vectors: Vectors, progress: ProgressCallback | None
    ) -> None:
        present = vectors.present(ids)
        missing = [passage_id for passage_id in ids if passage_id not in present]
        for first in range(0, len(missing), _EMBED_BATCH):
            batch = missing[first : first + _EMBED_BATCH]
            if self._embed(batch, vectors, progress, first, len(missing)):
                raise ModelError(NO_VECTOR, "Check the models with `assistant doctor`.")

    def _embed(
        self,
        ids: list[str],
        vectors: Vectors,
        progress: ProgressCallback | None,
        before: int,
        total: int,
    ) -> set[str]:
        """Stores the vectors of passages; gives the ids that got no usable vector."""
        done = before

        def advance(count: int) -> None:
            nonlocal done
            done += count
            _tell(progress, "embedding", done, total)

        texts = [embedded_text(title, text) for title, text in self._journal.texts(ids)]
        made = self._embedder.embed_passages(texts, advance)
        usable = np.asarray(np.isfinite(made).all(axis=1))
        kept = [passage_id for passage_id, good in zip(ids, usable, strict=True) if good]
        if kept:
            vectors.upsert(kept, made[usable])
        return set(ids).difference(kept)


def _tell(progress: ProgressCallback | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(Progress(stage, done, total))
