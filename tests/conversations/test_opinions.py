"""Opinions outlive crashes, and what cannot be kept is told in one sentence."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from assistant.conversations import Conversations, Opinion, Owner
from assistant.errors import AssistantError
from tests.web.fake_assistant import ferry_answer, refusal
from tests.web.hostile import EVERYTHING

OPINION = Opinion(
    "t1",
    "2026-11-24T06:00:00+00:00",
    (("When?", "In March."),),
    ferry_answer("How often do the ferries leave?"),
    "bad",
    "incomplete",
    "twice a day",
)
LIBRARIES = ("one", "two")

ids = st.sampled_from(["a", "b", "c"])
texts = st.text(st.characters(codec="utf-8"), max_size=20)


@st.composite
def opinions(draw: st.DrawFn) -> Opinion:
    return Opinion(
        draw(ids),
        draw(texts),
        tuple(draw(st.lists(st.tuples(texts, texts), max_size=2))),
        draw(st.sampled_from([OPINION.answer, refusal("Who owns the moon?")])),
        draw(st.sampled_from(["good", "bad"])),
        draw(st.sampled_from(["", "wrong", "held"])),
        draw(texts),
    )


class Keeping(RuleBasedStateMachine):
    """Whatever is done, the file agrees with a dictionary; every call opens it anew."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.known: dict[tuple[str, str], Opinion] = {}

    @property
    def kept(self) -> Conversations:
        return Conversations(Path(self.folder.name) / "data")

    @rule(library=st.sampled_from(LIBRARIES), opinion=opinions())
    def keep(self, library: str, opinion: Opinion) -> None:
        self.kept.keep(Owner(Path(library)), opinion)
        self.known[library, opinion.id] = opinion

    @rule(library=st.sampled_from(LIBRARIES), opinion_id=ids)
    def withdraw(self, library: str, opinion_id: str) -> None:
        self.kept.withdraw(Owner(Path(library)), opinion_id)
        self.known.pop((library, opinion_id), None)

    @rule(library=st.sampled_from(LIBRARIES), wanted=st.sets(ids))
    def read_some(self, library: str, wanted: set[str]) -> None:
        found = self.kept.opinions(Path(library), wanted)
        assert found == tuple(
            o for (of, id_), o in self.known.items() if of == library and id_ in wanted
        )

    @invariant()
    def agrees(self) -> None:
        for library in LIBRARIES:
            expected = tuple(o for (of, _), o in self.known.items() if of == library)
            assert self.kept.opinions(Path(library)) == expected

    def teardown(self) -> None:
        self.folder.cleanup()


TestKeeping = Keeping.TestCase
TestKeeping.settings = settings(max_examples=25, stateful_step_count=8, deadline=None)


def test_the_file_is_its_owners_alone_while_it_is_open_too(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "data")
    assert kept.opinions(tmp_path) == ()
    assert not kept.path.exists()
    kept.keep(Owner(tmp_path), OPINION)
    with sqlite3.connect(kept.path) as other:
        other.execute("SELECT * FROM opinions")
        kept.keep(Owner(tmp_path), replace(OPINION, id="t2"))
        files = list(kept.path.parent.iterdir())
        assert len(files) == 3  # with the log that makes writes safe, and its index
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    other.close()
    with sqlite3.connect(kept.path) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


def test_a_library_is_known_by_its_real_path(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "library")
    kept = Conversations(tmp_path)
    kept.keep(Owner(tmp_path / "link"), OPINION)
    assert kept.opinions(tmp_path / "library" / ".." / "library") == (OPINION,)
    assert kept.opinions(tmp_path / "other") == ()
    kept.keep(Owner(tmp_path / "no text \udc80"), OPINION)
    assert kept.opinions(tmp_path / "no text \udc80") == (OPINION,)


