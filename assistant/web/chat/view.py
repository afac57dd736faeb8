"""What the chat shows: its widgets, and a conversation drawn into them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.conversations import Conversations, Owner, Turn
from assistant.records import Filters
from assistant.web.chat.conversation import opened, owner, storage_key, storage_secret
from assistant.web.chat.examples import example_questions
from assistant.web.chat.filtering import Filtering
from assistant.web.chat.opinions import FORM, Opinions
from assistant.web.chat.talks import Talks
from assistant.web.chat.telling import TELL
from assistant.web.chat.transcript import EDIT, transcript, welcome
from assistant.web.markup import ACTIONS
from assistant.web.reader.sources import READER, sources_panel
from assistant.web.widgets import html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]


class View:
    """The widgets, made inside the current ``gr.Blocks``; ``drawn`` are those that show a
    conversation.

    Args:
        assistant: holds the library.
        store: holds the conversations.
        folder: the user's data folder, with the secret of what browsers keep.
    """

    def __init__(self, assistant: Assistant, store: Conversations, folder: Path) -> None:
        self._assistant = assistant
        self._store = store
        self._examples: tuple[int, list[str], int] | None = None
        self.opinions = Opinions(assistant, store)
        self.talks = Talks(store)
        key = storage_key(assistant.library.folder)
        self.kept = gr.BrowserState(opened(""), storage_key=key, secret=storage_secret(folder))
        with gr.Row(elem_id="chat", equal_height=True):
            self.list = self.talks.make_drawer(key)
            with gr.Column(elem_id="conversation-column", scale=3):
                self.bar = self.talks.make_bar()
                with gr.Column(elem_id="conversation"):
                    self.log = html("log", js_on_load=ACTIONS)
                    self.current = html("current")
                with gr.Column(elem_id="composer"):
                    gr.HTML(FORM + EDIT, apply_default_css=False, js_on_load=None)
                    self.told = html("told", js_on_load=TELL)
                    self.filtering = Filtering(assistant)
                    self.box = gr.Textbox(
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
                    self.filtering.make_line()
            with gr.Column(elem_id="sources-column", scale=2):
                gr.HTML(READER, apply_default_css=False, js_on_load=None)
                self.panel = html("sources")
        self.drawn = [self.log, self.panel, self.kept, self.told, self.bar, self.list]

    def owner(self, request: gr.Request) -> Owner:
        """Whose conversations a request is about."""
        return owner(self._assistant.library.folder, request)

    def opened(self, mine: Owner, open_id: str) -> Updates:
        """A conversation, with the filters of its last answer."""
        turns = self._store.turns(mine, open_id)
        filters = self.filtering.show(turns[-1].filters if turns else Filters())
        return {**self.shown(mine, open_id if turns else "", turns), **filters}

    def shown(self, mine: Owner, open_id: str, turns: Sequence[Turn]) -> Updates:
        """A conversation, in all widgets of ``drawn``."""
        return {
            self.log: self.log_of(mine, turns),
            self.panel: sources_panel(turns),
            self.kept: opened(open_id),
            self.told: "",
            self.bar: self.talks.bar_of(mine, open_id),
            self.list: self.talks.show(mine, open_id),
        }

    def log_of(self, mine: Owner, turns: Sequence[Turn]) -> str:
        """The turns that are over; examples before the first."""
        if not turns:
            return welcome(*self._library_examples())
        return transcript(turns, self.opinions.of(mine, turns))

    def _library_examples(self) -> tuple[list[str], int]:
        """Examples and the number of articles, made again only when the library has changed."""
        changes = self._assistant.library.changes()
        if self._examples is None or self._examples[0] != changes:
            articles = self._assistant.articles()
            self._examples = changes, example_questions(articles), len(articles)
        return self._examples[1:]
