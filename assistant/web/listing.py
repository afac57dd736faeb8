"""The tables of the library: every article, and every source that they are from.

A table comes whole from the server; the page's script sorts it, filters it, and shows only so
many rows of it at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.records import Article, Source
from assistant.web.markup import count, escape, isolated, removal

EMPTY = '<p class="nothing">The library is empty. Drop a saved page above to begin.</p>'
AGAIN = '<button type="button" class="again" data-do="retry" value="">Read all again</button>'
_ARTICLES = ("Title", "Date", "Section", "Author", "Source", "Passages", "State", "Added")
_SOURCES = ("Name", "Format", "Articles", "Passages", "Size", "State", "Added", "Updated")


def tools(table: str, noun: str, actions: str = "") -> str:
    """The box that filters a table, and what tells how many rows it shows.

    Args:
        table: the table's name, as :func:`articles_table` and :func:`sources_table` give it.
        noun: what its rows are.
        actions: buttons for all of it.
    """
    return (
        f'<div class="tools"><input type="search" data-filter="{table}" autocomplete="off" '
        f'aria-label="Filter {noun}" placeholder="Filter by any word">'
        f'<p role="status" data-shown="{table}" data-noun="{noun}"></p>{actions}</div>'
    )


def more(table: str) -> str:
    """The button that shows more rows of a table; hidden while all of them show."""
    return f'<button type="button" class="more" data-more="{table}" hidden>Show more</button>'


def articles_table(
    articles: Iterable[Article], sources: Sequence[Source], passages: Mapping[str, int]
) -> str:
    """Every article.

    Args:
        articles: in the order of the library.
        sources: those that they are from.
        passages: how many passages each has, by its id.
    """
    added = {source.name: source.added[:10] for source in sources}
    rows = "".join(
        f'<tr><th scope="row"><button type="button" data-do="select" '
        f'value="article:{escape(a.id)}">{isolated(a.title)}</button></th>'
        f"<td>{escape(a.published or '')}</td><td>{isolated(a.section)}</td>"
        f"<td>{isolated(a.author)}</td><td>{isolated(a.source)}</td>"
        f"<td>{passages.get(a.id, 0):,}</td><td>{_article_state(passages.get(a.id, 0))}</td>"
        f"<td>{escape(added.get(a.source, ''))}</td></tr>"
        for a in articles
    )
    return _table("articles", "Articles of the library", _ARTICLES, rows)


def sources_table(sources: Sequence[Source], waiting: Sequence[Source]) -> str:
    """Every source, with what can be done to it.

    Args:
        sources: those that can be searched.
        waiting: those that are being added, or newer versions of sources that are.
    """
    updated = {source.name for source in waiting}
    known = {source.name for source in sources}
    rows = [
        _source(source, "Being updated" if source.name in updated else "Ready", _actions(source))
        for source in sources
    ]
    rows += [_source(s, "Being added", "") for s in waiting if s.name not in known]
    return _table("sources", "Sources of the library", _SOURCES, "".join(rows), actions=True)


def _article_state(passages: int) -> str:
    return "Ready" if passages else "Not found by search"


def _table(
    name: str, caption: str, columns: Sequence[str], rows: str, *, actions: bool = False
) -> str:
    if not rows:
        return EMPTY
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" data-sort="{place}">{column}'
        '<span aria-hidden="true"></span></button></th>'
        for place, column in enumerate(columns)
    )
    if actions:
        heads += '<th scope="col"><span class="visually-hidden">Actions</span></th>'
    return (
        f'<div class="rows"><table data-table="{name}">'
        f'<caption class="visually-hidden">{caption}; the heads of the columns sort them</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _source(source: Source, state: str, actions: str) -> str:
    name = escape(source.name)
    return (
        f'<tr class="source"><th scope="row"><button type="button" data-do="select" '
        f'value="source:{name}"><bdi>{name}</bdi></button></th><td>{escape(source.format)}</td>'
        f"<td>{source.articles:,}</td><td>{source.passages:,}</td>"
        f'<td data-key="{source.bytes}">{size(source.bytes)}</td><td>{state}</td>'
        f"<td>{escape(source.added[:10])}</td><td>{escape(source.updated[:10])}</td>"
        f'<td class="actions">{actions}</td></tr>'
    )


def _actions(source: Source) -> str:
    name = escape(source.name)
    question = f"Remove {count(source.articles, 'article')} for good?"
    return (
        f'<div><button type="button" data-do="retry" value="{name}" '
        f'aria-label="Read {name} again">Read again</button>'
        f"{removal(source.name, source.name, question)}</div>"
    )


def size(number: float) -> str:
    """A number of bytes in round units: ``12 kB``."""
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
