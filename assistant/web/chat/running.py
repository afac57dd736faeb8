"""Who waits for an answer, and in which order."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# An answer that is stopped ends at once; only keeping it may take a moment.
_SOON_SECONDS = 5


@dataclass(slots=True)
class _Answer:
    """An answer under way; ``ends`` once its page has left it, or has nothing more to come."""

    cancel: threading.Event = field(default_factory=threading.Event)
    conversation: str = ""
    ends: bool = False


class Running:
    """Who waits for an answer, in the order in which they asked. Safe to use from threads.

    A page waits for one answer at a time.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, _Answer] = {}

    def __contains__(self, page: str) -> bool:
        with self._changed:
            return page in self._waiting

    def begin(self, page: str) -> threading.Event | None:
        """What cancels the page's answer; None where it waits for one already.

        One that it has left is about to end, and its end is waited for.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._ends(page), _SOON_SECONDS)
            if page in self._waiting:
                return None
            return self._waiting.setdefault(page, _Answer()).cancel

    def belongs(self, page: str, conversation: str) -> None:
        """Says which conversation the page's answer belongs to."""
        with self._changed:
            self._waiting[page].conversation = conversation

    def finish(self, page: str) -> bool:
        """The page's answer is about to end; says whether the page still shows its conversation."""
        with self._changed:
            shows = not self._waiting[page].ends
            self._waiting[page].ends = True
            return shows

    def end(self, page: str) -> None:
        """Ends the page's answer."""
        with self._changed:
            self._waiting.pop(page).cancel.set()
            self._changed.notify_all()

    def stop(self, page: str, leaves: bool = False) -> None:
        """Stops the page's answer, if there is one.

        Args:
            page: which page.
            leaves: whether it shows another conversation from now on.
        """
        with self._changed:
            if page in self._waiting:
                self._waiting[page].cancel.set()
                self._waiting[page].ends |= leaves

    def settle(self, conversation: str, begins: bool) -> None:
        """Waits until a conversation's answers are kept whose pages are gone.

        Args:
            conversation: which conversation.
            begins: whether nothing of it is kept yet: then any answer is waited for, because a
                page that is loaded again may be a moment faster than the news that it was left.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    not any(
                        answer.conversation == conversation and (answer.ends or begins)
                        for answer in self._waiting.values()
                    )
                ),
                _SOON_SECONDS,
            )

    def ahead(self, page: str) -> int:
        """How many asked before, and still wait: the model answers in the order of questions."""
        with self._changed:
            return list(self._waiting).index(page)

    @contextmanager
    def other(self) -> Iterator[None]:
        """A question that no page asks waits for its answer meanwhile."""
        name = secrets.token_hex(8)
        self.begin(name)
        try:
            yield
        finally:
            self.end(name)

    def _ends(self, page: str) -> bool:
        return page in self._waiting and self._waiting[page].ends
