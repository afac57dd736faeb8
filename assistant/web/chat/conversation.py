"""Whose conversation is open on a page.

The conversations are in the user's data folder; the browser keeps only which one is open (in its
local storage, encrypted with a secret of this installation). What comes back from there is checked
like any other input: a conversation that is not the reader's own is a new conversation.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from assistant.conversations import Owner, Turn
from assistant.errors import AssistantError, UsageError
from assistant.records import Answer


def new_id() -> str:
    """An id that no other turn or conversation has."""
    return secrets.token_hex(8)


def opened(conversation_id: str) -> dict[str, str]:
    """What the browser keeps: which conversation is open; none if empty."""
    return {"open": conversation_id}


def which(kept: object) -> str:
    """The conversation that a browser says is open; it may be anything, or another's."""
    named = kept.get("open") if isinstance(kept, dict) else None
    return named if isinstance(named, str) else ""


def restore(kept: object) -> tuple[Turn, ...]:
    """The turns that a browser kept before conversations were kept here; none if they make no
    sense.

    Those that were kept before there were ids get one made of what they say: the same each time.
    """
    if not isinstance(kept, dict):
        return ()
    try:
        turns = _turns().validate_python(kept.get("turns", ()))
    except ValidationError:
        return ()
    named = [turn if turn.id else replace(turn, id=_id_of(turn)) for turn in turns]
    return tuple({turn.id: turn for turn in named}.values())


def owner(library: Path, request: gr.Request) -> Owner:
    """Whose conversations a request is about; the server knows who is signed in."""
    return Owner(library, request.username or "")


def read_edit(sent: object) -> tuple[str, str, str]:
    """What a browser sent of an edited question: its turn's id, that of the last turn which the
    page shows, and the question.

    Raises:
        UsageError: it makes no sense, or the question is empty.
    """
    try:
        fields = json.loads(str(sent))
        turn, last, question = fields["turn"], fields["last"], fields["question"]
        if not (isinstance(turn, str) and isinstance(last, str) and isinstance(question, str)):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UsageError(
            "The edited question could not be read.", "Reload the page and try again."
        ) from error
    if not turn or not question.strip():
        raise UsageError("The question is empty.", "Ask something about the articles.")
    return turn, last, question.strip()


def history(turns: Sequence[Turn]) -> list[tuple[str, Answer]]:
    """The questions and answers that a follow-up may refer to."""
    return [(turn.question, turn.answer) for turn in turns if turn.answer is not None]


def storage_key(library: Path) -> str:
    """The name under which browsers keep which conversation with this library is open."""
    digest = blake2b(str(library.resolve()).encode(errors="replace"), digest_size=8)
    return f"article-assistant-{digest.hexdigest()}"


def recall(library: Path) -> str:
    """A script that gives what the page's own keeps for a tab, so that several tabs may have
    several conversations open; a new tab opens what was open last in any."""
    return f"""(kept) => {{
  let open = null;
  try {{ open = sessionStorage.getItem("{storage_key(library)}") }} catch {{}}
  return [open === null ? kept : {{ open }}];
}}"""


def storage_secret(folder: Path) -> str:
    """The secret of this installation, made at first use and readable by its owner only.

    Args:
        folder: the user's data folder; made if absent.

    Raises:
        AssistantError: the folder cannot be written to.
    """
    path = folder / "page.secret"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _create(path, secrets.token_urlsafe(32))
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(
            f"The page's secret {path} cannot be read or written: {error}.",
            "Make the folder writable, or remove the file so that it is made again.",
        ) from error


def _create(path: Path, secret: str) -> None:
    """Writes the file whole or not at all, and never over one that is there."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret)
        if not path.exists():
            os.link(draft, path)
    except FileExistsError:
        return  # another process was a moment faster, and its secret counts
    finally:
        draft.unlink()


def _id_of(turn: Turn) -> str:
    said = (turn.question, turn.answer.text, turn.answer.timings) if turn.answer else turn.question
    return blake2b(repr(said).encode(errors="replace"), digest_size=8).hexdigest()


@cache
def _turns() -> TypeAdapter[tuple[Turn, ...]]:
    return TypeAdapter(tuple[Turn, ...])
