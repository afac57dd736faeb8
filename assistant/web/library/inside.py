"""What lies inside an article and a source: passages, and what of a page was kept or dropped.

Each view is a dialog; the page's script opens it as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from assistant.errors import AssistantError
from assistant.reading.accounting import Line
from assistant.records import Article, Passage, Source
from assistant.web.listing import size
from assistant.web.markup import count, details, escape, isolated, lines

_DROPPED_NOTE = (
    "Menus, advertising, comments and lists of other articles, as far as they were known for that."
)
_CLOSE = '<button type="button" class="close" data-shut aria-label="Close">✕</button>'


def article_view(article: Article, passages: Sequence[Passage]) -> str:
    """An article with the bounds of its passages, which are in the order of its text."""
    known = details(article.section, article.author, article.published)
    facts = (
        f'<p class="details">{known}</p><p class="details">From <button type="button" '
        f'class="plain" data-do="select" value="source:{escape(article.source)}">'
        f"{isolated(article.source)}</button> · {count(len(article.text.split()), 'word')} · "
        f"{count(len(passages), 'passage')}</p>{_address(article.address)}"
    )
    return _dialog(
        article.title,
        facts,
        f'<div class="whole" dir="auto">{bounded(article.text, passages)}</div>',
    )


def source_view(
    source: Source,
    articles: Sequence[Article],
    passages: Mapping[str, int],
    account: Sequence[Line],
) -> str:
    """The articles that a source was split into, and what became of all its lines.

    Args:
        source: what is known of the file.
        articles: what was found in it, in order.
        passages: how many passages each article has, by its id.
        account: the lines of the page.
    """
    facts = details(
        source.format,
        size(source.bytes),
        count(source.articles, "article"),
        count(source.passages, "passage"),
        f"added {source.added[:10]}",
    )
    items = "".join(
        f'<li><button type="button" data-do="select" value="article:{escape(a.id)}">'
        f"{isolated(a.title)}</button> <span>"
        f"{details(a.published, a.author, count(passages.get(a.id, 0), 'passage'))}</span></li>"
        for a in articles
    )
    body = (
        f'<h3>Split into {count(len(articles), "article")}</h3><ol class="parts">{items}</ol>'
        f"{_dropped(account)}{_whole_page(account)}"
    )
    return _dialog(source.name, f'<p class="details">{facts}</p>', body)


def failed_view(error: AssistantError) -> str:
    """Why something cannot be shown."""
    return _dialog("This cannot be shown", "", f"<p>{lines(error.message)} {lines(error.hint)}</p>")


def bounded(text: str, passages: Sequence[Passage]) -> str:
    """The text, escaped, each passage numbered and set apart from the next."""
    pieces: list[str] = []
    place = 0
    for number, passage in enumerate(passages, start=1):
        pieces.append(_plain(text[place : passage.start]))
        pieces.append(
            f'<span class="bounded{"" if number % 2 else " even"}" dir="auto">'
            # It has a direction of its own, so that the passage takes that of its text.
            '<span class="bound" dir="ltr">'
            f'<span class="visually-hidden">Passage </span>{number}</span>'
            f"{_plain(text[passage.start : passage.end])}</span>"
        )
        place = passage.end
    pieces.append(_plain(text[place:]))
    return "".join(pieces)


def _plain(text: str) -> str:
    return escape(text).replace("\n\n", '<span class="gap"></span>').replace("\n", "<br>")


def _dialog(title: str, facts: str, body: str) -> str:
    # Open from the start, so that what is shown next finds it open.
    return (
        '<dialog open class="inside" aria-labelledby="inside-title"><header><div>'
        f'<h2 id="inside-title" tabindex="-1" dir="auto">{escape(title)}</h2>'
        f"{facts}</div>{_CLOSE}</header>"
        f'<div class="inside-body" tabindex="0">{body}</div></dialog>'
    )


def _address(address: str | None) -> str:
    return f'<p class="details">Address: {isolated(address)}</p>' if address else ""


def _dropped(account: Sequence[Line]) -> str:
    dropped = [line for line in account if line.fate == "dropped"]
    if not dropped:
        return "<h3>Nothing was dropped</h3>"
    items = "".join(f"<li><bdi>{lines(line.text)}</bdi></li>" for line in dropped)
    return (
        f"<h3>{count(len(dropped), 'line')} dropped as clutter</h3>"
        f'<p class="details">{_DROPPED_NOTE}</p>'
        f'<ul class="dropped" tabindex="0" aria-label="Dropped">{items}</ul>'
    )


def _whole_page(account: Sequence[Line]) -> str:
    """All lines in their order, those of one fate together."""
    if not account:
        return ""
    names = {"kept": "Kept", "about": "Title and details", "dropped": "Dropped"}
    groups = "".join(
        f'<div class="{fate}"><h4>{names[fate]}</h4>'
        + "".join(f'<p dir="auto">{lines(line.text)}</p>' for line in group)
        + "</div>"
        for fate, group in groupby(account, key=lambda line: line.fate)
    )
    return (
        f"<details><summary>The page as it was read, {count(len(account), 'line')}</summary>"
        f'<div class="account">{groups}</div></details>'
    )
