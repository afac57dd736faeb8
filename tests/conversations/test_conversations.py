"""Conversations are kept, found, and each reader's own."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from assistant.conversations import Conversations, Listing, Owner, Turn
from assistant.conversations.file import File
from assistant.conversations.records import folded
from assistant.errors import AssistantError
from assistant.records import Filters
from tests.conversations.test_opinions import OPINION
from tests.web.fake_assistant import ferry_answer, refusal
from tests.web.hostile import EVERYTHING

ME = Owner(Path("one"))
OWNERS = (ME, Owner(Path("one"), "Ada"), Owner(Path("one"), "Ben"), Owner(Path("two"), "Ada"))
TURNS = (
    Turn("When do the ferries leave?", ferry_answer("When?"), id="a", at="2026-11-24T06:00:00"),
    Turn("Stopped", words="The ferries", id="b", filters=Filters(sources=("x",), since="2024")),
    Turn("Failed", problem="The model is missing.", hint="Install it.", id="c"),
    Turn("Who owns the moon?", refusal("Who owns the moon?"), id="d"),
)


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "data")


def titles(listing: Listing) -> list[str]:
    return [conversation.title for conversation in listing.conversations]


def test_turns_come_back_as_they_went(kept: Conversations) -> None:
    begun = ""
    for turn in TURNS:
        begun = kept.add(ME, begun, turn)
    assert Conversations(kept.path.parent).turns(ME, begun) == TURNS
    (listed,) = kept.listing(ME).conversations
    assert listed == kept.conversation(ME, begun)
    assert (listed.title, listed.turns) == ("When do the ferries leave?", 4)


class Keeping(RuleBasedStateMachine):
    """Whatever is done, with ids of one's own or another's, everybody has their own and no more:
    the file agrees with a dictionary; every call opens it anew."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.known: dict[Owner, dict[str, list[Turn]]] = {owner: {} for owner in OWNERS}
        self.names: dict[tuple[Owner, str], str] = {}
        self.number = 0

    @property
    def kept(self) -> Conversations:
        return Conversations(Path(self.folder.name) / "data")

    @rule(target=ids, owner=st.sampled_from(OWNERS), at=st.just("") | ids, first=st.integers(0, 4))
    def add(self, owner: Owner, at: str, first: int) -> str:
        self.number += 1
        turn = Turn(f"question {self.number}", id=f"t{self.number}")
        before = self.known[owner].get(at, [])
        gone = [turn.id for turn in before[first:]]
        everybodys = [turn for talks in self.known.values() for ts in talks.values() for turn in ts]
        others = [turn.id for turn in everybodys if turn not in before]
        everything = {at for talks in self.known.values() for at in talks}
        given = self.kept.add(owner, at, turn, [*gone, *others])
        assert given == at or (not at and given not in everything)
        self.known[owner][given] = [*before[:first], turn]
        return given

    @rule(owner=st.sampled_from(OWNERS), at=ids)
    def take_back(self, owner: Owner, at: str) -> None:
        turns = self.known[owner].get(at, [])
        everybodys = [turn for talks in self.known.values() for ts in talks.values() for turn in ts]
        gone = [turn.id for turn in everybodys if turn not in turns[:-1]]
        self.kept.take_back(owner, at, gone)
        del turns[-1:]

    @rule(owner=st.sampled_from(OWNERS), at=ids, name=st.text(max_size=5))
    def rename(self, owner: Owner, at: str, name: str) -> None:
        self.kept.rename(owner, at, name)
        if at in self.known[owner]:
            self.names[owner, at] = name.encode(errors="replace").decode()

    @rule(owner=st.sampled_from(OWNERS), at=ids)
    def delete(self, owner: Owner, at: str) -> None:
        self.kept.delete(owner, at)
        self.known[owner].pop(at, None)
        self.names.pop((owner, at), None)

    @invariant()
    def agrees(self) -> None:
        everything = {at for talks in self.known.values() for at in talks}
        for owner, talks in self.known.items():
            listed = self.kept.listing(owner)
            assert {c.id for c in listed.conversations} == {at for at, ts in talks.items() if ts}
            assert listed.total == len(listed.conversations)
            for conversation in listed.conversations:
                name = self.names.get((owner, conversation.id), "")
                assert conversation.title == (name or talks[conversation.id][0].question)
            for at in everything:
                assert self.kept.turns(owner, at) == tuple(talks.get(at, ()))
                assert (self.kept.conversation(owner, at) is None) is (at not in talks)

    def teardown(self) -> None:
        self.folder.cleanup()


