"""The conversation as HTML: questions, answers with their marks, refusals, what went wrong.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.conversations import Opinion, Turn
from assistant.records import Answer, Filters
from assistant.web.chat.exporting import markdown, plain_text
from assistant.web.chat.filtering import described
from assistant.web.chat.opinions import opinion_bar
from assistant.web.chat.stages import came_about
from assistant.web.markup import count, escape, lines
from assistant.web.reader.marks import marked_answer
from assistant.web.reader.spans import closest_name

_EXPORT = (
    '<button type="button" data-do="download" title="Save all your opinions on answers of this '
    'library as a question set"><span aria-hidden="true">↓</span> Export opinions</button>'
)
# Copied by the page's script.
EDIT = (
    '<template id="edit-form"><div class="edit-form" role="group" aria-label="Edit the question">'
    '<textarea rows="2" maxlength="2000" dir="auto" aria-label="The question"></textarea>'
    '<div><button type="button" class="primary" data-do="edit">Ask again</button> '
    '<button type="button" class="quiet" data-cancel>Cancel</button> '
    '<span class="note"></span></div></div></template>'
)


def transcript(turns: Sequence[Turn], opinions: Mapping[str, Opinion], busy: bool = False) -> str:
    """All turns that are over, with the readers' opinions on them (by the turns' ids).

    While an answer is under way, none can be retried, undone or edited.
    """
    last = len(turns) - 1
    return "".join(
        _turn(
            turn,
            _reply(turn, busy)
            + _beneath(turn, opinion_bar(turn, opinions.get(turn.id)))
            + (_actions(turn) if n == last and not busy else ""),
            "" if busy else _edit(turn.question, "Edit"),
        )
        for n, turn in enumerate(turns)
    )


def under_way(question: str, line: str, words: str = "", filters: Filters | None = None) -> str:
    """The turn that is being answered: what happens now, and the words so far.

    Args:
        question: what was asked.
        line: what happens now, as HTML.
        words: what is written already.
        filters: limit the answer.
    """
    reply = line
    if words:
        reply += f'<p class="answer-text writing" dir="auto">{lines(words)}</p>'
    turn = Turn(question, filters=filters or Filters())
    return _turn(turn, f'<div class="answer">{_limits(turn)}{reply}</div>', "")


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


def _turn(turn: Turn, reply: str, edit: str) -> str:
    return (
        f'<article class="turn" data-id="{escape(turn.id)}"><div class="asked-line">{edit}'
        f'<div class="question"><span class="visually-hidden">You asked: </span>'
        f'<bdi dir="auto">{lines(turn.question)}</bdi></div></div>{reply}</article>'
    )


def _edit(question: str, label: str) -> str:
    return (
        f'<button type="button" class="edit" data-edit="{escape(question)}" '
        f'aria-label="{label} the question">{label}</button>'
    )


def _actions(turn: Turn) -> str:
    turn_id = escape(turn.id)
    return (
        f'<div class="turn-actions"><button type="button" data-do="retry" value="{turn_id}" '
        'title="Ask the last question again"><span aria-hidden="true">↻</span> Retry</button>'
        f'<button type="button" data-do="undo" value="{turn_id}" '
        'title="Take the last question back"><span aria-hidden="true">↶</span> Undo</button>'
        f"{_EXPORT}</div>"
    )


def _beneath(turn: Turn, opinions: str) -> str:
    """What can be done with an answer."""
    if turn.answer is None:
        return opinions
    return (
        f'<div class="beneath">{opinions}<div class="copies">'
        f'<button type="button" data-copy="{escape(plain_text(turn.answer))}" '
        'title="Copy the answer with its sources as footnotes">Copy</button>'
        f'<button type="button" data-copy="{escape(markdown(turn.answer))}" '
        'title="Copy the answer with its sources as Markdown">Copy as Markdown</button>'
        "</div></div>"
    )


def _reply(turn: Turn, busy: bool) -> str:
    if turn.problem:
        return (
            f'<div class="answer problem" role="alert"><p class="label"><span aria-hidden="true">'
            f"!</span> That did not work</p><p>{lines(turn.problem)}</p>"
            f'<p class="note">{lines(turn.hint)}</p></div>'
        )
    if turn.answer is None:
        words = f'<p class="answer-text" dir="auto">{lines(turn.words)}</p>'
        return (
            f'<div class="answer stopped">{_limits(turn)}{words if turn.words.strip() else ""}'
            '<p class="note">■ Stopped</p></div>'
        )
    about = _limits(turn) + _understood(turn.answer, busy)
    if turn.answer.refused:
        return _refusal(turn, turn.answer, about)
    return (
        f'<div class="answer">{about}'
        f'<p class="answer-text" dir="auto">{marked_answer(turn.id, turn.answer)}</p>'
        f"{came_about(turn.answer)}</div>"
    )


def _refusal(turn: Turn, answer: Answer, about: str) -> str:
    offers = "".join(
        f'<li><button type="button" class="offer" dir="auto" '
        f'data-quote="{escape(closest_name(turn.id, n))}">'
        f"<strong>{escape(closest.title)}</strong><span>{escape(closest.sentence)}</span>"
        "</button></li>"
        for n, closest in enumerate(answer.closest)
    )
    closest = f'<p class="note">Closest in the library</p><ul class="offers">{offers}</ul>'
    return (
        f'<div class="answer refusal"><p class="label"><span aria-hidden="true">∅</span> '
        f"Not in the library</p>{about}"
        f'<p class="answer-text" dir="auto">{lines(answer.text)}</p>'
        f"{_searched(turn, answer)}{closest if offers else ''}{came_about(answer)}</div>"
    )


def _searched(turn: Turn, answer: Answer) -> str:
    """What was searched in vain, and for what."""
    if not turn.held:
        return ""
    if turn.searched == turn.held:
        searched = ("all " if turn.held > 1 else "") + count(turn.held, "article")
    else:
        searched = f"{turn.searched:,} of {count(turn.held, 'article')}"
    question = answer.standalone_question.strip() or turn.question
    return f'<p class="note">Searched {searched} for “{_isolated(question)}”.</p>'


def _limits(turn: Turn) -> str:
    limits = described(turn.filters)
    return f'<p class="note">Only in: {_isolated(" · ".join(limits))}</p>' if limits else ""


def _understood(answer: Answer, busy: bool) -> str:
    understood = answer.standalone_question.strip()
    if understood in ("", answer.question.strip()):
        return ""
    edit = "" if busy else f" {_edit(understood, 'Correct')}"
    return f'<p class="note understood">Understood as: {_isolated(understood)}{edit}</p>'


def _isolated(text: str) -> str:
    """Escaped text that runs in its own direction beside the page's words."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'
