"""The Measure tab's HTML: question sets, a measuring under way, the runs and their reports."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.records import Article
from assistant.web.failures import told
from assistant.web.markup import count, details, escape, removal
from assistant.web.measure.measuring import TEXTS, State
from assistant.web.measure.runs import MAIN_FIGURES, KeptFigure, KeptRun, run_key
from assistant.web.outcomes import problem

if TYPE_CHECKING:
    from assistant.evaluation.questions import Problem, Question, QuestionSet

# Of a question set's problems, as many as a reader will look at.
_PROBLEMS = 10
_CAPTION = "Figures with their 95% intervals, and how many questions (n) they come from"
_MINUTE, _HOUR = 60, 3600


def attempt(notice: Any, change: Callable[[], dict[Any, Any]]) -> dict[Any, Any]:
    """What a change shows, or in the widget ``notice`` why it cannot be made."""
    try:
        return {notice: "", **change()}
    except Exception as error:
        return {notice: problem(told(error))}


def described(
    name: str, question_set: QuestionSet, articles: Collection[Article], uploaded: bool
) -> str:
    """What a question set holds, and whether the library can answer it.

    Args:
        name: what the set is called.
        question_set: the set.
        articles: those of the library.
        uploaded: whether a reader brought it, and so may remove it.
    """
    asked = question_set.questions
    drafts = sum(question.draft for question in asked)
    follow_ups = sum(bool(question.history) for question in asked)
    held = details(
        count(len(asked), "question"),
        f"{sum(question.answerable for question in asked):,} answerable",
        f"{follow_ups:,} {'follow-up' if follow_ups == 1 else 'follow-ups'}" if follow_ups else "",
        f"{count(drafts, 'draft')} that nobody has reviewed" if drafts else "",
    )
    about = _texts(question_set) or _missing(question_set, articles)
    remove = removal(name, name, "Remove this question set for good?") if uploaded else ""
    return f'<div class="held"><p>{held}</p>{about}</div>{remove}'


def problems(name: str, found: Sequence[Problem]) -> str:
    """What is wrong with a question set that was uploaded, line by line."""
    items = "".join(
        f"<li><strong>{escape(item.where)}</strong> {escape(item.reason)}</li>"
        for item in found[:_PROBLEMS]
    )
    others = len(found) - _PROBLEMS
    more = f"<p>… and {count(others, 'more problem')}.</p>" if others > 0 else ""
    return (
        f'<div class="problems" role="alert"><p><strong>{escape(name)} cannot be used yet: '
        f"{count(len(found), 'problem')}.</strong> Correct the file and upload it again.</p>"
        f"<ul>{items}</ul>{more}</div>"
    )


def panel(state: State | None) -> str:
    """A measuring under way, or what became of the last one."""
    if state is None:
        return ""
    if state.under_way:
        return _under_way(state)
    if state.phase == "failed" and state.error is not None:
        return problem(state.error)
    if state.phase == "finished":
        return _outcome("✓", "added", spoken(state), "select", state, "Show report")
    return _outcome("■", "unchanged", spoken(state), "retry", state, "Continue")


def spoken(state: State | None) -> str:
    """What a screen reader is told: seldom enough to be listened to."""
    if state is None or state.phase == "failed":
        return ""
    if state.phase == "stopping":
        of_texts = state.progress is not None and state.progress.stage in TEXTS
        last = "once the set's own texts are added" if of_texts else "after the question under way"
        return f"Stopping {last}."
    if state.phase == "finished":
        return f"Measured {count(state.total, 'question')}: {_right(state)}."
    if state.phase == "stopped":
        asked = (
            f"{state.asked:,} of {state.total:,} questions" if state.asked else "the first question"
        )
        return f"Stopped {'after' if state.asked else 'before'} {asked}."
    quarters = 4 * state.asked // max(state.total, 1)
    return ("Measuring.", "A quarter is done.", "Half is done.", "Three quarters are done.", "")[
        quarters
    ]


def runs_table(runs: Sequence[KeptRun]) -> str:
    """All runs, newest first, with what can be done with each."""
    if not runs:
        return (
            '<p class="nothing">Nothing has been measured yet. Choose a question set above and '
            "press Run.</p>"
        )
    names = ("When", "Question set", "Questions", "Model", *(name for name, *_ in MAIN_FIGURES))
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(_row(run) for run in runs)
    return (
        f'<div class="table"><table class="runs"><caption>{_CAPTION}</caption>'
        f"<thead><tr>{heads}<td></td></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def report_frame(run: KeptRun) -> str:
    """The report of a run, in a frame that can run nothing and reach nothing."""
    address = f"runs/{run.key}/report.html"
    title = escape(label(run))
    return (
        f'<section class="report"><header><h2 tabindex="-1">Report</h2>'
        f'<p class="details">{title}</p><p class="report-links">'
        f'<a href="{address}" target="_blank" rel="noopener noreferrer">Open in a tab of its own, '
        'to print it</a> <button type="button" class="small" data-do="clear">Close the report'
        f"</button></p></header>"
        f'<iframe src="{address}" title="Report: {title}" sandbox '
        'referrerpolicy="no-referrer"></iframe></section>'
    )


def label(run: KeptRun) -> str:
    """A run in one line, not escaped: when, of which set, how many questions, by which model."""
    split = f" ({run.split})" if run.split else ""
    known = (written(run), run.set_name + split, count(run.answered, "question"), run.model)
    return " · ".join(filter(None, known))


def written(run: KeptRun) -> str:
    """When a run was last written to, by this machine's clock: ``2026-11-24 11:32``."""
    return f"{datetime.fromtimestamp(run.when):%Y-%m-%d %H:%M}"


