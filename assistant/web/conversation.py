"""What was asked and answered on the page, and how a browser keeps it.

The browser holds the conversation (in its local storage, encrypted with a secret of this
installation), so it outlives the server. What comes back from there is checked like any other
input: a conversation that cannot be read is a new conversation.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.errors import AssistantError
from assistant.records import Answer, Record

# A browser keeps about 5 MB for a site; a turn takes some 10 kB there.
_KEPT_TURNS = 100


@dataclass(frozen=True, slots=True)
class Turn(Record):
    """One question and what came of it.

    ``id`` is what an opinion on the answer is kept under; ``new_turn_id`` makes one. ``answer`` is
    None where the answer was stopped (``words`` has what was written until then)
    or failed (``problem`` says why, ``hint`` what to do).
    """

    question: str
    answer: Answer | None = None
    words: str = ""
    problem: str = ""
    hint: str = ""
    id: str = ""


def new_turn_id() -> str:
    """An id that no other turn has."""
    return secrets.token_hex(8)


def keep(turns: Sequence[Turn]) -> dict[str, Any]:
    """The conversation as the browser keeps it; only the last 100 turns are kept."""
    return {"turns": [_without_draft(turn).to_dict() for turn in turns[-_KEPT_TURNS:]]}


def restore(kept: object) -> tuple[Turn, ...]:
    """The conversation that a browser kept; an empty one if it makes no sense.

    Turns that were kept before there were ids get one made of what they say: the same each time.
    """
    if not isinstance(kept, dict):
        return ()
    try:
        turns = _turns().validate_python(kept.get("turns", ()))
    except ValidationError:
        return ()
    return tuple(turn if turn.id else replace(turn, id=_id_of(turn)) for turn in turns)


def history(turns: Sequence[Turn]) -> list[tuple[str, Answer]]:
    """The questions and answers that a follow-up may refer to."""
    return [(turn.question, turn.answer) for turn in turns if turn.answer is not None]


def storage_key(library: Path) -> str:
    """The name under which browsers keep the conversation with this library."""
    digest = blake2b(str(library.resolve()).encode(errors="replace"), digest_size=8)
    return f"article-assistant-{digest.hexdigest()}"


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


def _without_draft(turn: Turn) -> Turn:
    if turn.answer is None:
        return turn
    return replace(turn, answer=replace(turn.answer, draft="", cut=()))


def _id_of(turn: Turn) -> str:
    said = (turn.question, turn.answer.text, turn.answer.timings) if turn.answer else turn.question
    return blake2b(repr(said).encode(errors="replace"), digest_size=8).hexdigest()


@cache
def _turns() -> TypeAdapter[tuple[Turn, ...]]:
    return TypeAdapter(tuple[Turn, ...])
