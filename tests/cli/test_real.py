"""The command line as a reader uses it: new processes, the real models, a small library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.real

ASSISTANT = [sys.executable, "-c", "from assistant.cli.main import main; main()"]
PAGE = """# The lighthouse of Kestrel Point

The lighthouse of Kestrel Point was lit for the first time on 4 March 1871. Its lamp stood 41
metres above the sea. Marta Lind kept it for 32 years, longer than anyone else.

# A bakery moves

The bakery Holm moved to Mill Street in June. It bakes 900 loaves a day with eleven people.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    (folder / "lighthouse.md").write_text(PAGE)
    (folder / "bad\x1b[2J.bin").write_bytes(bytes(range(256)) * 8)
    return folder


def run(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*ASSISTANT, *arguments],
        cwd=folder,
        env=os.environ | {"ASSISTANT_LIBRARY": str(folder / "library")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_add_search_ask_and_remove(folder: Path) -> None:
    added: dict[str, Any] = json.loads(run(folder, "add", "lighthouse.md", "--json").stdout)
    assert [o["state"] for o in added["outcomes"]] == ["added"]
    again = run(folder, "add", "lighthouse.md")
    assert "unchanged" in again.stdout

    hits = json.loads(run(folder, "search", "Who kept the lighthouse?", "--json").stdout)
    assert "Marta Lind" in hits[0]["passage"]["text"]

    asked = run(folder, "ask", "When was the lighthouse of Kestrel Point first lit?", "--json")
    answer = json.loads(asked.stdout)
    assert answer["hits"]
    assert answer["refused"] or answer["citations"]
    for citation in answer["citations"]:
        assert citation["quote"] in PAGE.replace("\n", " ")
        assert answer["text"][citation["mark_start"] : citation["mark_end"]].startswith("[")

    shown = run(folder, "ask", "When was the lighthouse of Kestrel Point first lit?")
    assert shown.stdout.startswith(answer["text"])
    assert "\x1b" not in shown.stdout

    assert json.loads(run(folder, "sources", "--json").stdout)[0]["name"] == "lighthouse.md"
    run(folder, "remove", "lighthouse", code=2)
    run(folder, "remove", "lighthouse.md")
    assert json.loads(run(folder, "sources", "--json").stdout) == []
    assert run(folder, "ask", "Who kept the lighthouse?").stdout


def test_a_file_that_is_no_article_is_reported_and_the_rest_added(folder: Path) -> None:
    done = run(folder, "add", ".", "--library", str(folder / "other"), code=1)
    states = {line.split("\t")[1] for line in done.stdout.splitlines()}
    assert states == {"added", "failed"}
    assert "\x1b" not in done.stdout + done.stderr
    found = json.loads(run(folder, "doctor", "--json", "--library", "other").stdout)
    assert {finding["state"] for finding in found} == {"ok"}


def test_questions_may_come_through_a_pipe(folder: Path) -> None:
    run(folder, "add", "lighthouse.md", "--library", "piped")
    done = subprocess.run(
        [*ASSISTANT, "chat", "--library", "piped"],
        cwd=folder,
        input="How high stood the lamp?\nAnd who kept it?\n",
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0
    assert done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", ""], 2),
        (["search", "lighthouse", "--since", "yesterday"], 2),
        (["ask", "Why?", "--model", "none.gguf"], 2),
        (["remove", "none"], 2),
        (["sources", "--library", "lighthouse.md"], 1),
        (["evaluate", "none.jsonl"], 2),
    ],
)
def test_an_error_is_one_sentence_with_a_hint(
    folder: Path, arguments: list[str], code: int
) -> None:
    done = run(folder, *arguments, code=code)
    assert done.stdout == ""
    message, hint, *_ = done.stderr.splitlines()
    assert message.startswith("Error: ")
    assert hint
