"""A run: a folder with what was predicted, the scores and the report.

run.json           what was measured; a run is continued only by the same
run.lock           held while the run is under way
predictions.jsonl  written question by question, so that a killed run can go on
injections.jsonl   the same for instructions hidden in articles, where there were any
scores.jsonl       every score of every question
reactions.jsonl    what each answer did with the instruction hidden from it
report.json        the figures
report.html        the figures for people
*.run, qrels       rankings by stage and judgements, as TREC tools read them
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from assistant.errors import UsageError
from assistant.evaluation.cases import Attempt, Prediction, Result
from assistant.evaluation.rankings import write_judgements, write_run
from assistant.evaluation.webpage import render_page
from assistant.files import write_whole
from assistant.records import Record
from assistant.settings import data_folder

_LOCK = "run.lock"
_RUN = "run.json"
_PREDICTIONS = "predictions.jsonl"
_ATTEMPTS = "injections.jsonl"
_REPORT = "report.json"
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Run(Record):
    """A run as it was kept: what was measured, and what came of it in its order."""

    settings: Mapping[str, Any]
    predictions: tuple[Prediction, ...] = ()
    attempts: tuple[Attempt, ...] = ()


def own_runs() -> Path:
    """The folder of runs that are not put anywhere else."""
    return data_folder() / "runs"


def new_run(questions: Path) -> Path:
    """A folder for a new run, named by its question set and the time; not made yet."""
    return own_runs() / f"{questions.stem}-{datetime.now():%Y%m%d-%H%M%S}"


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Holds a run's folder, made if absent, for as long as something is written to it. The system
    frees it when a process dies.

    Raises:
        UsageError: another thread or process holds it, or it cannot be written to.
    """
    lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise UsageError(
            f"The run {folder} is under way already.", "Wait until it is done, or stop it there."
        ) from error
    except OSError as error:
        raise _cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()
        if not (folder / _RUN).exists():  # it was no run's folder, and is left as it was
            (folder / _LOCK).unlink(missing_ok=True)


