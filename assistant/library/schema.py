"""The tables of the catalogue.

A source is kept in versions. At most one version of a name is ``live``: it is what readers see.
A ``pending`` version has been read and waits for its vectors; a ``dropping`` version has been
replaced or removed and waits for its vectors to be deleted. Articles and passages belong to a
version and share its state. The pending and dropping versions are the journal: whatever is in one
of these states after a crash is work to be finished.
"""

from __future__ import annotations

import sqlalchemy as sa

APPLICATION = "article-assistant library"
VERSION = "1"

tables = sa.MetaData()

meta = sa.Table(
    "meta",
    tables,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

sources = sa.Table(
    "sources",
    tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("path", sa.Text),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    sa.Column("updated", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('pending', 'live', 'dropping')"),
    sqlite_autoincrement=True,
)
sa.Index("one_live", sources.c.name, unique=True, sqlite_where=sources.c.state == "live")

articles = sa.Table(
    "articles",
    tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column(
        "source", sa.ForeignKey("sources.row", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("id", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("section", sa.Text),
    sa.Column("author", sa.Text),
    sa.Column("published", sa.Text),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("address", sa.Text),
)

passages = sa.Table(
    "passages",
    tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column(
        "article", sa.ForeignKey("articles.row", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("id", sa.Text, nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

search = sa.table("search", sa.column("rowid", sa.Integer), sa.column("rank", sa.Float))

whole = passages.join(articles, passages.c.article == articles.c.row).join(
    sources, articles.c.source == sources.c.row
)

# External content: the index holds no second copy of the text. Rows of a version never change, so
# what is taken out of the index is always exactly what was put in.
FULL_TEXT = (
    """CREATE VIEW live_passages AS
       SELECT passages.row AS row, articles.source AS source, articles.title AS title,
              passages.text AS text
       FROM passages JOIN articles ON articles.row = passages.article
                     JOIN sources ON sources.row = articles.source
       WHERE sources.state = 'live'""",
    """CREATE VIRTUAL TABLE search USING fts5(
       title, text, content='live_passages', content_rowid='row',
       tokenize='porter unicode61 remove_diacritics 2')""",
)
INDEX_SOURCE = """INSERT INTO search(rowid, title, text)
    SELECT row, title, text FROM live_passages WHERE source = ?"""
UNINDEX_SOURCE = """INSERT INTO search(search, rowid, title, text)
    SELECT 'delete', row, title, text FROM live_passages WHERE source = ?"""
CHECK_SEARCH = "INSERT INTO search(search, rank) VALUES('integrity-check', 1)"
REBUILD_SEARCH = "INSERT INTO search(search) VALUES('rebuild')"
