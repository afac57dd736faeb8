"""An assistant that knows its lines, and a terminal that is read back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from rich.console import Console

from assistant.cli.application import Application
from assistant.cli.main import run
from assistant.cli.terminal import Terminal
from assistant.inference.models import ModelInfo
from assistant.library.naming import known_filters
from assistant.records import (
    AddReport,
    Answer,
    Article,
    Citation,
    Closest,
    Event,
    Filters,
    Finished,
    Found,
    Hit,
    Passage,
    Progress,
    Searching,
    Source,
    SourceOutcome,
    Statement,
    Words,
)
from assistant.settings import Settings

HOSTILE = "\x1b[2J\x1b]0;owned\x07a\rb\x9b31m\u202ec[bold]d[/bold]\udc80\U000e0041"
QUOTE = "The summit lasted four hours."
CITATION = Citation(
    1, 29, 32, "a1", "The Summit", "news.txt", QUOTE, 0, 29, "model", "supported", ""
)
ANSWER = Answer(
    question="How long did it last?",
    standalone_question="How long did the summit last?",
    text="It lasted four hours, we read [1]. It rained.",
    refused=False,
    statements=(
        Statement("It lasted four hours, we read.", 0, 34, (CITATION,), "supported"),
        Statement("It rained.", 35, 45, (), "unsupported"),
    ),
    citations=(CITATION,),
    model="scripted",
    timings={"total": 1.5},
)
REFUSAL = Answer(
    question="Who won?",
    standalone_question="Who won?",
    text="The library does not hold the answer.",
    refused=True,
    closest=(Closest("a1", "The Summit", "news.txt", QUOTE, 0, 29),),
)
HIT = Hit(
    Passage("p1", "a1", 0, 29, QUOTE),
    0.81,
    0.7,
    {"dense": 1, "lexical": 2},
    "The Summit",
    "news.txt",
    published="2021-06-16",
)
ADDED = AddReport((SourceOutcome("news.txt", "added", 4, 23, 23),))
SOURCE = Source("news.txt", "text", 1200, 4, 23, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
ARTICLE = Article("a1", "The Summit", QUOTE, "news.txt", author="Ana Ruiz", published="2021-06-16")
MODEL = ModelInfo(
    "tiny", "generator", True, "/m/tiny.gguf", 85_000_000, True, True, True, "MIT", "A small one."
)


class CannedLibrary:
    """Knows one source."""

    def known_filters(self, filters: Filters | None) -> Filters | None:
        return filters and known_filters(filters, lambda kind: [SOURCE.name])


@dataclass
class CannedAssistant:
    """Gives what it was told to give, and keeps what it was asked."""

    settings: Settings
    report: AddReport = ADDED
    held: list[Source] = field(default_factory=lambda: [SOURCE])
    shelf: list[Article] = field(default_factory=lambda: [ARTICLE])
    hits: list[Hit] = field(default_factory=lambda: [HIT])
    answers: list[Answer | BaseException] = field(default_factory=list)
    asked: list[tuple[str, tuple[Any, ...], Filters | None]] = field(default_factory=list)
    closed: bool = False
    library: CannedLibrary = field(default_factory=CannedLibrary)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.closed = True

    def add(
        self, paths: Sequence[Path], progress: Callable[[Progress], None] | None = None
    ) -> AddReport:
        if progress:
            progress(Progress("embedding", 1, 2))
        return self.report

    def remove(self, name: str) -> Source:
        return next(source for source in self.held if source.name == name)

    def sources(self) -> list[Source]:
        return self.held

    def articles(self) -> list[Article]:
        return self.shelf

    def search(self, question: str, filters: Filters | None = None) -> list[Hit]:
        self.asked.append((question, (), filters))
        return self.hits

    def answer(
        self, question: str, history: Sequence[Any] = (), filters: Filters | None = None
    ) -> Answer:
        self.asked.append((question, tuple(history), filters))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Any] = (),
        filters: Filters | None = None,
        cancel: object = None,
    ) -> Iterator[Event]:
        yield Searching(question)
        yield Found((HIT,))
        yield Words("Draft ")
        answer = self.answer(question, history, filters)
        yield Words("words")
        yield Finished(answer)


def paper(
    person: bool, width: int, read: Callable[[str], str] = input
) -> tuple[Terminal, io.StringIO, io.StringIO]:
    """A terminal whose two streams are read back; ``person``: they pass for real ones."""
    out, notes = io.StringIO(), io.StringIO()
    shape: dict[str, Any] = {"force_terminal": person, "width": width}
    return (
        Terminal(Console(file=out, **shape), Console(file=notes, **shape), read, read),
        out,
        notes,
    )


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    notes: str
    assistant: CannedAssistant | None


def call(
    *arguments: str,
    lines: Sequence[str | BaseException] = (),
    person: bool = False,
    open_assistant: Callable[[Settings], Any] | None = None,
    models: Sequence[ModelInfo] = (),
    serve: Callable[..., None] | None = None,
    **canned: Any,
) -> Outcome:
    """Runs one command with stand-ins.

    Args:
        arguments: the command line.
        lines: what the reader types, line by line; an exception is raised in its place.
        person: whether both streams are a terminal.
        open_assistant: what opens the library; otherwise a ``CannedAssistant`` of ``canned``.
    """
    typed = iter(lines)
    opened: list[CannedAssistant] = []

    def read(prompt: str) -> str:
        line = next(typed, EOFError())
        if isinstance(line, BaseException):
            raise line
        return line

    def open_canned(settings: Settings) -> Any:
        opened.append(CannedAssistant(settings, **canned))
        return opened[-1]

    terminal, out, notes = paper(person, 100, read)
    application = Application(
        terminal,
        open_assistant or open_canned,
        serve or (lambda *given: None),
        lambda: models,
    )
    code = run(arguments, application)
    return Outcome(code, out.getvalue(), notes.getvalue(), opened[-1] if opened else None)
