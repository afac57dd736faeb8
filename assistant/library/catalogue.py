"""What a library knows, as readers see it: live sources, articles and passages."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from assistant.errors import UsageError
from assistant.library.database import Database, among
from assistant.library.naming import Kind
from assistant.library.schema import articles, passages, search, sources, whole
from assistant.records import Article, Filters, Passage, Source

_ARTICLE_COLUMNS = ("id", "title", "text", "section", "author", "published", "notes", "address")


class Catalogue:
    """Reads what is live; pending and dropping versions never show here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sources(self) -> list[Source]:
        """The sources, in the order in which they were first added."""
        return self._sources("live")

    def waiting(self) -> list[Source]:
        """Sources, or newer versions of some, that were read and do not have all their vectors
        yet: they are being added, or that was interrupted."""
        return self._sources("pending")

    def original(self, name: str) -> bytes | None:
        """The bytes of a source as they were read; None if there is no such source."""
        query = sa.select(sources.c.content).where(
            sources.c.name == name, sources.c.state == "live"
        )
        with self._database.reading() as connection:
            content = connection.execute(query).scalar()
        return None if content is None else zlib.decompress(content)

    def articles(self, filters: Filters | None = None) -> list[Article]:
        """The articles that pass the filters, in the order of their sources and pages."""
        return self._articles(*_conditions(filters))

    def article(self, article_id: str) -> Article | None:
        """The article with this id; None if it is not in the library."""
        found = self._articles(*_conditions(None), articles.c.id == article_id)
        return found[0] if found else None

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids, in that order; ids of none are left out."""
        found = {passage.id: passage for passage in self._passages(among(passages.c.id, ids))}
        return [found[passage_id] for passage_id in ids if passage_id in found]

    def article_passages(self, article_id: str) -> list[Passage]:
        """The passages of an article, in the order of its text."""
        return self._passages(articles.c.id == article_id)

    def count_passages(self) -> int:
        """How many passages can be found."""
        query = sa.select(sa.func.count()).select_from(whole).where(sources.c.state == "live")
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def names(self, kind: Kind) -> list[str]:
        """All names of a kind, in the order of their sources."""
        column = sources.c.name if kind == "source" else articles.c[kind]
        query = (
            sa.select(column)
            .select_from(sources.outerjoin(articles, articles.c.source == sources.c.row))
            .where(sources.c.state == "live", column.is_not(None))
            .group_by(column)
            .order_by(sa.func.min(sources.c.row), sa.func.min(articles.c.row))
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def owners(self) -> dict[str, str]:
        """The id of each passage's article, by the passage's id."""
        query = (
            sa.select(passages.c.id, articles.c.id)
            .select_from(whole)
            .where(sources.c.state == "live")
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def passage_ids(self, filters: Filters | None = None) -> set[str]:
        """The ids of all passages that pass the filters."""
        return self._ids(*_conditions(filters))

    def passing(self, ids: Sequence[str], filters: Filters | None = None) -> set[str]:
        """Those of the ids that are passages of the library and pass the filters."""
        return self._ids(*_conditions(filters), among(passages.c.id, ids))

    def lexical(
        self, expression: str, limit: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Passage ids with their bm25, turned so that higher is better; best first.

        Args:
            expression: an FTS5 MATCH expression over the columns ``title`` and ``text``.
            limit: how many at most.
            filters: which articles to search.

        Raises:
            UsageError: the expression is none, or a date of the filters is none.
        """
        query = (
            sa.select(passages.c.id, -search.c.rank)
            .select_from(whole.join(search, search.c.rowid == passages.c.row))
            .where(sa.literal_column("search").op("MATCH")(expression), *_conditions(filters))
            .order_by(search.c.rank, passages.c.row)
            .limit(limit)
        )
        with self._database.reading() as connection:
            try:
                return [(row[0], float(row[1])) for row in connection.execute(query)]
            except sa.exc.OperationalError as error:
                raise UsageError(
                    f"The search words cannot be understood: {error.orig}.",
                    "Search with plain words.",
                ) from error

    def _sources(self, state: str) -> list[Source]:
        query = (
            sa.select(
                *(sources.c[name] for name in ("name", "format", "bytes", "added", "updated")),
                sa.func.count(articles.c.row.distinct()).label("articles"),
                sa.func.count(passages.c.row).label("passages"),
            )
            .select_from(
                sources.outerjoin(articles, articles.c.source == sources.c.row).outerjoin(
                    passages, passages.c.article == articles.c.row
                )
            )
            .where(sources.c.state == state)
            .group_by(sources.c.row)
            .order_by(sources.c.added, sources.c.row)
        )
        with self._database.reading() as connection:
            return [Source(**row._mapping) for row in connection.execute(query)]

    def _articles(self, *conditions: sa.ColumnElement[bool]) -> list[Article]:
        query = (
            sa.select(*(articles.c[n] for n in _ARTICLE_COLUMNS), sources.c.name.label("source"))
            .join_from(articles, sources, articles.c.source == sources.c.row)
            .where(*conditions)
            .order_by(sources.c.added, sources.c.row, articles.c.row)
        )
        with self._database.reading() as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]
        return [Article(**{**row, "notes": tuple(row["notes"])}) for row in rows]

    def _passages(self, condition: sa.ColumnElement[bool]) -> list[Passage]:
        columns = (passages.c[name] for name in ("id", "start", "end", "text"))
        query = (
            sa.select(*columns, articles.c.id.label("article_id"))
            .select_from(whole)
            .where(sources.c.state == "live", condition)
            .order_by(passages.c.row)
        )
        with self._database.reading() as connection:
            return [Passage(**row._mapping) for row in connection.execute(query)]

    def _ids(self, *conditions: sa.ColumnElement[bool]) -> set[str]:
        query = sa.select(passages.c.id).select_from(whole).where(*conditions)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())


def _conditions(filters: Filters | None) -> list[sa.ColumnElement[bool]]:
    conditions = [sources.c.state == "live"]
    if filters is None:
        return conditions
    if filters.sources:
        conditions.append(among(sources.c.name, filters.sources))
    if filters.sections:
        conditions.append(among(articles.c.section, filters.sections))
    if filters.authors:
        conditions.append(among(articles.c.author, filters.authors))
    if filters.since is not None:
        conditions.append(articles.c.published >= _day(filters.since))
    if filters.until is not None:
        conditions.append(articles.c.published <= _day(filters.until))
    return conditions


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a date.", "Write dates as year-month-day, for example 2021-06-16."
        ) from error
