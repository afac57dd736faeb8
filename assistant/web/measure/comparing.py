"""Two runs side by side: which is better, by more than chance, and on which questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.records import Record
from assistant.web.markup import count, escape, lines
from assistant.web.measure.measurements import label
from assistant.web.measure.runs import KeptRun

if TYPE_CHECKING:
    from assistant.evaluation.cases import Prediction, Result
    from assistant.evaluation.comparison import Change, Difference

# What the compared scores are called, and whether more of it is better; more refusals are neither.
_FIGURES: Mapping[str, tuple[str, bool | None]] = {
    "final hit@4": ("The answer's passage is among the first four found (hit@4)", True),
    "final MRR@10": ("How near the top it is found (MRR@10)", True),
    "right": ("Right, refusals included", True),
    "token F1": ("Words shared with the expected answer (token F1)", True),
    "refused": ("Refused", None),
}
_SIGNIFICANT = 0.05
# Of the questions that changed, as many as a reader will look at.
_CHANGED = 30


@dataclass(frozen=True, slots=True)
class Comparison(Record):
    """Two runs over the questions that both asked.

    ``left_out`` counts the questions that only one of them asked. ``old`` and ``new`` are the
    predictions by question id.
    """

    before: KeptRun
    now: KeptRun
    differences: tuple[Difference, ...]
    left_out: int
    old: Mapping[str, Prediction]
    new: Mapping[str, Prediction]


def compare_runs(before: KeptRun, now: KeptRun) -> Comparison:
    """Compares two runs question by question.

    Raises:
        UsageError: they are one and the same, have no question in common, or one is damaged.
    """
    from assistant.evaluation.judging import asked_in_both, compare_results, left_out
    from assistant.evaluation.run import scored_run

    if before.folder == now.folder:
        raise UsageError("This is one run, twice.", "Choose two different runs.")
    old, new = scored_run(before.folder), scored_run(now.folder)
    shared = asked_in_both(new, old)
    if not shared:
        raise UsageError(
            "These two runs have no question in common, so there is nothing to compare.",
            "Choose two runs of the same question set.",
        )
    return Comparison(
        before,
        now,
        tuple(compare_results(new, old)),
        left_out(new, old),
        _predictions(old, shared),
        _predictions(new, shared),
    )


def comparison(found: Comparison) -> str:
    """The differences of two runs as a table, and the questions that changed."""
    rows = "".join(_row(difference) for difference in found.differences)
    heads = ("Figure", "Before", "Now", "Difference", "95% interval", "p", "n", "In words")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    left_out = ""
    if found.left_out:
        left_out = f"<p>Left out: {count(found.left_out, 'question')} that only one asked.</p>"
    return (
        '<section class="comparison"><h3 tabindex="-1">'
        f"{_verdict_on_answers(found.differences)}</h3>"
        f'<p class="details">Before: {escape(label(found.before))}<br>'
        f"Now: {escape(label(found.now))}</p>{left_out}"
        f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        '</div><p class="details">p is how often so large a difference comes of chance alone '
        "(paired permutation test); below 0.05 it counts as more than chance. Questions about one "
        "article are taken together.</p>"
        f"{_changes(found)}</section>"
    )


def verdict(difference: Difference) -> tuple[str, str, str]:
    """What a difference means: a kind (``better``, ``worse``, ``changed``, ``same``), a sign, and
    words."""
    better_when_more = _FIGURES.get(difference.name, ("", None))[1]
    if difference.difference is None:
        return "same", "·", "Not measured in both"
    if not difference.changed:
        return "same", "=", "The same on every question"
    if difference.p_value is None:
        return "same", "·", "Too few articles to tell"
    if difference.p_value >= _SIGNIFICANT:
        return "same", "≈", "No difference that chance would not explain"
    more = difference.difference > 0
    if better_when_more is None:
        return (
            "changed",
            "▲" if more else "▼",
            f"{'More' if more else 'Less'} often, by more than chance",
        )
    if more == better_when_more:
        return "better", "▲", "Better by more than chance"
    return "worse", "▼", "Worse by more than chance"


def _verdict_on_answers(differences: Sequence[Difference]) -> str:
    for difference in differences:
        if difference.name == "right":
            return f"Answers: {verdict(difference)[2].lower()}"
    return "Compared"


def _row(difference: Difference) -> str:
    kind, sign, words = verdict(difference)
    name = _FIGURES.get(difference.name, (difference.name, None))[0]
    interval = ""
    if difference.low is not None and difference.high is not None:
        interval = f"{_signed(difference.low)} to {_signed(difference.high)}"
    change = "" if difference.difference is None else _signed(difference.difference)
    cells = (
        ("Before", _number(difference.old)),
        ("Now", _number(difference.new)),
        ("Difference", f'<span class="{kind}">{change}</span>'),
        ("95% interval", interval),
        ("p", _number(difference.p_value)),
        ("n", f"{difference.n:,}"),
        ("In words", f'<span class="{kind}"><span aria-hidden="true">{sign}</span> {words}</span>'),
    )
    row = "".join(f'<td data-name="{head}">{cell}</td>' for head, cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{row}</tr>'


def _changes(found: Comparison) -> str:
    parts = [_changed(difference, found) for difference in found.differences if difference.changed]
    if not parts:
        return "<p>No question has another score than before.</p>"
    return f"<h3>The questions that changed</h3>{''.join(parts)}"


def _changed(difference: Difference, found: Comparison) -> str:
    name, better_when_more = _FIGURES.get(difference.name, (difference.name, None))
    up = [change for change in difference.changed if change.new > change.old]
    down = [change for change in difference.changed if change.new < change.old]
    words = ("More", "Less") if better_when_more is None else ("Better", "Worse")
    lists = "".join(
        _list(word, sign, changes, found)
        for word, sign, changes in zip(words, "▲▼", (up, down), strict=True)
        if changes
    )
    opened = " open" if difference.name == "right" else ""
    return (
        f"<details{opened}><summary>{escape(name)}: {len(up):,} {words[0].lower()}, "
        f"{len(down):,} {words[1].lower()}</summary>{lists}</details>"
    )


def _list(word: str, sign: str, changes: Sequence[Change], found: Comparison) -> str:
    items = "".join(_change(change, found) for change in changes[:_CHANGED])
    others = len(changes) - _CHANGED
    more = f"<li>… and {count(others, 'more question')}</li>" if others > 0 else ""
    kind = word.lower()
    return (
        f'<p class="{kind}"><span aria-hidden="true">{sign}</span> {word}</p>'
        f'<ul class="changes">{items}{more}</ul>'
    )


def _change(change: Change, found: Comparison) -> str:
    before, now = found.old[change.id], found.new[change.id]
    expected = " / ".join(now.question.answers) if now.question.answerable else "a refusal"
    told = (("Expected", expected), ("Before", _answer(before)), ("Now", _answer(now)))
    terms = "".join(f"<dt>{term}</dt><dd>{lines(text)}</dd>" for term, text in told)
    return (
        f'<li><p><strong>{escape(now.question.question)}</strong> <span class="details">'
        f"{change.old:.2f} → {change.new:.2f}</span></p><dl>{terms}</dl></li>"
    )


def _answer(prediction: Prediction) -> str:
    if prediction.answer is None:
        return f"Error: {prediction.error}"
    return f"Refused: {prediction.answer.text}" if prediction.refused else prediction.answer.text


def _predictions(result: Result, ids: set[str]) -> dict[str, Prediction]:
    predictions = (case.prediction for case in result.cases)
    return {p.question.id: p for p in predictions if p.question.id in ids}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _signed(value: float) -> str:
    shown = f"{value:+.3f}"
    return "0.000" if shown[1:] == "0.000" else shown.replace("-", "−")
