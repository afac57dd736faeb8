"""Stretches of a text that are marked in it, and the names by which marks find them.

A mark in the chat, its sentence in the reader and the card that tells of both share one name:
the turn's id, and the citation's place in the answer. Turn ids are unique, so that a mark can
never open the sentence of another answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from assistant.records import Record, Verdict
from assistant.web.markup import escape, lines

# "near" is what a refusal offers, "found" a passage that was retrieved.
Kind = Verdict | Literal["near", "found"]


@dataclass(frozen=True, slots=True)
class Span(Record):
    """A stretch of a text that is to be marked: where, under which name, and how."""

    start: int
    end: int
    name: str
    kind: Kind


def quote_name(turn: str, citation: int) -> str:
    """The name that a mark and its sentence share."""
    return f"{turn}-{citation}"


def closest_name(turn: str, place: int) -> str:
    """The name that an offered article and its sentence share."""
    return f"{turn}-c{place}"


def hit_name(turn: str, place: int) -> str:
    """The name that a passage has in the list of sources and in its article."""
    return f"{turn}-h{place}"


def marked_text(text: str, spans: Iterable[Span]) -> str:
    """The text, escaped, with the spans marked; spans may touch, overlap, and lie outside.

    Each piece between two ends becomes one element that names all spans that it belongs to. It
    looks like the first of them; a passage that was found shows only where nothing is cited. The
    first piece of a cited sentence can be reached with the Tab key.
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
    names = escape(" ".join(dict.fromkeys(span.name for span in covering)))
    cited = [span for span in covering if span.kind != "found"]
    if not cited:
        return f'<span class="found" data-quotes="{names}" tabindex="-1">{shown}</span>'
    reached = 0 if any(span.start == start for span in cited) else -1
    return (
        f'<mark class="quote {escape(cited[0].kind)}" data-quotes="{names}" '
        f'tabindex="{reached}">{shown}</mark>'
    )
