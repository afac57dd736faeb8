"""Filters beside the box: which sources, sections, authors and dates may answer."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantError, UsageError
from assistant.records import Filters
from assistant.web.markup import ACTIONS, count, escape, lines
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]

_BUTTON = (
    '<button type="button" class="quiet" data-filters aria-expanded="false" '
    'aria-controls="filters"><svg aria-hidden="true" viewBox="0 0 24 24">'
    '<path d="M3 5h18M6 12h12M10 19h4"/></svg> Filters</button>'
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_MOST_CHOSEN = 1_000


class Filtering:
    """The widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: holds the library.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        with gr.Column(elem_id="filters"):
            self._many = [
                gr.Dropdown([], multiselect=True, label=label, elem_classes="filter")
                for label in ("Sources", "Sections", "Authors")
            ]
            with gr.Row(elem_id="filter-dates"):
                self._dates = [
                    gr.Textbox(
                        label=label,
                        placeholder="2021, 2021-06 or 2021-06-16",
                        max_length=20,
                        elem_classes="filter",
                    )
                    for label in ("Published since", "Published until")
                ]

    def make_line(self) -> None:
        """The button that opens the filters, and what is set; made below the box."""
        with gr.Row(elem_id="filters-line"):
            gr.HTML(_BUTTON, apply_default_css=False, js_on_load=None)
            self._set = html("filters-set", js_on_load=ACTIONS)

    @property
    def fields(self) -> list[gr.Dropdown | gr.Textbox]:
        """What :func:`chosen` reads, in its order."""
        return [*self._many, *self._dates]

    @property
    def offers(self) -> list[gr.Dropdown]:
        """The widgets that :meth:`offer` changes."""
        return self._many

    @property
    def shown(self) -> list[Any]:
        """All widgets that :meth:`show` may change."""
        return [self._set, *self.fields]

    def connect(self) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        # What was changed last is told, also where what was changed before is told just now.
        said = {**QUIET, "queue": False, "preprocess": False, "trigger_mode": "always_last"}
        for field in self._many:
            field.input(self.say, self.fields, self._set, **said)
        for typed in self._dates:
            typed.blur(self.say, self.fields, self._set, **said)
            typed.submit(self.say, self.fields, self._set, **said)
        self._set.clear(self.clear, None, self.shown, **QUIET, queue=False)

    def say(self, *given: object) -> str:
        """What is set, or what is wrong with it."""
        try:
            return _line(chosen(*given))
        except AssistantError as error:
            return _problem(error)

    def clear(self) -> Updates:
        """Takes all limits away."""
        return self.show(Filters())

    def show(self, filters: Filters) -> Updates:
        """Sets the filters, and offers what the library holds by now."""
        values = (filters.sources, filters.sections, filters.authors)
        many = {
            field: gr.Dropdown(_sorted({*known, *value}), value=list(value), multiselect=True)
            for field, known, value in zip(self._many, self._held(), values, strict=True)
        }
        dates = dict(zip(self._dates, (filters.since or "", filters.until or ""), strict=True))
        return {self._set: _line(filters), **many, **dates}

    def offer(self, *given: object) -> Updates:
        """Offers what the library holds by now beside what is set: sources, sections, authors."""
        return {
            field: gr.Dropdown(_sorted({*known, *_texts(value)}), multiselect=True)
            for field, known, value in zip(self._many, self._held(), given, strict=True)
        }

    def _held(self) -> tuple[set[str], ...]:
        articles = self._assistant.articles()
        return (
            {source.name for source in self._assistant.sources()},
            {article.section for article in articles if article.section},
            {article.author for article in articles if article.author},
        )


def chosen(*given: object) -> Filters:
    """The filters that a browser sent: sources, sections, authors, since, until.

    Raises:
        UsageError: a date is none, the later one is first, or it is nothing of this kind.
    """
    sources, sections, authors, since, until = given if len(given) == 5 else (None,) * 5
    filters = Filters(
        _texts(sources),
        _texts(sections),
        _texts(authors),
        read_date(since, "since"),
        read_date(until, "until", last=True),
    )
    if filters.since and filters.until and filters.since > filters.until:
        raise UsageError(
            f"No article is from {filters.since} or later and from {filters.until} or earlier.",
            "Exchange the two dates.",
        )
    return filters


def read_date(given: object, name: str, last: bool = False) -> str | None:
    """An ISO date from "2021-06-16", or the first or last day of "2021-06" or "2021".

    Args:
        given: what was typed; None and nothing are no date.
        name: which date it is, for the message.
        last: whether the last day of a year or month is meant.

    Raises:
        UsageError: it is no date.
    """
    typed = given.strip() if isinstance(given, str) else ""
    if not typed:
        return None
    found = _DATE.fullmatch(typed)
    try:
        if found is None:
            raise ValueError
        year = int(found[1])
        month = int(found[2] or (12 if last else 1))
        day = int(found[3] or (calendar.monthrange(year, month)[1] if last else 1))
        return date(year, month, day).isoformat()
    except ValueError:
        raise UsageError(
            f"“{typed[:40]}” is no date ({name}).",
            "Write a year, a month or a day: 2021, 2021-06 or 2021-06-16.",
        ) from None


def described(filters: Filters) -> list[str]:
    """What the filters limit an answer to, in words: one text a filter."""
    texts = [_some(filters.sources), _some(filters.sections), _some(filters.authors)]
    if filters.since and filters.until:
        texts.append(f"{filters.since} to {filters.until}")
    elif filters.since:
        texts.append(f"since {filters.since}")
    elif filters.until:
        texts.append(f"until {filters.until}")
    return [text for text in texts if text]


def _sorted(values: Iterable[str]) -> list[str]:
    return sorted(values, key=str.casefold)


def _some(values: Sequence[str]) -> str:
    return " or ".join(values[:3]) + (f" or {count(len(values) - 3, 'other')}" * (len(values) > 3))


def _texts(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if (
        not isinstance(given, list)
        or len(given) > _MOST_CHOSEN
        or not all(isinstance(value, str) for value in given)
    ):
        raise UsageError("The filters could not be read.", "Reload the page and set them again.")
    return tuple(given)


def _line(filters: Filters) -> str:
    limits = described(filters)
    if not limits:
        return ""
    return (
        '<div class="set"><span class="badge" role="status">'
        f'<span class="visually-hidden">Filters set: </span>{len(limits)}</span>'
        f'<span class="limits">{escape(" · ".join(limits))}</span>'
        f'<button type="button" class="quiet" data-do="clear">Clear'
        f'<span class="visually-hidden"> filters</span></button></div>'
    )


def _problem(error: AssistantError) -> str:
    return (
        f'<span class="wrong" role="alert"><strong>{lines(error.message)}</strong> '
        f"{lines(error.hint)}</span>"
    )
