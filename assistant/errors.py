"""The errors that users see: one clear sentence, and a hint on what to do next.

AssistantError            anything this package raises on purpose
├── UsageError            what was asked cannot be done as asked (exit code 2)
├── ReadingError          a file could not be read as articles
├── LibraryError          the library's folder is damaged, foreign or not there
│   └── LibraryBusyError  another process is writing to the library
└── ModelError            a model is missing, damaged or failed to answer
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: one sentence that says what is wrong, in the user's terms.
        hint: what the user can do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AssistantError):
    """Wrong usage: an empty question, a date that is none, a setting out of range."""


class ReadingError(AssistantError):
    """A file or page that cannot be read as articles; it is reported and skipped."""


class LibraryError(AssistantError):
    """The library's folder is damaged, foreign, or not there."""


class LibraryBusyError(LibraryError):
    """Another process holds the library's write lock."""


class ModelError(AssistantError):
    """A model is missing, damaged, or failed while it ran."""
