from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import ModelError
from tests.cli.stand_ins import ANSWER, REFUSAL, call

REPOSITORY = Path(__file__).parents[2]


def test_follow_ups_carry_the_questions_and_answers_before() -> None:
    outcome = call("chat", lines=["How long?", " ", "And who?"], answers=[ANSWER, REFUSAL])
    assert outcome.code == 0
    assert ANSWER.text in outcome.out
    assert REFUSAL.text in outcome.out
    assert outcome.assistant is not None
    assert [(q, h) for q, h, _ in outcome.assistant.asked] == [
        ("How long?", ()),
        ("And who?", (("How long?", ANSWER),)),
    ]


def test_quit_leaves_at_once() -> None:
    outcome = call("chat", lines=["/quit", "How long?"], answers=[ANSWER])
    assert outcome.code == 0
    assert outcome.assistant is not None
    assert outcome.assistant.asked == []
    assert outcome.assistant.closed


def test_commands_are_not_asked() -> None:
    outcome = call("chat", lines=["/help", "/foo bar", "/", "/etc/hosts?"], answers=[ANSWER])
    assert outcome.assistant is not None
    assert [question for question, *_ in outcome.assistant.asked] == ["/etc/hosts?"]
    assert "There is no command /foo." in outcome.notes
    assert outcome.notes.count("/quit or Ctrl-D leaves.") == 3
    assert outcome.code == 1
    assert call("chat", lines=["/help"]).code == 0


def test_control_c_stops_the_answer_but_not_the_chat() -> None:
    lines: list[str | BaseException] = [KeyboardInterrupt(), "How long?", "Again?", "/quit"]
    outcome = call("chat", lines=lines, answers=[KeyboardInterrupt(), ANSWER])
    assert outcome.code == 0
    assert "Stopped." in outcome.notes
    assert ANSWER.text in outcome.out
    assert outcome.assistant is not None
    assert outcome.assistant.asked[-1] == ("Again?", (), None)


def test_a_filter_that_fits_nothing_ends_the_chat_before_the_first_question() -> None:
    outcome = call("chat", "--source", "new.txt", lines=["How long?"], answers=[ANSWER])
    assert outcome.code == 2
    assert "Did you mean news.txt?" in outcome.notes
    assert outcome.out == ""


@pytest.mark.parametrize("last", [[], ["/quit"]])
def test_an_error_is_told_and_the_chat_goes_on(last: list[str]) -> None:
    error = ModelError("The model failed.", "Ask again.")
    outcome = call("chat", lines=["One?", "Two?", *last], answers=[error, ANSWER])
    assert outcome.code == 1
    assert outcome.notes == "Error: The model failed.\nAsk again.\n"
    assert ANSWER.text in outcome.out


def test_a_person_who_has_read_of_an_error_leaves_in_peace() -> None:
    outcome = call("chat", lines=["One?"], answers=[ModelError("It failed.")], person=True)
    assert outcome.code == 0
    assert "It failed." in outcome.notes


SLOW = """
import signal, time
from assistant.cli.application import Application
from assistant.cli.main import run
from assistant.records import Words
from tests.cli.stand_ins import CannedAssistant

class Slow(CannedAssistant):
    def stream(self, question, history=(), filters=None, cancel=None):
        yield Words("thinking")
        time.sleep(60)

# What was started in the background by a shell ignores the key; a terminal's programs do not.
signal.signal(signal.SIGINT, signal.default_int_handler)
raise SystemExit(run(["chat"], Application(open_assistant=Slow)))
"""


def test_the_keys_of_a_real_terminal() -> None:
    keyboard, screen = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW],
        stdin=screen,
        stdout=screen,
        stderr=screen,
        cwd=REPOSITORY,
        env=os.environ | {"TERM": "xterm"},
        start_new_session=True,
    )
    os.close(screen)
    try:
        wait_for(keyboard, "> ")
        os.write(keyboard, b"Why?\n")
        wait_for(keyboard, "thinking")
        process.send_signal(signal.SIGINT)
        # A sleep that began just before Python saw the key is not cut short by it, but by the next.
        while not select.select([keyboard], [], [], 3)[0] and process.poll() is None:
            process.send_signal(signal.SIGINT)
        wait_for(keyboard, "Stopped.", "> ")
        os.write(keyboard, b"\x04")
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)


def wait_for(keyboard: int, *texts: str, seconds: float = 30) -> None:
    """Reads the screen until the texts have been shown, one after the other."""
    seen, end = "", time.monotonic() + seconds
    for text in texts:
        while text not in seen:
            assert time.monotonic() < end, f"{text!r} is not in {seen!r}"
            seen += os.read(keyboard, 4096).decode(errors="replace")
        seen = seen.partition(text)[2]
