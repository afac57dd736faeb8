"""The writing side of the catalogue: versions of sources, and their way from pending to live."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from assistant.library import schema
from assistant.library.database import Database, among
from assistant.library.schema import articles, passages, sources, whole
from assistant.records import Article, Passage

State = Literal["pending", "live", "dropping"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A source that was read and is to be kept: its bytes, and the articles found in them."""

    name: str
    file_name: str
    path: str | None
    format: str
    content: bytes
    sha256: str
    articles: Sequence[tuple[Article, Sequence[Passage]]]


@dataclass(frozen=True, slots=True)
class Version:
    """What tells one kept source from another. ``path`` is None where it is not known."""

    row: int
    name: str
    file_name: str
    path: str | None
    sha256: str


class Journal:
    """Writes versions of sources; to be used by the holder of the write lock only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, state: State) -> list[int]:
        """Rows of the versions in a state, oldest first."""
        query = sa.select(sources.c.row).where(sources.c.state == state).order_by(sources.c.row)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def unfinished(self) -> bool:
        """Whether a write is under way or was interrupted."""
        return bool(self.rows("pending") or self.rows("dropping"))

    def current(self) -> list[Version]:
        """The newest live or pending version of each name."""
        newest = (
            sa.select(sa.func.max(sources.c.row))
            .where(sources.c.state != "dropping")
            .group_by(sources.c.name)
        )
        columns = (sources.c[name] for name in ("row", "name", "file_name", "path", "sha256"))
        query = sa.select(*columns).where(sources.c.row.in_(newest)).order_by(sources.c.row)
        with self._database.reading() as connection:
            return [Version(**row._mapping) for row in connection.execute(query)]

    def titles(self, row: int) -> set[str]:
        """The titles of a version's articles."""
        query = sa.select(articles.c.title).where(articles.c.source == row)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def named(self, name: str) -> list[int]:
        """Rows of the live and pending versions of a name."""
        query = sa.select(sources.c.row).where(
            sources.c.name == name, sources.c.state != "dropping"
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def count(self, row: int) -> tuple[int, int]:
        """How many articles and passages a version has."""
        query = (
            sa.select(sa.func.count(articles.c.row.distinct()), sa.func.count(passages.c.row))
            .select_from(articles.outerjoin(passages, passages.c.article == articles.c.row))
            .where(articles.c.source == row)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).one()
        return found[0], found[1]

    def orphans(self) -> list[str]:
        """Ids of passages that only dropping versions have."""
        kept = sa.select(passages.c.id).select_from(whole).where(sources.c.state != "dropping")
        query = (
            sa.select(passages.c.id)
            .distinct()
            .select_from(whole)
            .where(sources.c.state == "dropping", passages.c.id.not_in(kept))
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def passages(self, *states: State) -> list[tuple[int, str]]:
        """(row of the version, passage id) for the versions in these states, oldest first."""
        query = (
            sa.select(sources.c.row, passages.c.id)
            .select_from(whole)
            .where(sources.c.state.in_(states))
            .order_by(sources.c.row, passages.c.row)
        )
        with self._database.reading() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    def texts(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """(title, text) of passages in any state, in the order of the ids."""
        query = (
            sa.select(passages.c.id, articles.c.title, passages.c.text)
            .join_from(passages, articles, passages.c.article == articles.c.row)
            .where(among(passages.c.id, ids))
        )
        with self._database.reading() as connection:
            found = {row[0]: (row[1], row[2]) for row in connection.execute(query)}
        return [found[passage_id] for passage_id in ids]

    def stage(self, draft: Draft) -> int:
        """Keeps a draft as a pending version; gives its row."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        first_added = sa.select(sources.c.added).where(
            sources.c.name == draft.name, sources.c.state != "dropping"
        )
        with self._database.writing() as connection:
            source = _insert(
                connection,
                sources,
                name=draft.name,
                file_name=draft.file_name,
                path=draft.path,
                format=draft.format,
                bytes=len(draft.content),
                sha256=draft.sha256,
                content=zlib.compress(draft.content),
                added=connection.execute(first_added).scalar() or now,
                updated=now,
                state="pending",
            )
            for article, parts in draft.articles:
                row = _insert(
                    connection,
                    articles,
                    source=source,
                    id=article.id,
                    title=article.title,
                    text=article.text,
                    section=article.section,
                    author=article.author,
                    published=article.published,
                    notes=list(article.notes),
                    address=article.address,
                )
                rows = [
                    {"article": row, "id": p.id, "start": p.start, "end": p.end, "text": p.text}
                    for p in parts
                ]
                if rows:
                    connection.execute(sa.insert(passages), rows)
        return source

    def publish(self, rows: Sequence[int]) -> None:
        """Makes pending versions live, in order; what they replace is dropping from now on."""
        with self._database.writing() as connection:
            for row in rows:
                name = sa.select(sources.c.name).where(sources.c.row == row).scalar_subquery()
                replaced = sa.select(sources.c.row).where(
                    sources.c.name == name, sources.c.state == "live"
                )
                for old in connection.execute(replaced).scalars().all():
                    _withdraw(connection, old)
                _set(connection, row, state="live")
                connection.exec_driver_sql(schema.INDEX_SOURCE, (row,))

    def withdraw(self, rows: Sequence[int]) -> None:
        """Takes versions out of sight; they are dropping from now on."""
        with self._database.writing() as connection:
            for row in rows:
                _withdraw(connection, row)

    def forget(self, rows: Sequence[int]) -> None:
        """Deletes versions, with their articles and passages."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(sources).where(among(sources.c.row, rows)))

    def move(self, row: int, path: str) -> None:
        """Notes that a source's file lies at another path now."""
        with self._database.writing() as connection:
            _set(connection, row, path=path)

    def rebuild_search(self) -> None:
        """Makes the full-text index anew from the live passages."""
        with self._database.writing() as connection:
            connection.exec_driver_sql(schema.REBUILD_SEARCH)


def _insert(connection: sa.Connection, table: sa.Table, **values: Any) -> int:
    result = connection.execute(sa.insert(table).values(**values).returning(table.c.row))
    row: int = result.scalar_one()
    return row


def _set(connection: sa.Connection, row: int, **values: str) -> None:
    connection.execute(sa.update(sources).where(sources.c.row == row).values(**values))


def _withdraw(connection: sa.Connection, row: int) -> None:
    # Only live versions are in the full-text index, and the view shows these alone.
    connection.exec_driver_sql(schema.UNINDEX_SOURCE, (row,))
    _set(connection, row, state="dropping")
