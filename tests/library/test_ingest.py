from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from assistant.errors import ModelError, UsageError
from assistant.inference.embedding import Vectors as VectorArray
from assistant.library.store import Library
from assistant.records import Progress
from tests.fakes import HashEmbedder
from tests.library.support import (
    BRIDGE,
    MILL,
    OWLS,
    FailingEmbedder,
    StoppedError,
    found_texts,
    long_paragraphs,
    states,
    write_page,
)


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: HashEmbedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder) as opened:
        yield opened


def test_what_was_added_is_found(tmp_path: Path, library: Library) -> None:
    page = write_page(tmp_path, "bridge.md", "The bridge", BRIDGE)
    (outcome,) = library.add([page]).outcomes
    assert (outcome.source, outcome.state) == ("bridge.md", "added")
    assert (outcome.articles, outcome.passages, outcome.embedded) == (1, 1, 1)
    (article,) = library.articles()
    assert (article.title, article.source) == ("The bridge", "bridge.md")
    assert article.id
    (passage,) = library.article_passages(article.id)
    assert passage.article_id == article.id
    assert article.text[passage.start : passage.end] == passage.text == BRIDGE
    assert found_texts(library, "ferries") == [BRIDGE]
    assert library.original("bridge.md") == page.read_bytes()


def test_a_damaged_model_is_no_fault_of_the_file(tmp_path: Path) -> None:
    class Damaged(HashEmbedder):
        def count_tokens(self, text: str) -> int:
            raise ModelError("The embedding model cannot be loaded.", "Install it again.")

    page = write_page(tmp_path, "bridge.md", "The bridge", BRIDGE)
    with Library.open(tmp_path / "library", Damaged()) as library:
        with pytest.raises(ModelError):
            library.add([page])
        assert library.sources() == []


def test_the_title_is_embedded_with_each_passage(
    tmp_path: Path, library: Library, embedder: HashEmbedder
) -> None:
    library.add([write_page(tmp_path, "bridge.md", "The bridge", BRIDGE)])
    assert embedder.embedded == [f"The bridge\n{BRIDGE}"]


def test_adding_twice_changes_nothing(
    tmp_path: Path, library: Library, embedder: HashEmbedder
) -> None:
    page = write_page(tmp_path, "bridge.md", "The bridge", BRIDGE)
    library.add([page])
    before = (library.sources(), library.articles(), library.changes(), len(embedder.embedded))
    report = library.add([page, page, tmp_path])
    assert states(report) == ["unchanged"] * 3
    assert report.outcomes[0].source == "bridge.md"
    assert (report.outcomes[0].articles, report.outcomes[0].passages) == (1, 1)
    after = (library.sources(), library.articles(), library.changes(), len(embedder.embedded))
    assert after == before


def test_the_same_bytes_twice_in_one_call_are_one_source(tmp_path: Path, library: Library) -> None:
    first = write_page(tmp_path, "a.md", "The bridge", BRIDGE)
    second = write_page(tmp_path, "b.md", "The bridge", BRIDGE)
    assert states(library.add([first, second])) == ["added", "unchanged"]
    assert [source.name for source in library.sources()] == ["a.md"]


def test_an_edited_page_embeds_only_what_changed(
    tmp_path: Path, library: Library, embedder: HashEmbedder
) -> None:
    paragraphs = long_paragraphs(8)
    page = write_page(tmp_path, "long.md", "Lanterns", *paragraphs)
    library.add([page])
    (article,) = library.articles()
    kept = {passage.id for passage in library.article_passages(article.id)}
    assert len(kept) == len(embedder.embedded) == 8
    paragraphs[3] = paragraphs[3].replace("door 5", "window 5")
    write_page(tmp_path, "long.md", "Lanterns", *paragraphs)
    (outcome,) = library.add([page]).outcomes
    assert (outcome.state, outcome.passages, outcome.embedded) == ("changed", 8, 1)
    assert len(embedder.embedded) == 9
    (edited,) = library.articles()
    assert edited.id == article.id
    now = library.article_passages(article.id)
    assert len(kept & {passage.id for passage in now}) == 7
    assert all(edited.text[p.start : p.end] == p.text for p in now)
    assert sum("window 5" in text for text in found_texts(library, "window 5")) == 1
    assert len(found_texts(library, "lanterns")) == 8


