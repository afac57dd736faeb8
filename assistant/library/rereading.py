"""Reading a source again, with what has been learned about reading since it was added."""

from __future__ import annotations

from collections.abc import Callable

from assistant.library.store import Library
from assistant.records import Filters, Progress, SourceOutcome


def reread(
    library: Library, name: str, progress: Callable[[Progress], None] | None = None
) -> SourceOutcome:
    """Reads a source again from the bytes that the library keeps of it.

    What is found to be the same keeps its ids and vectors. Where nothing can be found any more,
    the source stays as it is, and the outcome says why.

    Args:
        library: the library that has the source.
        name: the source's name.
        progress: told of passages embedded.

    Raises:
        UsageError: there is no source of that name.
        LibraryBusyError: another write did not end in time.
        LibraryError: the vectors are damaged, or were made by another model.
        ModelError: the embedder failed; the next write or opening completes the work.
    """
    with library.writing():
        library.ingest.resume(progress)
        content = library.original(name)
        (version,) = (known for known in library.journal.current() if known.name == name)
        kept = [
            (article, library.article_passages(article.id))
            for article in library.articles(Filters(sources=(name,)))
        ]
        return library.ingest.reread(version, content, kept, progress)
