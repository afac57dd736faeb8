"""The catalogue's SQLite file: how it is made, opened, read and written.

Every write raises the number ``changes``, so that another process can tell that its view of the
vectors is old. Reads may come from any thread; writes come from the holder of the write lock.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.errors import LibraryBusyError, LibraryError
from assistant.library import schema
from assistant.library.schema import meta
from assistant.sqlite import open_engine

_PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000")


class Database:
    """A library's SQLite file; made if it is absent.

    Raises:
        LibraryError: the file is damaged, is another program's, or was made by another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = open_engine(path, _PRAGMAS)
        self._writer = self._engine.execution_options(writes=True)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the file throughout."""
        with self._clear_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction; it raises ``changes`` when it is committed."""
        with self._clear_errors(), self._writer.begin() as connection:
            yield connection
            raised = sa.cast(sa.cast(meta.c.value, sa.Integer) + 1, sa.Text)
            connection.execute(sa.update(meta).where(meta.c.key == "changes").values(value=raised))

    def facts(self) -> dict[str, str]:
        """What the library notes of itself: ``changes``, ``embedder``, ``vectors``."""
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(sa.select(meta))}

    def changes(self) -> int:
        """The number that every write raises."""
        return int(self.facts()["changes"])

    def note(self, **facts: str) -> None:
        """Notes facts about the library itself."""
        with self.writing() as connection:
            _note(connection, facts)

    def problems(self) -> list[str]:
        """What SQLite finds wrong inside the file, in words."""
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        return [] if found == "ok" else [f"The catalogue is damaged: {found}."]

    def search_disagrees(self) -> bool:
        """Whether the full-text index holds anything else than the live passages."""
        try:
            with self._writer.begin() as connection:
                connection.exec_driver_sql(schema.CHECK_SEARCH)
        except sa.exc.DatabaseError:
            return True
        return False

    def _prepare(self) -> None:
        with self._clear_errors(), self._engine.begin() as connection:
            made = bool(sa.inspect(connection).get_table_names())
        if not made:
            self._make()
        with self._clear_errors(), self._engine.begin() as connection:
            ours = sa.inspect(connection).has_table("meta")
            # Read by hand: another program's table of that name has other columns.
            rows = connection.exec_driver_sql("SELECT * FROM meta").all() if ours else []
        facts = {row[0]: row[1] for row in rows if len(row) == 2}
        if facts.get("application") != schema.APPLICATION:
            raise LibraryError(
                f"The file {self.path} belongs to another program.",
                "Choose another folder for the library.",
            )
        if facts.get("schema") != schema.VERSION:
            raise LibraryError(
                f"The library {self.path.parent} was made by another version of this program.",
                "Install the newest article-assistant to use it.",
            )

    def _make(self) -> None:
        with self._clear_errors(), self._writer.begin() as connection:
            if sa.inspect(connection).get_table_names():
                return  # another process was faster
            schema.tables.create_all(connection)
            for statement in schema.FULL_TEXT:
                connection.exec_driver_sql(statement)
            marks = {"application": schema.APPLICATION, "schema": schema.VERSION}
            _note(connection, {**marks, "changes": "0"})

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.OperationalError, sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
            if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError):
                raise
            cause = getattr(error, "orig", error)
            if "locked" in str(cause):
                raise LibraryBusyError(
                    f"Another process is writing to the library {self.path.parent}.",
                    "Try again when it is done.",
                ) from error
            raise LibraryError(
                f"The library's catalogue {self.path} cannot be used: {cause}.",
                "Run `assistant doctor`; restore the library from a copy if it is damaged.",
            ) from error


def among(column: sa.ColumnElement[Any], values: Iterable[str | int]) -> sa.ColumnElement[bool]:
    """``column IN values`` with one bound variable, however many values there are."""
    listed = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(listed.c.value))


def _note(connection: sa.Connection, facts: dict[str, str]) -> None:
    for key, value in facts.items():
        connection.execute(sa.delete(meta).where(meta.c.key == key))
        connection.execute(sa.insert(meta).values(key=key, value=value))
