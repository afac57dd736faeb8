from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import LibraryBusyError
from assistant.library.health import check, repair
from assistant.library.locking import write_lock
from assistant.library.store import Library
from assistant.records import Progress
from tests.fakes import HashEmbedder
from tests.library.support import (
    BRIDGE,
    MILL,
    FailingEmbedder,
    StoppedError,
    found_texts,
    long_paragraphs,
    write_page,
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", HashEmbedder(), lock_seconds=0.1) as opened:
        opened.add([write_page(tmp_path, "a.md", "The bridge", BRIDGE)])
        opened.add([write_page(tmp_path, "b.md", "Lanterns", *long_paragraphs(3))])
        yield opened


def test_a_sound_library_agrees(library: Library) -> None:
    report = check(library)
    assert report.agrees
    assert (report.sources, report.articles, report.passages, report.vectors) == (2, 2, 4, 4)
    assert (report.interrupted, report.problems) == (0, ())
    assert report.to_dict()["agrees"] is True


def test_an_empty_library_agrees(tmp_path: Path) -> None:
    with Library.open(tmp_path / "new", HashEmbedder()) as library:
        assert check(library).agrees
        assert repair(library).agrees


def test_checking_changes_nothing(library: Library) -> None:
    library.index.reading().delete(sorted(library.catalogue.passage_ids())[:2])
    before = library.changes()
    assert check(library) == check(library)
    assert library.changes() == before


def test_missing_and_extra_vectors_are_found_and_put_right(library: Library) -> None:
    vectors = library.index.reading()
    gone = sorted(library.catalogue.passage_ids())[:2]
    vectors.delete(gone)
    vectors.upsert(["stray"], library.embedder.embed_queries(["stray"]))
    report = check(library)
    assert not report.agrees
    assert any("2 passages are missing" in problem for problem in report.problems)
    assert any("1 vectors of no passage" in problem for problem in report.problems)
    embedded = len(library.embedder.embedded)  # type: ignore[attr-defined]
    assert repair(library).agrees
    assert len(library.embedder.embedded) == embedded + 2  # type: ignore[attr-defined]
    assert len(found_texts(library, "bridge")) == 4


def test_an_index_out_of_step_is_found_and_made_anew(library: Library) -> None:
    with library.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO search(search) VALUES('delete-all')")
    assert library.lexical("bridge", 5) == []
    assert any("full-text" in problem for problem in check(library).problems)
    assert repair(library).agrees
    assert len(library.lexical("bridge", 5)) == 1


@pytest.mark.parametrize("damage", ["truncated", "no database", "deleted"])
def test_vectors_that_cannot_be_read_are_made_anew(
    tmp_path: Path, library: Library, damage: str
) -> None:
    library.add([write_page(tmp_path, "c.md", "Many", *long_paragraphs(1_100))])
    library.close()
    folder = library.folder / "vectors"
    if damage == "truncated":
        (data,) = folder.glob("*/data_level0.bin")
        os.truncate(data, 1_000)
    elif damage == "no database":
        (folder / "chroma.sqlite3").write_bytes(b"no database" * 500)
    else:
        shutil.rmtree(folder)
    with Library.open(library.folder, HashEmbedder()) as opened:
        report = check(opened)
        assert not report.agrees
        assert report.sources == 3
        told: list[Progress] = []
        assert repair(opened, told.append).agrees
        assert told[-1] == Progress("embedding", 1_104, 1_104)
        vector = opened.embedder.embed_queries([f"The bridge\n{BRIDGE}"])[0]
        (nearest,) = opened.dense(vector, 1)
        assert [p.text for p in opened.passages([nearest[0]])] == [BRIDGE]
    kept = [path.name for path in library.folder.iterdir() if path.is_dir()]
    assert len(kept) == 1


def test_another_model_embeds_everything_again(library: Library) -> None:
    library.close()
    other = HashEmbedder()
    other.name = "other"
    with Library.open(library.folder, other) as opened:
        report = check(opened)
        assert report.problems == ("The library was embedded by the model hash 1, not by other.",)
        assert repair(opened).agrees
        assert len(other.embedded) == 4
        assert len(found_texts(opened, "bridge")) == 4
    with Library.open(library.folder, other) as opened:
        assert check(opened).agrees
        assert len(found_texts(opened, "bridge")) == 4


def test_a_repair_that_fails_leaves_the_old_vectors_in_place(library: Library) -> None:
    library.close()
    failing = FailingEmbedder(1)
    failing.name = "other"
    with Library.open(library.folder, failing) as opened, pytest.raises(StoppedError):
        repair(opened)
    with Library.open(library.folder, HashEmbedder()) as opened:
        assert check(opened).agrees
        assert len(found_texts(opened, "bridge")) == 4


def test_an_open_reader_follows_when_the_vectors_are_made_anew(library: Library) -> None:
    with Library.open(library.folder, HashEmbedder()) as reader:
        assert len(found_texts(reader, "bridge")) == 4
        adopted = library.index.anew()
        ids = sorted(library.catalogue.passage_ids())
        adopted.upsert(ids, library.embedder.embed_queries(ids))
        library.index.adopt(adopted)
        assert len(found_texts(reader, "bridge")) == 4
        assert check(reader).agrees


def test_interrupted_work_is_told_and_completed(tmp_path: Path, library: Library) -> None:
    page = write_page(tmp_path, "c.md", "The mill", MILL)
    with Library.open(library.folder, FailingEmbedder(1)) as failing:
        with pytest.raises(StoppedError):
            failing.add([page])
        report = check(failing)
        assert (report.agrees, report.interrupted, report.sources) == (False, 1, 2)
    report = repair(library)
    assert (report.agrees, report.interrupted, report.sources) == (True, 0, 3)


def test_nothing_is_told_while_something_else_writes(library: Library) -> None:
    with write_lock(library.folder, seconds=0), pytest.raises(LibraryBusyError):
        check(library)
