"""What a command writes and reads: results to stdout, all else to stderr.

All text is cleaned on its way out, and no markup is ever interpreted.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from getpass import getpass
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from assistant.cli.cleaning import clean, clean_line
from assistant.records import Progress


class Terminal:
    """The two streams of a command, and the reader's keyboard.

    Args:
        out: where results go.
        notes: where progress, notes and errors go.
        read: asks for a line; raises EOFError where there is none left.
        read_secret: the same, for a line that is not shown as it is typed.
    """

    def __init__(
        self,
        out: Console | None = None,
        notes: Console | None = None,
        read: Callable[[str], str] = input,
        read_secret: Callable[[str], str] | None = None,
    ) -> None:
        plain: dict[str, Any] = {"markup": False, "highlight": False, "emoji": False}
        self.out = out or Console(**plain)
        self.notes = notes or Console(stderr=True, **plain)
        self._read = read
        self._read_secret = read_secret or _read_secret

    @property
    def interactive(self) -> bool:
        """Whether a person, not a program, reads the results."""
        return self.out.is_terminal

    def line(self, text: str = "", style: str = "") -> None:
        """Writes text to stdout: wrapped and coloured for a person, as it is into a pipe."""
        _write(self.out, clean(text), style)

    def note(self, text: str, style: str = "dim") -> None:
        """Writes text to stderr."""
        _write(self.notes, clean(text), style)

    def error(self, message: str, hint: str = "") -> None:
        """Writes what went wrong, and what can be done about it, to stderr."""
        self.note(f"Error: {message}", style="bold red")
        if hint:
            self.note(hint, style="")

    def json(self, value: Any) -> None:
        """Writes a value as JSON to stdout; in ASCII, so that no encoding or terminal minds."""
        self.out.file.write(json.dumps(value, indent=2) + "\n")
        self.out.file.flush()

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Writes rows: a table for a person; into a pipe one line a row, parted by tabs."""
        cells = [[clean_line(str(cell)) for cell in row] for row in rows]
        if not self.interactive:
            for row in cells:
                _write(self.out, "\t".join(row))
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for number, column in enumerate(columns):
            numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
            table.add_column(column, justify="right" if numeric else "left", overflow="fold")
        for row in cells:
            table.add_row(*map(Text, row))
        self.out.print(table)

    def ask(self, prompt: str) -> str:
        """A line from the keyboard; the prompt is shown to a person only."""
        return self._read(prompt if self.interactive else "")

    def rest(self) -> str:
        """All lines that are still to come from the keyboard, or from the program that writes."""
        lines = []
        with contextlib.suppress(EOFError):
            while True:
                lines.append(self._read(""))
        return "\n".join(lines)

    def ask_secret(self, prompt: str) -> str:
        """A line from the keyboard that is not shown; or the next one, where a program writes."""
        return self._read_secret(clean_line(prompt))

    @contextlib.contextmanager
    def live(self) -> Iterator[Callable[[str], None]]:
        """Gives a function that shows a text in place of its last one; it is gone afterwards.

        Nothing is shown in a pipe, where what was written cannot be taken back.
        """
        if not self.interactive:
            yield lambda text: None
            return
        with Live(console=self.out, transient=True, auto_refresh=False) as live:
            yield lambda text: live.update(Text(clean(text)), refresh=True)

    @contextlib.contextmanager
    def progress(self) -> Iterator[Callable[[Progress], None]]:
        """Gives a function that shows progress on stderr, one bar a stage, if it is a terminal."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        shown = self.notes.is_terminal
        with Bars(*columns, console=self.notes, transient=True, disable=not shown) as bars:
            stages: dict[str, Any] = {}

            def show(step: Progress) -> None:
                if step.stage not in stages:
                    stages[step.stage] = bars.add_task(clean_line(step.stage), total=step.total)
                bars.update(stages[step.stage], completed=step.done, total=step.total)

            yield show


def _read_secret(prompt: str) -> str:
    return getpass(prompt) if sys.stdin.isatty() else input()


def _write(console: Console, text: str, style: str = "") -> None:
    if console.is_terminal:
        console.print(Text(text, style=style))
    else:
        console.file.write(text + "\n")
        console.file.flush()
