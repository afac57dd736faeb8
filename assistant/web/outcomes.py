"""What is becoming, and what became, of each file that is added to the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.records import Progress, Record, Source, SourceOutcome
from assistant.web.markup import count, details, escape, lines

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
class Upload(Record):
    """A file that is to be added, and how far that is: not begun, under way, or done."""

    name: str
    progress: Progress | None = None
    outcome: SourceOutcome | None = None


def board(uploads: Sequence[Upload]) -> str:
    """Every file with a bar of its own, or with what became of it."""
    done = sum(upload.outcome is not None for upload in uploads)
    failed = sum(u.outcome is not None and u.outcome.state == "failed" for u in uploads)
    said = f"{done} of {count(len(uploads), 'file')} done"
    if failed:
        said += f", {failed} not added"
    items = "".join(_item(upload) for upload in uploads)
    return f'<p class="so-far" role="status">{said}</p><ul class="outcomes">{items}</ul>'


def reread(outcome: SourceOutcome) -> str:
    """What became of a source that was read again."""
    return _said(_outcome(outcome, _REREAD), "status")


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


def _item(upload: Upload) -> str:
    if upload.outcome is not None:
        return _outcome(upload.outcome, _STATES)
    progress = upload.progress
    if progress is None:
        words, done = "Waiting", '<progress value="0" max="1"'
    elif progress.stage == "embedding":
        of = f"{progress.done:,} of {count(progress.total, 'passage')}"
        words = f"Learning to find {of}"
        done = f'<progress value="{progress.done}" max="{max(progress.total, 1)}"'
    else:
        words, done = "Reading", "<progress"
    bar = f'{done} aria-label="{escape(upload.name)}"></progress>'
    return _line("going", "…", upload.name, words, bar)


def _outcome(outcome: SourceOutcome, words: dict[str, tuple[str, str]]) -> str:
    sign, word = words[outcome.state]
    held = ""
    if outcome.state in ("added", "changed"):
        held = f"{count(outcome.articles, 'article')}, {count(outcome.passages, 'passage')}"
    return _line(outcome.state, sign, outcome.source, details(word, held, outcome.reason))


def _line(state: str, sign: str, name: str, said: str, bar: str = "") -> str:
    return (
        f'<li class="{state}"><span aria-hidden="true">{sign}</span><span>'
        f"<strong>{escape(name)}</strong> {said}{bar}</span></li>"
    )
