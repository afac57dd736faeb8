"""Messages to prompt tokens, so that no content can ever become a control token.

The usual way renders the model's chat template with the contents in it and tokenises the whole with
control tokens on, so ``<|im_end|>`` in a saved page would end the message there. Here the template
is rendered with placeholders; control tokens are looked for in the template's own text only, and
contents are tokenised as plain text. On a text that holds no control token the result is the same,
token for token: llama.cpp, too, splits at control tokens first and tokenises what lies between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from jinja2 import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.errors import ModelError
from assistant.records import Message


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a prompt: the template's own text, or what a message holds."""

    text: str
    is_content: bool


class Vocabulary(Protocol):
    """What a model's tokenizer must tell."""

    bos: int
    adds_bos: bool

    def tokenize(self, text: str, special: bool) -> list[int]:
        """The text's tokens; control tokens are seen in it only if ``special``."""
        ...

    def mark(self, token: int) -> str | None:
        """The text that stands for a control or user-defined token, None for any other token."""
        ...

    def swallows_space(self, token: int) -> bool:
        """Whether white space after this token is dropped."""
        ...


class ChatTemplate:
    """A model's own chat template, rendered where it can do no harm.

    Args:
        source: the template, in Jinja, as the model's file holds it.
        bos: text of the token that begins a prompt.
        eos: text of the token that ends a message.

    Raises:
        ModelError: the template cannot be read.
    """

    def __init__(self, source: str, bos: str, eos: str) -> None:
        # Chat templates are written for exactly these settings (those of transformers).
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
        )
        environment.globals["raise_exception"] = _raise_exception
        try:
            self._template = environment.from_string(source)
        except TemplateError as error:
            raise ModelError(
                f"The model's chat template cannot be read: {error}.",
                "Choose another file of this model.",
            ) from error
        self._variables = {"bos_token": bos, "eos_token": eos, "add_generation_prompt": True}

    def parts(self, messages: Sequence[Message]) -> list[Part]:
        """The prompt for these messages, up to where the reply begins.

        A template that refuses or drops a system message (as some do) gets its text at the
        beginning of the first question.

        Raises:
            ModelError: the template refuses these messages, or leaves one of them out.
        """
        turns = [{"role": m.role, "content": _slot(i)} for i, m in enumerate(messages)]
        contents = [message.content for message in messages]
        refusal: Exception | None = None
        for attempt in (turns, _without_system(turns)):
            try:
                rendered = self._template.render(messages=attempt, **self._variables)
            except Exception as error:  # a template may do anything with what it is given
                refusal = error
                continue
            if all(turn["content"].strip() in rendered for turn in turns):
                return _filled(rendered, contents)
        reason = f": {refusal}" if refusal else ", or leaves one of them out"
        raise ModelError(
            f"The model's chat template refuses the messages{reason}.",
            "Choose a model that is made for instructions.",
        )


def prompt_tokens(parts: Sequence[Part], vocabulary: Vocabulary) -> list[int]:
    """The tokens of a prompt; control tokens come from the template's own text only.

    User-defined tokens are seen by llama.cpp whatever it is told, and some model files declare
    their control tokens so. Hence such a token's text in a content, if the template uses it, is
    cut in two.
    """
    marks = _marks(parts, vocabulary)
    at_marks = re.compile(f"({'|'.join(map(re.escape, sorted(marks, key=len, reverse=True)))})")
    tokens: list[int] = []
    plain = ""
    for part in parts:
        # Every second piece is a mark: re.split keeps what its group matched.
        for index, piece in enumerate(at_marks.split(part.text) if marks else [part.text]):
            is_mark = index % 2 == 1
            if not is_mark:
                after_swallower = tokens and not plain and vocabulary.swallows_space(tokens[-1])
                plain += piece.lstrip() if after_swallower else piece
            elif part.is_content:
                tokens += vocabulary.tokenize(plain + piece[0], special=False)
                plain = piece[1:]
            else:
                tokens += vocabulary.tokenize(plain, special=False)
                tokens.append(marks[piece])
                plain = ""
    tokens += vocabulary.tokenize(plain, special=False)
    if vocabulary.adds_bos and tokens[:1] != [vocabulary.bos]:
        tokens.insert(0, vocabulary.bos)
    return tokens


def _marks(parts: Sequence[Part], vocabulary: Vocabulary) -> Mapping[str, int]:
    """The control and user-defined tokens in the template's own text, by their text."""
    found = {
        mark: token
        for part in parts
        if not part.is_content
        for token in vocabulary.tokenize(part.text, special=True)
        if (mark := vocabulary.mark(token))
    }
    return {mark: token for mark, token in found.items() if not mark.isspace()}


# A placeholder stands between two unit separators. They are white space to Python, so a template
# that trims contents takes them away, and the content is then trimmed in the same way.
_SLOT = re.compile("(\x1f?)\ue000([0-9]+)\ue001(\x1f?)")


def _slot(index: int) -> str:
    return f"\x1f\ue000{index}\ue001\x1f"


def _filled(rendered: str, contents: Sequence[str]) -> list[Part]:
    parts = []
    end = 0
    for slot in _SLOT.finditer(rendered):
        before, index, after = slot.groups()
        content = contents[int(index)]
        content = content if before else content.lstrip()
        content = content if after else content.rstrip()
        parts += [Part(rendered[end : slot.start()], False), Part(content, True)]
        end = slot.end()
    parts.append(Part(rendered[end:], False))
    return [part for part in parts if part.text]


def _without_system(turns: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The turns with a leading system message put at the beginning of the turn after it."""
    if len(turns) < 2 or turns[0]["role"] != "system":
        return list(turns)
    merged = f"{turns[0]['content']}\n\n{turns[1]['content']}"
    return [{"role": turns[1]["role"], "content": merged}, *turns[2:]]


def _raise_exception(message: str) -> None:
    """Chat templates call this to refuse a conversation."""
    raise TemplateError(message)
