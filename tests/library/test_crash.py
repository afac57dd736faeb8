"""Real processes are killed at every stage of a write; the next opening completes the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.library.health import check
from assistant.library.store import Library
from tests.fakes import HashEmbedder
from tests.library.support import BRIDGE, MILL, OWLS, found_texts, long_paragraphs, write_page

pytestmark = pytest.mark.slow

CHILD = """
import os, signal, sys, time
from assistant.library.ingest import Ingest
from assistant.library.journal import Journal
from assistant.library.store import Library
from assistant.library.vectors import Vectors
from tests.fakes import HashEmbedder

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Deadly:
    '''Calls a method of a parent class, and dies before or after its n-th call.'''
    def deadly(self, name, *arguments):
        self.calls = getattr(self, "calls", 0) + 1
        due = POINT.startswith(name) and self.calls == NUMBER
        if due and POINT.endswith("before"):
            die()
        result = getattr(super(), name)(*arguments)
        if due:
            die()
        return result

class DeadlyEmbedder(Deadly, HashEmbedder):
    def embed_passages(self, texts, progress=None):
        return self.deadly("embed_passages", texts, progress)

class DeadlyJournal(Deadly, Journal):
    pass

POINT, NUMBER, folder, *pages = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
for method in ("stage", "publish", "withdraw", "forget"):
    if POINT.startswith(method):
        def deadly(self, *arguments, method=method):
            return self.deadly(method, *arguments)
        setattr(DeadlyJournal, method, deadly)

embedder = DeadlyEmbedder()
library = Library.open(folder, embedder)
library.ingest = Ingest(DeadlyJournal(library.database), library.index, embedder)
if POINT.startswith("loop"):
    for _ in range(1_000):
        library.remove("long.md")
        library.add(pages)
elif pages:
    library.add(pages)
else:
    library.remove("long.md")
"""


def run_child(*arguments: str | Path) -> int:
    return subprocess.run([sys.executable, "-c", CHILD, *map(str, arguments)]).returncode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of a bridge, and of 20 lanterns that are about to be changed."""
    write_page(tmp_path / "pages", "bridge.md", "The bridge", BRIDGE)
    write_page(tmp_path / "pages", "long.md", "Lanterns", *long_paragraphs(20))
    with Library.open(tmp_path / "library", HashEmbedder()) as library:
        library.add([tmp_path / "pages"])
    return tmp_path / "library"


@pytest.mark.parametrize(
    ("point", "number"),
    [
        ("stage before", 2),
        ("stage after", 1),
        ("stage after", 2),
        ("embed_passages before", 1),
        ("embed_passages after", 1),
        ("embed_passages after", 2),
        ("publish before", 1),
        ("publish after", 1),
        ("forget before", 1),
        ("forget after", 1),
    ],
)
def test_an_update_killed_anywhere_is_completed(folder: Path, point: str, number: int) -> None:
    pages = folder.parent / "pages"
    write_page(pages, "long.md", "Lanterns", *long_paragraphs(560), OWLS)
    write_page(pages, "mill.md", "The mill", MILL)
    arguments = [point, str(number), folder, pages / "long.md", pages / "mill.md"]
    assert run_child(*arguments) == -signal.SIGKILL
    embedder = HashEmbedder()
    with Library.open(folder, embedder) as library:
        assert not library.journal.unfinished()
        report = check(library)
        assert report.agrees, report.problems
        passages = {source.name: source.passages for source in library.sources()}
        staged = {("stage before", 2): 1, ("stage after", 1): 1}.get((point, number), 2)
        assert passages["long.md"] >= 560
        assert ("mill.md" in passages) == (staged == 2)
        (owls,) = library.lexical("owls", 5)
        assert library.passages([owls[0]])[0].text.endswith(OWLS)
        done = library.add([pages])
        assert not done.failed
        assert not done.changed
        assert check(library).agrees
        assert library.count_passages() == passages["bridge.md"] + passages["long.md"] + 1
    if point != "stage before" and "after" in point and number > 1 and "embed" in point:
        # The first batch had been stored; it was not embedded a second time.
        assert len(embedder.embedded) < 200


@pytest.mark.parametrize("point", ["withdraw before", "withdraw after", "forget before"])
def test_a_removal_killed_anywhere_is_completed(folder: Path, point: str) -> None:
    assert run_child(point, "1", folder) == -signal.SIGKILL
    with Library.open(folder, HashEmbedder()) as library:
        report = check(library)
        assert report.agrees, report.problems
        kept = point == "withdraw before"
        assert [source.name for source in library.sources()] == (
            ["bridge.md", "long.md"] if kept else ["bridge.md"]
        )
        assert len(found_texts(library, "lanterns bridge")) == (21 if kept else 1)


@pytest.mark.parametrize("seconds", [0.1, 0.35, 0.8])
def test_a_writer_killed_at_any_moment_leaves_a_library_that_heals(
    folder: Path, seconds: float
) -> None:
    pages = folder.parent / "pages"
    write_page(pages, "long.md", "Lanterns", *long_paragraphs(700))
    command = [sys.executable, "-c", CHILD, "loop", "0", folder, pages / "long.md"]
    child = subprocess.Popen([*map(str, command)])
    with Library.open(folder, HashEmbedder()) as reader:
        before = reader.changes()
        deadline = time.monotonic() + 60
        while reader.changes() == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(seconds)
        # A reader does not mind the writer.
        assert reader.dense(reader.embedder.embed_queries(["bridge"])[0], 5)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert reader.changes() > before
    with Library.open(folder, HashEmbedder()) as library:
        report = check(library)
        assert report.agrees, report.problems
        vector = library.embedder.embed_queries([f"The bridge\n{BRIDGE}"])[0]
        (nearest,) = library.dense(vector, 1)
        assert nearest[1] > 0.999
        assert [p.text for p in library.passages([nearest[0]])] == [BRIDGE]
        library.add([pages])
        assert library.count_passages() == 701
        assert check(library).agrees
