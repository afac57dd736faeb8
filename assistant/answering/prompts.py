"""Renders the templates in prompts/ to messages.

Article text needs no escaping here: a generator tokenises contents without special tokens, so
nothing in them can become a control token (see inference/).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from textwrap import shorten
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.records import Message
from assistant.resources import resource

A_NUMBER = "["
"""With a passage's number, a trained model's answer begins, and no refusal does."""

_LONGEST_TITLE = 120
_ROLES: dict[str, Literal["system", "user"]] = {"system": "system", "user": "user"}


def answer_messages(
    question: str, passages: Sequence[tuple[str, str]], trained: bool = True
) -> list[Message]:
    """What the model is asked: fixed instructions, numbered passages, the question.

    Args:
        question: the question that stands alone.
        passages: title and what is shown of each passage; passage ``n`` is ``passages[n - 1]``.
            Where nothing of a passage is shown, its title is not either; long titles are cut.
        trained: whether the model learned our prompt; others are told more, in words that chat
            models follow.
    """
    shown = [(shorten(title, _LONGEST_TITLE, placeholder="…"), text) for title, text in passages]
    name = "answer.jinja" if trained else "chat.jinja"
    return _messages(name, question=question, passages=shown)


def unaided_messages(question: str) -> list[Message]:
    """The same question without any passage: a baseline of the evaluation."""
    return _messages("unaided.jinja", question=question)


def _messages(name: str, **values: object) -> list[Message]:
    """Each block of a template is one message; its name is the role. Blocks are rendered one by
    one, so no text in one can open another."""
    template = _environment().get_template(name)
    context = template.new_context(values)
    return [
        Message(role=_ROLES[block], content="".join(render(context)).strip())
        for block, render in template.blocks.items()
    ]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(resource("prompts")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 (the text goes to a model, not into a page)
    )
