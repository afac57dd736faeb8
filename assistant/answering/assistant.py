"""The assistant: the whole way from a question to a checked answer, as a stream of events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from assistant.answering.stream import stream_answer, usable
from assistant.errors import UsageError
from assistant.inference.crossencoder import CrossEncoder
from assistant.inference.embedding import Embedder
from assistant.inference.generation import Generator
from assistant.inference.models import (
    load_embedder,
    load_generator,
    load_reranker,
    load_span_reader,
    model_identity,
)
from assistant.inference.spans import SpanReader
from assistant.library.calibration import read_calibration
from assistant.library.rereading import reread
from assistant.library.store import Library
from assistant.records import (
    AddReport,
    Answer,
    Article,
    Event,
    Filters,
    Finished,
    Hit,
    Progress,
    Source,
    SourceOutcome,
)
from assistant.retrieval.followups import Turn
from assistant.retrieval.reranking import found
from assistant.retrieval.search import ranked_lists
from assistant.settings import Settings, config_file, load_settings

# Tokens for the prompt's fixed part, the longest question and one sentence over the budget.
_PROMPT_ALLOWANCE = 1_800


class Assistant:
    """A library of articles that can be asked. Safe to use from several threads.

    Open it with ``Assistant.open``; it is a context manager. The models are loaded when they are
    first needed: the one that embeds at the first search or addition, the one that writes at the
    first answer.
    """

    def __init__(
        self,
        library: Library,
        settings: Settings,
        load_generator: Callable[[], Generator],
        reranker: CrossEncoder | None = None,
        span_reader: SpanReader | None = None,
    ) -> None:
        self.library = library
        self.settings = settings
        self.reranker = reranker
        self.span_reader = span_reader
        self._most_evidence = settings.evidence_tokens
        self._load_generator = load_generator
        self._generator: Generator | None = None
        self._loading = threading.Lock()

    @classmethod
    def open(
        cls,
        library: str | Path | None = None,
        settings: Settings | None = None,
        *,
        embedder: Embedder | None = None,
        generator: Generator | None = None,
        reranker: CrossEncoder | None = None,
        span_reader: SpanReader | None = None,
    ) -> Assistant:
        """Opens a library, made if absent.

        Where no setting names a threshold, the one that was measured for this library and model
        counts (``assistant evaluate --calibrate``).

        Args:
            library: its folder; the one of the settings if not given.
            settings: those of ``assistant.toml`` and the environment if not given.
            embedder: another embedding model than that of the settings.
            generator: another language model than that of the settings.
            reranker: another reranker than the one that comes with the install; with an
                ``embedder`` of one's own there is none unless it is given.
            span_reader: likewise.

        Raises:
            UsageError: a setting is not usable.
            LibraryError: the folder is no library, or a damaged one.
            ModelError: the embedding model is missing.
        """
        settings = settings or load_settings()
        folder = Path(library or settings.library)
        calibration = read_calibration(folder)
        if (
            calibration is not None
            and "threshold" not in settings.model_fields_set
            and calibration.model == model_identity(settings.model)
        ):
            settings = settings.model_copy(update={"threshold": calibration.threshold})
        if reranker is None and embedder is None and settings.reranking:
            reranker = load_reranker(settings.threads)
        if span_reader is None and embedder is None:
            span_reader = load_span_reader(settings.threads)
        embedder = embedder or load_embedder(settings.embedder, threads=settings.threads)

        def load() -> Generator:
            if generator is not None:
                return generator
            return load_generator(
                settings.model,
                context_tokens=settings.evidence_tokens
                + settings.answer_tokens
                + _PROMPT_ALLOWANCE,
                threads=settings.threads,
            )

        return cls(Library.open(folder, embedder), settings, load, reranker, span_reader)

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the models and the library's files. Closing twice does nothing."""
        with self._loading:
            if self._generator is not None:
                self._generator.close()
        self.library.close()

    # --- the library ---------------------------------------------------------------------------

    def add(
        self,
        paths: str | Path | Iterable[str | Path],
        progress: Callable[[Progress], None] | None = None,
        names: Mapping[Path, str] | None = None,
    ) -> AddReport:
        """Adds files and folders; what cannot be read is reported and skipped.

        Args:
            paths: a saved page, text or Markdown file, or a folder of them; or several.
            progress: told how many files are read and passages embedded.
            names: names for temporary files, such as uploads.

        Raises:
            LibraryBusyError: another process is writing to the library.
        """
        return self.library.add(paths, progress=progress, names=names)

    def remove(self, source: str) -> Source:
        """Removes a source with its articles, passages and vectors.

        Raises:
            UsageError: the library has no source of that name.
            LibraryBusyError: another process is writing to the library.
        """
        return self.library.remove(source)

    def reread(
        self, source: str, progress: Callable[[Progress], None] | None = None
    ) -> SourceOutcome:
        """Reads a source again from the bytes that the library keeps of it.

        Worth while after the reading of pages got better. What is found to be the same keeps its
        ids; where nothing is found any more, the source stays as it is.

        Args:
            source: its name.
            progress: told of passages embedded.

        Raises:
            UsageError: the library has no source of that name.
            LibraryBusyError: another process is writing to the library.
        """
        return reread(self.library, source, progress)

    def sources(self) -> list[Source]:
        """The saved files that were added, by name."""
        return self.library.sources()

    def articles(self, filters: Filters | None = None) -> list[Article]:
        """All articles, or those within the filters."""
        return self.library.articles(filters)

    def article(self, article_id: str) -> Article:
        """One article.

        Raises:
            UsageError: there is none of that id.
        """
        return self.library.article(article_id)

    # --- settings ------------------------------------------------------------------------------

    @property
    def most_evidence_tokens(self) -> int:
        """The largest evidence budget that the language model is loaded for."""
        return self._most_evidence

    def adjust(
        self,
        *,
        threshold: float | None = None,
        passages: int | None = None,
        evidence_tokens: int | None = None,
    ) -> None:
        """Changes settings for as long as this assistant is open; those not given stay.

        Args:
            threshold: questions less likely to be answered than this are refused, 0 to 1.
            passages: passages found for a question, at most.
            evidence_tokens: most model tokens of evidence.

        Raises:
            UsageError: a value is out of range, or the budget is larger than the one that the
                language model was loaded for.
        """
        if evidence_tokens is not None and evidence_tokens > self._most_evidence:
            raise UsageError(
                f"The language model is loaded for {self._most_evidence} tokens of evidence.",
                f"For more, set evidence_tokens in {config_file()} and start again.",
            )
        given = {"threshold": threshold, "passages": passages, "evidence_tokens": evidence_tokens}
        changed = {name: value for name, value in given.items() if value is not None}
        self.settings = load_settings(**{**self.settings.model_dump(), **changed})

    # --- questions -----------------------------------------------------------------------------

    def load_models(self) -> None:
        """Loads all models now, so that nobody waits for them later.

        Raises:
            ModelError: a model is missing or damaged.
        """
        self.library.embedder.embed_queries([""])
        if self.reranker is not None:
            self.reranker.score("", [""])
        if self.span_reader is not None and self.generator.trained:
            self.span_reader.read("", [("", "")])
        self.generator.count_tokens("")

    @property
    def model(self) -> str:
        """The language model's name; loads the model if that is not done yet."""
        return self.generator.name

    @property
    def generator(self) -> Generator:
        """The language model, loaded at first use."""
        with self._loading:
            if self._generator is None:
                self._generator = self._load_generator()
            return self._generator

    def search(
        self, question: str, k: int | None = None, filters: Filters | None = None
    ) -> list[Hit]:
        """The passages that fit the question best, best first.

        Args:
            question: a question that stands alone, or some words.
            k: most passages; the setting ``passages`` if not given.
            filters: limits the search to some articles.

        Raises:
            UsageError: the question is empty or too long, or a filter names what is not there.
        """
        asked = usable(question)
        lists = ranked_lists(self.library, asked, filters)
        k = self.settings.passages if k is None else k
        return found(self.library, asked, lists, k, self.reranker)

    def answer(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Answer:
        """Answers a question from the library, with checked citations; see ``stream``."""
        for event in self.stream(question, history, filters):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a stream ends with Finished")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Answers a question step by step: Searching, Found, Words…, Finished.

        Args:
            question: at most 2,000 characters.
            history: earlier questions with their answers (texts, or ``Answer`` records, whose
                citations then help to understand a follow-up), oldest first.
            filters: limits the answer to some articles.
            cancel: when set, the model stops within a second; what it wrote until then is checked
                and finished as usual.

        Raises:
            UsageError: the question is empty or too long, or a filter names what is not there.
            ModelError: the language model is missing or failed.
        """
        return stream_answer(self, question, history, filters, cancel)
