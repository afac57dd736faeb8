"""The command line over a small library: Chroma, the embedder and the language model are real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.assistant import Assistant
from assistant.inference.embedding import Embedder
from assistant.inference.models import load_embedder
from assistant.settings import Settings
from tests.cli.stand_ins import Outcome, call

pytestmark = pytest.mark.real

REPOSITORY = Path(__file__).parents[2]
PAGE = """# The lighthouse of Kestrel Point

The lighthouse of Kestrel Point was lit for the first time on 4 March 1871. Its lamp stood 41
metres above the sea. Marta Lind kept it for 32 years, longer than anyone else.

# A bakery moves

The bakery Holm moved to Mill Street in June. It bakes 900 loaves a day with eleven people.
"""
QUESTION = "When was the lighthouse of Kestrel Point first lit?"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


class Shell:
    """Commands in this process, in a folder with two files and a library, with one embedder."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.folder = folder
        self._embedder = embedder
        (folder / "lighthouse.md").write_text(PAGE)
        (folder / "bad\x1b[2J.bin").write_bytes(bytes(range(256)) * 8)

    def run(self, command: str, *arguments: str, **given: Any) -> Outcome:
        library = ("--library", str(self.folder / "library"))
        return call(command, *library, *arguments, open_assistant=self._open, **given)

    def _open(self, settings: Settings) -> Assistant:
        return Assistant.open(settings=settings, embedder=self._embedder)


@pytest.fixture
def shell(tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, embedder)


def test_new_processes_add_and_ask(tmp_path: Path) -> None:
    """As a reader does it; nothing but the answer is on stdout, and nothing acts on a terminal."""
    (tmp_path / "lighthouse.md").write_text(PAGE)
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY),
        "ASSISTANT_LIBRARY": str(tmp_path / "library"),
    }

    def assistant(*arguments: str) -> subprocess.CompletedProcess[str]:
        script = "from assistant.cli.main import main; main()"
        return subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    added = assistant("add", "lighthouse.md")
    assert (added.returncode, added.stdout.split("\t")[:2]) == (0, ["lighthouse.md", "added"])
    asked = assistant("ask", QUESTION)
    assert asked.returncode == 0
    assert asked.stdout.strip()
    assert asked.stderr == ""
    assert "\x1b" not in asked.stdout


def test_add_search_ask_and_remove(shell: Shell) -> None:
    added = json.loads(shell.run("add", "lighthouse.md", "--json").out)
    assert [outcome["state"] for outcome in added["outcomes"]] == ["added"]
    assert "\tunchanged\t" in shell.run("add", "lighthouse.md").out

    hits = json.loads(shell.run("search", "Who kept the lighthouse?", "--json").out)
    assert "Marta Lind" in hits[0]["passage"]["text"]

    answer = json.loads(shell.run("ask", QUESTION, "--json").out)
    assert answer["hits"]
    assert answer["refused"] or answer["citations"]
    for citation in answer["citations"]:
        assert citation["quote"] in PAGE.replace("\n", " ")
        mark = answer["text"][citation["mark_start"] : citation["mark_end"]]
        assert mark == f"[{citation['number']}]"
    assert shell.run("ask", QUESTION).out.startswith(answer["text"])

    assert json.loads(shell.run("sources", "--json").out)[0]["name"] == "lighthouse.md"
    assert shell.run("remove", "lighthouse").code == 2
    assert shell.run("remove", "lighthouse.md").code == 0
    assert json.loads(shell.run("sources", "--json").out) == []
    refused = shell.run("ask", QUESTION)
    assert refused.code == 0
    assert "empty" in refused.out
    assert f"The library {shell.folder / 'library'} is empty" in refused.notes


def test_a_file_that_is_no_article_is_reported_and_the_rest_added(shell: Shell) -> None:
    outcome = shell.run("add", ".")
    rows = [line.split("\t") for line in outcome.out.splitlines()]
    assert outcome.code == 1
    assert {row[1] for row in rows} == {"added", "failed"}
    assert all(row[4] for row in rows if row[1] == "failed")
    assert "\x1b" not in outcome.out + outcome.notes


def test_the_doctor_finds_and_mends_an_index_that_is_gone(shell: Shell) -> None:
    shell.run("add", "lighthouse.md")
    whole = shell.run("doctor")
    assert (whole.code, "1 source, " in whole.out) == (0, True)

    with Assistant.open(shell.folder / "library", embedder=shell._embedder) as assistant:
        ids = [p.id for a in assistant.articles() for p in assistant.library.article_passages(a.id)]
        with assistant.library.writing():
            assistant.library.index.writing().delete(ids[:1])
    broken = shell.run("doctor")
    assert broken.code == 1
    assert "assistant doctor --repair" in broken.out

    assert shell.run("doctor", "--repair").code == 0
    assert shell.run("doctor").code == 0


def test_a_conversation_may_come_through_a_pipe(shell: Shell) -> None:
    shell.run("add", "lighthouse.md")
    outcome = shell.run("chat", lines=["How high stood the lamp?", "And who kept it?"])
    assert outcome.code == 0
    assert outcome.out
    assert outcome.notes == ""


def test_a_question_set_is_measured(shell: Shell) -> None:
    shell.run("add", "lighthouse.md")
    asked = {
        "id": "q1",
        "split": "report",
        "question": QUESTION,
        "answers": ["4 March 1871"],
        "answerable": True,
        "article": "The lighthouse of Kestrel Point",
        "evidence": "The lighthouse of Kestrel Point was lit for the first time on 4 March 1871.",
    }
    (shell.folder / "questions.jsonl").write_text(json.dumps(asked) + "\n")
    measured = shell.run("evaluate", "questions.jsonl", "--json", "--output", "figures")
    assert measured.code == 0
    assert isinstance(json.loads(measured.out), dict)
    assert any((shell.folder / "figures").iterdir())
    assert "figures" in measured.notes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", ""], 2),
        (["search", "lighthouse", "--since", "yesterday"], 2),
        (["ask", QUESTION, "--model", "none.gguf"], 2),
        (["remove", "none"], 2),
        (["sources", "--library", "lighthouse.md"], 1),
        (["evaluate", "none.jsonl"], 2),
        (["evaluate", "lighthouse.md"], 2),
    ],
)
def test_an_error_is_one_sentence_with_a_hint(
    shell: Shell, arguments: list[str], code: int
) -> None:
    shell.run("add", "lighthouse.md")
    outcome = shell.run(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    message, hint, *_ = outcome.notes.splitlines()
    assert message.startswith("Error: ")
    assert hint
