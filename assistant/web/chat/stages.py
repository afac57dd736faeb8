"""How an answer comes about: what happens now, with times, and what it was in the end."""

from __future__ import annotations

import time
from collections.abc import Mapping

from assistant.records import Answer
from assistant.web.markup import count, escape

_STAGES = (
    ("Understanding the question", ("rewrite",)),
    ("Searching the library", ("embed", "search", "rerank")),
    ("Choosing sentences", ("choose",)),
    ("Reading them", ("prefill",)),
    ("Writing", ("write",)),
    ("Checking every statement", ("check",)),
    ("Comparing it with a second reader", ("compare",)),
)


class Stages:
    """The line under a question that is being answered; made when it is asked."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._over: list[tuple[str, float]] = []
        self._now = "Searching the library"

    def next(self, over: str, now: str) -> None:
        """Another stage begins.

        Args:
            over: what the last one has done.
            now: what happens from now on.
        """
        at = time.monotonic()
        self._over.append((over, at - self._last))
        self._last, self._now = at, now

    def line(self, ahead: int = 0) -> str:
        """What happens now, as HTML; the page's script lets its clock run on.

        Args:
            ahead: questions that the model answers first.
        """
        over = "".join(
            f"<li>{escape(did)} <span>{_seconds(took)}</span></li>" for did, took in self._over
        )
        now = f"Waiting: {count(ahead, 'question')} before yours" if ahead else self._now
        elapsed = time.monotonic() - self._last
        return (
            f'<div class="stages">{f"<ul>{over}</ul>" if over else ""}'
            f'<p class="status" role="status"><span class="pulse" aria-hidden="true"></span>'
            f"{escape(now)}</p>"
            f'<span class="clock" aria-hidden="true" data-elapsed="{elapsed:.2f}"></span></div>'
        )


def came_about(answer: Answer) -> str:
    """How a finished answer came about: one quiet line, which opens to the stages' times."""
    figures = [f"{count(len(answer.hits), 'passage')} found"] if answer.hits else []
    if "total" in answer.timings:
        figures.append(_seconds(answer.timings["total"]))
    if answer.model:
        figures.append(escape(answer.model))
    if not figures:
        return ""
    line, rows = " · ".join(figures), _rows(answer.timings)
    if not rows:
        return f'<p class="figures">{line}</p>'
    return (
        f'<details class="figures"><summary>{line}</summary><table class="timings">'
        f"<tbody>{rows}</tbody></table></details>"
    )


def _rows(timings: Mapping[str, float]) -> str:
    return "".join(
        f'<tr><th scope="row">{stage}</th><td>{_seconds(sum(took))}</td></tr>'
        for stage, names in _STAGES
        if (took := [timings[name] for name in names if name in timings])
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.05 else f"{seconds * 1000:.0f} ms"
