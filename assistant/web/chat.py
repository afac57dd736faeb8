"""The chat: asks the assistant, shows its words as they come, and can be stopped at any time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.conversations import Conversations, Owner, Turn, now
from assistant.errors import AssistantError
from assistant.records import Filters
from assistant.web.conversation import (
    new_turn_id,
    opened,
    owner,
    read_edit,
    recall,
    remember,
    restore,
    storage_key,
    storage_secret,
    which,
)
from assistant.web.examples import example_questions
from assistant.web.failures import told
from assistant.web.filtering import Filtering, chosen
from assistant.web.markup import ACTIONS
from assistant.web.opinions import FORM, Opinions
from assistant.web.reader import sources_panel
from assistant.web.running import Running
from assistant.web.talks import GONE, MOVED_ON, Talks
from assistant.web.telling import TELL, tell_problem
from assistant.web.transcript import EDIT, transcript, welcome
from assistant.web.widgets import QUIET, html
from assistant.web.writing import Step, written

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]

_CLOSE = '<button type="button" class="close-sources" data-close>Back to the answer</button>'
# Readers at a time whose answers are under way; the model itself serves them in order.
_READERS = 32


class Chat:
    """The chat's widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: answers the questions.
        folder: the user's data folder, where conversations and opinions are kept, and the secret
            of what browsers keep.
    """

    def __init__(self, assistant: Assistant, folder: Path) -> None:
        self._assistant = assistant
        self._store = Conversations(folder)
        self._opinions = Opinions(assistant, self._store)
        self._talks = Talks(self._store)
        self._running = Running()
        self._examples: tuple[int, list[str], int] | None = None
        self._key = storage_key(assistant.library.folder)
        self._kept = gr.BrowserState(
            opened(""), storage_key=self._key, secret=storage_secret(folder)
        )
        with gr.Row(elem_id="chat", equal_height=True):
            self._list = self._talks.make_drawer()
            with gr.Column(elem_id="conversation-column", scale=3):
                self._bar = self._talks.make_bar()
                with gr.Column(elem_id="conversation"):
                    self._log = html("log", js_on_load=ACTIONS)
                    self._current = html("current")
                with gr.Column(elem_id="composer"):
                    gr.HTML(FORM + EDIT, apply_default_css=False, js_on_load=None)
                    self._told = html("told", js_on_load=TELL)
                    self._filtering = Filtering(assistant)
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
                    self._filtering.make_line()
            with gr.Column(elem_id="sources-column", scale=2):
                gr.HTML(_CLOSE, apply_default_css=False, js_on_load=None)
                self._panel = html("sources")
        self._drawn = [self._log, self._panel, self._kept, self._told, self._bar, self._list]

    def connect(self, blocks: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        filters = self._filtering.fields
        asks = {
            **QUIET,
            "inputs": [self._kept, *filters],
            "outputs": [*self._drawn, self._current, self._box],
            "concurrency_limit": _READERS,
            "concurrency_id": "ask",
            "preprocess": False,  # which filters the library holds may have changed
        }
        shows = {**QUIET, "queue": False}
        self._box.submit(self.ask, **{**asks, "inputs": [self._box, self._kept, *filters]})
        self._log.example_select(self.ask_example, **asks)
        self._log.retry(self.retry, **asks)
        self._log.edit(self.edit, **asks)
        self._log.undo(self.undo, [self._kept], [*self._drawn, self._box], **shows)
        self._log.select(lambda: gr.Tabs(selected="library"), None, tabs, **shows)
        self._box.stop(self.stop, None, None, **shows)
        self._log.like(self.opine, [self._kept], [self._told], trigger_mode="multiple", **shows)
        self._log.download(self.export, None, [self._told], **shows)
        self._filtering.connect()
        opens = [*self._drawn, self._current, *self._filtering.shown]
        self._bar.clear(self.clear, None, [*self._drawn, self._current], **shows)
        self._bar.download(self.save, [self._kept], [self._told], **shows)
        self._talks.connect(self._assistant.library.folder, self._kept, self._told)
        self._list.select(self.open, [self._kept], opens, **shows)
        self._list.delete(self.delete, [self._kept], [*self._drawn, self._current], **shows)
        blocks.load(self.show, [self._kept], opens, js=recall(self._key), **shows)
        self._kept.change(None, [self._kept], None, js=remember(self._key), **shows)
        offered = [self._log, *self._filtering.offers]
        tab.select(
            self.come_back,
            [self._kept, *self._filtering.offers],
            offered,
            preprocess=False,
            **shows,
        )
        blocks.unload(self.leave)

    # --- asking --------------------------------------------------------------------------------

    def ask(
        self, request: gr.Request, question: str, kept: object, *given: object
    ) -> Iterator[Updates]:
        """Answers the question as the next turn of the conversation; ``given`` are the filters."""
        if question.strip():
            yield from self._ask(request, kept, given, question=question.strip())
        else:
            yield {self._box: gr.skip()}

    def ask_example(
        self, request: gr.Request, event: gr.EventData, kept: object, *given: object
    ) -> Iterator[Updates]:
        """Answers the example that was chosen."""
        yield from self.ask(request, str(event.value), kept, *given)

    def retry(
        self, request: gr.Request, event: gr.EventData, kept: object, *given: object
    ) -> Iterator[Updates]:
        """Asks the last question again."""
        turn_id = str(event.value)
        yield from self._ask(request, kept, given, instead_of=turn_id, last=turn_id)

    def edit(
        self, request: gr.Request, event: gr.EventData, kept: object, *given: object
    ) -> Iterator[Updates]:
        """Asks a question again in other words; it and the turns after it go."""
        try:
            turn_id, last, question = read_edit(event.value)
        except AssistantError as error:
            yield {self._told: tell_problem(error)}
        else:
            yield from self._ask(request, kept, given, question, turn_id, last)

    def stop(self, request: gr.Request) -> None:
        """Ends the answer that this page waits for."""
        self._running.stop(request.session_hash or "")

    def leave(self, request: gr.Request) -> None:
        """Ends it because the page is gone."""
        self._running.stop(request.session_hash or "", leaves=True)

    def _ask(
        self,
        request: gr.Request,
        kept: object,
        given: Sequence[object],
        question: str = "",
        instead_of: str = "",
        last: str = "",
    ) -> Iterator[Updates]:
        """Asks a question at the end, or in place of a turn of a conversation that ends with the
        turn ``last``."""
        mine = self._owner(request)
        try:
            filters = chosen(*given)
            open_id = self._open_id(mine, kept)
            before = self._store.turns(mine, open_id)
        except Exception as error:
            yield {self._told: tell_problem(told(error))}
            return
        gone: tuple[Turn, ...] = ()
        if instead_of:
            ids = [turn.id for turn in before]
            if instead_of not in ids or ids[-1] != last:
                yield {**self._shown(mine, open_id, before), self._told: tell_problem(MOVED_ON)}
                return
            before, gone = before[: ids.index(instead_of)], before[ids.index(instead_of) :]
            question = question or gone[0].question
        page = request.session_hash or ""
        cancel = self._running.begin(page)
        if cancel is None:
            return  # this page already waits for an answer
        try:
            yield {
                self._log: transcript(before, self._opinions.of(mine, before), busy=True),
                self._box: gr.Textbox(value="", submit_btn=False, stop_btn="Stop"),
                self._told: "",
            }
            steps = written(
                self._assistant,
                question,
                before,
                filters,
                cancel,
                lambda: self._running.ahead(page),
            )
            turn = yield from self._steps(steps)
        finally:
            shows = self._running.end(page)
        over = {self._current: "", self._box: gr.Textbox(submit_btn="Ask", stop_btn=False)}
        yield {**self._keep(mine, open_id, before, turn, gone, shows), **over}

    def _keep(
        self,
        mine: Owner,
        open_id: str,
        before: Sequence[Turn],
        turn: Turn,
        gone: Sequence[Turn],
        shows: bool,
    ) -> Updates:
        """Keeps the turn, and shows the conversation with it if it is still the open one."""
        try:
            if shows or not gone:  # what was there is worth more than what nobody waited for
                new = replace(turn, id=new_turn_id(), at=now())
                open_id = self._store.add(mine, open_id, new, [old.id for old in gone])
            turns = self._store.turns(mine, open_id)
        except Exception as error:
            failed = {self._told: tell_problem(told(error))}
            return {**self._shown(mine, open_id, (*before, turn)), **failed} if shows else failed
        return self._shown(mine, open_id, turns) if shows else {}

    def _steps(self, steps: Generator[Step, None, Turn]) -> Generator[Updates, None, Turn]:
        while True:
            try:
                step = next(steps)
            except StopIteration as over:
                turn: Turn = over.value
                return turn
            panel = {self._panel: step.panel} if step.panel else {}
            yield {self._current: step.current, **panel}

    # --- conversations -------------------------------------------------------------------------

    def show(self, request: gr.Request, kept: object) -> Updates:
        """Shows the conversation that the browser says is open."""
        mine = self._owner(request)
        try:
            return self._opened(mine, self._open_id(mine, kept))
        except Exception as error:
            return {**self._shown(mine, "", ()), self._told: tell_problem(told(error))}

    def open(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Shows another conversation; an answer that is under way is stopped, and kept."""
        mine, open_id = self._owner(request), str(event.value)
        if open_id == which(kept):
            return {self._told: ""}
        try:
            if self._store.conversation(mine, open_id) is None:
                raise GONE
            self.leave(request)
            return {**self._opened(mine, open_id), self._current: ""}
        except Exception as error:
            return {self._told: tell_problem(told(error))}

    def clear(self, request: gr.Request) -> Updates:
        """Begins a new conversation."""
        self.leave(request)
        return {**self._shown(self._owner(request), "", ()), self._current: ""}

    def delete(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Forgets a conversation; the reader has confirmed it."""
        mine, gone = self._owner(request), str(event.value)
        try:
            self._store.delete(mine, gone)
        except Exception as error:
            return {self._told: tell_problem(told(error))}
        if gone == which(kept):
            return self.clear(request)
        return {self._list: self._talks.show(mine, which(kept)), self._told: ""}

    def undo(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Takes the last question back into the box."""
        mine, turn_id = self._owner(request), str(event.value)
        try:
            open_id = self._open_id(mine, kept)
            turns = self._store.turns(mine, open_id)
            if not turns or turns[-1].id != turn_id:
                return {**self._shown(mine, open_id, turns), self._told: tell_problem(MOVED_ON)}
            self._store.take_back(mine, open_id, [turn_id])
        except Exception as error:
            return {self._told: tell_problem(told(error))}
        return {**self._shown(mine, open_id, turns[:-1]), self._box: turns[-1].question}

    def come_back(self, request: gr.Request, kept: object, *given: object) -> Updates:
        """Makes examples and filters anew when the reader comes back from the library."""
        idle = not which(kept) and (request.session_hash or "") not in self._running
        log = {self._log: welcome(*self._library_examples())} if idle else {self._log: gr.skip()}
        return {**log, **self._filtering.offer(*given)}

    # --- answers -------------------------------------------------------------------------------

    def opine(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Keeps, changes or takes back what the reader thinks of an answer."""
        mine = self._owner(request)
        try:
            turns = self._store.turns(mine, self._open_id(mine, kept))
        except Exception as error:
            return {self._told: tell_problem(told(error))}
        return {self._told: self._opinions.take(mine, event.value, turns)}

    def export(self, request: gr.Request) -> Updates:
        """Saves all of the reader's opinions on answers of this library as a question set."""
        return {self._told: self._opinions.export(self._owner(request))}

    def save(self, request: gr.Request, event: gr.EventData, kept: object) -> Updates:
        """Saves the open conversation as a file."""
        saved = self._talks.save(self._owner(request), which(kept), str(event.value))
        return {self._told: saved}

    # --- what is shown -------------------------------------------------------------------------

    def _owner(self, request: gr.Request) -> Owner:
        return owner(self._assistant.library.folder, request)

    def _open_id(self, mine: Owner, kept: object) -> str:
        """The open conversation; one that a browser kept itself, as it once did, is taken over."""
        turns = restore(kept)
        return self._store.take_over(mine, turns) if turns else which(kept)

    def _opened(self, mine: Owner, open_id: str) -> Updates:
        turns = self._store.turns(mine, open_id)
        filters = self._filtering.show(turns[-1].filters if turns else Filters())
        return {**self._shown(mine, open_id if turns else "", turns), **filters}

    def _shown(self, mine: Owner, open_id: str, turns: Sequence[Turn]) -> Updates:
        return {
            self._log: self._log_of(mine, turns),
            self._panel: sources_panel(turns),
            self._kept: opened(open_id),
            self._told: "",
            self._bar: self._talks.bar_of(mine, open_id),
            self._list: self._talks.show(mine, open_id),
        }

    def _log_of(self, mine: Owner, turns: Sequence[Turn]) -> str:
        if not turns:
            return welcome(*self._library_examples())
        return transcript(turns, self._opinions.of(mine, turns))

    def _library_examples(self) -> tuple[list[str], int]:
        """Examples and the number of articles, made again only when the library has changed."""
        changes = self._assistant.library.changes()
        if self._examples is None or self._examples[0] != changes:
            articles = self._assistant.articles()
            self._examples = changes, example_questions(articles), len(articles)
        return self._examples[1:]