def test_text_that_moved_within_a_page_is_not_embedded_again(
    tmp_path: Path, library: Library
) -> None:
    page = write_page(tmp_path, "long.md", "Lanterns", *long_paragraphs(4))
    library.add([page])
    write_page(tmp_path, "long.md", "Lanterns", *reversed(long_paragraphs(4)))
    (outcome,) = library.add([page]).outcomes
    assert (outcome.state, outcome.embedded) == ("changed", 0)
    (article,) = library.articles()
    passages = library.article_passages(article.id)
    assert [p.text for p in passages] == list(reversed(long_paragraphs(4)))
    assert all(article.text[p.start : p.end] == p.text for p in passages)


def test_an_edit_can_be_taken_back(tmp_path: Path, library: Library) -> None:
    page = write_page(tmp_path, "page.md", "Title", BRIDGE)
    library.add([page])
    first = library.articles()
    for text in (MILL, BRIDGE):
        write_page(tmp_path, "page.md", "Title", text)
        assert states(library.add([page])) == ["changed"]
    assert library.articles() == first
    assert found_texts(library, "mill barley") == [BRIDGE]


def test_a_file_that_moved_keeps_its_ids(tmp_path: Path, library: Library) -> None:
    page = write_page(tmp_path / "here", "page.md", "Title", *long_paragraphs(3))
    library.add([page])
    before = library.articles()
    page.unlink()
    moved = write_page(tmp_path / "there", "page.md", "Title", *long_paragraphs(3), OWLS)
    (outcome,) = library.add([moved]).outcomes
    assert (outcome.source, outcome.state) == ("page.md", "changed")
    assert outcome.embedded < outcome.passages
    assert [article.id for article in library.articles()] == [article.id for article in before]


def test_a_file_that_moved_unchanged_is_followed(tmp_path: Path, library: Library) -> None:
    page = write_page(tmp_path / "here", "page.md", "Title", BRIDGE)
    library.add([page])
    moved = tmp_path / "renamed.md"
    page.rename(moved)
    assert states(library.add([moved])) == ["unchanged"]
    write_page(tmp_path, "renamed.md", "Another title", MILL)
    (outcome,) = library.add([moved]).outcomes
    assert (outcome.source, outcome.state) == ("page.md", "changed")


def test_two_files_of_one_name_are_two_sources(tmp_path: Path, library: Library) -> None:
    first = write_page(tmp_path / "a", "page.md", "Title", BRIDGE)
    second = write_page(tmp_path / "b", "page.md", "Title", MILL)
    report = library.add([first, second])
    assert [outcome.source for outcome in report.outcomes] == ["page.md", "page (2).md"]
    assert len({article.id for article in library.articles()}) == 2
    assert len({source.name for source in library.sources()}) == 2


def test_sources_of_a_folder_are_called_by_their_paths_in_it(
    tmp_path: Path, library: Library
) -> None:
    write_page(tmp_path / "pages", "one.md", "One", BRIDGE)
    write_page(tmp_path / "pages", "more/two.md", "Two", MILL)
    report = library.add([tmp_path / "pages"])
    assert [outcome.source for outcome in report.outcomes] == ["one.md", "more/two.md"]


def test_an_upload_updates_the_upload_of_the_same_name(tmp_path: Path, library: Library) -> None:
    first = write_page(tmp_path, "upload-1", "Title", BRIDGE)
    second = write_page(tmp_path, "upload-2", "Title", MILL)
    assert states(library.add([first], names={first: "page.md"})) == ["added"]
    (outcome,) = library.add([second], names={second: "page.md"}).outcomes
    assert (outcome.source, outcome.state) == ("page.md", "changed")
    assert found_texts(library, "mill") == [MILL]


