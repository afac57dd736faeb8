"""What readers think of answers: the thumbs below each, the form of a bad one, and the export.

The page's script puts the form in place and sends what was said as JSON; that is checked like any
other input. A changed opinion does not draw the conversation again: the script swaps the bar of
that turn, so that neither focus nor scroll position moves.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic import TypeAdapter, ValidationError

from assistant.conversations import Conversations, Opinion, Owner, Rating, Reason, Turn
from assistant.errors import AssistantError, UsageError
from assistant.reading.cleaning import clean_text, squeeze
from assistant.records import Answer, Record
from assistant.web.chat.conversation import history
from assistant.web.chat.telling import tell, tell_problem, tell_saved
from assistant.web.failures import told
from assistant.web.markup import count, escape, lines

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

LONGEST_CORRECTION = 2_000
_FILE = "questions-of-readers.jsonl"
_LOG = logging.getLogger(__name__)

_REASONS = {
    "wrong": "It is wrong",
    "incomplete": "Something is missing",
    "source": "It is from the wrong source",
    "not held": "The library does not say",
    "held": "The library does say",
}
_CHOICES = "".join(
    f'<label><input type="radio" value="{reason}"> {_REASONS[reason]}</label>'
    for reason in ("wrong", "incomplete", "source", "not held")
)
# Copied by the page's script; a refusal needs no choice of reasons.
FORM = (
    '<template id="opinion-form"><div class="opinion-form" role="group" aria-label="Bad answer">'
    f'<fieldset><legend class="visually-hidden">What is wrong with it</legend>{_CHOICES}</fieldset>'
    '<div class="correction"><label>The right answer, in the words of your library if you can'
    f'<textarea rows="2" maxlength="{LONGEST_CORRECTION}" dir="auto"></textarea></label>'
    '<p class="note">It makes this a question that the assistant can be measured with.</p></div>'
    '<div><button type="button" class="primary" data-do="like">Save</button> '
    '<button type="button" data-cancel>Cancel</button> '
    '<span class="note">Kept on this machine</span></div></div></template>'
)
_THUMB = (
    '<svg aria-hidden="true" viewBox="0 0 24 24"><path d="M3 11h4v9H3zM7 11l4-8c1.7 0 2.8 1.2 2.8 '
    '2.8V9.5h5.1a2 2 0 0 1 2 2.4l-1.3 6.5a2 2 0 0 1-2 1.6H7z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Said(Record):
    """What a browser says of a turn; without a rating the opinion is taken back."""

    turn: str
    rating: Rating | Literal[""]
    reason: Reason = ""
    correction: str = ""


class Opinions:
    """The opinions on one library's answers.

    Args:
        assistant: gave the answers.
        kept: where opinions are kept.
    """

    def __init__(self, assistant: Assistant, kept: Conversations) -> None:
        self._assistant = assistant
        self._kept = kept

    def of(self, owner: Owner, turns: Sequence[Turn]) -> dict[str, Opinion]:
        """The reader's opinions on some turns, by the turns' ids.

        None where they cannot be read: the conversation shows all the same, and whoever gives
        another opinion is told.
        """
        try:
            kept = self._kept.opinions(owner.library, {turn.id for turn in turns}, owner.reader)
        except AssistantError as error:
            _LOG.warning("%s", error)
            return {}
        return {opinion.id: opinion for opinion in kept}

    def take(self, owner: Owner, sent: object, turns: Sequence[Turn]) -> str:
        """Keeps, changes or takes back an opinion; gives what the page is told.

        Args:
            owner: whose opinion, and conversation.
            sent: what a browser sent.
            turns: the conversation that it is about.
        """
        try:
            said = read_said(sent)
            place, answer = _find(said.turn, turns)
            opinion = _opinion(said, answer, turns[:place])
            if opinion is None:
                self._kept.withdraw(owner, said.turn)
            else:
                self._kept.keep(owner, opinion)
        except Exception as error:
            return tell_problem(told(error))
        bar = opinion_bar(turns[place], opinion)
        return tell(
            f'<div hidden data-swap="{escape(said.turn)}">{bar}</div>'
            f'<p class="visually-hidden" role="status">'
            f"{'Thank you, kept.' if opinion else 'Taken back.'}</p>"
        )

    def export(self, owner: Owner) -> str:
        """All of the reader's opinions on answers as a question set for the page to save."""
        # What measures loads slowly, and the page's start need not wait for it.
        from assistant.evaluation.opinions import exported
        from assistant.evaluation.questions import json_lines

        try:
            opinions = self._kept.opinions(owner.library, reader=owner.reader)
            made = exported(opinions, self._assistant.articles())
        except Exception as error:
            return tell_problem(told(error))
        left_out = f"{count(made.lacking, 'opinion')} left out for want of a right answer."
        if not made.questions:
            reason = left_out if opinions else "Judge an answer with the thumbs below it first."
            return tell_problem(UsageError("There is nothing to export yet.", reason))
        exports = count(len(made.questions), "question")
        said = f"{exports} exported. {left_out if made.lacking else ''}"
        return tell_saved(_FILE, json_lines(made.questions), said)


