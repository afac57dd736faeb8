from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import LibraryBusyError, LibraryError, UsageError
from assistant.library.locking import write_lock
from assistant.library.store import Library
from assistant.records import Filters
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
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", HashEmbedder()) as opened:
        yield opened


def add_in_another_process(folder: Path, *pages: Path) -> None:
    script = (
        "import sys; from assistant.library.store import Library\n"
        "from tests.fakes import HashEmbedder\n"
        "with Library.open(sys.argv[1], HashEmbedder()) as library:\n"
        "    assert not library.add(sys.argv[2:]).failed"
    )
    subprocess.run([sys.executable, "-c", script, folder, *pages], check=True)


def test_an_empty_library_answers_everything_with_nothing(library: Library) -> None:
    vector = library.embedder.embed_queries(["anything"])[0]
    assert library.dense(vector, 5) == library.lexical("anything", 5) == []
    assert library.similarities(vector, []) == library.similarities(vector, ["none"]) == {}
    assert library.sources() == library.articles() == library.passages(["none"]) == []
    assert library.count_passages() == 0
    assert library.add([]).outcomes == ()
    with pytest.raises(UsageError, match="no article"):
        library.article("none")
    with pytest.raises(UsageError, match="no source"):
        library.original("none")


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(LibraryError, match="no library") as refused:
        Library.open(tmp_path, HashEmbedder())
    assert refused.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(LibraryError, match=r"notes\.txt is a file, not a folder"):
        Library.open(tmp_path / "notes.txt", HashEmbedder())
    with pytest.raises(LibraryError, match="cannot be used: Not a directory"):
        Library.open(tmp_path / "notes.txt" / "library", HashEmbedder())


def test_dense_search_is_by_cosine_and_exact_where_it_is_filtered(
    tmp_path: Path, library: Library
) -> None:
    write_page(tmp_path / "pages", "a.md", "Lanterns", *long_paragraphs(30))
    write_page(tmp_path / "pages", "b.md", "The mill", MILL, OWLS)
    library.add([tmp_path / "pages"])
    vector = library.embedder.embed_queries(["lanterns at door 5 of street 7"])[0]
    everything = library.dense(vector, 99)
    assert len(everything) == library.count_passages()
    scores = [score for _, score in everything]
    assert scores == sorted(scores, reverse=True)
    assert [score for _, score in library.dense(vector, 3)] == scores[:3]
    exact = library.similarities(vector, [passage_id for passage_id, _ in everything])
    assert exact == pytest.approx(dict(everything), abs=1e-5)
    only = library.dense(vector, 99, Filters(sources=("b.md",)))
    assert {i for i, _ in only} == library.catalogue.passage_ids(Filters(sources=("b.md",)))
    assert library.dense(vector, 0) == library.dense(vector, 9, Filters(authors=("none",))) == []
    with pytest.raises(UsageError, match="not a date"):
        library.dense(vector, 9, Filters(since="soon"))


def test_dense_search_finds_enough_when_a_filter_leaves_much(
    tmp_path: Path, library: Library
) -> None:
    for letter in "abc":
        paragraphs = long_paragraphs(520, word=f"lantern{letter}")
        write_page(tmp_path / "pages", f"{letter}.md", f"Page {letter}", *paragraphs)
    library.add([tmp_path / "pages"])
    # More passages than are compared one by one, and the nearest of all are not among them.
    filters = Filters(sources=("a.md", "b.md"))
    vector = library.embedder.embed_queries(["lanternc Page c"])[0]
    allowed = library.catalogue.passage_ids(filters)
    assert len(allowed) == 1_040
    found = library.dense(vector, 40, filters)
    assert len(found) == 40
    assert {passage_id for passage_id, _ in found} <= allowed


def test_a_vector_that_is_none_is_refused(tmp_path: Path, library: Library) -> None:
    library.add([write_page(tmp_path, "a.md", "The mill", MILL)])
    from assistant.errors import ModelError

    with pytest.raises(ModelError):
        library.dense(np.full(64, np.nan, dtype=np.float32), 5)


def test_an_unknown_source_is_answered_with_the_nearest_names(
    tmp_path: Path, library: Library
) -> None:
    library.add([write_page(tmp_path, "bridge.md", "The bridge", BRIDGE)])
    with pytest.raises(UsageError, match=r"'bridge\.html'") as refused:
        library.remove("bridge.html")
    assert "bridge.md" in refused.value.hint
    with pytest.raises(UsageError) as refused:
        library.remove("zzz")
    assert "assistant sources" in refused.value.hint


