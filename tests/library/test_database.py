from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.errors import LibraryError
from assistant.library.database import Database, among
from assistant.library.journal import Journal
from assistant.library.schema import sources
from tests.library.support import draft


def test_every_write_raises_the_number_of_changes(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalogue.sqlite")
    journal = Journal(database)
    before = database.changes()
    row = journal.stage(draft("page", ["one"]))
    assert database.changes() == before + 1
    journal.publish([row])
    journal.withdraw([row])
    journal.forget([row])
    assert database.changes() == before + 4


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalogue.sqlite")
    before = database.facts()
    both = "INSERT INTO meta VALUES ('key', 'value')", "INSERT INTO nowhere VALUES (1)"
    with pytest.raises(LibraryError, match="nowhere"), database.writing() as connection:
        _ = [connection.exec_driver_sql(statement) for statement in both]
    assert database.facts() == before


def test_facts_outlive_the_connection_and_can_be_replaced(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalogue.sqlite")
    database.note(embedder="one")
    database.note(embedder="two")
    database.close()
    assert Database(tmp_path / "catalogue.sqlite").facts()["embedder"] == "two"


def test_the_file_is_in_wal_mode_and_checks_foreign_keys(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalogue.sqlite")
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with pytest.raises(sa.exc.IntegrityError), database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO articles(source, id, title, text, notes) VALUES (99, 'i', 't', 't', '[]')"
        )


def test_a_reader_sees_one_state_while_a_writer_goes_on(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalogue.sqlite")
    journal = Journal(database)
    count = sa.select(sa.func.count()).select_from(sources)
    with database.reading() as connection:
        assert connection.execute(count).scalar() == 0
        journal.stage(draft("page", ["one"]))
        assert connection.execute(count).scalar() == 0
    with database.reading() as connection:
        assert connection.execute(count).scalar() == 1


def test_many_threads_read_at_once(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalogue.sqlite")
    Journal(database).stage(draft("page", ["one"]))
    seen: list[int] = []

    def read() -> None:
        seen.extend(database.changes() for _ in range(20))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 160


def test_lists_of_any_length_are_one_variable(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalogue.sqlite")
    Journal(database).stage(draft("naïve 'page'", ["one"]))
    names = [str(number) for number in range(300_000)] + ["naïve 'page'"]
    with database.reading() as connection:
        query = sa.select(sources.c.name).where(among(sources.c.name, names))
        assert connection.execute(query).scalars().all() == ["naïve 'page'"]
        assert connection.execute(query.where(among(sources.c.row, []))).all() == []


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta (something TEXT)")
    connection.execute("INSERT INTO meta VALUES ('theirs')")
    connection.commit()
    connection.close()
    with pytest.raises(LibraryError, match="another program") as refused:
        Database(path)
    assert refused.value.hint
    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("meta",)]


def test_a_newer_catalogue_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    database = Database(path)
    database.note(schema="2")
    database.close()
    with pytest.raises(LibraryError, match="another version") as refused:
        Database(path)
    assert "newest" in refused.value.hint


@pytest.mark.parametrize("content", [b"no database at all, but long enough" * 100, b"SQLite"])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(content)
    with pytest.raises(LibraryError, match="cannot be used"):
        Database(path)


def test_damage_inside_the_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    database = Database(path)
    row = Journal(database).stage(draft("page", [f"text number {i}" for i in range(2_000)]))
    Journal(database).publish([row])
    assert database.problems() == []
    assert not database.search_disagrees()
    database.close()
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = b"\xff" * 20_000
    path.write_bytes(data)
    (problem,) = Database(path).problems()
    assert problem.startswith("The catalogue is damaged")