def test_what_cannot_be_read_is_reported_and_the_rest_goes_in(
    tmp_path: Path, library: Library
) -> None:
    write_page(tmp_path / "pages", "good.md", "The bridge", BRIDGE)
    (tmp_path / "pages" / "binary").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "pages" / "empty.txt").write_text("")
    report = library.add([tmp_path / "pages", tmp_path / "missing"])
    outcomes = {outcome.source: outcome for outcome in report.outcomes}
    assert outcomes["good.md"].state == "added"
    failed = [outcome for outcome in report.outcomes if outcome.state == "failed"]
    assert len(failed) == 3
    assert all(outcome.reason for outcome in failed)
    assert found_texts(library, "bridge") == [BRIDGE]
    assert states(library.add([tmp_path / "pages"])).count("unchanged") == 1


def test_a_source_that_cannot_be_read_any_more_stays_as_it_was(
    tmp_path: Path, library: Library
) -> None:
    page = write_page(tmp_path, "page.md", "The bridge", BRIDGE)
    library.add([page])
    page.write_bytes(b"")
    assert states(library.add([page])) == ["failed"]
    assert found_texts(library, "bridge") == [BRIDGE]


def test_removing_takes_articles_passages_and_vectors(tmp_path: Path, library: Library) -> None:
    library.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
    library.add([write_page(tmp_path, "b.md", "The mill", MILL)])
    removed = library.remove("a.md")
    assert (removed.name, removed.passages) == ("a.md", 1)
    assert found_texts(library, "bridge") == [MILL]
    assert [article.title for article in library.articles()] == ["The mill"]
    assert library.index.reading().readable() == library.catalogue.passage_ids()
    with pytest.raises(UsageError, match=r"'a\.md'"):
        library.remove("a.md")
    assert states(library.add([tmp_path / "a.md"])) == ["added"]


def test_progress_tells_files_and_passages(tmp_path: Path, library: Library) -> None:
    write_page(tmp_path / "pages", "a.md", "One", *long_paragraphs(3))
    write_page(tmp_path / "pages", "b.md", "Two", *long_paragraphs(2))
    told: list[Progress] = []
    library.add([tmp_path / "pages"], progress=told.append)
    assert told == [
        Progress("reading", 1, 2),
        Progress("reading", 2, 2),
        Progress("embedding", 5, 5),
    ]


class BlindEmbedder(HashEmbedder):
    """Gives no number for texts that hold the word ``poison``."""

    def _vector(self, text: str) -> VectorArray:
        return super()._vector(text) * (np.float32(np.nan) if "poison" in text else 1)


def test_a_source_that_gets_no_vector_is_refused_alone(tmp_path: Path) -> None:
    write_page(tmp_path / "pages", "bad.md", "Bad", *long_paragraphs(2), "A poison text.")
    write_page(tmp_path / "pages", "good.md", "Good", MILL)
    with Library.open(tmp_path / "library", BlindEmbedder()) as library:
        report = library.add([tmp_path / "pages"])
        assert states(report) == ["failed", "added"]
        assert "no usable vector" in report.outcomes[0].reason
        assert [source.name for source in library.sources()] == ["good.md"]
        assert library.index.reading().readable() == library.catalogue.passage_ids()
        assert not library.journal.unfinished()


@pytest.mark.parametrize("fail_at", [1, 2])
def test_an_addition_that_failed_is_completed_by_the_next_opening(
    tmp_path: Path, fail_at: int
) -> None:
    write_page(tmp_path / "pages", "a.md", "One", *long_paragraphs(600))
    write_page(tmp_path / "pages", "b.md", "Two", MILL)
    folder = tmp_path / "library"
    first = FailingEmbedder(fail_at)
    with Library.open(folder, first) as library:
        with pytest.raises(StoppedError):
            library.add([tmp_path / "pages"])
        assert library.sources() == []
        assert found_texts(library, "lantern mill") == []
    second = HashEmbedder()
    told: list[Progress] = []
    with Library.open(folder, second, progress=told.append) as library:
        assert [source.passages for source in library.sources()] == [600, 1]
        assert library.index.reading().readable() == library.catalogue.passage_ids()
    assert len(first.embedded) + len(second.embedded) == 601
    assert told[-1].done == told[-1].total == len(second.embedded)


