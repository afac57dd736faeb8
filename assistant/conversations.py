"""What readers think of answers, kept in ``conversations.sqlite`` in the user's data folder.

Never inside a library: those are copied and shared. Nothing is kept of an answer that nobody
judged, and nothing is sent anywhere.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.dialects.sqlite import insert

from assistant.errors import AssistantError
from assistant.records import Answer, Record
from assistant.sqlite import open_engine

Rating = Literal["good", "bad"]
# Of an answer: it is wrong; something is missing; its source is a wrong one; the library does not
# hold the answer. Of a refusal: the library does hold the answer. A good rating has none.
Reason = Literal["", "wrong", "incomplete", "source", "not held", "held"]

_FILE = "conversations.sqlite"
_VERSION = 1
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000")

_tables = sa.MetaData()
# The opinion as a whole is JSON; what is asked for stands beside it.
_opinions = sa.Table(
    "opinions",
    _tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("library", sa.Text, nullable=False),
    sa.Column("turn", sa.Text, nullable=False),
    sa.Column("opinion", sa.Text, nullable=False),
    sa.UniqueConstraint("library", "turn"),
)


@dataclass(frozen=True, slots=True)
class Opinion(Record):
    """What a reader thinks of one answer, with all that is needed to ask its question again.

    ``id`` is that of the turn of the conversation. ``at`` is an ISO time in UTC. ``history`` are
    the earlier questions of the conversation with their answers' texts, oldest first.
    ``correction`` is the right answer in the reader's words, empty if none was given.
    """

    id: str
    at: str
    history: tuple[tuple[str, str], ...]
    answer: Answer
    rating: Rating
    reason: Reason = ""
    correction: str = ""


class Conversations:
    """The file of a user's data folder; made when something is first kept.

    It is opened for each call, so several pages and programs may use it at once, and a failure
    ends with the call. Safe to use from several threads.

    Args:
        folder: the user's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / _FILE

    def keep(self, library: Path, opinion: Opinion) -> None:
        """Keeps an opinion, on disk when this returns; one with the same id is replaced.

        Halves of surrogate pairs, which are no text, become "?".

        Args:
            library: folder of the library that was asked.
            opinion: what is to be kept.

        Raises:
            AssistantError: the file is damaged, cannot be written to, or is another program's.
        """
        row = {
            "library": _name(library),
            "turn": opinion.id,
            "opinion": _sound(json.dumps(opinion.to_dict(), ensure_ascii=False)),
        }
        statement = insert(_opinions).values(row)
        same = statement.on_conflict_do_update(
            index_elements=["library", "turn"], set_={"opinion": statement.excluded.opinion}
        )
        with self._open(writes=True) as connection:
            connection.execute(same)

    def withdraw(self, library: Path, opinion_id: str) -> None:
        """Forgets an opinion; one that is not there is forgotten already.

        Raises:
            AssistantError: the file is damaged, cannot be written to, or is another program's.
        """
        with self._open(writes=True) as connection:
            connection.execute(
                sa.delete(_opinions).where(
                    _opinions.c.library == _name(library), _opinions.c.turn == opinion_id
                )
            )

    def opinions(self, library: Path, ids: Collection[str] | None = None) -> tuple[Opinion, ...]:
        """The opinions on a library's answers, in the order in which they were first kept.

        Args:
            library: folder of the library.
            ids: only those with these ids; all if not given.

        Raises:
            AssistantError: the file is damaged, cannot be opened, or is another program's.
        """
        if not self.path.exists():
            return ()
        wanted = sa.select(_opinions.c.opinion).where(_opinions.c.library == _name(library))
        if ids is not None:
            wanted = wanted.where(_opinions.c.turn.in_(ids))
        with self._open() as connection:
            rows = connection.scalars(wanted.order_by(_opinions.c.row)).all()
            return tuple(_opinion().validate_json(row) for row in rows)

    @contextmanager
    def _open(self, writes: bool = False) -> Iterator[sa.Connection]:
        """One transaction on a connection of its own."""
        try:
            self._make_private()
            engine = open_engine(self.path, _PRAGMAS, poolclass=sa.NullPool)
            with engine.execution_options(writes=writes).begin() as connection:
                self._prepare(connection)
                yield connection
        except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError, ValueError) as error:
            raise AssistantError(
                f"Opinions cannot be kept in or read from {self.path}: {_reason(error)}.",
                "Make the file writable; if it is damaged, move it away, and a new one is made.",
            ) from error

    def _make_private(self) -> None:
        """The file must be its owner's alone from its first byte on; SQLite gives the files
        beside it the same rights."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDONLY, 0o600))

    def _prepare(self, connection: sa.Connection) -> None:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        if version == _VERSION:
            return
        if version != 0 or sa.inspect(connection).get_table_names():
            raise AssistantError(
                f"The file {self.path} belongs to another program, or to another version of this.",
                "Install the newest article-assistant, or move the file away.",
            )
        _tables.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")


def _name(library: Path) -> str:
    """The library's real path."""
    return _sound(str(library.resolve()))


def _sound(text: str) -> str:
    return text.encode(errors="replace").decode()


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "an opinion in it makes no sense"
    return str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)


@cache
def _opinion() -> TypeAdapter[Opinion]:
    return TypeAdapter(Opinion)
