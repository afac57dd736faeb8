"""Asking: a question at the end of a conversation, or again in place of an earlier one."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.conversations import Conversations, Owner, Turn, now
from assistant.errors import AssistantError
from assistant.web.chat.conversation import new_turn_id, read_edit, restore, which
from assistant.web.chat.filtering import chosen
from assistant.web.chat.running import Running
from assistant.web.chat.talks import MOVED_ON
from assistant.web.chat.telling import tell_problem
from assistant.web.chat.transcript import transcript
from assistant.web.chat.view import Updates, View
from assistant.web.chat.writing import Step, written
from assistant.web.failures import told

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant


class Asking:
    """What happens when something is asked; ``given`` are the filters that the browser sent.

    Args:
        assistant: answers.
        store: keeps what was asked and answered.
        view: shows it.
    """

    def __init__(self, assistant: Assistant, store: Conversations, view: View) -> None:
        self._assistant = assistant
        self._store = store
        self._view = view
        self._running = Running()

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
        mine = self._view.owner(request)
        try:
            filters = chosen(*given)
            open_id = self.open_id(mine, kept)
            before = self._store.turns(mine, open_id)
        except Exception as error:
            yield {self._view.told: tell_problem(told(error))}
            return
        gone: tuple[Turn, ...] = ()
        if instead_of is not None:
            ids = [turn.id for turn in before]
            if instead_of not in ids or ids[-1] != last:
                yield {
                    **self._view.shown(mine, open_id, before),
                    self._view.told: tell_problem(MOVED_ON),
                }
                return
            before, gone = before[: ids.index(instead_of)], before[ids.index(instead_of) :]
            question = question or gone[0].question
        page = request.session_hash or ""
        cancel = self._running.begin(page)
        if cancel is None:
            return  # this page already waits for an answer
        steps = written(
            self._assistant, question, before, filters, cancel, lambda: self._running.ahead(page)
        )
        emptied: dict[str, Any] = {"value": ""} if typed else {}
        try:
            yield {
                self._view.log: transcript(before, self._view.opinions.of(mine, before), busy=True),
                self._view.box: gr.Textbox(**emptied, submit_btn=False, stop_btn="Stop"),
                self._view.told: "",
            }
            turn = yield from self._steps(steps)
        except GeneratorExit:  # the page is gone, and whoever comes back looks for the question
            cancel.set()
            self._keep(mine, open_id, before, _rest(steps), gone, shows=False)
            raise
        finally:
            shows = self._running.end(page)
        over = {
            self._view.current: "",
            self._view.box: gr.Textbox(submit_btn="Ask", stop_btn=False),
        }
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
            if not shows and before and self._store.conversation(mine, open_id) is None:
                return {}  # it was deleted meanwhile, and nobody waits for more of it
            if shows or not gone:  # what was there is worth more than what nobody waited for
                new = replace(turn, id=new_turn_id(), at=now())
                open_id = self._store.add(mine, open_id, new, [old.id for old in gone])
            turns = self._store.turns(mine, open_id)
        except Exception as error:
            shown = self._view.shown(mine, open_id, (*before, turn)) if shows else {}
            return {**shown, self._view.told: tell_problem(told(error))}
        return self._view.shown(mine, open_id, turns) if shows else {}

    def _steps(self, steps: Generator[Step, None, Turn]) -> Generator[Updates, None, Turn]:
        while True:
            try:
                step = next(steps)
            except StopIteration as over:
                turn: Turn = over.value
                return turn
            panel = {self._view.panel: step.panel} if step.panel else {}
            yield {self._view.current: step.current, **panel}


def _rest(steps: Generator[Step, None, Turn]) -> Turn:
    """What there is of an answer that was cancelled; its last steps show nowhere."""
    while True:
        try:
            next(steps)
        except StopIteration as over:
            turn: Turn = over.value
            return turn
