"""The sources beside the chat: passages with the cited sentences marked in them.

Pure functions from records to HTML. A mark in the chat carries the name of its quote
(``3-0``: turn 3, citation 0), and the sentence here carries the same name; the page's script
brings the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.conversations import Turn
from assistant.records import Answer, Citation, Closest, Hit, Verdict
from assistant.web.markup import count, details, escape, lines, verdict_chip

_ORIGINS = {"model": "cited by the model", "matched": "found afterwards"}

_EMPTY = (
    '<div class="no-sources"><p class="no-sources-title">Sources</p>'
    "<p>The passages behind an answer appear here, with the cited sentences marked. "
    "Select a number in an answer to see its sentence.</p></div>"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that is to be marked: where, under which name, and how."""

    start: int
    end: int
    name: str
    kind: Verdict | str


def quote_name(turn: int, citation: int) -> str:
    """The name that a mark and its quote share."""
    return f"{turn}-{citation}"


def closest_name(turn: int, place: int) -> str:
    """The name that an offered article and its sentence share."""
    return f"{turn}-c{place}"


def sources_panel(turns: Sequence[Turn]) -> str:
    """The sources of every answer of the conversation; those of the last answer show."""
    answered = [(n, turn.answer) for n, turn in enumerate(turns) if turn.answer is not None]
    if not answered:
        return _EMPTY
    last = answered[-1][0]
    return "".join(_section(n, answer, hidden=n != last) for n, answer in answered)


def reading_panel(question: str, hits: Sequence[Hit]) -> str:
    """The passages that the model is reading just now."""
    cards = "".join(_card(str(n), hit, (), ()) for n, hit in enumerate(hits, start=1))
    return (
        f'<section class="sources"><h2>Reading</h2><p class="asked">{escape(question)}</p>'
        f'<ol class="cards">{cards}</ol></section>'
    )


def marked_text(text: str, spans: Iterable[Span]) -> str:
    """The text, escaped, with the spans marked; spans may touch and overlap.

    Each piece between two ends becomes one ``<mark>`` that names all quotes that it belongs to
    and looks like the first of them.
    """
    inside = [s for s in spans if max(s.start, 0) < min(s.end, len(text))]
    if not inside:
        return lines(text)
    ends = {0, len(text)} | {min(max(e, 0), len(text)) for s in inside for e in (s.start, s.end)}
    return "".join(_piece(text[start:end], start, inside) for start, end in pairwise(sorted(ends)))


def _piece(text: str, start: int, spans: Sequence[Span]) -> str:
    shown = escape(text).replace("\n", "<br>")
    covering = [span for span in spans if span.start <= start < span.end]
    if not covering:
        return shown
    names = " ".join(dict.fromkeys(span.name for span in covering))
    return (
        f'<mark class="quote {escape(covering[0].kind)}" data-quotes="{escape(names)}" '
        f'tabindex="-1">{shown}</mark>'
    )


def _section(turn: int, answer: Answer, hidden: bool) -> str:
    if answer.refused:
        title, body = "Closest in the library", _closest_cards(turn, answer)
    else:
        title, body = "Sources", _hit_cards(turn, answer)
    return (
        f'<section class="sources" data-turn="{turn}"{" hidden" if hidden else ""}>'
        f'<h2>{title}</h2><p class="asked">{escape(answer.question)}</p>{body}</section>'
    )


def _hit_cards(turn: int, answer: Answer) -> str:
    cited: list[str] = []
    uncited: list[str] = []
    for number, hit in enumerate(answer.hits, start=1):
        citations = [(i, c) for i, c in enumerate(answer.citations) if c.number == number]
        spans = [_span(turn, i, c, hit) for i, c in citations]
        card = _card(str(number), hit, spans, [c for _, c in citations])
        (cited if citations else uncited).append(card)
    shown = f'<ol class="cards">{"".join(cited)}</ol>' if cited else ""
    if not uncited:
        return shown
    also = f"{count(len(uncited), 'passage')} found but not cited"
    return (
        f'{shown}<details class="uncited"{"" if cited else " open"}><summary>{also}</summary>'
        f'<ol class="cards">{"".join(uncited)}</ol></details>'
    )


def _span(turn: int, place: int, citation: Citation, hit: Hit) -> Span:
    origin = hit.passage.start
    return Span(
        citation.start - origin, citation.end - origin, quote_name(turn, place), citation.verdict
    )


def _card(number: str, hit: Hit, spans: Sequence[Span], citations: Sequence[Citation]) -> str:
    known = details(hit.source, hit.section, hit.author, hit.published)
    return (
        f'<li class="card"><div class="card-head"><span class="number">{number}</span>'
        f'<div><h3>{escape(hit.title)}</h3><p class="details">{known}</p></div></div>'
        f'<blockquote class="passage">{marked_text(hit.passage.text, spans)}</blockquote>'
        f"{_verdicts(citations)}</li>"
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


def _closest_cards(turn: int, answer: Answer) -> str:
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
        f'<li class="card"><div class="card-head"><div><h3>{escape(closest.title)}</h3>'
        f'<p class="details">{known}</p></div></div>'
        f'<blockquote class="passage">{marked_text(text, [span])}</blockquote></li>'
    )
