"""Keeping conversations and opinions, and finding them again.

Every call names the owner whose conversations it is about, and touches no other's.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.sqlite import insert

from assistant.conversations.file import File, conversations, opinions, turns
from assistant.conversations.records import (
    Conversation,
    Listing,
    Opinion,
    Owner,
    Turn,
    folded,
    sound,
)
from assistant.conversations.rows import (
    as_json,
    begin,
    drop,
    find,
    library_name,
    own,
    owner_row,
    says,
    touch,
    turn_row,
)

_MOST_LISTED = 100
_MOST_WORDS = 20


class Conversations:
    """All that is kept in a user's data folder, on disk when a call returns.

    Halves of surrogate pairs, which are no text, become "?". Safe to use from several threads,
    pages and programs at once. Every method raises an AssistantError where the file is damaged,
    cannot be written to, or is another program's.

    Args:
        folder: the user's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = File(folder)

    @property
    def path(self) -> Path:
        """The file, which is made when something is first kept."""
        return self._file.path

    # --- conversations -------------------------------------------------------------------------

    def add(
        self, owner: Owner, conversation_id: str, turn: Turn, instead_of: Collection[str] = ()
    ) -> str:
        """Adds a turn at the end of a conversation; gives the conversation's id.

        Where the owner has no conversation of that id, also because it was deleted meanwhile, one
        is begun with the turn, and has that id.

        Args:
            owner: whose conversation.
            conversation_id: the conversation; empty for a new one with an id that no other has.
            turn: what is added; its id must be new.
            instead_of: ids of turns that go, all in the same transaction.
        """
        with self._file.open(writes=True) as connection:
            conversation_id = sound(conversation_id) or secrets.token_hex(8)
            row = find(connection, owner, conversation_id)
            if row is None:
                row = begin(connection, owner, conversation_id)
            drop(connection, row, instead_of)
            connection.execute(sa.insert(turns), [turn_row(row, turn)])
            touch(connection, row)
            return conversation_id

    def take_over(self, owner: Owner, taken: Sequence[Turn]) -> str:
        """Keeps a conversation that was kept elsewhere until now; gives its id.

        The same turns make the same conversation, however often they are given.
        """
        named = json.dumps([turn.id for turn in taken]).encode()
        conversation_id = blake2b(named, digest_size=8).hexdigest()
        with self._file.open(writes=True) as connection:
            if taken and find(connection, owner, conversation_id) is None:
                row = begin(connection, owner, conversation_id)
                connection.execute(sa.insert(turns), [turn_row(row, turn) for turn in taken])
                touch(connection, row)
        return conversation_id

    def take_back(self, owner: Owner, conversation_id: str, turn_ids: Collection[str]) -> None:
        """Removes turns of a conversation; those that are not there are gone already."""
        with self._file.open(writes=True) as connection:
            row = find(connection, owner, conversation_id)
            if row is not None:
                drop(connection, row, turn_ids)
                touch(connection, row)

    def turns(self, owner: Owner, conversation_id: str) -> tuple[Turn, ...]:
        """The turns of a conversation, oldest first; none where the owner has no such one."""
        if not conversation_id or not self.path.exists():
            return ()
        wanted = (
            sa.select(turns.c.turn)
            .join(conversations)
            .where(*own(owner), conversations.c.id == sound(conversation_id))
            .order_by(turns.c.row)
        )
        with self._file.open() as connection:
            return tuple(_turn().validate_json(kept) for kept in connection.scalars(wanted))

    def listing(self, owner: Owner, words: str = "") -> Listing:
        """The owner's conversations, the one that changed last first; at most 100.

        Args:
            owner: whose conversations.
            words: only those with all these words in their names, questions or answers' texts;
                neither case nor accents count.
        """
        if not self.path.exists():
            return Listing()
        found = [*own(owner), *map(says, folded(sound(words)).split()[:_MOST_WORDS])]
        first = (
            sa.select(turns.c.question)
            .where(turns.c.conversation == conversations.c.row)
            .order_by(turns.c.row)
            .limit(1)
            .correlate(conversations)
            .scalar_subquery()
        )
        wanted = (
            sa.select(
                conversations.c.id,
                sa.case((conversations.c.name != "", conversations.c.name), else_=first),
                conversations.c.begun,
                conversations.c.changed,
                sa.func.count(turns.c.row),
                sa.func.count().over(),
            )
            .join(turns)
            .where(*found)
            .group_by(conversations.c.row)
            .order_by(conversations.c.changes.desc())
            .limit(_MOST_LISTED)
        )
        with self._file.open() as connection:
            rows = connection.execute(wanted).all()
        listed = tuple(Conversation(*row[:5]) for row in rows)
        return Listing(listed, rows[0][5] if rows else 0)

    def conversation(self, owner: Owner, conversation_id: str) -> Conversation | None:
        """One conversation without its turns; None where the owner has no such one."""
        if not conversation_id or not self.path.exists():
            return None
        with self._file.open() as connection:
            row = connection.execute(
                sa.select(
                    conversations.c.id,
                    conversations.c.name,
                    conversations.c.begun,
                    conversations.c.changed,
                ).where(*own(owner), conversations.c.id == sound(conversation_id))
            ).one_or_none()
            if row is None:
                return None
            questions = connection.scalars(
                sa.select(turns.c.question)
                .join(conversations)
                .where(*own(owner), conversations.c.id == sound(conversation_id))
                .order_by(turns.c.row)
            ).all()
        title = row.name or (questions[0] if questions else "")
        return Conversation(row.id, title, row.begun, row.changed, len(questions))

    def rename(self, owner: Owner, conversation_id: str, name: str) -> None:
        """Gives a conversation another name; the empty one stands for its first question."""
        with self._file.open(writes=True) as connection:
            connection.execute(
                sa.update(conversations)
                .where(*own(owner), conversations.c.id == sound(conversation_id))
                .values(name=sound(name), folded=folded(sound(name)))
            )

    def delete(self, owner: Owner, conversation_id: str) -> None:
        """Forgets a conversation; opinions on its answers, given to measure by, stay."""
        with self._file.open(writes=True) as connection:
            connection.execute(
                sa.delete(conversations).where(
                    *own(owner), conversations.c.id == sound(conversation_id)
                )
            )

    # --- opinions ------------------------------------------------------------------------------

    def keep(self, owner: Owner, opinion: Opinion) -> None:
        """Keeps an opinion; the owner's with the same id is replaced."""
        row = {**owner_row(owner), "turn": sound(opinion.id), "opinion": as_json(opinion)}
        statement = insert(opinions).values(row)
        same = statement.on_conflict_do_update(
            index_elements=["library", "reader", "turn"],
            set_={"opinion": statement.excluded.opinion},
        )
        with self._file.open(writes=True) as connection:
            connection.execute(same)

    def withdraw(self, owner: Owner, opinion_id: str) -> None:
        """Forgets an opinion; one that is not there is forgotten already."""
        with self._file.open(writes=True) as connection:
            connection.execute(
                sa.delete(opinions).where(
                    opinions.c.library == library_name(owner.library),
                    opinions.c.reader == sound(owner.reader),
                    opinions.c.turn == sound(opinion_id),
                )
            )

    def opinions(
        self, library: Path, ids: Collection[str] | None = None, reader: str | None = None
    ) -> tuple[Opinion, ...]:
        """The opinions on a library's answers, in the order in which they were first kept.

        Args:
            library: folder of the library.
            ids: only those with these ids; all if not given.
            reader: only this reader's; all readers' if not given.
        """
        if not self.path.exists():
            return ()
        wanted = sa.select(opinions.c.opinion).where(opinions.c.library == library_name(library))
        if ids is not None:
            wanted = wanted.where(opinions.c.turn.in_([sound(opinion_id) for opinion_id in ids]))
        if reader is not None:
            wanted = wanted.where(opinions.c.reader == sound(reader))
        with self._file.open() as connection:
            rows = connection.scalars(wanted.order_by(opinions.c.row)).all()
            return tuple(_opinion().validate_json(row) for row in rows)


@cache
def _opinion() -> TypeAdapter[Opinion]:
    return TypeAdapter(Opinion)


@cache
def _turn() -> TypeAdapter[Turn]:
    return TypeAdapter(Turn)
