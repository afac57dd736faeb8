"""The library tab: what is in the library, adding to it, and removing from it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.records import AddReport, Article, Progress, Source, SourceOutcome
from assistant.web.failures import told
from assistant.web.markup import ACTIONS, count, details, escape, lines, removal
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]

_STATES = {
    "added": ("✓", "Added"),
    "changed": ("↻", "Updated"),
    "unchanged": ("=", "Already there"),
    "failed": ("✕", "Not added"),
}


class Shelf:
    """The tab's widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: holds the library.
        summary: the line in the page's head that tells how large the library is.
    """

    def __init__(self, assistant: Assistant, summary: gr.HTML) -> None:
        self._assistant = assistant
        self._summary = summary
        with gr.Column(elem_id="shelf"):
            self._uploads = gr.File(
                file_count="multiple",
                label="Add articles",
                height=150,
                elem_id="uploads",
            )
            self._outcome = html("outcome")
            self._listing = html("listing", js_on_load=ACTIONS)

    def connect(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        shown = [self._listing, self._summary]
        changed = [self._outcome, *shown]
        blocks.load(self.show, None, shown, queue=False, **QUIET)
        tab.select(self.show, None, shown, queue=False, **QUIET)
        self._listing.delete(self.remove, None, changed, **QUIET)
        self._uploads.upload(
            self.add,
            self._uploads,
            [*changed, self._uploads],
            preprocess=False,  # Gradio's own would hide what the browser called each file
            trigger_mode="multiple",
            **QUIET,
        )

    def show(self) -> Updates:
        """The library as it is now, also what another program has just added."""
        sources, articles = self._assistant.sources(), self._assistant.articles()
        return {
            self._listing: listing(sources, articles),
            self._summary: summary(sources, articles),
        }

    def add(self, uploads: list[dict[str, Any]] | None) -> Iterator[Updates]:
        """Adds what was uploaded: shows how far it is, then what became of each file."""
        names = {Path(file["path"]): file["orig_name"] or "page" for file in uploads or ()}
        steps: SimpleQueue[Progress | AddReport | AssistantError] = SimpleQueue()
        # On a thread of its own, so that it goes on when the reader leaves the page.
        threading.Thread(target=self._add, args=(names, steps.put), daemon=True).start()
        yield {self._outcome: progress(Progress("adding", 0, len(names))), self._uploads: None}
        while isinstance(step := steps.get(), Progress):
            yield {self._outcome: progress(step)}
        said = problem(step) if isinstance(step, AssistantError) else outcome(step)
        yield {self._outcome: said, **self.show()}

    def _add(
        self,
        names: Mapping[Path, str],
        tell: Callable[[Progress | AddReport | AssistantError], None],
    ) -> None:
        try:
            tell(self._assistant.add(list(names), progress=tell, names=names))
        except Exception as error:
            tell(told(error))
        finally:
            for path in names:
                path.unlink(missing_ok=True)

    def remove(self, event: gr.EventData) -> Updates:
        """Removes a source; the reader has confirmed it."""
        name = str(event.value)
        try:
            said = removed(self._assistant.remove(name))
        except Exception as error:
            said = problem(told(error))
        return {self._outcome: said, **self.show()}


def summary(sources: Sequence[Source], articles: Sequence[Article]) -> str:
    """The line in the page's head."""
    held = f"{count(len(articles), 'article')} from {count(len(sources), 'source')}"
    return f'<p class="summary">{held}</p>'


def progress(step: Progress) -> str:
    """How far the work is."""
    label = f"{escape(step.stage.capitalize())} {step.done:,} of {step.total:,}"
    return (
        f'<p class="progress" role="status">{label}<progress aria-label="{label}" '
        f'value="{step.done}" max="{max(step.total, 1)}"></progress></p>'
    )


def outcome(report: AddReport) -> str:
    """What became of each file, the reason for each that failed."""
    items = "".join(_outcome(item) for item in report.outcomes)
    return f'<ul class="outcomes" role="status">{items}</ul>'


def removed(source: Source) -> str:
    """That a source is gone."""
    return (
        '<ul class="outcomes" role="status"><li class="unchanged"><span aria-hidden="true">−</span>'
        f"<span><strong>{escape(source.name)}</strong> Removed, with "
        f"{count(source.articles, 'article')}</span></li></ul>"
    )


def problem(error: AssistantError) -> str:
    """Why the library could not be changed, and what to do."""
    return (
        '<ul class="outcomes" role="alert"><li class="failed"><span aria-hidden="true">✕</span>'
        f"<span><strong>{lines(error.message)}</strong> {lines(error.hint)}</span></li></ul>"
    )


def listing(sources: Sequence[Source], articles: Iterable[Article]) -> str:
    """Every source with its articles."""
    if not sources:
        return '<p class="nothing">The library is empty. Drop a saved page above to begin.</p>'
    by_source: Mapping[str, list[Article]] = defaultdict(list)
    for article in articles:
        by_source[article.source].append(article)
    return "".join(_source(source, by_source[source.name]) for source in sources)


def _outcome(item: SourceOutcome) -> str:
    sign, word = _STATES[item.state]
    held = ""
    if item.state in ("added", "changed"):
        held = f"{count(item.articles, 'article')}, {count(item.passages, 'passage')}"
    return (
        f'<li class="{item.state}"><span aria-hidden="true">{sign}</span><span>'
        f"<strong>{escape(item.source)}</strong> {details(word, held, item.reason)}</span></li>"
    )


def _source(source: Source, articles: Sequence[Article]) -> str:
    name = escape(source.name)
    known = details(
        source.format,
        _size(source.bytes),
        count(source.articles, "article"),
        count(source.passages, "passage"),
        f"added {source.added[:10]}",
    )
    rows = "".join(_row(article) for article in articles)
    question = f"Remove {count(source.articles, 'article')} for good?"
    return (
        f'<section class="source"><header><div><h2>{name}</h2><p class="details">{known}</p></div>'
        f"{removal(source.name, source.name, question)}</header>"
        '<div class="table"><table><thead><tr><th scope="col">Title</th><th scope="col">Date</th>'
        '<th scope="col">Section</th><th scope="col">Author</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _row(article: Article) -> str:
    cells = "".join(
        f'<td class="{name}">{escape(value or "")}</td>'
        for name, value in (
            ("published", article.published),
            ("section", article.section),
            ("author", article.author),
        )
    )
    return f'<tr><th scope="row">{escape(article.title)}</th>{cells}</tr>'


def _size(number: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
