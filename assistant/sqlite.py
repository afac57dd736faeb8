"""How the project opens its SQLite files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event


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
            connection.execute(f"PRAGMA {pragma}")

    engine = sa.create_engine(sa.URL.create("sqlite+pysqlite", database=str(path)), **options)
    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