def test_filters_are_known_in_any_case_and_others_answered_with_the_nearest(
    tmp_path: Path, library: Library
) -> None:
    about = Filters(sources=("Bridge.md",), authors=("ida ÅS",), sections=("TRAVEL",), since="2020")
    assert library.known_filters(about) == about  # there is no name at all
    write_page(tmp_path, "bridge.md", "The bridge", "By Ida Ås", BRIDGE)
    (tmp_path / "mill.html").write_text(
        f'<title>The mill</title><meta property="article:section" content="Travel"><p>{MILL}</p>'
    )
    library.add([tmp_path])
    assert library.known_filters(about) == Filters(
        sources=("bridge.md",), authors=("Ida Ås",), sections=("Travel",), since="2020"
    )
    assert library.known_filters(None) is None
    for wrong, hint in (
        (Filters(sources=("bridg.md",)), "Did you mean bridge.md?"),
        (Filters(sections=("Travels", "Travel")), "Did you mean Travel?"),
        (Filters(authors=("Ida Ås", "zzz")), "`assistant sources --articles` lists the authors."),
    ):
        with pytest.raises(UsageError, match=r"has no (source|section|author) named") as refused:
            library.known_filters(wrong)
        assert refused.value.hint == hint


def test_names_that_differ_in_case_alone_are_told_apart(tmp_path: Path, library: Library) -> None:
    library.add([write_page(tmp_path, "a.md", "The mill", MILL)])
    library.add([write_page(tmp_path, "A.md", "The bridge", BRIDGE)])
    library.add([write_page(tmp_path, "b.md", "Owls", OWLS)])
    for asked, meant in (("a.md", ("a.md",)), ("A.md", ("A.md",)), ("B.MD", ("b.md",))):
        assert library.known_filters(Filters(sources=(asked,))) == Filters(sources=meant)


def test_an_open_library_finds_what_another_process_adds_at_once(
    tmp_path: Path, library: Library
) -> None:
    library.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
    assert found_texts(library, "owls tower") == [BRIDGE]
    add_in_another_process(library.folder, write_page(tmp_path, "b.md", "Owls", OWLS))
    assert found_texts(library, "owls tower") == [OWLS, BRIDGE]
    library.add([write_page(tmp_path, "c.md", "The mill", MILL)])
    add_in_another_process(library.folder, write_page(tmp_path, "a.md", "The bridge", BRIDGE, MILL))
    assert len(found_texts(library, "owls tower")) == 3
    assert library.index.reading().readable() == library.catalogue.passage_ids()


def test_two_libraries_of_one_folder_in_one_process(tmp_path: Path, library: Library) -> None:
    with Library.open(tmp_path / "library", HashEmbedder()) as other:
        other.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
        assert found_texts(library, "bridge") == [BRIDGE]
        library.add([write_page(tmp_path, "b.md", "Owls", OWLS)])
        assert found_texts(other, "owls") == [OWLS, BRIDGE]
    assert found_texts(library, "owls") == [OWLS, BRIDGE]


def test_a_second_writer_is_refused_while_readers_go_on(tmp_path: Path) -> None:
    page = write_page(tmp_path, "a.md", "The bridge", BRIDGE)
    with Library.open(tmp_path / "library", HashEmbedder(), lock_seconds=0.1) as library:
        library.add([page])
        refused: list[LibraryBusyError] = []

        def write() -> None:
            for attempt in (lambda: library.add([page]), lambda: library.remove("a.md")):
                try:
                    attempt()
                except LibraryBusyError as error:
                    refused.append(error)

        with write_lock(library.folder, seconds=0):
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
            assert found_texts(library, "bridge") == [BRIDGE]
            with Library.open(tmp_path / "library", HashEmbedder()) as second:
                assert found_texts(second, "bridge") == [BRIDGE]
        assert len(refused) == 2
        assert states(library.add([page])) == ["unchanged"]


