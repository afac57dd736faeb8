"""The threshold that was measured for a library, kept in its folder with the evidence for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.errors import LibraryError
from assistant.files import write_whole
from assistant.records import Record

_FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration(Record):
    """A threshold below which questions are refused, and how it was chosen.

    ``wanted`` is the share of wrong answers that was asked for, ``risk`` the share among the
    answers given at the threshold, with its 95% interval ``low`` to ``high``, ``coverage`` the
    share of questions that are answered, ``n`` how many questions there were. ``model`` is the
    language model (``model_identity``), ``questions`` the set, ``made`` an ISO date.
    """

    threshold: float
    wanted: float
    risk: float
    low: float
    high: float
    coverage: float
    n: int
    model: str
    questions: str
    made: str


def calibration_file(folder: Path) -> Path:
    """Where a library keeps its calibration; without the file, the settings' threshold counts."""
    return folder / _FILE


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Keeps a calibration in a library's folder, in the place of an earlier one.

    Raises:
        LibraryError: the folder cannot be written to.
    """
    try:
        write_whole(calibration_file(folder), json.dumps(calibration.to_dict(), indent=2) + "\n")
    except OSError as error:
        raise LibraryError(
            f"The calibration cannot be kept in {folder}: {error.strerror}.",
            "Make the library's folder writable.",
        ) from error


def read_calibration(folder: Path) -> Calibration | None:
    """The calibration of a library; None if it has none that can be read.

    Libraries are copied and shared: a file that makes no sense counts as none.
    """
    try:
        kept = json.loads(calibration_file(folder).read_text(encoding="utf-8"))
        calibration = Calibration(**{field.name: kept[field.name] for field in fields(Calibration)})
        usable = isinstance(calibration.threshold, float) and 0.0 <= calibration.threshold <= 1.0
        return calibration if usable else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