def read_said(sent: object) -> Said:
    """What a browser sent, checked and cleaned.

    Raises:
        UsageError: it makes no sense, or the correction is too long.
    """
    try:
        fields = json.loads(str(sent))
        if isinstance(fields, dict) and isinstance(fields.get("correction"), str):
            fields["correction"] = squeeze(clean_text(fields["correction"]))
        said = _said().validate_python(fields)
    except (ValueError, RecursionError, ValidationError) as error:
        raise UsageError(
            "What was said of the answer could not be read.", "Reload the page and try again."
        ) from error
    if len(said.correction) > LONGEST_CORRECTION:
        raise UsageError(
            f"The right answer has {len(said.correction):,} characters; at most "
            f"{LONGEST_CORRECTION:,} can be kept.",
            "Give the few words that answer the question.",
        )
    return said


def opinion_bar(turn: Turn, opinion: Opinion | None) -> str:
    """The thumbs below an answer, and what was said of it; nothing below what is no answer."""
    if turn.answer is None:
        return ""
    rating = opinion.rating if opinion else ""
    reason, correction = (opinion.reason, opinion.correction) if opinion else ("", "")
    good = _sent(turn.id, "" if rating == "good" else "good")
    return (
        f'<div class="opinion" role="group" aria-label="Your opinion" data-turn="{escape(turn.id)}"'
        f' data-reason="{escape(reason)}" data-correction="{escape(correction)}"'
        f"{' data-refused' if turn.answer.refused else ''}>"
        f'<div class="thumbs"><button type="button" class="thumb" data-do="like" value="{good}" '
        f'aria-pressed="{_truth(rating == "good")}" aria-label="Good answer" title="Good answer">'
        f'{_THUMB}</button><button type="button" class="thumb down" data-form '
        f'aria-expanded="false" '
        f'aria-pressed="{_truth(rating == "bad")}" aria-label="Bad answer" title="Bad answer">'
        f"{_THUMB}</button>{_thanks(opinion) if opinion else ''}</div></div>"
    )


def _thanks(opinion: Opinion) -> str:
    back = (
        f'<button type="button" data-do="like" value="{_sent(opinion.id, "")}">Take back</button>'
    )
    if opinion.rating == "good":
        return f'<span class="thanks">Thank you, kept.</span>{back}'
    shown = f"“{lines(opinion.correction)}”" if opinion.correction else ""
    reason = _REASONS.get(opinion.reason, "")
    said = f"{reason}: {shown}" if reason and shown else f"{reason}{shown}"
    return (
        f'<span class="thanks">Thank you, kept.</span>'
        f'<button type="button" data-form>Change</button>{back}'
        f"{f'<p class=said>{said}</p>' if said else ''}"
    )


def _opinion(said: Said, answer: Answer, before: Sequence[Turn]) -> Opinion | None:
    """What is to be kept, with the answer as the conversation has it; None: it is taken back."""
    if not said.rating:
        return None
    bad = said.rating == "bad"
    return Opinion(
        id=said.turn,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        history=tuple((question, earlier.text) for question, earlier in history(before)),
        answer=answer,
        rating=said.rating,
        reason=said.reason if bad else "",
        correction=said.correction if bad and said.reason != "not held" else "",
    )


def _find(turn_id: str, turns: Sequence[Turn]) -> tuple[int, Answer]:
    for place, turn in enumerate(turns):
        if turn.id == turn_id and turn.answer is not None:
            return place, turn.answer
    raise UsageError(
        "This answer is no longer part of the conversation.", "Reload the page to see what is."
    )


def _sent(turn: str, rating: str) -> str:
    return escape(json.dumps({"turn": turn, "rating": rating}))


def _truth(value: bool) -> str:
    return "true" if value else "false"


@cache
def _said() -> TypeAdapter[Said]:
    return TypeAdapter(Said)
