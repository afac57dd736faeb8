"""How the project opens its SQLite files."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

_PATIENCE_SECONDS = 5.0


def open_engine(path: Path, pragmas: Iterable[str], **options: Any) -> sa.Engine:
    """An engine over a file whose transactions begin at once.

    With the execution option ``writes`` they take the write lock as they begin: a transaction that
    begins by reading cannot always be turned into a writing one.

    Args:
        path: the file; SQLite makes it if absent.
        pragmas: set for each connection, such as ``journal_mode=WAL``.
        options: those of ``sqlalchemy.create_engine``.
    """
    settings = tuple(pragmas)

    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling would begin them late; _begin does it instead.
        connection.isolation_level = None
        for pragma in settings:
            _set(connection, pragma)

    engine = sa.create_engine(sa.URL.create("sqlite+pysqlite", database=str(path)), **options)
    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", _begin)
    return engine


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    # A change of the journal mode does not wait for other connections by itself.
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
