"""The chat: what its buttons do, beside asking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from assistant.conversations import Conversations
from assistant.web.chat.asking import Asking
from assistant.web.chat.conversation import recall, which
from assistant.web.chat.running import Running
from assistant.web.chat.talks import GONE, MOVED_ON
from assistant.web.chat.telling import tell_note, tell_problem
from assistant.web.chat.view import Updates, View
from assistant.web.failures import told
from assistant.web.widgets import QUIET

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

# Readers at a time whose answers are under way; the model itself serves them in order.
_READERS = 32


class Chat:
    """The chat's widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: answers the questions.
        folder: the user's data folder, where conversations and opinions are kept, and the secret
            of what browsers keep.
        running: knows who waits for an answer.
    """

    def __init__(self, assistant: Assistant, folder: Path, running: Running) -> None:
        self._library = assistant.library.folder
        self._store = Conversations(folder)
        self.view = View(assistant, self._store, folder)
        self.asking = Asking(assistant, self._store, self.view, running)

    def connect(self, blocks: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        asking, view, filters = self.asking, self.view, self.view.filtering
        kept, told, cleared = [view.kept], [view.told], [*view.drawn, view.current]
        asks = {
            **QUIET,
            "inputs": [*kept, *filters.fields],
            "outputs": [*view.drawn, view.current, view.box],
            "concurrency_limit": _READERS,
            "concurrency_id": "ask",
            "preprocess": False,  # which filters the library holds may have changed
        }
        shows = {**QUIET, "queue": False}
        # What is asked while an answer is under way is answered, or refused, but not dropped.
        typed = {"inputs": [view.box, *kept, *filters.fields], "trigger_mode": "multiple"}
        view.box.submit(asking.ask, **{**asks, **typed})
        view.log.example_select(asking.ask_example, **asks)
        view.log.retry(asking.retry, **asks)
        view.log.edit(asking.edit, **asks)
        view.box.stop(asking.stop, None, None, **shows)
        blocks.unload(asking.leave)
        view.log.undo(self.undo, [*kept, view.box], [*view.drawn, view.box], **shows)
        view.log.select(lambda: gr.Tabs(selected="library"), None, tabs, **shows)
        view.log.like(self.opine, kept, told, trigger_mode="multiple", **shows)
        view.log.download(self.export, None, told, **shows)
        view.bar.clear(self.clear, None, cleared, **shows)
        view.bar.download(self.save, kept, told, **shows)
        view.list.select(self.open, kept, [*cleared, *filters.shown], **shows)
        view.list.delete(self.delete, kept, cleared, **shows)
        view.talks.connect(self._library, view.kept, view.told)
        filters.connect()
        recalled = recall(self._library)
        blocks.load(self.show, kept, [*view.drawn, *filters.shown], js=recalled, **shows)
        tab.select(
            self.come_back,
            [*kept, *filters.offers],
            [view.log, *filters.offers],
            preprocess=False,
            **shows,
        )

    # --- conversations -------------------------------------------------------------------------

    def show(self, request: gr.Request, kept: object) -> Updates:
        """Shows the conversation that the browser says is open."""
        mine = self.view.owner(request)
        try:
            open_id = self.asking.open_id(mine, kept)
            self.asking.settle(mine, open_id)
            return self.view.opened(mine, open_id)
        except Exception as error:  # it stays the open one, for when it can be read again
            return {
                self.view.bar: self.view.talks.bar_of(mine, which(kept)),
                self.view.list: self.view.talks.show(mine, which(kept)),
                self.view.told: tell_problem(told(error)),
            }

    def open(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Shows another conversation; an answer that is under way is stopped, and kept."""
        mine, open_id = self.view.owner(request), str(event.value)
        if open_id == which(kept):
            return {self.view.told: ""}
        try:
            if self._store.conversation(mine, open_id) is None:
                raise GONE
            self.asking.leave(request)
            return {**self.view.opened(mine, open_id), self.view.current: ""}
        except Exception as error:
            return {self.view.told: tell_problem(told(error))}

    def clear(self, request: gr.Request) -> Updates:
        """Begins a new conversation."""
        self.asking.leave(request)
        return {**self.view.shown(self.view.owner(request), "", ()), self.view.current: ""}

    def delete(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Forgets a conversation; the reader has confirmed it."""
        mine, gone = self.view.owner(request), str(event.value)
        try:
            self._store.delete(mine, gone)
        except Exception as error:
            return {self.view.told: tell_problem(told(error))}
        if gone == which(kept):
            return self.clear(request)
        return {self.view.list: self.view.talks.show(mine, which(kept)), self.view.told: ""}

    def undo(
        self, request: gr.Request, event: gr.EventData, kept: object, draft: str | None
    ) -> Updates:
        """Takes the last question back, into the box unless that holds a draft."""
        mine, turn_id = self.view.owner(request), str(event.value)
        try:
            open_id = self.asking.open_id(mine, kept)
            turns = self._store.turns(mine, open_id)
            if not turns or turns[-1].id != turn_id:
                return {
                    **self.view.shown(mine, open_id, turns),
                    self.view.told: tell_problem(MOVED_ON),
                }
            self._store.take_back(mine, open_id, [turn_id])
        except Exception as error:
            return {self.view.told: tell_problem(told(error))}
        shown, question = self.view.shown(mine, open_id, turns[:-1]), turns[-1].question
        if draft and draft.strip():
            return {**shown, self.view.told: tell_note(f"Taken back: “{question}”")}
        return {**shown, self.view.box: question}

    def come_back(self, request: gr.Request, kept: object, *given: object) -> Updates:
        """Makes examples and filters anew when the reader comes back from the library."""
        idle = not which(kept) and not self.asking.is_waiting(request)
        log = self.view.log_of(self.view.owner(request), ()) if idle else gr.skip()
        return {self.view.log: log, **self.view.filtering.offer(*given)}

    # --- answers -------------------------------------------------------------------------------

    def opine(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Keeps, changes or takes back what the reader thinks of an answer."""
        mine = self.view.owner(request)
        try:
            turns = self._store.turns(mine, self.asking.open_id(mine, kept))
        except Exception as error:
            return {self.view.told: tell_problem(told(error))}
        return {self.view.told: self.view.opinions.take(mine, event.value, turns)}

    def export(self, request: gr.Request) -> Updates:
        """Saves all of the reader's opinions on answers of this library as a question set."""
        return {self.view.told: self.view.opinions.export(self.view.owner(request))}

    def save(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Saves the open conversation as a file."""
        saved = self.view.talks.save(self.view.owner(request), which(kept), str(event.value))
        return {self.view.told: saved}
