"""Ask a library of articles on your own machine, and check every statement.

    from assistant import Assistant, answer, evaluate

The names below are imported when they are first used, so that ``import assistant`` is instant.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant
    from assistant.answering.default import answer
    from assistant.errors import AssistantError
    from assistant.evaluation.run import evaluate
    from assistant.records import Answer, Article, Citation, Filters, Hit, Passage, Statement

_HOMES = {
    "Answer": "assistant.records",
    "Article": "assistant.records",
    "Assistant": "assistant.answering.assistant",
    "AssistantError": "assistant.errors",
    "Citation": "assistant.records",
    "Filters": "assistant.records",
    "Hit": "assistant.records",
    "Passage": "assistant.records",
    "Statement": "assistant.records",
    "answer": "assistant.answering.default",
    "evaluate": "assistant.evaluation.run",
}

__all__ = [
    "Answer",
    "Article",
    "Assistant",
    "AssistantError",
    "Citation",
    "Filters",
    "Hit",
    "Passage",
    "Statement",
    "answer",
    "evaluate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
