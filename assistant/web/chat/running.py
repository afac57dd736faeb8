"""Which pages wait for an answer, and in which order."""

from __future__ import annotations

import threading


class Running:
    """Who waits for an answer, in the order in which they asked. Safe to use from threads.

    A page waits for one answer at a time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, threading.Event] = {}
        self._left: set[str] = set()

    def __contains__(self, page: str) -> bool:
        with self._lock:
            return page in self._waiting

    def begin(self, page: str) -> threading.Event | None:
        """What cancels the page's answer; None where it waits for one already."""
        with self._lock:
            if page in self._waiting:
                return None
            return self._waiting.setdefault(page, threading.Event())

    def end(self, page: str) -> bool:
        """Ends the page's answer; says whether the page still shows its conversation."""
        with self._lock:
            self._waiting.pop(page).set()
            shows = page not in self._left
            self._left.discard(page)
            return shows

    def stop(self, page: str, leaves: bool = False) -> None:
        """Stops the page's answer, if there is one.

        Args:
            page: which page.
            leaves: whether it shows another conversation from now on.
        """
        with self._lock:
            cancel = self._waiting.get(page)
            if cancel is not None:
                cancel.set()
                if leaves:
                    self._left.add(page)

    def ahead(self, page: str) -> int:
        """How many asked before, and still wait: the model answers in the order of questions."""
        with self._lock:
            return list(self._waiting).index(page)
