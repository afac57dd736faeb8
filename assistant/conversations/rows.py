"""The rows that are kept, and the statements that several calls share."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.conversations.file import conversations, turns
from assistant.conversations.records import Owner, Turn, folded, sound
from assistant.records import Record


def now() -> str:
    """The time as it is kept."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def own(owner: Owner) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        conversations.c.library == library_name(owner.library),
        conversations.c.reader == sound(owner.reader),
    )


def owner_row(owner: Owner) -> dict[str, str]:
    return {"library": library_name(owner.library), "reader": sound(owner.reader)}


def says(word: str) -> sa.ColumnElement[bool]:
    """A word stands in a conversation's name, or in one of its turns."""
    said = sa.exists().where(
        turns.c.conversation == conversations.c.row, sa.func.instr(turns.c.folded, word) > 0
    )
    return sa.or_(sa.func.instr(conversations.c.folded, word) > 0, said.correlate(conversations))


def find(connection: sa.Connection, owner: Owner, conversation_id: str) -> int | None:
    row: int | None = connection.scalar(
        sa.select(conversations.c.row).where(
            *own(owner), conversations.c.id == sound(conversation_id)
        )
    )
    return row


def begin(connection: sa.Connection, owner: Owner, conversation_id: str) -> int:
    at = now()
    row = {"id": conversation_id, "name": "", "folded": "", "begun": at, "changed": at}
    return int(
        connection.scalar(
            sa.insert(conversations)
            .values({**owner_row(owner), **row, "changes": 0})
            .returning(conversations.c.row)
        )
    )


def touch(connection: sa.Connection, row: int) -> None:
    latest = sa.select(sa.func.max(conversations.c.changes)).scalar_subquery()
    connection.execute(
        sa.update(conversations)
        .where(conversations.c.row == row)
        .values(changed=now(), changes=latest + 1)
    )


def drop(connection: sa.Connection, row: int, turn_ids: Collection[str]) -> None:
    connection.execute(
        sa.delete(turns).where(
            turns.c.conversation == row, turns.c.id.in_([sound(turn_id) for turn_id in turn_ids])
        )
    )


def turn_row(conversation: int, turn: Turn) -> dict[str, Any]:
    said = turn.answer.text if turn.answer else turn.words
    return {
        "conversation": conversation,
        "id": sound(turn.id),
        "question": sound(turn.question),
        "folded": folded(sound(f"{turn.question}\n{said}")),
        "turn": as_json(turn),
    }


def as_json(record: Record) -> str:
    return sound(json.dumps(record.to_dict(), ensure_ascii=False))


def library_name(library: Path) -> str:
    """The library's real path."""
    return sound(str(library.resolve()))
