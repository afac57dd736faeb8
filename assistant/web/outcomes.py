"""What is becoming, and what became, of each file that is added to the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.records import Progress, Record, Source, SourceOutcome
from assistant.web.markup import count, details, escape, isolated, lines

# The stage of a file that cannot be added because another program writes to the library.
BUSY = "busy"
_STATES = {
    "added": ("✓", "Added"),
    "changed": ("↻", "Updated"),
    "unchanged": ("=", "Already there"),
    "failed": ("✕", "Not added"),
}
_REREAD = {
    "changed": ("↻", "Read again, and updated"),
    "unchanged": ("=", "Read again: nothing has changed"),
    "failed": ("✕", "Read again, and left as it was"),
}


@dataclass(frozen=True, slots=True)
class Item(Record):
    """A file that is to be read, and how far that is: not begun, under way, or done."""

    name: str
    progress: Progress | None = None
    outcome: SourceOutcome | None = None


def board(items: Sequence[Item], *, again: bool = False) -> str:
    """Every file with a bar of its own, or with what became of it.

    Args:
        items: the files, in their order.
        again: whether they are sources that are read again.
    """
    done = sum(item.outcome is not None for item in items)
    failed = sum(item.outcome is not None and item.outcome.state == "failed" for item in items)
    said = f"{done} of {count(len(items), 'source' if again else 'file')} done"
    if failed:
        said += f", {failed} failed"
    listed = "".join(_item(item, _REREAD if again else _STATES) for item in items)
    return (
        f'<p class="so-far" role="status">{said}</p>'
        f'<ul class="outcomes" tabindex="0" aria-label="Files">{listed}</ul>'
    )


def removed(source: Source) -> str:
    """That a source is gone."""
    held = count(source.articles, "article")
    return _said(_line("unchanged", "−", source.name, f"Removed, with {held}"), "status")


def problem(error: AssistantError) -> str:
    """Why the library could not be changed, and what to do."""
    return _said(
        '<li class="failed"><span aria-hidden="true">✕</span>'
        f"<span><strong>{lines(error.message)}</strong> {lines(error.hint)}</span></li>",
        "alert",
    )


def _said(item: str, role: str) -> str:
    return f'<div role="{role}"><ul class="outcomes">{item}</ul></div>'


def _item(item: Item, words_of: dict[str, tuple[str, str]]) -> str:
    if item.outcome is not None:
        return _outcome(item.outcome, words_of)
    progress = item.progress
    if progress is None or progress.stage == BUSY:
        words = "Waiting" if progress is None else "Waiting for another program"
        done = '<progress value="0" max="1"'
    elif progress.stage == "embedding":
        of = f"{progress.done:,} of {count(progress.total, 'passage')}"
        words = f"Learning to find {of}"
        done = f'<progress value="{progress.done}" max="{max(progress.total, 1)}"'
    else:
        words, done = "Reading", "<progress"
    bar = f'{done} aria-label="{escape(item.name)}"></progress>'
    return _line("going", "…", item.name, words, bar)


def _outcome(outcome: SourceOutcome, words: dict[str, tuple[str, str]]) -> str:
    sign, word = words[outcome.state]
    held = ""
    if outcome.state in ("added", "changed"):
        held = f"{count(outcome.articles, 'article')}, {count(outcome.passages, 'passage')}"
    return _line(outcome.state, sign, outcome.source, details(word, held, outcome.reason))


def _line(state: str, sign: str, name: str, said: str, bar: str = "") -> str:
    return (
        f'<li class="{state}"><span aria-hidden="true">{sign}</span><span>'
        f"<strong>{isolated(name)}</strong> {said}{bar}</span></li>"
    )
