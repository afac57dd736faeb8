"""Does the index agree with the catalogue? And if not, make it agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.errors import LibraryBusyError, LibraryError
from assistant.library.store import Library
from assistant.records import Progress, Record


@dataclass(frozen=True, slots=True)
class HealthReport(Record):
    """What a library holds, and what is wrong with it, in words.

    ``vectors`` counts those that can be read, ``interrupted`` the sources whose adding or
    removing was not completed.
    """

    agrees: bool
    sources: int
    articles: int
    passages: int
    vectors: int
    interrupted: int
    problems: tuple[str, ...]


def check(library: Library) -> HealthReport:
    """Looks whether catalogue, full-text index and vectors agree; changes nothing.

    Raises:
        LibraryBusyError: something else is writing to the library, so that nothing can be told.
    """
    with library.writing():
        return _check(library)


def repair(library: Library, progress: Callable[[Progress], None] | None = None) -> HealthReport:
    """Completes what was interrupted and makes all agree with the catalogue.

    Vectors that are missing are made, those of no passage deleted; if they cannot be read, or
    another model made them, all are made anew. What the catalogue itself lost is not brought back.

    Raises:
        LibraryBusyError: something else is writing to the library.
        ModelError: the embedder failed.
    """
    with library.writing():
        if library.database.search_disagrees():
            library.journal.rebuild_search()
        library.ingest.reconcile(progress, examine=True)
        return _check(library)


def _check(library: Library) -> HealthReport:
    problems = [*library.database.problems()]
    if library.database.search_disagrees():
        problems.append("The full-text index does not agree with the passages.")
    interrupted = len(library.journal.rows("pending")) + len(library.journal.rows("dropping"))
    if interrupted:
        problems.append(f"The adding or removing of {interrupted} sources was interrupted.")
    readable = _readable(library, problems)
    if readable is not None and not interrupted:
        live = library.catalogue.passage_ids()
        if missing := len(live - readable):
            problems.append(f"The vectors of {missing} passages are missing.")
        if extra := len(readable - live):
            problems.append(f"There are {extra} vectors of no passage.")
    sources = library.sources()
    return HealthReport(
        agrees=not problems,
        sources=len(sources),
        articles=sum(source.articles for source in sources),
        passages=sum(source.passages for source in sources),
        vectors=len(readable or ()),
        interrupted=interrupted,
        problems=tuple(problems),
    )


def _readable(library: Library, problems: list[str]) -> set[str] | None:
    """The ids of the vectors that can be read; None, with the problem noted, if none can."""
    try:
        return library.index.reading(examine=True).readable()
    except LibraryBusyError:
        raise
    except LibraryError as error:
        problems.append(error.message)
        return None