def test_many_pages_and_programs_keep_at_once(tmp_path: Path) -> None:
    def keep(number: int) -> None:
        Conversations(tmp_path).keep(Owner(tmp_path), replace(OPINION, id=f"t{number % 20}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(80)))
    assert {o.id for o in Conversations(tmp_path).opinions(tmp_path)} == {
        f"t{number}" for number in range(20)
    }


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from assistant.conversations import Conversations, Owner
from tests.conversations.test_opinions import OPINION

folder = Path(sys.argv[1])
kept = Conversations(folder)
for number in range(3):
    kept.keep(Owner(folder), replace(OPINION, id=f"t{number}"))
with kept._file.open(writes=True) as connection:
    connection.exec_driver_sql("DELETE FROM opinions")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_kept_outlives_a_kill_and_what_was_half_done_does_not(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=Path(__file__).parents[2], check=False
    )
    assert child.returncode == -signal.SIGKILL
    kept = Conversations(tmp_path)
    assert [o.id for o in kept.opinions(tmp_path)] == ["t0", "t1", "t2"]
    kept.withdraw(Owner(tmp_path), "t1")
    assert [o.id for o in kept.opinions(tmp_path)] == ["t0", "t2"]


@given(st.binary(min_size=100, max_size=300))
@settings(max_examples=25, deadline=None)
def test_a_file_of_anything_else_is_told_and_left_as_it_is(content: bytes) -> None:
    with TemporaryDirectory() as name:
        kept = Conversations(Path(name))
        kept.path.write_bytes(content)
        for call in (
            lambda: kept.opinions(Path(name)),
            lambda: kept.keep(Owner(Path(name)), OPINION),
        ):
            with pytest.raises(AssistantError, match=r"conversations\.sqlite") as caught:
                call()
            assert caught.value.hint
            assert "\n" not in caught.value.message
        assert kept.path.read_bytes() == content


def test_other_programs_files_and_later_versions_are_left_alone(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    with sqlite3.connect(kept.path) as other:
        other.execute("CREATE TABLE opinions (mine)")
    other.close()
    with pytest.raises(AssistantError, match="another program"):
        kept.keep(Owner(tmp_path), OPINION)
    kept.path.unlink()
    kept.keep(Owner(tmp_path), OPINION)
    with sqlite3.connect(kept.path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(AssistantError, match="another version"):
        kept.opinions(tmp_path)


def test_an_opinion_that_makes_no_sense_is_told(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    kept.keep(Owner(tmp_path), OPINION)
    nonsense = json.dumps({**OPINION.to_dict(), "rating": "<script>"})
    with sqlite3.connect(kept.path) as other:
        other.execute("UPDATE opinions SET opinion = ?", [nonsense])
    other.close()
    with pytest.raises(AssistantError, match="makes no sense"):
        kept.opinions(tmp_path)


def test_hostile_texts_come_back_as_they_went(tmp_path: Path) -> None:
    hostile = replace(OPINION, id="'; DROP TABLE opinions; --", correction=EVERYTHING)
    kept = Conversations(tmp_path)
    kept.keep(Owner(tmp_path), hostile)
    assert kept.opinions(tmp_path, [hostile.id]) == (hostile,)


def test_what_is_no_text_spoils_nothing(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    kept.keep(Owner(tmp_path), replace(OPINION, answer=ferry_answer("half a \ud800 pair \x00")))
    kept.keep(Owner(tmp_path), replace(OPINION, id="t2"))
    assert [o.answer.question for o in kept.opinions(tmp_path)] == [
        "half a ? pair \x00",
        OPINION.answer.question,
    ]
    assert kept.opinions(tmp_path, ["\ud800"]) == ()


READ_ONLY = """
import os, sys
from pathlib import Path
from assistant.conversations import Conversations, Owner
from assistant.errors import AssistantError
from tests.conversations.test_opinions import OPINION

folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.seteuid(65534)  # root may write to any file
kept = Conversations(folder)
print(len(kept.opinions(folder)))
try:
    kept.keep(Owner(folder), OPINION)
except AssistantError as error:
    print(error.message)
"""


def test_a_file_that_may_only_be_read_is_read_and_told(tmp_path: Path) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        kept = Conversations(folder)
        kept.keep(Owner(folder), OPINION)
        kept.path.chmod(0o444)
        folder.chmod(0o777)
        child = subprocess.run(
            [sys.executable, "-c", READ_ONLY, name],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
    assert child.stdout.splitlines()[0] == "1"
    assert "readonly database" in child.stdout.splitlines()[1]
