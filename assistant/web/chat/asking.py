"""Asking: a question at the end of a conversation, or again in place of an earlier one."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.conversations import Conversations, Owner, Turn, now
from assistant.errors import AssistantError, UsageError
from assistant.records import Filters, Record
from assistant.web.chat.conversation import new_id, opened, read_edit, restore, which
from assistant.web.chat.filtering import chosen
from assistant.web.chat.running import Running
from assistant.web.chat.talks import MOVED_ON
from assistant.web.chat.telling import tell_problem, tell_unanswered
from assistant.web.chat.transcript import transcript
from assistant.web.chat.view import Updates, View
from assistant.web.chat.writing import Step, failed, written
from assistant.web.failures import told

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

_BUSY = UsageError("An answer is under way.", "Wait for its end, or stop it, and ask then.")


@dataclass(frozen=True, slots=True)
class _Asked(Record):
    """A question and where its turn goes: behind the turns ``before``, instead of ``gone``."""

    question: str
    filters: Filters
    mine: Owner
    open_id: str
    before: tuple[Turn, ...]
    gone: tuple[Turn, ...]


class Asking:
    """What happens when something is asked; ``given`` are the filters that the browser sent.

    Args:
        assistant: answers.
        store: keeps what was asked and answered.
        view: shows it.
        running: knows who waits for an answer.
    """

    def __init__(
        self, assistant: Assistant, store: Conversations, view: View, running: Running
    ) -> None:
        self._assistant = assistant
        self._store = store
        self._view = view
        self._running = running

    def ask(
        self, request: gr.Request, question: str, kept: object, *given: object
    ) -> Iterator[Updates]:
        """Answers the question as the next turn of the conversation."""
        yield from self._ask(request, kept, given, question.strip(), typed=True)

    def ask_example(
        self, request: gr.Request, event: gr.EventData, kept: object, *given: object
    ) -> Iterator[Updates]:
        """Answers the example that was chosen."""
        yield from self._ask(request, kept, given, str(event.value).strip())

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
            yield {self._view.told: tell_problem(error)}
        else:
            yield from self._ask(request, kept, given, question, turn_id, last)

    def is_waiting(self, request: gr.Request) -> bool:
        """Whether the page waits for an answer."""
        return (request.session_hash or "") in self._running

    def stop(self, request: gr.Request) -> None:
        """Ends the answer that this page waits for."""
        self._running.stop(request.session_hash or "")

    def leave(self, request: gr.Request) -> None:
        """Ends it because the page is gone, or shows another conversation from now on."""
        self._running.stop(request.session_hash or "", leaves=True)

    def open_id(self, mine: Owner, kept: object) -> str:
        """The open conversation; one that a browser kept itself, as it once did, is taken over."""
        turns = restore(kept)
        return self._store.take_over(mine, turns) if turns else which(kept)

    def settle(self, mine: Owner, open_id: str) -> None:
        """Waits until the answer is kept that the conversation's page waited for when it was
        loaded again."""
        conversation = self._store.conversation(mine, open_id)
        self._running.settle(open_id, begins=conversation is None or not conversation.turns)

    def _ask(
        self,
        request: gr.Request,
        kept: object,
        given: Sequence[object],
        question: str = "",
        instead_of: str | None = None,
        last: str = "",
        typed: bool = False,
    ) -> Iterator[Updates]:
        """Asks a question at the end, or in place of a turn of a conversation that ends with the
        turn ``last``; ``typed`` says that it stands in the box, which may hold a draft otherwise.
        """
        if not question and instead_of is None:
            yield {self._view.box: gr.skip()}
            return
        page = request.session_hash or ""
        cancel = self._running.begin(page)
        if cancel is None:
            yield {self._view.told: tell_problem(_BUSY)}
            return
        try:
            mine = self._view.owner(request)
            try:
                filters = chosen(*given)
                open_id = self.open_id(mine, kept)
                before = self._store.turns(mine, open_id)
                known = self._store.conversation(mine, open_id) is not None
            except Exception as error:
                yield {self._view.told: tell_problem(told(error))}
                return
            ids = [turn.id for turn in before]
            if instead_of is not None and (instead_of not in ids or ids[-1] != last):
                shown = self._view.shown(mine, open_id, before)
                yield {**shown, self._view.told: tell_problem(MOVED_ON)}
                return
            at = len(ids) if instead_of is None else ids.index(instead_of)
            emptied: dict[str, Any] = {"value": ""} if typed else {}
            begins: Updates = {
                self._view.box: gr.Textbox(**emptied, submit_btn=False, stop_btn="Stop"),
                self._view.told: "",
            }
            if not known:
                open_id = new_id()  # from now on: whoever loads the page again finds it
            if open_id != which(kept):
                begins[self._view.kept] = opened(open_id)
                begins[self._view.bar] = self._view.talks.bar_of(mine, open_id)
            self._running.belongs(page, open_id)
            asked = _Asked(
                question or before[at].question, filters, mine, open_id, before[:at], before[at:]
            )
            yield from self._answer(page, cancel, asked, begins)
        finally:
            self._running.end(page)

    def _answer(
        self, page: str, cancel: threading.Event, asked: _Asked, begins: Updates
    ) -> Iterator[Updates]:
        """Shows how the answer comes about, and keeps it; the page shows ``begins`` first."""
        before = asked.before
        steps = written(
            self._assistant,
            asked.question,
            before,
            asked.filters,
            cancel,
            lambda: self._running.ahead(page),
        )
        try:
            opinions = self._view.opinions.of(asked.mine, before)
            yield {self._view.log: transcript(before, opinions, busy=True), **begins}
            turn = yield from self._steps(steps)
        except GeneratorExit:  # the page is gone, and whoever comes back looks for the question
            cancel.set()
            self._keep(asked, _rest(steps), shows=False)
            raise
        except Exception as error:  # what came could not be drawn
            cancel.set()
            turn = failed(asked.question, error, asked.filters)
        over = {
            self._view.current: "",
            self._view.box: gr.Textbox(submit_btn="Ask", stop_btn=False),
        }
        yield {**self._keep(asked, turn, self._running.finish(page)), **over}

    def _keep(self, asked: _Asked, turn: Turn, shows: bool) -> Updates:
        """Keeps the turn, and shows the conversation with it if it is still the open one.

        What was there is worth more than what nobody waited for, or what says nothing.
        """
        mine, open_id, gone = asked.mine, asked.open_id, asked.gone
        turns: Sequence[Turn] = (*asked.before, turn)
        note: Updates = {}
        try:
            if not shows and asked.before and self._store.conversation(mine, open_id) is None:
                return {}  # it was deleted meanwhile, and nobody waits for more of it
            if shows and not _says(turn) and any(map(_says, gone)):
                note = {self._view.told: tell_unanswered(turn)}
            elif shows or not gone:
                new = replace(turn, id=new_id(), at=now())
                self._store.add(mine, open_id, new, [old.id for old in gone])
            turns = self._store.turns(mine, open_id)
        except Exception as error:
            note = {self._view.told: tell_problem(told(error))}
        try:
            return {**self._view.shown(mine, open_id, turns), **note} if shows else note
        except Exception as error:
            return {self._view.told: tell_problem(told(error))}

    def _steps(self, steps: Generator[Step, None, Turn]) -> Generator[Updates, None, Turn]:
        while True:
            try:
                step = next(steps)
            except StopIteration as over:
                turn: Turn = over.value
                return turn
            panel = {self._view.panel: step.panel} if step.panel else {}
            yield {self._view.current: step.current, **panel}


def _says(turn: Turn) -> bool:
    """Whether a reader gets anything from it."""
    return turn.answer is not None or (not turn.problem and bool(turn.words.strip()))


def _rest(steps: Generator[Step, None, Turn]) -> Turn:
    """What there is of an answer that was cancelled; its last steps show nowhere."""
    while True:
        try:
            next(steps)
        except StopIteration as over:
            turn: Turn = over.value
            return turn
