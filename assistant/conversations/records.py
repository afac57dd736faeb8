"""The records that are kept: turns, conversations, opinions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assistant.records import Answer, Filters, Record

Rating = Literal["good", "bad"]
# Of an answer: it is wrong; something is missing; its source is a wrong one; the library does not
# hold the answer. Of a refusal: the library does hold the answer. A good rating has none.
Reason = Literal["", "wrong", "incomplete", "source", "not held", "held"]


@dataclass(frozen=True, slots=True)
class Owner(Record):
    """Whose conversations: a reader's with one library; ``reader`` is empty without sign-in."""

    library: Path
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Turn(Record):
    """One question and what came of it.

    ``id`` is what an opinion on the answer is kept under. ``answer`` is None where the answer was
    stopped (``words`` has what was written until then) or failed (``problem`` says why, ``hint``
    what to do). ``filters`` limited the answer. ``at`` is an ISO time in UTC. For a refusal,
    ``searched`` of the library's ``held`` articles were searched; both are 0 where that was not
    kept.
    """

    question: str
    answer: Answer | None = None
    words: str = ""
    problem: str = ""
    hint: str = ""
    id: str = ""
    filters: Filters = field(default_factory=Filters)
    at: str = ""
    searched: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Conversation(Record):
    """A conversation without its turns.

    ``title`` is the name that its reader gave it, or its first question. ``begun`` and ``changed``
    are ISO times in UTC. ``turns`` is their number.
    """

    id: str
    title: str
    begun: str
    changed: str
    turns: int


@dataclass(frozen=True, slots=True)
class Listing(Record):
    """The newest of the conversations that were looked for; ``total`` counts all of them."""

    conversations: tuple[Conversation, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Opinion(Record):
    """What a reader thinks of one answer, with all that is needed to ask its question again.

    ``id`` is that of the turn of the conversation. ``at`` is an ISO time in UTC. ``history`` are
    the earlier questions of the conversation with their answers' texts, oldest first.
    ``correction`` is the right answer in the reader's words, empty if none was given.
    """

    id: str
    at: str
    history: tuple[tuple[str, str], ...]
    answer: Answer
    rating: Rating
    reason: Reason = ""
    correction: str = ""


def folded(text: str) -> str:
    """The text as words are looked for in it: neither case nor accents count."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in taken_apart if not unicodedata.combining(c))


def sound(text: str) -> str:
    """The text as it can be kept: halves of surrogate pairs, which are no text, become "?"."""
    return text.encode(errors="replace").decode()
