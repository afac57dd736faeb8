"""What a page tells of what is done to the library, where several things may be under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Notice:
    """What is told of one thing that is done, as HTML; ``over`` when it changes no more."""

    html: Callable[[], str] = str
    over: bool = False


class Notices:
    """What each page tells. Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[str, list[Notice]] = {}

    def begin(self, page: str) -> Notice:
        """Tells of one more thing. The others are told no longer once all of them are over: until
        then the reader may not have seen how they ended."""
        notice = Notice()
        with self._lock:
            before = self._pages.get(page, [])
            kept = [] if all(other.over for other in before) else before
            self._pages[page] = [notice, *kept]
        return notice

    def told(self, page: str) -> str:
        """All that the page tells, newest first."""
        with self._lock:
            return "".join(notice.html() for notice in self._pages.get(page, ()))

    def forget(self, page: str) -> None:
        """Tells nothing any more: the page is gone."""
        with self._lock:
            self._pages.pop(page, None)
