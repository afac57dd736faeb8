from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
from assistant.errors import LibraryBusyError, ModelError, UsageError
from assistant.settings import Settings
from tests.cli.stand_ins import call

COMMANDS = (
    "add", "sources", "remove", "search", "ask", "chat", "serve", "password", "evaluate",
    "questions", "models", "doctor",
)  # fmt: skip
HEAVY = (
    "torch", "chromadb", "gradio", "llama_cpp", "sqlalchemy", "pydantic_settings",
    "sentence_transformers", "trafilatura", "numpy",
)  # fmt: skip
SCRIPT = "from assistant.cli.main import main; main()"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import json, sys\n"
        "from assistant.cli.main import run\n"
        f"code = run({arguments!r})\n"
        f"print(json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr == ""
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]


def test_help_names_every_command(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("--help").code == 0
    shown = capfd.readouterr().out
    assert all(command in shown for command in COMMANDS)


def test_the_version_is_that_of_the_package(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("--version").code == 0
    assert capfd.readouterr().out == f"assistant {assistant.__version__}\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("The question is empty.", "Ask something."), 2),
        (ModelError("The model is missing.", "Install it."), 1),
        (LibraryBusyError("Another process is writing.", "Wait."), 1),
        (OSError(28, "No space left on device", "/library"), 1),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(error: Exception, code: int) -> None:
    def refuse(settings: Settings) -> object:
        raise error

    outcome = call("ask", "Why?", open_assistant=refuse)
    assert outcome.code == code
    assert outcome.out == ""
    assert outcome.notes.startswith("Error: ")
    assert "Traceback" not in outcome.notes
    for part in (getattr(error, "hint", ""), getattr(error, "filename", "")):
        assert (part or "") in outcome.notes


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "Why?"],
        ["search", "why"],
        ["chat"],
        ["sources"],
        ["remove", "news.txt"],
        ["evaluate", "questions.jsonl"],
        ["questions", "draft", "drafts.jsonl"],
        ["questions", "export", "readers.jsonl"],
    ],
)
def test_a_mistyped_library_is_not_made(arguments: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "typo"
    outcome = call(*arguments, "--library", str(folder))
    assert (outcome.code, outcome.out, outcome.assistant) == (2, "", None)
    assert f"There is no library at {folder}." in outcome.notes
    assert "assistant add" in outcome.notes
    folder.mkdir()
    assert call(*arguments, "--library", str(folder)).code == 2
    assert list(folder.iterdir()) == []


def test_adding_makes_a_library_and_the_default_one_may_be_absent(tmp_path: Path) -> None:
    assert call("add", "news.txt", "--library", str(tmp_path / "new")).code == 0
    assert call("serve", "--library", str(tmp_path / "new")).code == 0
    assert call("sources").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["ask"],
        ["add"],
        ["remove"],
        ["ask", "--passages", "many", "Why?"],
        ["evaluate", "questions.jsonl", "--limit", "0"],
        ["ask", "Why?", "-k", "99"],
        ["serve", "--port", "99999"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    assert call(*arguments).code == 2


def test_control_c_is_130_and_quiet() -> None:
    outcome = call("ask", "Why?", answers=[KeyboardInterrupt()])
    assert (outcome.code, outcome.out, outcome.notes) == (130, "", "")
    assert outcome.assistant is not None
    assert outcome.assistant.closed


@pytest.mark.parametrize("arguments", [["models", "--json"], ["models"], ["--help"]])
def test_a_reader_who_leaves_the_pipe_is_no_error(arguments: list[str]) -> None:
    """`assistant … | head -1`, where `head` has gone before anything is written."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *arguments], stdout=pipe, stderr=subprocess.PIPE
        )
    assert done.stderr == b""
    assert done.returncode == 1


def test_the_console_script_takes_its_arguments_from_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "serve", "--port", "many"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert done.stdout == ""
