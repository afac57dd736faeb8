"""A picture of the library: every article as a point among those it is like, and over time.

Drawn on the server as SVG. What a point stands for is told by the list below the picture, which
is there for everybody: a point carries only the number of its entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.library.landscape import Landscape
from assistant.records import Article, Record
from assistant.web.markup import count, details, escape, isolated

_WIDTH, _HEIGHT, _STRIP = 1000, 420, 140
_MARGIN = 24
_AXIS = 26
_NOTHING = 1e-6
# Colours can be told apart up to so many groups; the smaller ones share one.
_GROUPS = 7
_KEYS = "Arrow keys go from point to point, Enter opens the article."


@dataclass(frozen=True, slots=True)
class Group(Record):
    """Articles of one colour; ``kind`` is the class of their points."""

    kind: str
    name: str
    articles: int


def picture(landscape: Landscape, articles: Iterable[Article]) -> str:
    """The whole picture, with its legends and the list of what it shows.

    Args:
        landscape: where the articles lie.
        articles: what is known of them; those that do not lie anywhere are left out.
    """
    known = {article.id: article for article in articles}
    placed = [
        (known[article_id], (float(x), float(y)))
        for article_id, (x, y) in zip(landscape.article_ids, landscape.points, strict=True)
        if article_id in known
    ]
    if not placed:
        return '<p class="nothing">There is nothing to see yet. Add some articles first.</p>'
    shown = [article for article, _ in placed]
    by_source, source_kinds = _groups(shown, "s", lambda article: article.source)
    by_section, section_kinds = _groups(shown, "k", lambda a: a.section or "No section")
    kinds = [f"{s} {k}" for s, k in zip(source_kinds, section_kinds, strict=True)]
    points = _map([place for _, place in placed], kinds)
    telling = "source" if _told_apart(by_source) >= _told_apart(by_section) else "section"
    return (
        f'<div class="picture" data-by="{telling}">{_choice(telling)}'
        f"{_legend('source', by_source)}{_legend('section', by_section)}"
        f'<figure><h2 id="map-title">What is near what</h2>{points}<figcaption>Articles near each '
        "other are about the same. The picture shows "
        f"{landscape.explained:.0%} of what tells them apart. "
        f'<span id="picture-keys">{_KEYS}</span></figcaption></figure>'
        f"{_over_time(shown, kinds)}"
        '<p class="tip" role="status"></p>'
        f"<details><summary>{count(len(shown), 'article')} as a list</summary>"
        f'<ol class="parts">{"".join(map(_entry, shown))}</ol></details></div>'
    )


def _groups(
    articles: Sequence[Article], letter: str, name_of: Callable[[Article], str]
) -> tuple[list[Group], list[str]]:
    """The groups, largest first, and the kind of each article's point."""
    sizes = Counter(map(name_of, articles))
    common = sizes.most_common()
    alone = common if len(common) <= _GROUPS + 1 else common[:_GROUPS]
    kinds = {name: f"{letter}{place}" for place, (name, _) in enumerate(alone)}
    groups = [Group(kinds[name], name, size) for name, size in alone]
    rest = len(articles) - sum(group.articles for group in groups)
    if rest:
        others = count(len(common) - len(alone), "other")
        groups.append(Group(f"{letter}{_GROUPS}", others, rest))
    return groups, [kinds.get(name_of(article), f"{letter}{_GROUPS}") for article in articles]


def _told_apart(groups: Sequence[Group]) -> int:
    """How many articles share a colour with others of their own group only."""
    return sum(group.articles for group in groups[:_GROUPS] if group.articles > 1)


def _choice(chosen: str) -> str:
    choices = "".join(
        f'<label><input type="radio" name="picture-by" value="{by}"'
        f"{' checked' if by == chosen else ''}> {by.capitalize()}</label>"
        for by in ("source", "section")
    )
    return f'<fieldset class="by"><legend>Colour by</legend>{choices}</fieldset>'


def _legend(by: str, groups: Sequence[Group]) -> str:
    items = "".join(
        f'<li><button type="button" data-light="{group.kind}" aria-pressed="false">'
        f'<svg aria-hidden="true" viewBox="0 0 12 12"><circle class="{group.kind}" cx="6" cy="6" '
        f'r="5"/></svg>{isolated(group.name)} <small>{group.articles:,}</small></button></li>'
        for group in groups
    )
    return f'<ul class="legend" data-of="{by}" aria-label="Colours by {by}">{items}</ul>'