def duration(seconds: float) -> str:
    """A time to wait, as exact as it can be known."""
    if seconds < _MINUTE:
        return "less than a minute"
    if seconds < _HOUR:
        return f"about {count(round(seconds / _MINUTE), 'minute')}"
    return f"about {count(round(seconds / _HOUR), 'hour')}"


def _texts(question_set: QuestionSet) -> str:
    if not question_set.documents:
        return ""
    return (
        f'<p class="about">It brings {count(len(question_set.documents), "text")} of its own: the '
        "questions are put to these, and not to your library.</p>"
    )


def _missing(question_set: QuestionSet, articles: Collection[Article]) -> str:
    named = {name for question in question_set.questions for name in _named(question)}
    missing = named - {name for a in articles for name in (a.id, a.title, a.source)}
    if not missing:
        return ""
    held = f"lacks {len(missing):,} of the {count(len(named), 'article')}"
    wrong = "questions about these will count as wrong"
    if missing == named:
        held, wrong = "holds none of the articles", "nearly every answer will count as wrong"
    return f'<p class="amiss">The library {held} that it asks about: {wrong}.</p>'


def _named(question: Question) -> list[str]:
    if not question.answerable:
        return []
    spans = [span.article for span in question.gold_spans]
    return [*([question.article] if question.article else []), *spans]


def _under_way(state: State) -> str:
    known, done, total = "Preparing", 0, 1
    if state.progress is not None:
        stage, done, total = state.progress.stage, state.progress.done, state.progress.total
        share = f"{done:,} of {total:,}"
        known = f"{share} questions" if stage == "questions" else f"{stage.capitalize()}: {share}"
    left = f"{duration(state.seconds_left)} left" if state.seconds_left is not None else ""
    if state.phase == "stopping":
        left = spoken(state).rstrip(".").lower()
    right = f"{_right(state)} so far" if state.judged else ""
    words = escape(" · ".join(filter(None, (known, right, left))))
    return (
        f'<p class="progress">{words}<progress aria-label="{words}" value="{done}" '
        f'max="{max(total, 1)}"></progress></p>'
    )


def _right(state: State) -> str:
    return f"{state.right:,} of {state.judged:,} right"


def _outcome(sign: str, kind: str, said: str, action: str, state: State, button: str) -> str:
    return (
        f'<ul class="outcomes"><li class="{kind}"><span aria-hidden="true">{sign}</span>'
        f'<span>{escape(said)}</span> <button type="button" class="small" data-do="{action}" '
        f'value="{run_key(state.order.folder)}">{button}</button></li></ul>'
    )


def _row(run: KeptRun) -> str:
    split = f"<small>split {escape(run.split)}</small>" if run.split else ""
    cells = (
        f'<th scope="row">{written(run)}</th>'
        f'<td data-name="Question set">{escape(run.set_name)}{split}</td>'
        f'<td data-name="Questions" class="number">{run.answered:,}</td>'
        f'<td data-name="Model">{escape(run.model)}</td>'
    )
    if run.finished:
        figures = "".join(
            _figure(name, run.figure(group, figure)) for name, group, figure in MAIN_FIGURES
        )
    else:
        figures = (
            f'<td data-name="State" class="broken" colspan="{len(MAIN_FIGURES)}">'
            "Broken off; it can be continued</td>"
        )
    return f'<tr>{cells}{figures}<td class="actions"><div>{_actions(run)}</div></td></tr>'


def _figure(name: str, figure: KeptFigure | None) -> str:
    if figure is None or figure.value is None:
        return f'<td data-name="{name}" class="number">undefined</td>'
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f"{figure.low:.2f}–{figure.high:.2f}, "
    return (
        f'<td data-name="{name}" class="number">{figure.value:.2f}'
        f"<small>{interval}n {figure.n:,}</small></td>"
    )


def _actions(run: KeptRun) -> str:
    name = escape(label(run))
    offered = (
        (("select", "Show report"), ("apply", "Compare"))
        if run.finished
        else (("retry", "Continue"),)
    )
    buttons = " ".join(
        f'<button type="button" class="small" data-do="{action}" value="{run.key}" '
        f'aria-label="{word}: {name}">{word}</button>'
        for action, word in offered
    )
    return f"{buttons} {removal(label(run), run.key, 'Remove this run for good?')}"