def begin_run(folder: Path, settings: Mapping[str, Any]) -> Run:
    """Begins a run, or goes on with one that was broken off; gives what it has already.

    Raises:
        UsageError: the folder holds another run, something else, or cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / _RUN).exists():
            if any(path.name != _LOCK for path in folder.iterdir()):
                raise UsageError(
                    f"The folder {folder} holds other files and no run.",
                    "Choose an empty folder, or one that does not exist yet.",
                )
            write_whole(folder / _RUN, _pretty(settings))
            return Run(settings)
        run = read_run(folder)
        _drop_torn_line(folder / _PREDICTIONS)
        _drop_torn_line(folder / _ATTEMPTS)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    differing = _differing(_plain(settings), run.settings)
    if differing:
        raise UsageError(
            f"The folder {folder} holds a run of something else: it differs in "
            f"{', '.join(differing)}.",
            "Choose another folder for this run, or remove that one.",
        )
    return run


def keep_prediction(folder: Path, prediction: Prediction) -> None:
    """Adds one prediction to a run, on disk when this returns."""
    _keep(folder / _PREDICTIONS, prediction)


def keep_attempt(folder: Path, attempt: Attempt) -> None:
    """Adds what came of one hidden instruction to a run, on disk when this returns."""
    _keep(folder / _ATTEMPTS, attempt)


def read_run(folder: Path) -> Run:
    """Reads a run; a last line that a killed run left half written is left out.

    Raises:
        UsageError: the folder holds no run, or a damaged one.
    """
    try:
        settings = json.loads((folder / _RUN).read_text(encoding="utf-8"))
        predictions = _kept(folder / _PREDICTIONS, _prediction())
        attempts = _kept(folder / _ATTEMPTS, _attempt())
    except FileNotFoundError as error:
        raise UsageError(
            f"The folder {folder} holds no run.", "Make one with `assistant evaluate --output`."
        ) from error
    except (OSError, ValueError, ValidationError) as error:
        reason = str(error).split("\n", 1)[0]
        raise UsageError(
            f"The run {folder} cannot be read: {reason}.", "Remove it and run it again."
        ) from error
    return Run(settings, predictions, attempts)


def finish_run(folder: Path, result: Result) -> None:
    """Writes what is made from the predictions: scores, report, rankings and judgements."""
    scores = (
        {"id": case.prediction.question.id, "outcome": case.outcome, **case.scores}
        for case in result.cases
    )
    write_whole(folder / "scores.jsonl", "".join(json.dumps(line) + "\n" for line in scores))
    if result.attacks:
        reactions = (
            {
                "id": case.attempt.attack.instruction.id,
                "question": case.attempt.attack.question.id,
                "place": case.attempt.attack.place,
                "reaction": case.reaction,
                **case.scores,
            }
            for case in result.attacks
        )
        write_whole(folder / "reactions.jsonl", "".join(json.dumps(r) + "\n" for r in reactions))
    report = result.to_dict()
    del report["cases"], report["attacks"]
    write_whole(folder / _REPORT, _pretty(report))
    write_whole(folder / "report.html", render_page(result))
    predictions = [case.prediction for case in result.cases]
    stages = dict.fromkeys(stage for p in predictions for stage in p.rankings)
    for stage in stages:
        ranking = {p.question.id: p.rankings[stage] for p in predictions if stage in p.rankings}
        write_run(folder / f"{stage.replace(' ', '_')}.run", ranking, stage.replace(" ", "_"))
    judged = {p.question.id: p.judgements for p in predictions if p.judgements}
    write_judgements(folder / "qrels", judged)


def find_runs(folders: Iterable[Path]) -> list[tuple[Path, dict[str, Any]]]:
    """The finished runs among some folders and in them, each with its report; oldest first."""
    found: dict[Path, dict[str, Any]] = {}
    for path in _begun(folders):
        report = path / _REPORT
        if report.is_file():
            try:
                found[path] = json.loads(report.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue  # being written, or damaged: not a finished run
    return sorted(found.items(), key=lambda pair: (pair[0] / _REPORT).stat().st_mtime)


def find_unfinished(folders: Iterable[Path]) -> list[tuple[Path, dict[str, Any], int]]:
    """The runs among some folders and in them that were begun and are not finished, by name: each
    with what it measures and how many questions are answered."""
    found = []
    for path in _begun(folders):
        if not (path / _REPORT).is_file():
            try:
                settings = json.loads((path / _RUN).read_text(encoding="utf-8"))
                answered = _whole_lines(path / _PREDICTIONS, 0).count(b"\n")
            except (OSError, ValueError):
                continue  # removed meanwhile, or damaged
            if isinstance(settings, dict):
                found.append((path, settings, answered))
    return found


def _begun(folders: Iterable[Path]) -> list[Path]:
    """The runs among some folders and in them, each once."""
    near = (
        path
        for folder in folders
        for path in (folder, *(sorted(folder.iterdir()) if folder.is_dir() else ()))
    )
    return [path for path in dict.fromkeys(near) if (path / _RUN).is_file()]


def predictions_from(folder: Path, start: int = 0) -> tuple[list[Prediction], int]:
    """The predictions of a run from a place on, so that a run under way can be followed.

    Args:
        folder: the run's folder; it need not be there yet.
        start: bytes of the predictions that were read before.

    Returns:
        The predictions, and how many bytes are read now.
    """
    data = _whole_lines(folder / _PREDICTIONS, start)
    return [_prediction().validate_json(line) for line in data.splitlines()], start + len(data)


def _whole_lines(path: Path, start: int) -> bytes:
    """The lines of a file from a place on, without one that is half written."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(start)
        data = file.read()
    return data[: data.rfind(b"\n") + 1]


def _keep(path: Path, record: Record) -> None:
    line = json.dumps(record.to_dict(), ensure_ascii=True) + "\n"
    with path.open("a", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _kept(path: Path, reader: TypeAdapter[Kept]) -> tuple[Kept, ...]:
    return tuple(reader.validate_json(line) for line in _whole_lines(path, 0).splitlines())


def _differing(settings: Mapping[str, Any], others: Mapping[str, Any]) -> list[str]:
    """The names of what is not the same; of a group, those within it: ``sha256 of code``."""
    found = []
    for name in sorted({*settings, *others}):
        one, other = settings.get(name), others.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found += [f"{name} of {inner}" for inner in _differing(one, other)]
        elif one != other:
            found.append(name)
    return found


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        with path.open("r+b") as file:
            file.truncate(whole)


def _cannot_write(folder: Path, error: OSError) -> UsageError:
    if folder.is_file():
        return UsageError(f"{folder} is a file, not a folder.", "A run needs a folder of its own.")
    return UsageError(
        f"The run folder {folder} cannot be written to: {error.strerror}.", "Choose another folder."
    )


def _pretty(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


@cache
def _prediction() -> TypeAdapter[Prediction]:
    return TypeAdapter(Prediction)


@cache
def _attempt() -> TypeAdapter[Attempt]:
    return TypeAdapter(Attempt)
