"""The chat: asks the assistant, shows its words as they come, and can be stopped at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.records import Finished, Found, Words
from assistant.web.conversation import (
    Turn,
    history,
    keep,
    new_turn_id,
    restore,
    storage_key,
    storage_secret,
)
from assistant.web.examples import example_questions
from assistant.web.failures import told
from assistant.web.markup import ACTIONS, count
from assistant.web.opinions import FORM, TELL, Opinions
from assistant.web.reader import READER, reading_panel, sources_panel
from assistant.web.transcript import transcript, under_way, welcome
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]

# Words come faster than a page needs to be drawn anew.
_SECONDS_BETWEEN_DRAWINGS = 0.05
# Readers at a time whose answers are under way; the model itself serves them in order.
_READERS = 32


class Chat:
    """The chat's widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: answers the questions.
        folder: the user's data folder, where opinions on answers are kept, and the secret of
            conversations.
    """

    def __init__(self, assistant: Assistant, folder: Path) -> None:
        self._assistant = assistant
        self._opinions = Opinions(assistant, folder)
        self._running: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._examples: tuple[int, list[str], int] | None = None
        self._kept = gr.BrowserState(
            keep(()),
            storage_key=storage_key(assistant.library.folder),
            secret=storage_secret(folder),
        )
        with gr.Row(elem_id="chat", equal_height=True):
            with gr.Column(elem_id="conversation-column", scale=3):
                with gr.Column(elem_id="conversation"):
                    self._log = html("log", js_on_load=ACTIONS)
                    self._current = html("current")
                with gr.Column(elem_id="composer"):
                    gr.HTML(FORM, apply_default_css=False, js_on_load=None)
                    self._told = html("told", js_on_load=TELL)
                    self._box = gr.Textbox(
                        label="Your question",
                        show_label=False,
                        container=False,
                        placeholder="Ask about your articles",
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        submit_btn="Ask",
                        elem_id="question",
                    )
            with gr.Column(elem_id="sources-column", scale=2):
                gr.HTML(READER, apply_default_css=False, js_on_load=None)
                self._panel = html("sources")
        self._answered = [
            self._log,
            self._current,
            self._panel,
            self._box,
            self._kept,
            self._told,
        ]

    def connect(self, blocks: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        asks = {**QUIET, "outputs": self._answered, "concurrency_limit": _READERS}
        shows = {**QUIET, "queue": False}
        self._box.submit(self.ask, [self._box, self._kept], concurrency_id="ask", **asks)
        self._log.example_select(self.ask_example, [self._kept], concurrency_id="ask", **asks)
        self._log.retry(self.retry, [self._kept], concurrency_id="ask", **asks)
        self._log.undo(
            self.undo, [self._kept], [self._log, self._panel, self._box, self._kept], **shows
        )
        self._log.select(lambda: gr.Tabs(selected="library"), None, tabs, **shows)
        self._box.stop(self.stop, None, None, **shows)
        self._log.clear(self.clear, None, [self._log, self._panel, self._kept, self._told], **shows)
        self._log.like(self.opine, [self._kept], [self._told], trigger_mode="multiple", **shows)
        self._log.download(self.export, None, [self._told], **shows)
        blocks.load(self.show, [self._kept], [self._log, self._panel], **shows)
        tab.select(self.welcome_again, [self._kept], [self._log], **shows)
        blocks.unload(self.stop)

    def ask(self, question: str, kept: object, request: gr.Request) -> Iterator[Updates]:
        """Answers the question as the next turn of the conversation."""
        if question.strip():
            yield from self._answer(question.strip(), restore(kept), request)
        else:
            yield {self._box: gr.skip()}

    def ask_example(
        self, kept: object, request: gr.Request, event: gr.EventData
    ) -> Iterator[Updates]:
        """Answers the example that was chosen."""
        yield from self.ask(str(event.value), kept, request)

    def retry(self, kept: object, request: gr.Request) -> Iterator[Updates]:
        """Asks the last question again."""
        turns = restore(kept)
        if turns:
            yield from self._answer(turns[-1].question, turns[:-1], request)
        else:
            yield {self._box: gr.skip()}

    def undo(self, kept: object) -> Updates:
        """Takes the last question back into the box."""
        turns = restore(kept)
        question = turns[-1].question if turns else ""
        return {**self._shown(turns[:-1]), self._box: question}

    def clear(self) -> Updates:
        """Begins a new conversation."""
        return {**self._shown(()), self._told: ""}

    def show(self, kept: object) -> Updates:
        """Shows the conversation that the browser kept."""
        turns = restore(kept)
        return {self._log: self._log_of(turns), self._panel: sources_panel(turns)}

    def opine(self, kept: object, event: gr.EventData) -> Updates:
        """Keeps, changes or takes back what the reader thinks of an answer."""
        return {self._told: self._opinions.take(event.value, restore(kept))}

    def export(self) -> Updates:
        """Saves all opinions on this library's answers as a question set."""
        return {self._told: self._opinions.export()}

    def welcome_again(self, kept: object, request: gr.Request) -> Updates:
        """Makes the examples anew when the reader comes back from the library."""
        turns = restore(kept)
        idle = not turns and request.session_hash not in self._running
        return {self._log: self._log_of(turns) if idle else gr.skip()}

    def stop(self, request: gr.Request) -> None:
        """Ends the answer that this reader waits for; also called when the reader leaves."""
        with self._lock:
            cancel = self._running.get(request.session_hash or "")
        if cancel is not None:
            cancel.set()

    def _answer(
        self, question: str, turns: Sequence[Turn], request: gr.Request
    ) -> Iterator[Updates]:
        session = request.session_hash or ""
        cancel = threading.Event()
        with self._lock:
            if self._running.setdefault(session, cancel) is not cancel:
                return  # this reader already waits for an answer
        try:
            yield {
                self._log: transcript(turns, self._opinions.of(turns), busy=True),
                self._current: under_way(question, "Searching the library"),
                self._box: gr.Textbox(value="", submit_btn=False, stop_btn="Stop"),
                self._told: "",
            }
            turn = yield from self._write(question, turns, cancel)
        finally:
            cancel.set()
            with self._lock:
                self._running.pop(session, None)
        yield {
            **self._shown((*turns, replace(turn, id=new_turn_id()))),
            self._current: "",
            self._box: gr.Textbox(submit_btn="Ask", stop_btn=False),
        }

    def _write(
        self, question: str, turns: Sequence[Turn], cancel: threading.Event
    ) -> Generator[Updates, None, Turn]:
        words, drawn = "", 0.0
        try:
            for event in self._assistant.stream(question, history(turns), cancel=cancel):
                if cancel.is_set():
                    break
                if isinstance(event, Found):
                    status = f"Reading {count(len(event.hits), 'passage')}"
                    yield {
                        self._current: under_way(question, status),
                        self._panel: reading_panel(question, event.hits, turns),
                    }
                elif isinstance(event, Words):
                    words += event.text
                    if time.monotonic() - drawn > _SECONDS_BETWEEN_DRAWINGS:
                        yield {self._current: under_way(question, "Writing", words)}
                        drawn = time.monotonic()
                elif isinstance(event, Finished):
                    return Turn(question, event.answer)
        except Exception as error:
            problem = told(error)
            return Turn(question, words=words, problem=problem.message, hint=problem.hint)
        return Turn(question, words=words)

    def _shown(self, turns: Sequence[Turn]) -> Updates:
        return {
            self._log: self._log_of(turns),
            self._panel: sources_panel(turns),
            self._kept: keep(turns),
        }

    def _log_of(self, turns: Sequence[Turn]) -> str:
        if not turns:
            return welcome(*self._library_examples())
        return transcript(turns, self._opinions.of(turns))

    def _library_examples(self) -> tuple[list[str], int]:
        """Examples and the number of articles, made again only when the library has changed."""
        changes = self._assistant.library.changes()
        if self._examples is None or self._examples[0] != changes:
            articles = self._assistant.articles()
            self._examples = changes, example_questions(articles), len(articles)
        return self._examples[1:]