def _map(places: Sequence[tuple[float, float]], kinds: Sequence[str]) -> str:
    radius = _radius(len(places))
    (left, right), (low, high) = ((min(along), max(along)) for along in zip(*places, strict=True))
    scale = min(
        (_WIDTH - 2 * _MARGIN) / max(right - left, _NOTHING),
        (_HEIGHT - 2 * _MARGIN) / max(high - low, _NOTHING),
    )
    points = (
        _point(
            n,
            _WIDTH / 2 + scale * (x - (left + right) / 2),
            _HEIGHT / 2 - scale * (y - (low + high) / 2),
            radius,
            kind,
        )
        for n, ((x, y), kind) in enumerate(zip(places, kinds, strict=True))
    )
    return _svg("map", "map-title", _HEIGHT, "".join(points))


def _over_time(articles: Sequence[Article], kinds: Sequence[str]) -> str:
    days = [(n, day) for n, a in enumerate(articles) if (day := _day(a.published)) is not None]
    undated = len(articles) - len(days)
    note = f"{count(undated, 'article')} without a date." if undated else ""
    if not days:
        return f"<figure><h2>Over time</h2><figcaption>{note}</figcaption></figure>"
    first, last = min(day for _, day in days), max(day for _, day in days)
    radius = _radius(len(articles))
    step = 2 * radius + 1
    columns: Counter[int] = Counter()
    stacked: list[tuple[int, float, int]] = []
    for n, day in sorted(days, key=lambda pair: pair[1]):
        column = int(_along(day, first, last) // step)
        stacked.append((n, (column + 0.5) * step, columns[column]))
        columns[column] += 1
    ground = _STRIP - _AXIS - radius - 2
    rise = min(step, (ground - radius) / max(max(columns.values()) - 1, 1))
    points = "".join(
        _point(n, x, ground - rise * level, radius, kinds[n]) for n, x, level in stacked
    )
    ticks = "".join(
        f'<text x="{_along(day, first, last):.0f}" y="{_STRIP - 6}">{label}</text>'
        for day, label in _ticks(first, last)
    )
    line = f'<path d="M0 {_STRIP - _AXIS}H{_WIDTH}"/>'
    return (
        f'<figure><h2 id="strip-title">Over time</h2>'
        f"{_svg('strip', 'strip-title', _STRIP, line + ticks + points)}"
        f"<figcaption>From {first} to {last}. {note}</figcaption></figure>"
    )


def _svg(name: str, title: str, height: int, content: str) -> str:
    return (
        f'<svg class="{name}" viewBox="0 0 {_WIDTH} {height}" tabindex="0" role="application" '
        f'aria-labelledby="{title}" aria-describedby="picture-keys" '
        f'aria-roledescription="picture">{content}</svg>'
    )


def _point(number: int, x: float, y: float, radius: float, kind: str) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}" data-n="{number}"/>'


def _radius(points: int) -> float:
    return 8 if points <= 100 else 6 if points <= 500 else 4


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published or "")
    except ValueError:
        return None


def _along(day: date, first: date, last: date) -> float:
    """Where a day lies on the strip, in its units."""
    span = max((last - first).days, 1)
    room = _WIDTH - 2 * _MARGIN
    return _MARGIN + room * ((day - first).days / span if last > first else 0.5)


def _ticks(first: date, last: date) -> list[tuple[date, str]]:
    """At most ten days that are told below the strip: beginnings of years, or else of months."""
    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    months = [
        date(n // 12, n % 12 + 1, 1)
        for n in range(first.year * 12 + first.month, last.year * 12 + last.month)
    ]
    if len(years) >= 3:
        days, form = years, "%Y"
    elif months:
        days, form = months, "%b %Y"
    else:
        days, form = [first], "%d %b %Y"
    return [(day, day.strftime(form)) for day in days[:: -(-len(days) // 10)]]


def _entry(article: Article) -> str:
    known = details(article.published, article.source, article.section)
    return (
        f'<li><button type="button" data-do="select" value="article:{escape(article.id)}">'
        f"{isolated(article.title)}</button> <span>{known}</span></li>"
    )
