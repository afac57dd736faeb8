"""The library tab: what is in the library, adding to it, looking inside, and removing from it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.reading.accounting import account
from assistant.records import Filters, Source
from assistant.web.failures import told
from assistant.web.library.adding import Adding
from assistant.web.library.inside import article_view, failed_view, source_view
from assistant.web.library.notices import Notices
from assistant.web.library.picture import picture
from assistant.web.listing import AGAIN, articles_table, more, sources_table, tools
from assistant.web.markup import ACTIONS, count
from assistant.web.outcomes import Item, board, problem, removed
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]

# What is added or read again at a time, as far as pages wait for it; it is done in turn, but what
# Gradio itself kept waiting would show nothing, and be lost if its page were closed.
_AT_ONCE = 8

# Tells the page's script that a table or a picture is there anew.
_LISTED = """
const tell = () => element.dispatchEvent(new CustomEvent("listed", { bubbles: true }));
watch("value", tell);
tell();
"""
# Tells it that there is something to look into; when the reader has done so, it goes away.
_LOOKED = """
watch("value", () => element.dispatchEvent(new CustomEvent("looked", { bubbles: true })));
element.addEventListener("close", () => { props.value = ""; }, true);
"""


class Shelf:
    """The tab's widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: holds the library.
        summary: the line in the page's head that tells how large the library is.
        adding: adds to it.
    """

    def __init__(
        self, assistant: Assistant, summary: gr.HTML, adding: Adding | None = None
    ) -> None:
        self._assistant = assistant
        self._adding = adding or Adding(assistant)
        self._notices = Notices()
        self._summary = summary
        self._lock = threading.Lock()
        self._tables: tuple[int, str, str] | None = None
        self._picture: tuple[int, str] | None = None
        with gr.Column(elem_id="shelf"):
            self._uploads = gr.File(
                file_count="multiple", label="Add articles", height=130, elem_id="uploads"
            )
            with gr.Accordion("Paste a text", open=False, elem_id="paste") as self._paste:
                with gr.Row():
                    self._title = gr.Textbox(label="Title", scale=3, max_lines=1)
                    self._author = gr.Textbox(label="Author (optional)", scale=2, max_lines=1)
                with gr.Row():
                    self._section = gr.Textbox(label="Section (optional)", scale=3, max_lines=1)
                    self._day = gr.Textbox(
                        label="Date (optional)", placeholder="2026-11-24", scale=2, max_lines=1
                    )
                self._text = gr.Textbox(label="Text", lines=8, max_lines=20)
                self._add = gr.Button("Add the text", variant="primary", elem_id="add-text")
            self._outcome = html("outcome")
            with gr.Tabs(elem_id="shelves"):
                with gr.Tab("Articles", id="articles"):
                    html("articles-tools", tools("articles", "articles"))
                    self._articles = html("listing", js_on_load=ACTIONS + _LISTED)
                    html("articles-more", more("articles"))
                with gr.Tab("Sources", id="sources"):
                    self._tools = html(
                        "sources-tools", tools("sources", "sources", AGAIN), js_on_load=ACTIONS
                    )
                    self._sources = html("source-listing", js_on_load=ACTIONS + _LISTED)
                    html("sources-more", more("sources"))
                with gr.Tab("Picture", id="picture") as self._picture_tab:
                    self._seen = html("picture", js_on_load=ACTIONS + _LISTED)
            self._inside = html("inside", js_on_load=ACTIONS + _LOOKED)

    def connect(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        quick: dict[str, Any] = {**QUIET, "queue": False}
        shown = [self._articles, self._sources, self._summary]
        changed = [self._outcome, *shown]
        pasted = [self._title, self._text, self._author, self._day, self._section]
        adds: dict[str, Any] = {**QUIET, "concurrency_limit": _AT_ONCE, "concurrency_id": "add"}
        blocks.load(self.sum_up, None, self._summary, **quick)
        tab.select(self.show, None, shown, **quick)
        self._uploads.upload(
            self.add,
            self._uploads,
            [*changed, self._uploads],
            preprocess=False,  # Gradio's own would hide what the browser called each file
            trigger_mode="multiple",
            **adds,
        )
        self._add.click(self.paste, pasted, [*changed, *pasted, self._paste], **adds)
        self._sources.delete(self.remove, None, changed, trigger_mode="multiple", **QUIET)
        self._sources.retry(self.reread, None, changed, trigger_mode="multiple", **adds)
        self._tools.retry(self.reread_all, None, changed, **adds)
        blocks.unload(self.leave)
        self._picture_tab.select(self.see, None, self._seen, **QUIET)
        for widget in (self._articles, self._sources, self._seen, self._inside):
            widget.select(self.look, None, self._inside, **quick)

    # --- what the library holds ----------------------------------------------------------------

    def sum_up(self) -> str:
        """How large the library is."""
        return summary(self._assistant.sources())

    def show(self) -> Updates:
        """The library as it is now, also what another program has just added."""
        with self._lock:
            changes = self._assistant.library.changes()
            if self._tables is None or self._tables[0] != changes:
                sources = self._assistant.sources()
                self._tables = (
                    changes,
                    articles_table(self._assistant.articles(), sources, self._passages()),
                    sources_table(sources, self._assistant.library.waiting()),
                )
            _, articles, listed = self._tables
        return {self._articles: articles, self._sources: listed, self._summary: self.sum_up()}

    def see(self) -> str:
        """The picture of the library."""
        from assistant.library.landscape import landscape

        library = self._assistant.library
        with self._lock:
            changes = library.changes()
            try:
                if self._picture is None or self._picture[0] != changes:
                    drawn = picture(landscape(library), self._assistant.articles())
                    self._picture = changes, drawn
            except Exception as error:
                return problem(told(error))
            return self._picture[1]

    def look(self, event: gr.EventData) -> str:
        """Shows what lies inside an article or a source."""
        kind, _, key = str(event.value).partition(":")
        try:
            if kind == "article":
                article = self._assistant.article(key)
                return article_view(article, self._assistant.library.article_passages(key))
            return self._inside_source(key)
        except Exception as error:
            return failed_view(told(error))

    def _inside_source(self, name: str) -> str:
        data = self._assistant.library.original(name)
        (source,) = (known for known in self._assistant.sources() if known.name == name)
        articles = self._assistant.articles(Filters(sources=(name,)))
        return source_view(source, articles, self._passages(), account(data, name, articles))

    def _passages(self) -> Counter[str]:
        return Counter(self._assistant.library.owners().values())

    # --- what is done to it --------------------------------------------------------------------

    def add(self, request: gr.Request, uploads: list[dict[str, Any]] | None) -> Iterator[Updates]:
        """Adds what was uploaded: shows how far each file is, then what became of it."""
        names = {Path(file["path"]): file["orig_name"] or "page" for file in uploads or ()}
        steps = self._follow(request, self._adding.uploads(names))
        # Only once: it would take away what the reader uploads meanwhile.
        yield {**next(steps), self._uploads: None}
        yield from steps

    def paste(
        self, request: gr.Request, title: str, text: str, author: str, day: str, section: str
    ) -> Iterator[Updates]:
        """Adds a text that was pasted, and empties the form if that went well."""
        try:
            standings = self._adding.pasted(title, text, author, day, section)
        except Exception as error:
            yield self._say(request, problem(told(error)))
            return
        items = yield from self._follow(request, standings)
        if all(item.outcome and item.outcome.state != "failed" for item in items):
            fields = (self._title, self._text, self._author, self._day, self._section)
            yield {**dict.fromkeys(fields, ""), self._paste: gr.Accordion(open=False)}

    def reread(self, request: gr.Request, event: gr.EventData) -> Iterator[Updates]:
        """Reads a source again from the bytes that the library keeps."""
        yield from self._follow(request, self._adding.again([str(event.value)]), again=True)

    def reread_all(self, request: gr.Request) -> Iterator[Updates]:
        """Reads every source again."""
        names = [source.name for source in self._assistant.sources()]
        yield from self._follow(request, self._adding.again(names), again=True)

    def remove(self, request: gr.Request, event: gr.EventData) -> Updates:
        """Removes a source; the reader has confirmed it."""
        try:
            said = removed(self._assistant.remove(str(event.value)))
        except Exception as error:
            said = problem(told(error))
        return {**self._say(request, said), **self.show()}

    def leave(self, request: gr.Request) -> None:
        """Forgets what the page told; what it began goes on."""
        self._notices.forget(request.session_hash or "")

    def _follow(
        self, request: gr.Request, standings: Iterator[list[Item]], *, again: bool = False
    ) -> Generator[Updates, None, list[Item]]:
        """Shows files as they stand, then the library; gives them as they stood in the end."""
        page = request.session_hash or ""
        notice = self._notices.begin(page)
        items: list[Item] = []
        try:
            for items in standings:
                notice.html = partial(board, items, again=again)
                yield {self._outcome: self._notices.told(page)}
        finally:
            notice.over = True
        # What is told comes last: it must not be old when it gets there.
        yield {**self.show(), self._outcome: self._notices.told(page)}
        return items

    def _say(self, request: gr.Request, html: str) -> Updates:
        page = request.session_hash or ""
        notice = self._notices.begin(page)
        notice.html, notice.over = partial(str, html), True
        return {self._outcome: self._notices.told(page)}


def summary(sources: Sequence[Source]) -> str:
    """The line in the page's head."""
    articles = sum(source.articles for source in sources)
    held = f"{count(articles, 'article')} from {count(len(sources), 'source')}"
    return f'<p class="summary">{held}</p>'
