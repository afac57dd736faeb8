"""Answers from the default library, without opening anything first."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.records import Answer, Filters
from assistant.retrieval.followups import Turn
from assistant.settings import load_settings


def answer(question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
    """Answers from the default library; see ``Assistant.answer``.

    The library is opened at the first call, and kept open until the process ends.
    """
    return _default_assistant().answer(question, history, filters)


_open_assistants: dict[Path, Assistant] = {}
_opening = threading.Lock()


def _default_assistant() -> Assistant:
    settings = load_settings()
    folder = settings.library.resolve()
    with _opening:
        if folder not in _open_assistants:
            _open_assistants[folder] = Assistant.open(folder, settings)
            atexit.register(_open_assistants[folder].close)
        return _open_assistants[folder]