def test_threads_that_add_at_once_take_turns(tmp_path: Path) -> None:
    pages = [write_page(tmp_path, f"{i}.md", f"Page {i}", f"Text {i} of many.") for i in range(6)]
    with Library.open(tmp_path / "library", HashEmbedder(), lock_seconds=60) as library:
        stop = threading.Event()
        errors: list[BaseException] = []

        def guarded(work) -> None:  # type: ignore[no-untyped-def]
            try:
                work()
            except BaseException as error:
                errors.append(error)

        def read() -> None:
            vector = library.embedder.embed_queries(["text many"])[0]
            while not stop.is_set():
                for search in (library.dense(vector, 9), library.lexical("text", 9)):
                    library.passages([passage_id for passage_id, _ in search])

        reader = threading.Thread(target=guarded, args=[read])
        writers = [
            threading.Thread(target=guarded, args=[lambda page=page: library.add([page])])
            for page in pages
        ]
        for thread in (reader, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        reader.join()
        assert errors == []
        assert len(library.sources()) == len(found_texts(library, "text many")) == 6


def test_opening_while_another_process_writes_leaves_its_work_alone(tmp_path: Path) -> None:
    page = write_page(tmp_path, "a.md", "The bridge", BRIDGE)
    folder = tmp_path / "library"
    with Library.open(folder, FailingEmbedder(1)) as library, pytest.raises(StoppedError):
        library.add([page])
    with write_lock(folder, seconds=0), Library.open(folder, HashEmbedder()) as reader:
        assert reader.journal.unfinished()
        assert reader.sources() == []
    with Library.open(folder, HashEmbedder()) as library:
        assert not library.journal.unfinished()
        assert len(library.sources()) == 1


def test_a_copied_folder_is_the_same_library(tmp_path: Path, library: Library) -> None:
    library.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
    library.add([write_page(tmp_path, "b.md", "Lanterns", *long_paragraphs(40))])
    before = (library.sources(), library.articles(), found_texts(library, "ferries bridge"))
    library.close()
    shutil.copytree(library.folder, tmp_path / "elsewhere" / "copy")
    shutil.rmtree(library.folder)
    with Library.open(tmp_path / "elsewhere" / "copy", HashEmbedder()) as copy:
        assert (copy.sources(), copy.articles(), found_texts(copy, "ferries bridge")) == before
        assert states(copy.add([tmp_path / "a.md"])) == ["unchanged"]
        copy.remove("b.md")
        assert found_texts(copy, "ferries bridge") == [BRIDGE]


def test_the_vectors_of_two_models_are_never_mixed(tmp_path: Path, library: Library) -> None:
    page = write_page(tmp_path, "a.md", "The bridge", BRIDGE)
    library.add([page])
    library.close()
    other = HashEmbedder()
    other.revision = "2"
    with Library.open(library.folder, other) as opened:
        assert [source.name for source in opened.sources()] == ["a.md"]
        assert len(opened.lexical("bridge", 5)) == 1
        vector = other.embed_queries(["bridge"])[0]
        for attempt in (
            lambda: opened.dense(vector, 5),
            lambda: opened.similarities(vector, ["any"]),
            lambda: opened.add([page]),
            lambda: opened.remove("a.md"),
        ):
            with pytest.raises(LibraryError, match="embedded by the model hash 1") as refused:
                attempt()
            assert "doctor --repair" in refused.value.hint
        assert [source.name for source in opened.sources()] == ["a.md"]


def test_a_library_that_was_never_filled_takes_any_model(tmp_path: Path, library: Library) -> None:
    library.close()
    other = HashEmbedder()
    other.name = "other"
    with Library.open(library.folder, other) as opened:
        opened.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
        assert found_texts(opened, "bridge") == [BRIDGE]


def test_lost_vectors_are_told_and_not_taken_for_an_empty_library(
    tmp_path: Path, library: Library
) -> None:
    library.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
    library.close()
    shutil.rmtree(library.folder / "vectors")
    with Library.open(library.folder, HashEmbedder()) as opened:
        with pytest.raises(LibraryError, match="missing") as told:
            opened.dense(opened.embedder.embed_queries(["bridge"])[0], 5)
        assert "doctor --repair" in told.value.hint


def test_opening_is_quick_and_reads_no_model(tmp_path: Path, library: Library) -> None:
    library.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
    library.close()
    script = (
        "import sys; from assistant.library.store import Library\n"
        "from tests.fakes import HashEmbedder\n"
        "with Library.open(sys.argv[1], HashEmbedder()) as library:\n"
        "    assert len(library.sources()) == len(library.lexical('bridge', 5)) == 1\n"
        "assert not {'chromadb', 'torch', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, library.folder], check=True)


def test_a_write_that_waits_gives_up_in_time(tmp_path: Path, library: Library) -> None:
    patient = Library.open(library.folder, HashEmbedder(), lock_seconds=0.3)
    with write_lock(library.folder, seconds=0):
        started = time.monotonic()
        result: list[float] = []

        def write() -> None:
            try:
                patient.add([tmp_path])
            except LibraryBusyError:
                result.append(time.monotonic() - started)

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    patient.close()
    assert 0.3 <= result[0] < 5
