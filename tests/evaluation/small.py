"""A small library with its questions; as a program, an evaluation that is killed half way:
``python -m tests.evaluation.small FOLDER KILL_AFTER``."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.evaluation.cases import Result
from assistant.evaluation.run import evaluate
from assistant.records import Progress
from assistant.settings import Settings
from tests.fakes import EchoGenerator, HashEmbedder

PAGES = {
    "tram": "The Lowmoor tram opened on 3 May 1911. It carried 4,000 people a day.",
    "owls": "Barn owls moved into the Hexley mill in 1987. Anna Reyes counted 12 of them.",
}
QUESTIONS = [
    ("when", "When did the Lowmoor tram open?", "3 May 1911", "tram", 0),
    ("many", "How many people did the tram carry a day?", "4,000", "tram", 1),
    ("owls", "When did owls move into the Hexley mill?", "1987", "owls", 0),
    ("who", "Who counted the owls?", "Anna Reyes", "owls", 1),
]


def questions_file(folder: Path) -> Path:
    path = folder / "questions.jsonl"
    lines = [
        {
            "id": id_,
            "split": "report",
            "question": question,
            "answers": [answer],
            "answerable": True,
            "article": f"{page}.txt",
            "evidence": PAGES[page].split(". ")[place].rstrip(".") + ".",
        }
        for id_, question, answer, page, place in QUESTIONS
    ]
    lines.append({"id": "no", "question": "Who drove the tram?", "answerable": False})
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def small_assistant(folder: Path, threshold: float = 0.0) -> Assistant:
    paths = []
    for name, text in PAGES.items():
        path = folder / f"{name}.txt"
        path.write_text(f"{name.title()}\n\n{text}\n", encoding="utf-8")
        paths.append(path)
    assistant = Assistant.open(
        folder / "library",
        Settings(threshold=threshold),
        embedder=HashEmbedder(),
        generator=EchoGenerator(),
    )
    assistant.add(paths)
    return assistant


def run(folder: Path, kill_after: int = 0) -> Result:
    def progress(told: Progress) -> None:
        if told.done == kill_after:
            with (folder / "run" / "predictions.jsonl").open("a") as file:
                file.write('{"question": {"id": "torn')
            os.kill(os.getpid(), signal.SIGKILL)

    with small_assistant(folder) as assistant:
        return evaluate(assistant, questions_file(folder), output=folder / "run", progress=progress)


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
