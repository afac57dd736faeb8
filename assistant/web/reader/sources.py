"""The reader beside the chat: an answer's sources as a list, and each of them as a whole article.

Pure functions from records to HTML. The list holds the passages with the cited sentences marked,
and for each thing that can be opened a *target* of its name: what a mark's card tells, and where
its article is read. The page's script shows the card at the mark and the article in the reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversations import Turn
from assistant.records import Answer, Citation, Closest, Hit
from assistant.web.markup import count, details, escape, verdict_chip
from assistant.web.reader.articles import article_address
from assistant.web.reader.marks import card_id
from assistant.web.reader.spans import Span, closest_name, hit_name, marked_text, quote_name

_ORIGINS = {"model": "cited by the model", "matched": "found afterwards"}

_EMPTY = (
    '<div class="no-sources"><p class="no-sources-title">Sources</p>'
    "<p>The passages behind an answer appear here, with the cited sentences marked. "
    "Select a number in an answer to read its sentence in the whole article.</p></div>"
)
# Filled by the page's script, and never drawn anew by the server: whoever reads is not disturbed.
READER = (
    '<div class="reader-bar"><div class="ways">'
    '<button type="button" class="close-sources" data-close aria-label="Back to the answer">'
    '<span aria-hidden="true">✕</span><span class="words"> Back to the answer</span></button>'
    '<button type="button" class="to-list" data-list><span aria-hidden="true">‹</span> All sources'
    '</button><div class="steps" role="group" aria-label="Citations of the answer" hidden>'
    '<button type="button" data-step="-1" aria-label="Previous citation">'
    '<span aria-hidden="true">←</span></button><output></output>'
    '<button type="button" data-step="1" aria-label="Next citation">'
    '<span aria-hidden="true">→</span></button></div></div>'
    '<div class="verdict-line" role="status"></div>'
    '<div class="finder" role="search"><input type="search" autocomplete="off" spellcheck="false" '
    'aria-label="Search in this article" placeholder="Search in this article"><output></output>'
    '<button type="button" data-hit="-1" aria-label="Previous place" disabled>'
    '<span aria-hidden="true">↑</span></button>'
    '<button type="button" data-hit="1" aria-label="Next place" disabled>'
    '<span aria-hidden="true">↓</span></button></div></div>'
    '<div class="reader-page" role="region" aria-label="Article">'
    '<div class="notice" role="status" tabindex="-1" hidden><p data-when="changed">The article has '
    "changed since this was answered. This is what stood there then:</p>"
    '<p data-when="signed out">You are no longer signed in: <a href="/login">sign in again</a> to '
    "read the article. This is what the answer keeps of it:</p>"
    '<p data-when="removed">This article is no longer in the library. This is what the answer '
    'keeps of it:</p><p data-when="failed">The article could not be fetched. This is what the '
    "answer keeps of it:</p>"
    '<div class="kept"></div></div><div class="article-place"></div></div>'
)


def sources_panel(turns: Sequence[Turn]) -> str:
    """The sources of every answer of the conversation; those of the last answer show."""
    answered = [(turn.id, turn.answer) for turn in turns if turn.answer is not None]
    if not answered:
        return _EMPTY
    last = len(answered) - 1
    return "".join(
        _section(turn, answer, hidden=n != last) for n, (turn, answer) in enumerate(answered)
    ) + _targets(answered)


def reading_panel(question: str, hits: Sequence[Hit], turns: Sequence[Turn] = ()) -> str:
    """The passages that the model is reading just now.

    Args:
        question: what was asked.
        hits: the passages.
        turns: the conversation so far, whose marks stay in use.
    """
    cards = "".join(_card(str(n), hit, (), ()) for n, hit in enumerate(hits, start=1))
    answered = [(turn.id, turn.answer) for turn in turns if turn.answer is not None]
    return (
        '<section class="sources"><h2>Reading</h2>'
        f'<p class="asked" dir="auto">{escape(question)}</p>'
        f'<ol class="cards">{cards}</ol></section>'
        + "".join(_section(turn, answer, hidden=True) for turn, answer in answered)
        + _targets(answered)
    )


def _section(turn: str, answer: Answer, hidden: bool) -> str:
    if answer.refused:
        title, body = "Closest in the library", _closest_cards(turn, answer)
    else:
        title, body = "Sources", _hit_cards(turn, answer)
    return (
        f'<section class="sources" data-turn="{escape(turn)}"{" hidden" if hidden else ""}>'
        f'<h2>{title}</h2><p class="asked" dir="auto">{escape(answer.question)}</p>{body}</section>'
    )


def _hit_cards(turn: str, answer: Answer) -> str:
    cited: list[str] = []
    uncited: list[str] = []
    for place, hit in enumerate(answer.hits):
        citations = [(i, c) for i, c in enumerate(answer.citations) if c.number == place + 1]
        spans = [_span(turn, i, c, hit) for i, c in citations]
        name = quote_name(turn, citations[0][0]) if citations else hit_name(turn, place)
        card = _card(str(place + 1), hit, spans, [c for _, c in citations], name)
        (cited if citations else uncited).append(card)
    shown = f'<ol class="cards">{"".join(cited)}</ol>' if cited else ""
    if not uncited:
        return shown
    also = f"{count(len(uncited), 'passage')} found but not cited"
    return (
        f'{shown}<details class="uncited"{"" if cited else " open"}><summary>{also}</summary>'
        f'<ol class="cards">{"".join(uncited)}</ol></details>'
    )


def _span(turn: str, place: int, citation: Citation, hit: Hit) -> Span:
    origin = hit.passage.start
    return Span(
        citation.start - origin, citation.end - origin, quote_name(turn, place), citation.verdict
    )


def _card(
    number: str, hit: Hit, spans: Sequence[Span], citations: Sequence[Citation], name: str = ""
) -> str:
    known = details(hit.source, hit.section, hit.author, hit.published)
    return (
        f'<li class="card"><div class="card-head"><span class="number">{number}</span>'
        f'<div><h3 dir="auto">{_title(hit.title, name)}</h3><p class="details">{known}</p></div>'
        f'</div><blockquote class="passage" dir="auto">{marked_text(hit.passage.text, spans)}'
        f"</blockquote>{_verdicts(citations)}</li>"
    )


def _title(title: str, name: str) -> str:
    """A title that opens its article, once there is a target for it."""
    if not name:
        return escape(title)
    return (
        f'<button type="button" class="open-article" data-quote="{escape(name)}">'
        f"{escape(title)}</button>"
    )


def _verdicts(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    said = dict.fromkeys((c.verdict, c.origin, c.reason) for c in citations)
    items = "".join(
        f"<li>{verdict_chip(verdict)}<span>{details(_ORIGINS[origin], reason)}</span></li>"
        for verdict, origin, reason in said
    )
    return f'<ul class="verdicts">{items}</ul>'


def _closest_cards(turn: str, answer: Answer) -> str:
    if not answer.closest:
        return '<p class="details">The library holds nothing near this question.</p>'
    cards = "".join(
        _closest_card(closest_name(turn, n), closest, answer.hits)
        for n, closest in enumerate(answer.closest)
    )
    return f'<ol class="cards">{cards}</ol>'


def _closest_card(name: str, closest: Closest, hits: Sequence[Hit]) -> str:
    """The nearest sentence, inside its passage where that was among what was found."""
    for hit in hits:
        passage = hit.passage
        if passage.article_id == closest.article_id and (
            passage.start <= closest.start and closest.end <= passage.end
        ):
            span = Span(closest.start - passage.start, closest.end - passage.start, name, "near")
            text, known = passage.text, details(hit.source, hit.section, hit.author, hit.published)
            break
    else:
        span = Span(0, len(closest.sentence), name, "near")
        text, known = closest.sentence, details(closest.source)
    return (
        f'<li class="card"><div class="card-head"><div><h3 dir="auto">'
        f'{_title(closest.title, name)}</h3><p class="details">{known}</p></div></div>'
        f'<blockquote class="passage" dir="auto">{marked_text(text, [span])}</blockquote></li>'
    )


# --- targets -----------------------------------------------------------------------------------


def _targets(answered: Sequence[tuple[str, Answer]]) -> str:
    """What can be opened, by article, and outside the sections: they hide, and cards must not."""
    return "".join(
        f'<div class="targets" data-article="{escape(article_address(turn, answer, article))}">'
        f"{_targets_in(turn, answer, article)}</div>"
        for turn, answer in answered
        for article in _articles(answer)
    )


def _articles(answer: Answer) -> dict[str, None]:
    """The ids of all articles that an answer has to do with, each once."""
    return dict.fromkeys(
        [
            *(c.article_id for c in answer.citations),
            *(c.article_id for c in answer.closest),
            *(hit.passage.article_id for hit in answer.hits),
        ]
    )


def _targets_in(turn: str, answer: Answer, article: str) -> str:
    hits = [(n, hit) for n, hit in enumerate(answer.hits) if hit.passage.article_id == article]
    published = next((hit.published for _, hit in hits), None)
    cited = [
        _target(
            quote_name(turn, n),
            f"{verdict_chip(c.verdict)} <span>{details(_ORIGINS[c.origin], c.reason)}</span>",
            c.quote,
            c.title,
            published or c.source,
        )
        for n, c in enumerate(answer.citations)
        if c.article_id == article
    ]
    offered = [
        _target(
            closest_name(turn, n),
            "Closest to the question",
            c.sentence,
            c.title,
            published or c.source,
        )
        for n, c in enumerate(answer.closest)
        if c.article_id == article
    ]
    # A passage is told of by its card in the list.
    found = [f'<div id="{escape(card_id(hit_name(turn, n)))}"></div>' for n, _ in hits]
    return "".join([*cited, *offered, *found])


def _target(name: str, why: str, quote: str, title: str, known: str) -> str:
    """What a card tells: why the sentence backs the statement, the sentence, and where it is."""
    return (
        f'<div class="target" id="{escape(card_id(name))}" role="tooltip" popover="manual">'
        f'<p class="why">{why}</p><blockquote dir="auto">{escape(quote)}</blockquote>'
        f'<p class="details"><bdi>{escape(title)}</bdi> · '
        f'<span class="date">{escape(known)}</span></p></div>'
    )
