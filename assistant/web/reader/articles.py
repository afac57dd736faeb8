"""Whole articles for the reader: served as HTML of our own making, with an answer's places marked.

The address of an article names the places that one answer has in it, each with a digest of the
text that stood there, so that nothing is ever marked that the answer did not mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode, urlsplit

import fastapi
from pydantic import StringConstraints

from assistant.errors import UsageError
from assistant.reading.blocks import web_address
from assistant.records import Answer, Article, Record
from assistant.web.failures import told
from assistant.web.markup import count, escape
from assistant.web.reader.spans import Span, closest_name, hit_name, marked_text, quote_name

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

# start-end-kind-digest-name
_PLACE = re.compile(
    r"([0-9]{1,9})-([0-9]{1,9})-(supported|partly|unsupported|near|found)-([0-9a-f]{16})-(.{1,200})"
)
_Sent = Annotated[str, StringConstraints(pattern=f"^{_PLACE.pattern}$")]
# Shown inside the page only: opened by itself it runs nothing and asks for nothing.
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Place(Record):
    """A span of an article, and the digest of the text that it covered when it was answered."""

    span: Span
    digest: str

    def __str__(self) -> str:
        span = self.span
        return f"{span.start}-{span.end}-{span.kind}-{self.digest}-{span.name}"


def article_address(turn: str, answer: Answer, article_id: str) -> str:
    """Where the page reads an article with all places that an answer has in it.

    Args:
        turn: the id of the turn, for the places' names.
        answer: cites, offers or found the article.
        article_id: the article.
    """
    places = [
        *(
            place(c.quote, Span(c.start, c.end, quote_name(turn, n), c.verdict))
            for n, c in enumerate(answer.citations)
            if c.article_id == article_id
        ),
        *(
            place(c.sentence, Span(c.start, c.end, closest_name(turn, n), "near"))
            for n, c in enumerate(answer.closest)
            if c.article_id == article_id
        ),
        *(
            place(p.text, Span(p.start, p.end, hit_name(turn, n), "found"))
            for n, p in enumerate(hit.passage for hit in answer.hits)
            if p.article_id == article_id
        ),
    ]
    return "article?" + urlencode([("id", article_id), *(("place", str(p)) for p in places)])


def place(text: str, span: Span) -> Place:
    """The span as the place of a text."""
    return Place(span, _digest(text))


def read_place(sent: str) -> Place:
    """A place as an address holds it.

    Raises:
        ValueError: it is none.
    """
    found = _PLACE.fullmatch(sent)
    if found is None:
        raise ValueError(f"{sent!r} is no place of an article")
    start, end, kind, digest, name = found.groups()
    return Place(Span(int(start), int(end), name, kind), digest)  # type: ignore[arg-type]


def unchanged(text: str, places: Iterable[Place]) -> list[Span]:
    """The spans where the text is still what it was."""
    return [p.span for p in places if _digest(text[p.span.start : p.span.end]) == p.digest]


def article_view(article: Article, spans: Sequence[Span], added: str = "") -> str:
    """The whole article as HTML, with the spans marked.

    Args:
        article: the article.
        spans: what is marked in it.
        added: when its source came into the library, as an ISO time; left out if empty.
    """
    known = (
        ("Author", article.author),
        ("Published", article.published),
        ("Section", article.section),
        ("Source", article.source),
        ("Added", added[:10]),
        ("Length", count(len(article.text.split()), "word")),
    )
    facts = "".join(
        f"<div><dt>{name}</dt><dd><bdi>{escape(value)}</bdi></dd></div>"
        for name, value in known
        if value
    )
    return (
        '<article class="full-article"><header>'
        f'<h2 dir="auto">{escape(article.title)}</h2>'
        f'<dl class="facts">{facts}</dl>{_link(article.address)}</header>'
        f'<div class="text">{_paragraphs(article, spans)}</div></article>'
    )


def article_routes(assistant: Assistant) -> fastapi.APIRouter:
    """Serves the articles of a library to the reader.

    Args:
        assistant: holds the library.
    """
    router = fastapi.APIRouter()

    @router.get("/article", response_model=None)
    def article(
        id: str,
        place: Annotated[list[_Sent], fastapi.Query(default_factory=list, max_length=500)],
    ) -> fastapi.Response:
        try:
            found = assistant.article(id)
            added = next((s.added for s in assistant.sources() if s.name == found.source), "")
        except Exception as error:
            problem = told(error)
            return fastapi.Response(
                f"{problem.message} {problem.hint}".encode(errors="replace"),
                404 if isinstance(problem, UsageError) else 503,
                media_type="text/plain; charset=utf-8",
                headers=_HEADERS,
            )
        spans = unchanged(found.text, map(read_place, place))
        view = article_view(found, spans, added)
        return fastapi.Response(view, media_type="text/html; charset=utf-8", headers=_HEADERS)

    return router


def _digest(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _paragraphs(article: Article, spans: Sequence[Span]) -> str:
    """One element a paragraph; what is about the article, and not of it, is told apart."""
    pieces: list[str] = []
    at = 0
    for text in article.text.split("\n\n"):
        if text.strip():
            moved = [replace(s, start=s.start - at, end=s.end - at) for s in spans]
            kind = ' class="aside"' if text in article.notes else ""
            pieces.append(f'<p dir="auto"{kind}>{marked_text(text, moved)}</p>')
        at += len(text) + 2
    return "".join(pieces)


def _link(address: str | None) -> str:
    """Opened only by a click, in a page that learns nothing of this one."""
    safe = web_address(address)
    if safe is None:
        return ""
    return (
        f'<p class="page-link"><a href="{escape(safe)}" target="_blank" rel="noopener noreferrer">'
        f"Open the page at <bdi>{escape(urlsplit(safe).hostname or '')}</bdi> <span "
        'aria-hidden="true">↗</span><span class="visually-hidden"> (in a new tab)</span></a></p>'
    )
