"""The `assistant` command.

Nothing heavy is imported here or at the top of a command's module: `--help` must be instant.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

import assistant
from assistant.cli.application import Application
from assistant.cli.ask import ask
from assistant.cli.chat import chat
from assistant.cli.doctor import doctor
from assistant.cli.evaluate import evaluate, runs
from assistant.cli.models import models
from assistant.cli.password import password
from assistant.cli.questions import questions
from assistant.cli.search import search
from assistant.cli.serve import serve
from assistant.cli.sources import add, remove, sources
from assistant.errors import AssistantError, UsageError

if TYPE_CHECKING:
    from assistant.cli.terminal import Terminal

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_COMMANDS = (
    *(add, sources, remove, search, ask, chat, serve, password),
    *(evaluate, runs, models, doctor),
)
for _command in _COMMANDS:
    app.command()(_command)
app.add_typer(questions, name="questions")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"assistant {assistant.__version__}")
        raise typer.Exit


@app.callback()
def _assistant(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Tell the version."),
    ] = False,
) -> None:
    """Ask a library of articles on your own machine; every statement can be checked."""


def run(arguments: Sequence[str], application: Application | None = None) -> int:
    """Runs one command and gives its exit code.

    0: done, a refusal included; 1: the work, or a part of it, failed; 2: wrong usage;
    130: stopped with Ctrl-C.

    Args:
        arguments: what follows `assistant` on the command line.
        application: stand-ins for the heavy parts; the real ones by default.
    """
    try:
        app(list(arguments), prog_name="assistant", obj=application)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except AssistantError as error:
        _terminal(application).error(error.message, error.hint)
        return 2 if isinstance(error, UsageError) else 1
    except OSError as error:  # a full disk, a folder that may not be written
        where = f": {error.filename}" if error.filename else ""
        _terminal(application).error(f"{error.strerror or error}{where}.")
        return 1
    return 0


def _terminal(application: Application | None) -> Terminal:
    return (application or Application()).terminal


def main() -> None:
    """The console script: runs the command line of this process, and ends it."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # no encoding of a terminal may stop an answer
    sys.exit(run(sys.argv[1:]))
