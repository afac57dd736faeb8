"""The file ``conversations.sqlite``: its tables, its versions, and how it is opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from pydantic import ValidationError

from assistant.errors import AssistantError
from assistant.sqlite import open_engine

_NAME = "conversations.sqlite"
_VERSION = 2  # version 1 held opinions only, and not whose they are
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",  # what a reader deletes is overwritten
)

_tables = sa.MetaData()
# Opinions and turns as a whole are JSON; what is asked for stands beside it.
opinions = sa.Table(
    "opinions",
    _tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("library", sa.Text, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("turn", sa.Text, nullable=False),
    sa.Column("opinion", sa.Text, nullable=False),
    sa.UniqueConstraint("library", "reader", "turn"),
)
# ``name`` is empty until the reader gives one; ``changes`` orders them by what happened last.
conversations = sa.Table(
    "conversations",
    _tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("library", sa.Text, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("begun", sa.Text, nullable=False),
    sa.Column("changed", sa.Text, nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.UniqueConstraint("library", "reader", "id"),
)
turns = sa.Table(
    "turns",
    _tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column(
        "conversation",
        sa.ForeignKey(conversations.c.row, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("turn", sa.Text, nullable=False),
    sa.UniqueConstraint("conversation", "id"),
)


class File:
    """The file of a user's data folder; made when something is first kept.

    It is opened for each transaction, so several pages and programs may use it at once, and a
    failure ends with the call. Safe to use from several threads.

    Args:
        folder: the user's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME

    @contextmanager
    def open(self, writes: bool = False) -> Iterator[sa.Connection]:
        """One transaction on a connection of its own.

        Raises:
            AssistantError: the file is damaged, cannot be written to, or is another program's.
        """
        try:
            self._make_private()
            engine = open_engine(self.path, _PRAGMAS, poolclass=sa.NullPool)
            self._prepare(engine)
            with engine.execution_options(writes=writes).begin() as connection:
                yield connection
        except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError, ValueError) as error:
            raise AssistantError(
                f"Conversations cannot be kept in or read from {self.path}: {_reason(error)}.",
                "Make the file writable; if it is damaged, move it away, and a new one is made.",
            ) from error

    def _make_private(self) -> None:
        """The file must be its owner's alone from its first byte on; SQLite gives the files
        beside it the same rights. A file that is there is not opened: to close it would drop the
        locks of this process's other transactions."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o600))

    def _prepare(self, engine: sa.Engine) -> None:
        with engine.begin() as connection:
            if _version(connection) == _VERSION:
                return
        with engine.execution_options(writes=True).begin() as connection:
            version = _version(connection)
            if version == _VERSION:
                return  # another program was a moment faster
            names = set(sa.inspect(connection).get_table_names())
            if version == 1 and names == {"opinions"}:
                _migrate(connection)
            elif version == 0 and not names:
                _tables.create_all(connection)
            else:
                raise AssistantError(
                    f"The file {self.path} belongs to another program, or to another version of "
                    "this.",
                    "Install the newest article-assistant, or move the file away.",
                )
            connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")


def _migrate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE opinions RENAME TO opinions_of_1")
    _tables.create_all(connection)
    connection.exec_driver_sql(
        "INSERT INTO opinions (row, library, reader, turn, opinion) "
        "SELECT row, library, '', turn, opinion FROM opinions_of_1"
    )
    connection.exec_driver_sql("DROP TABLE opinions_of_1")


def _version(connection: sa.Connection) -> int:
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return version


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "something in it makes no sense"
    return str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)
