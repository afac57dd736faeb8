"""What the page tells when something goes wrong."""

from __future__ import annotations

import logging

from assistant.errors import AssistantError

_LOG = logging.getLogger(__name__)


def told(error: Exception) -> AssistantError:
    """The error as a reader is told of it.

    What nobody foresaw is written to the log with its traceback, and told in plain words: a page
    must never be left waiting for an answer that will not come.
    """
    if isinstance(error, AssistantError):
        return error
    _LOG.error("unforeseen failure", exc_info=error)
    return AssistantError(
        f"Something failed that should not have: {type(error).__name__}.",
        "Try again. The terminal that serves the page says more, and `assistant doctor` checks "
        "the installation.",
    )