TestKeeping = Keeping.TestCase
TestKeeping.settings = settings(max_examples=15, stateful_step_count=10, deadline=None)


def test_what_changed_last_is_listed_first(kept: Conversations) -> None:
    first, second = (kept.add(ME, "", Turn(name, id=name)) for name in ("one", "two"))
    assert titles(kept.listing(ME)) == ["two", "one"]
    kept.add(ME, first, Turn("three", id="three"))
    assert titles(kept.listing(ME)) == ["one", "two"]
    kept.rename(ME, second, "Ferries")
    assert titles(kept.listing(ME)) == ["one", "Ferries"]
    kept.rename(ME, second, "")
    assert titles(kept.listing(ME)) == ["one", "two"]


def test_words_are_found_in_names_questions_and_answers(kept: Conversations) -> None:
    ferries = kept.add(ME, "", Turn("When do the Ferries leave?", ferry_answer("When?"), id="a"))
    kept.add(ME, ferries, Turn("And the Möwe?", words="It was stopped at Ærø", id="b"))
    kept.add(ME, "", Turn("Who owns the moon?", refusal("moon"), id="c"))
    for words, found in (
        ("ferries", 1),
        ("FERRIES mowe", 1),
        ("ærø", 1),
        ("tonnes", 1),
        ("the", 2),
        ("ferries moon", 0),
        ("%", 0),
        ("", 2),
        ("'; DROP TABLE turns; --", 0),
        ("word " * 5_000, 0),
        ("\ud800\x00", 0),
    ):
        assert kept.listing(ME, words).total == found, words
    kept.rename(ME, ferries, "Sailings")
    assert titles(kept.listing(ME, "sailing ferries")) == ["Sailings"]
    assert kept.listing(OWNERS[1], "ferries") == Listing()


def test_the_newest_hundred_are_listed_and_all_are_counted(kept: Conversations) -> None:
    for number in range(103):
        kept.take_over(ME, [Turn(f"number {number}", id=str(number))])
    listing = kept.listing(ME)
    assert (len(listing.conversations), listing.total) == (100, 103)
    assert titles(listing)[0] == "number 102"
    assert titles(kept.listing(ME, "number 0")) != []


def test_a_conversation_is_taken_over_once(kept: Conversations) -> None:
    assert kept.take_over(ME, TURNS) == kept.take_over(ME, TURNS)
    (listed,) = kept.listing(ME).conversations
    assert kept.turns(ME, listed.id) == TURNS
    assert kept.turns(OWNERS[1], listed.id) == ()
    kept.take_over(OWNERS[1], TURNS)
    assert kept.listing(OWNERS[1]).total == 1


