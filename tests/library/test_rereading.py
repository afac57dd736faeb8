from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.library import health
from assistant.library.rereading import reread
from assistant.library.store import Library
from assistant.records import SourceOutcome
from tests.fakes import HashEmbedder
from tests.library.support import (
    BRIDGE,
    MILL,
    OWLS,
    FailingEmbedder,
    StoppedError,
    draft,
    found_texts,
    write_page,
)


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: HashEmbedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder) as opened:
        yield opened


def keep_as_read_long_ago(library: Library, name: str, *texts: str) -> None:
    """A source of which the library has made something else than it would today."""
    with library.writing():
        library.journal.stage(draft(name, texts, title="Read otherwise"))
        library.ingest.resume()


def test_what_is_read_the_same_again_is_left_alone(
    tmp_path: Path, library: Library, embedder: HashEmbedder
) -> None:
    library.add([write_page(tmp_path, "mill.md", "The mill", MILL, OWLS)])
    before, embedded = library.changes(), len(embedder.embedded)
    assert reread(library, "mill.md") == SourceOutcome("mill.md", "unchanged", 1, 1)
    assert (library.changes(), len(embedder.embedded)) == (before, embedded)


def test_a_source_read_otherwise_is_replaced_by_what_is_found_today(library: Library) -> None:
    keep_as_read_long_ago(library, "old.txt", BRIDGE, MILL)
    (source,) = library.sources()
    outcome = reread(library, "old.txt")
    assert (outcome.state, outcome.articles, outcome.embedded) == ("changed", 1, outcome.passages)
    (article,) = library.articles()
    assert article.title == "old"
    assert MILL in article.text
    (again,) = library.sources()
    assert (again.added, again.bytes) == (source.added, source.bytes)
    assert again.updated >= source.updated
    assert any("barley" in text for text in found_texts(library, "barley"))
    assert health.check(library).agrees


def test_a_source_in_which_nothing_is_found_any_more_stays(library: Library) -> None:
    keep_as_read_long_ago(library, "old.txt", "Share", "Subscribe")
    outcome = reread(library, "old.txt")
    assert outcome.state == "failed"
    assert "no article" in outcome.reason
    assert [article.title for article in library.articles()] == ["Read otherwise"]


def test_a_source_that_is_not_there_cannot_be_read_again(library: Library) -> None:
    with pytest.raises(UsageError, match="no source named 'none'"):
        reread(library, "none")


def test_a_reading_that_was_interrupted_is_completed(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, FailingEmbedder(fail_at=2)) as library:
        keep_as_read_long_ago(library, "old.txt", OWLS)
        with pytest.raises(StoppedError):
            reread(library, "old.txt")
        assert [article.title for article in library.articles()] == ["Read otherwise"]
        assert [source.name for source in library.waiting()] == ["old.txt"]
    with Library.open(folder, HashEmbedder()) as library:
        assert [article.title for article in library.articles()] == ["old"]
        assert library.waiting() == []
        assert health.check(library).agrees
