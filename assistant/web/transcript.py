"""The conversation as HTML: questions, answers with their marks, refusals, what went wrong.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.conversations import Opinion
from assistant.records import Answer
from assistant.web.conversation import Turn
from assistant.web.marks import marked_answer
from assistant.web.markup import count, escape, lines
from assistant.web.opinions import opinion_bar
from assistant.web.spans import closest_name

_ACTIONS = (
    '<div class="turn-actions">'
    '<button type="button" data-do="retry" title="Ask the last question again">'
    '<span aria-hidden="true">↻</span> Retry</button>'
    '<button type="button" data-do="undo" title="Take the last question back">'
    '<span aria-hidden="true">↶</span> Undo</button>'
    '<button type="button" data-do="clear" title="Forget this conversation">'
    '<span aria-hidden="true">+</span> New conversation</button>'
    '<button type="button" data-do="download" title="Save all opinions on answers of this library '
    'as a question set"><span aria-hidden="true">↓</span> Export opinions</button></div>'
)


def transcript(turns: Sequence[Turn], opinions: Mapping[str, Opinion], busy: bool = False) -> str:
    """All turns that are over, with the readers' opinions on them (by the turns' ids).

    While an answer is under way, none can be retried or undone.
    """
    last = len(turns) - 1
    return "".join(
        _turn(
            turn.question,
            _reply(turn)
            + opinion_bar(turn, opinions.get(turn.id))
            + (_ACTIONS if n == last and not busy else ""),
        )
        for n, turn in enumerate(turns)
    )


def under_way(question: str, status: str, words: str = "") -> str:
    """The turn that is being answered: what happens now, and the words so far."""
    reply = (
        f'<p class="status" role="status"><span class="pulse" aria-hidden="true"></span>'
        f"{escape(status)}</p>"
    )
    if words:
        reply += f'<p class="answer-text writing">{lines(words)}</p>'
    return _turn(question, f'<div class="answer">{reply}</div>')


def welcome(examples: Sequence[str], articles: int) -> str:
    """What a new conversation shows: examples, or the way to a first article."""
    if not articles:
        return (
            '<div class="welcome"><h2>Your library is empty</h2>'
            "<p>Add saved pages or articles, and ask away.</p>"
            '<button type="button" class="primary" data-do="select" value="library">'
            "Add articles</button></div>"
        )
    buttons = "".join(
        f'<li><button type="button" class="example" data-do="example_select" '
        f'value="{escape(question)}">{escape(question)}</button></li>'
        for question in examples
    )
    return (
        f'<div class="welcome"><h2>Ask your library</h2><p>{count(articles, "article")} '
        "to ask. Answers quote the exact sentence behind every statement, so that you can check "
        f'it.</p><ul class="examples" aria-label="Example questions">{buttons}</ul></div>'
    )


def _turn(question: str, reply: str) -> str:
    return (
        '<article class="turn"><div class="question"><span class="visually-hidden">You asked: '
        f"</span>{lines(question)}</div>{reply}</article>"
    )


def _reply(turn: Turn) -> str:
    if turn.problem:
        return (
            f'<div class="answer problem" role="alert"><p class="label"><span aria-hidden="true">'
            f"!</span> That did not work</p><p>{lines(turn.problem)}</p>"
            f'<p class="note">{lines(turn.hint)}</p></div>'
        )
    if turn.answer is None:
        words = f'<p class="answer-text">{lines(turn.words)}</p>' if turn.words.strip() else ""
        return f'<div class="answer stopped">{words}<p class="note">■ Stopped</p></div>'
    if turn.answer.refused:
        return _refusal(turn.id, turn.answer)
    return (
        f'<div class="answer">{_understood(turn.answer)}'
        f'<p class="answer-text">{marked_answer(turn.id, turn.answer)}</p>'
        f"{_figures(turn.answer)}</div>"
    )


def _refusal(turn: str, answer: Answer) -> str:
    offers = "".join(
        f'<li><button type="button" class="offer" data-quote="{escape(closest_name(turn, n))}">'
        f"<strong>{escape(closest.title)}</strong><span>{escape(closest.sentence)}</span>"
        "</button></li>"
        for n, closest in enumerate(answer.closest)
    )
    closest = f'<p class="note">Closest in the library</p><ul class="offers">{offers}</ul>'
    return (
        f'<div class="answer refusal"><p class="label"><span aria-hidden="true">∅</span> '
        f"Not in the library</p>{_understood(answer)}"
        f'<p class="answer-text">{lines(answer.text)}</p>'
        f"{closest if offers else ''}{_figures(answer)}</div>"
    )


def _understood(answer: Answer) -> str:
    if answer.standalone_question.strip() in ("", answer.question.strip()):
        return ""
    return f'<p class="note">Understood as: {escape(answer.standalone_question)}</p>'


def _figures(answer: Answer) -> str:
    """How the answer came about, in one quiet line."""
    figures = [f"{count(len(answer.hits), 'passage')} found"] if answer.hits else []
    if "total" in answer.timings:
        figures.append(f"{answer.timings['total']:.1f} s")
    if answer.model:
        figures.append(escape(answer.model))
    return f'<p class="figures">{" · ".join(figures)}</p>' if figures else ""