def test_many_tabs_add_to_the_same_conversation_and_nothing_is_lost(kept: Conversations) -> None:
    begun = kept.add(ME, "", Turn("first", id="first"))

    def add(number: int) -> None:
        kept.add(ME, begun, Turn(f"question {number}", id=str(number)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert {turn.id for turn in kept.turns(ME, begun)} == {"first", *map(str, range(40))}


def test_a_transaction_that_begins_leaves_the_locks_of_others_alone(kept: Conversations) -> None:
    """A process that closes a file gives up all its locks on it: another program could then take
    the file for its own, in the middle of a transaction."""
    kept.add(ME, "", TURNS[0])
    take = (  # SQLite's lock bytes
        f"import fcntl; file = open({str(kept.path)!r}, 'r+b'); "
        "fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 512, 2**30)"
    )
    with File(kept.path.parent).open(writes=True):
        assert kept.listing(ME).total == 1
        other = subprocess.run([sys.executable, "-c", take], capture_output=True, text=True)
    assert "BlockingIOError" in other.stderr


def test_what_is_added_to_a_deleted_conversation_begins_it_anew(kept: Conversations) -> None:
    begun = kept.add(ME, "", TURNS[0])
    kept.rename(ME, begun, "secret")
    kept.delete(ME, begun)
    assert kept.add(ME, begun, TURNS[1]) == begun
    assert kept.turns(ME, begun) == TURNS[1:2]
    assert titles(kept.listing(ME)) == ["Stopped"]


def test_opinions_are_each_readers_own_and_outlive_the_conversation(kept: Conversations) -> None:
    ada, ben = OWNERS[1:3]
    kept.keep(ada, OPINION)
    kept.keep(ben, replace(OPINION, correction="never"))
    kept.withdraw(ben, OPINION.id)
    assert kept.opinions(ada.library, reader="Ben") == ()
    assert kept.opinions(ada.library, [OPINION.id], "Ada") == (OPINION,)
    assert kept.opinions(ada.library) == (OPINION,)
    begun = kept.add(ada, "", Turn("q", OPINION.answer, id=OPINION.id))
    kept.delete(ada, begun)
    assert kept.opinions(ada.library, reader="Ada") == (OPINION,)


def version_1(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    library = str(ME.library.resolve())
    with sqlite3.connect(path) as other:
        other.execute(
            'CREATE TABLE opinions ("row" INTEGER NOT NULL, library TEXT NOT NULL, turn TEXT NOT '
            'NULL, opinion TEXT NOT NULL, PRIMARY KEY ("row"), UNIQUE (library, turn))'
        )
        for turn in ("t9", "t1"):
            opinion = json.dumps(replace(OPINION, id=turn).to_dict())
            other.execute(
                "INSERT INTO opinions (library, turn, opinion) VALUES (?, ?, ?)",
                [library, turn, opinion],
            )
        other.execute("PRAGMA user_version = 1")
    other.close()


def test_a_file_of_version_1_keeps_its_opinions(kept: Conversations) -> None:
    version_1(kept.path)
    with ThreadPoolExecutor(4) as pool:  # several programs open it at once
        read = list(pool.map(lambda _: kept.opinions(ME.library, reader=""), range(8)))
    assert {tuple(opinion.id for opinion in opinions) for opinions in read} == {("t9", "t1")}
    kept.withdraw(ME, "t9")
    begun = kept.add(ME, "", TURNS[0])
    assert [opinion.id for opinion in kept.opinions(ME.library)] == ["t1"]
    assert kept.turns(ME, begun) == TURNS[:1]


def test_a_migration_that_fails_leaves_version_1(kept: Conversations) -> None:
    version_1(kept.path)
    with sqlite3.connect(kept.path) as other:
        other.execute("CREATE TABLE turns (mine)")
    other.close()
    with pytest.raises(AssistantError, match="another program"):
        kept.listing(ME)
    with sqlite3.connect(kept.path) as other:
        other.execute("DROP TABLE turns")
    other.close()
    assert len(kept.opinions(ME.library)) == 2


def test_hostile_texts_and_what_is_no_text_spoil_nothing(kept: Conversations) -> None:
    reader = Owner(ME.library, EVERYTHING)
    begun = kept.add(reader, "", Turn(EVERYTHING, words=EVERYTHING, id=EVERYTHING))
    kept.rename(reader, begun, EVERYTHING)
    assert titles(kept.listing(reader, "<script>window.taken")) == [EVERYTHING]
    half = kept.add(ME, "", Turn("half a \ud800 pair \x00", id="\ud800"))
    assert [turn.question for turn in kept.turns(ME, half)] == ["half a ? pair \x00"]
    kept.take_back(ME, half, ["\ud800"])
    assert kept.turns(ME, half) == ()
    for call in (kept.turns, kept.conversation, kept.delete):
        assert not call(ME, "\ud800")


def test_what_makes_no_sense_is_told(kept: Conversations) -> None:
    begun = kept.add(ME, "", TURNS[0])
    with sqlite3.connect(kept.path) as other:
        other.execute("UPDATE turns SET turn = '{}'")
    other.close()
    with pytest.raises(AssistantError, match="makes no sense"):
        kept.turns(ME, begun)


def test_nothing_is_made_before_something_is_kept(kept: Conversations) -> None:
    assert (kept.listing(ME), kept.turns(ME, "x"), kept.conversation(ME, "x")) == (
        Listing(),
        (),
        None,
    )
    assert not kept.path.exists()


def test_a_deleted_conversation_leaves_no_turns(kept: Conversations) -> None:
    begun = kept.add(ME, "", TURNS[0])
    kept.delete(ME, begun)
    engine = sa.create_engine(f"sqlite:///{kept.path}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM turns").scalar() == 0
    engine.dispose()


def test_neither_case_nor_accents_count() -> None:
    assert folded("Straße ÉCOLE") == "strasse ecole"
