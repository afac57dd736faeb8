"""A stand-in for the assistant: a small library in memory, and answers made to order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from assistant.errors import LibraryBusyError, ReadingError, UsageError
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

HARBOUR = Article(
    "a1",
    "Cargo service to Marrow Quay doubles its sailings",
    "The Tern Line has doubled its sailings between Port Aldry and Marrow Quay. From March the "
    "ferries leave twice a day, at six and at half past two. The harbour master, Ines Calloway, "
    "said the Tern Line carried 41,000 tonnes last year. She expects 60,000 tonnes this year.",
    "harbour.html",
    "Shipping",
    "Ola Brandt",
    "2024-02-11",
)
BRIDGE = Article(
    "a2",
    "Old bridge at Fennick reopens after nine years",
    "The stone bridge at Fennick reopened on Saturday after nine years of repairs. The council of "
    "Fennick paid 3.2 million crowns for the work. Lorries over seven tonnes must still take the "
    "road through Upper Dale.",
    "news.txt",
    "Region",
    None,
    "2023-10-02",
)


def passage_of(article: Article, number: int = 0) -> Passage:
    return Passage(f"{article.id}p{number}", article.id, 0, len(article.text), article.text)


def hit_of(article: Article, score: float = 0.8) -> Hit:
    return Hit(
        passage_of(article),
        score,
        score,
        {"dense": 1},
        article.title,
        article.source,
        article.section,
        article.author,
        article.published,
    )


def cite(article: Article, quote: str, number: int, text: str, mark: str, **more: str) -> Citation:
    """A citation of ``quote`` whose mark is the first ``mark`` in ``text``."""
    start, at = article.text.index(quote), text.index(mark)
    given: dict[str, str] = {"origin": "model", "verdict": "supported", "reason": "", **more}
    return Citation(
        number,
        at,
        at + len(mark),
        article.id,
        article.title,
        article.source,
        quote,
        start,
        start + len(quote),
        **given,  # type: ignore[arg-type]
    )


def ferry_answer(question: str) -> Answer:
    """Two statements with three marks of each verdict, and one statement without any."""
    text = (
        "The ferries leave twice a day, at six and at half past two.[1] The Tern Line carried "
        "41,000 tonnes last month.[2][3] It was founded long ago."
    )
    daily = "From March the ferries leave twice a day, at six and at half past two."
    carried = (
        "The harbour master, Ines Calloway, said the Tern Line carried 41,000 tonnes last year."
    )
    paid = "The council of Fennick paid 3.2 million crowns for the work."
    first = cite(HARBOUR, daily, 1, text, "[1]", reason="numbers and names agree")
    second = cite(HARBOUR, carried, 1, text, "[2]", origin="matched", verdict="partly")
    third = cite(BRIDGE, paid, 2, text, "[3]", verdict="unsupported", reason="41,000 is not in it")
    ends = [text.index("[1]") + 3, text.index("[3]") + 3, len(text)]
    return Answer(
        question,
        question,
        text,
        False,
        (
            Statement("The ferries leave twice a day.", 0, ends[0], (first,), "supported"),
            Statement(
                "The Tern Line carried 41,000.", ends[0] + 1, ends[1], (second, third), "partly"
            ),
            Statement("It was founded long ago.", ends[1] + 1, ends[2], (), "unsupported"),
        ),
        (first, second, third),
        (hit_of(HARBOUR), hit_of(BRIDGE, 0.4)),
        model="fake",
        timings={"search": 0.02, "first_word": 0.4, "total": 1.3},
    )


def refusal(question: str) -> Answer:
    sentence = "The stone bridge at Fennick reopened on Saturday after nine years of repairs."
    return Answer(
        question,
        question,
        "The library does not say. It holds nothing close enough to the question.",
        True,
        hits=(hit_of(BRIDGE, 0.2),),
        closest=(
            Closest(BRIDGE.id, BRIDGE.title, BRIDGE.source, sentence, 0, len(sentence)),
            Closest("gone", "An article that was not found", "other.md", "Its sentence.", 4, 17),
        ),
        model="fake",
        timings={"total": 0.3},
    )


@dataclass
class FakeLibrary:
    """Articles in memory, each of one passage, with vectors made of their texts."""

    folder: Path
    held: Callable[[], Sequence[Article]] = tuple
    number: int = 0
    dimension: int = 8
    name: str = "fake-embedder"

    def changes(self) -> int:
        return self.number

    def waiting(self) -> list[Source]:
        return []

    def writing(self) -> NoReturn:
        raise LibraryBusyError("Another program writes to the library.", "Try again.")

    def owners(self) -> dict[str, str]:
        return {passage_of(article).id: article.id for article in self.held()}

    def article_passages(self, article_id: str) -> list[Passage]:
        return [passage_of(article) for article in self.held() if article.id == article_id]

    def original(self, name: str) -> bytes:
        texts = [f"{a.title}\n\n{a.text}\n\nShare" for a in self.held() if a.source == name]
        if not texts:
            raise UsageError(f"There is no source named {name!r}.", "See the list of sources.")
        return "\n\n".join(texts).encode()

    @property
    def embedder(self) -> FakeLibrary:
        return self

    @property
    def index(self) -> FakeLibrary:
        return self

    def reading(self) -> FakeLibrary:
        return self

    def stored(self, ids: Sequence[str]) -> Iterator[tuple[list[str], Any]]:
        seeds = [int.from_bytes(i.encode()) % 2**32 for i in ids]
        yield list(ids), np.stack([np.random.default_rng(s).normal(size=8) for s in seeds])


@dataclass
class FakeAssistant:
    """Answers with ``reply(question)``: an answer, or an error to raise.

    ``reading`` holds up the first word until it is set or the reader cancels; ``cancelled`` is
    set when that happened. ``adding`` holds up what is added, or read again,
    until it is set.
    """

    folder: Path
    reply: Callable[[str], Answer | Exception] = ferry_answer
    model: str = "fake"
    held: list[Article] = field(default_factory=lambda: [HARBOUR, BRIDGE])
    reading: threading.Event = field(default_factory=threading.Event)
    adding: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    cancels: list[threading.Event | None] = field(default_factory=list)
    histories: list[list[tuple[str, Answer | str]]] = field(default_factory=list)
    filters: list[Filters | None] = field(default_factory=list)
    names: dict[Path, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    most_evidence_tokens: int = 320

    def __post_init__(self) -> None:
        self.library = FakeLibrary(self.folder, lambda: self.held)
        self.reading.set()
        self.adding.set()

    def load_models(self) -> None:
        pass

    def adjust(self, **given: Any) -> None:
        self.settings = self.settings.model_copy(update=given)

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, Answer | str]] = (),
        filters: Filters | None = None,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        self.histories.append(list(history))
        self.filters.append(filters)
        self.cancels.append(cancel)
        yield Searching(question)
        answer = self.reply(question)
        if isinstance(answer, Exception):
            raise answer
        yield Found(answer.hits)
        while not self.reading.wait(0.01):
            if cancel is not None and cancel.is_set():
                self.cancelled.set()
                return
        for word in answer.text.split(" "):
            yield Words(word + " ")
        yield Finished(answer)

    def answer(
        self,
        question: str,
        history: Sequence[tuple[str, Answer | str]] = (),
        filters: Filters | None = None,
    ) -> Answer:
        for event in self.stream(question, history, filters):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a stream ends with Finished")

    def search(
        self, question: str, k: int | None = None, filters: Filters | None = None
    ) -> list[Hit]:
        self.filters.append(filters)
        return [hit_of(article) for article in self.held][:k]

    def articles(self, filters: Filters | None = None) -> list[Article]:
        sources = filters.sources if filters else ()
        return [article for article in self.held if not sources or article.source in sources]

    def article(self, article_id: str) -> Article:
        for article in self.held:
            if article.id == article_id:
                return article
        raise UsageError(f"The library has no article with the id {article_id!r}.", "Add it.")

    def sources(self) -> list[Source]:
        names = dict.fromkeys(article.source for article in self.held)
        day = "2026-11-24T06:00:00+00:00"
        return [
            Source(name, "html", 12_345, sum(a.source == name for a in self.held), 3, day, day)
            for name in names
        ]

    def add(
        self,
        paths: Sequence[str | Path],
        progress: Callable[[Progress], None] | None = None,
        names: Mapping[Path, str] | None = None,
    ) -> AddReport:
        outcomes = []
        for done, path in enumerate(map(Path, paths), start=1):
            name = (names or {})[path]
            self.names[path] = name
            if progress:
                progress(Progress("reading", done, len(paths)))
            assert self.adding.wait(60)
            outcomes.append(self._add(path, name))
        self.library.number += 1
        return AddReport(tuple(outcomes))

    def _add(self, path: Path, name: str) -> SourceOutcome:
        try:
            text = path.read_text(encoding="utf-8")
            if not text.strip():
                raise ReadingError("The file is empty.", "Save the page again.")
        except (ReadingError, UnicodeDecodeError) as error:
            return SourceOutcome(name, "failed", reason=str(error))
        title, _, body = text.partition("\n")
        self.held.append(Article(f"new{len(self.held)}", title, body or title, name))
        return SourceOutcome(name, "added", 1, 1, 1)

    def reread(
        self, source: str, progress: Callable[[Progress], None] | None = None
    ) -> SourceOutcome:
        self.adding.wait()
        self.library.original(source)
        return SourceOutcome(source, "unchanged", 1, 3)

    def remove(self, source: str) -> Source:
        for found in self.sources():
            if found.name == source:
                self.held = [article for article in self.held if article.source != source]
                self.library.number += 1
                return found
        raise UsageError(f"There is no source named {source!r}.", "See the list of sources.")


def stand_in(assistant: FakeAssistant) -> Any:
    """The same, as the type that the page asks for."""
    return assistant
