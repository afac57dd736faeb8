"""Why a source could not be added, in words."""

from __future__ import annotations

from assistant.errors import AssistantError, ModelError
from assistant.records import SourceOutcome

NO_VECTOR = "The embedding model gave no usable vector for a passage."
NO_TEXT = "It holds no article text."


def failed(name: str, reason: str) -> SourceOutcome:
    """The outcome of a source that could not be added."""
    return SourceOutcome(name, "failed", reason=reason)


def reason_of(error: Exception) -> str:
    """What kept a source from being read; raises the error of a model again: no file's fault."""
    if isinstance(error, ModelError):
        raise error
    if isinstance(error, AssistantError):
        return f"{error.message} {error.hint}".strip()
    return f"It cannot be read ({type(error).__name__}: {error})."