def test_an_addition_that_failed_is_completed_by_the_next_write(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", FailingEmbedder(1)) as library:
        with pytest.raises(StoppedError):
            library.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
        library.add([write_page(tmp_path, "b.md", "The mill", MILL)])
        assert sorted(found_texts(library, "the")) == [BRIDGE, MILL]


def test_a_source_that_waits_for_its_vectors_can_be_removed(tmp_path: Path) -> None:
    page = write_page(tmp_path, "a.md", "The bridge", BRIDGE)
    with Library.open(tmp_path / "library", FailingEmbedder(2)) as library:
        library.add([page])
        write_page(tmp_path, "a.md", "The bridge", MILL)
        with pytest.raises(StoppedError):
            library.add([page])
        assert found_texts(library, "bridge") == [BRIDGE]
        library.remove("a.md")
        assert not library.journal.unfinished()
        assert library.count_passages() == 0


WORDS = ("owl", "mill", "ferry", "lamp")


class LibraryMachine(RuleBasedStateMachine):
    """Pages are written, added and removed, and the embedder stops working at any call.

    ``kept`` is what readers must see; ``waiting`` what an interrupted call was about to bring.
    """

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.folder = Path(self.place.name)
        self.embedder = FailingEmbedder()
        self.library = Library.open(self.folder / "library", self.embedder)
        self.kept: dict[str, str] = {}
        self.waiting: dict[str, str] = {}

    def teardown(self) -> None:
        self.library.close()
        self.place.cleanup()

    @rule(
        texts=st.dictionaries(
            st.sampled_from(["a.md", "b.md", "c.md"]),
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
            min_size=1,
        ),
        fail=st.booleans(),
    )
    def add(self, texts: dict[str, list[str]], fail: bool) -> None:
        written: dict[str, str] = {}
        for name, words in texts.items():
            text = f"{name} is about {' '.join(words)}."
            write_page(self.folder, name, f"Page {name}", text)
            written[name] = text
        self.embedder.fail_at = self.embedder.calls + 1 if fail else 0
        try:
            self.library.add([self.folder / name for name in sorted(texts)])
        except StoppedError:
            # Completing earlier work may have stopped it before these pages were read, or may
            # have come to its end before these stopped it.
            live = {article.source: article.text for article in self.library.articles()}
            pending = self.pending_texts()
            for wanted in (self.waiting, written):
                self.kept |= {n: t for n, t in wanted.items() if live.get(n) == t}
            wanted = [*self.waiting.items(), *written.items()]
            self.waiting = {name: text for name, text in wanted if text in pending}
        else:
            self.kept |= self.waiting | written
            self.waiting = {}
        self.check()

    @rule(name=st.sampled_from(["a.md", "b.md", "c.md"]))
    def remove(self, name: str) -> None:
        if name in self.kept:
            self.library.remove(name)
            del self.kept[name]
            self.waiting.pop(name, None)
        self.check()

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.embedder.fail_at = 0
        self.library = Library.open(self.folder / "library", self.embedder)
        self.kept |= self.waiting
        self.waiting = {}
        self.check()
        assert not self.library.journal.unfinished()
        assert self.library.index.reading().readable() == self.library.catalogue.passage_ids()
        assert not self.library.database.search_disagrees()

    def check(self) -> None:
        assert {source.name for source in self.library.sources()} == set(self.kept)
        assert sorted(found_texts(self.library, "owl mill ferry lamp about")) == sorted(
            self.kept.values()
        )

    def pending_texts(self) -> set[str]:
        ids = [passage_id for _, passage_id in self.library.journal.passages("pending")]
        return {text for _, text in self.library.journal.texts(ids)}


TestLibraryMachine = LibraryMachine.TestCase
TestLibraryMachine.settings = settings(max_examples=20, stateful_step_count=10, deadline=None)
