"""The records that pass between the parts: frozen, and with no behaviour but display.

Offsets are always in characters (Unicode code points) of ``Article.text``, half open:
``article.text[citation.start:citation.end] == citation.quote``.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["supported", "partly", "unsupported"]
Origin = Literal["model", "matched"]
SourceState = Literal["added", "changed", "unchanged", "failed"]


class Record:
    """What all records share: they turn into plain dictionaries."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The record and all records in it as plain dictionaries and lists, ready for JSON."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


# --- what is read and kept ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Article(Record):
    """One article of the library.

    ``id`` is empty until the library has given one. ``source`` is the name of the file or page
    that it came from. ``published`` is an ISO date (``2021-06-16``). ``notes`` repeats the lines
    of ``text`` that are about the article (author's note, picture credit, biography).
    """

    id: str
    title: str
    text: str
    source: str
    section: str | None = None
    author: str | None = None
    published: str | None = None
    notes: tuple[str, ...] = ()
    address: str | None = None

    def _repr_html_(self) -> str:
        details = " · ".join(_known(self.source, self.section, self.author, self.published))
        return _card(self.title, details, self.text[:400] + ("…" if len(self.text) > 400 else ""))


@dataclass(frozen=True, slots=True)
class Passage(Record):
    """A stretch of whole sentences of one article: ``article.text[start:end] == text``."""

    id: str
    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source(Record):
    """A saved file in the library. ``added`` and ``updated`` are ISO times in UTC."""

    name: str
    format: str
    bytes: int
    articles: int
    passages: int
    added: str
    updated: str


@dataclass(frozen=True, slots=True)
class SourceOutcome(Record):
    """What became of one file that was to be added; ``reason`` says why it failed."""

    source: str
    state: SourceState
    articles: int = 0
    passages: int = 0
    embedded: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddReport(Record):
    """What became of every file that was to be added, in order."""

    outcomes: tuple[SourceOutcome, ...] = ()

    @property
    def added(self) -> tuple[SourceOutcome, ...]:
        return self._of("added")

    @property
    def changed(self) -> tuple[SourceOutcome, ...]:
        return self._of("changed")

    @property
    def unchanged(self) -> tuple[SourceOutcome, ...]:
        return self._of("unchanged")

    @property
    def failed(self) -> tuple[SourceOutcome, ...]:
        return self._of("failed")

    def _of(self, state: SourceState) -> tuple[SourceOutcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.state == state)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(o.source)}</td><td>{o.state}</td><td>{o.articles}</td>"
            f"<td>{o.passages}</td><td>{html.escape(o.reason)}</td></tr>"
            for o in self.outcomes
        )
        head = "<tr><th>source</th><th>state</th><th>articles</th><th>passages</th><th></th></tr>"
        return f"<table>{head}{rows}</table>"


@dataclass(frozen=True, slots=True)
class Progress(Record):
    """How far long work has come: ``done`` of ``total`` (files, passages, questions)."""

    stage: str
    done: int
    total: int


# --- what is found -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters(Record):
    """Limits a search to some articles. ``since`` and ``until`` are ISO dates, both inclusive.

    An empty tuple means no limit. An article without a date is left out when a date is asked for.
    """

    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Hit(Record):
    """A passage that a search found, best first.

    ``score`` is the fused score (about 0 to 1, higher is better), ``similarity`` the cosine of
    question and passage, ``ranks`` the place (from 1) in each list that held it:
    ``{"dense": 1, "lexical": 3}``.
    """

    passage: Passage
    score: float
    similarity: float
    ranks: Mapping[str, int]
    title: str
    source: str
    section: str | None = None
    author: str | None = None
    published: str | None = None

    def _repr_html_(self) -> str:
        details = " · ".join(_known(self.source, self.published, f"score {self.score:.2f}"))
        return _card(self.title, details, self.passage.text)


@dataclass(frozen=True, slots=True)
class Closest(Record):
    """An article offered for further reading, with its sentence nearest to the question."""

    article_id: str
    title: str
    source: str
    sentence: str
    start: int
    end: int


# --- what is answered --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message(Record):
    """One message to a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Citation(Record):
    """One mark ``[number]`` of an answer and the exact sentence behind it.

    ``number`` counts ``Answer.hits`` from 1. ``answer.text[mark_start:mark_end]`` is the mark,
    ``article.text[start:end] == quote``. ``origin`` is ``model`` where the language model wrote
    the mark and ``matched`` where it was found afterwards.
    """

    number: int
    mark_start: int
    mark_end: int
    article_id: str
    title: str
    source: str
    quote: str
    start: int
    end: int
    origin: Origin
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Statement(Record):
    """One sentence of an answer, without its marks' brackets: ``answer.text[start:end]`` holds
    the sentence with them, ``text`` the sentence alone."""

    text: str
    start: int
    end: int
    citations: tuple[Citation, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Answer(Record):
    """An answer, with all that is needed to check it.

    ``hits`` are the passages found, in the order of their numbers. ``closest`` is
    filled when the answer is a refusal. ``draft`` is what the model wrote before it was checked.
    ``dropped_marks`` counts marks with numbers that no passage had, ``cut`` the ids of passages
    that were shortened or left out of the prompt. ``confidence`` is how likely it is that the
    library holds the answer (0 to 1; below the threshold of the settings it is refused).
    ``timings`` are seconds by stage: ``rewrite`` (the question stands alone), ``embed``,
    ``search``, ``choose`` (which sentences are read), ``prefill`` (the model reads), ``write``,
    ``check``, ``compare`` (with what the span reader finds); and from the beginning,
    ``first_word`` and ``total``.
    """

    question: str
    standalone_question: str
    text: str
    refused: bool
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    closest: tuple[Closest, ...] = ()
    model: str = ""
    draft: str = ""
    dropped_marks: int = 0
    cut: tuple[str, ...] = ()
    confidence: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    timings: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        quotes = "".join(
            f"<li value='{c.number}'>“{html.escape(c.quote)}” "
            f"<small>{html.escape(c.title)} · {c.verdict}</small></li>"
            for c in self.citations
        )
        offers = "".join(
            f"<li>{html.escape(c.title)}: “{html.escape(c.sentence)}”</li>" for c in self.closest
        )
        return (
            f"<p>{html.escape(self.text)}</p>"
            + (f"<ol>{quotes}</ol>" if quotes else "")
            + (f"<p>Closest in the library:</p><ul>{offers}</ul>" if offers else "")
        )


# --- the events of a stream --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Searching(Record):
    """The search has begun, for the question as it was understood."""

    standalone_question: str


@dataclass(frozen=True, slots=True)
class Found(Record):
    """The passages found; the model is about to read what fits of them."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Words(Record):
    """A piece of the answer as it is written; the finished answer's text is what counts."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished(Record):
    """The checked answer; always the last event."""

    answer: Answer


Event = Searching | Found | Words | Finished


def _known(*values: str | None) -> list[str]:
    return [value for value in values if value]


def _card(title: str, details: str, text: str) -> str:
    return (
        f"<div><b>{html.escape(title)}</b><br><small>{html.escape(details)}</small>"
        f"<p>{html.escape(text)}</p></div>"
    )
