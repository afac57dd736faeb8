"""What the commands stand on: the one place where they reach the rest of the package.

Tests hand the commands another ``Application``, with stand-ins in place of models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant
    from assistant.cli.terminal import Terminal
    from assistant.inference.models import ModelInfo
    from assistant.settings import Settings


def _terminal() -> Terminal:
    from assistant.cli.terminal import Terminal

    return Terminal()


def _open_assistant(settings: Settings) -> Assistant:
    from assistant.answering.assistant import Assistant

    return Assistant.open(settings=settings)


def _serve(assistant: Assistant, settings: Settings, open_browser: bool) -> None:
    from assistant.web.app import serve
    from assistant.web.server.accounts import read_accounts

    serve(
        assistant,
        settings.host,
        settings.port,
        open_browser,
        accounts=read_accounts(settings.auth) if settings.auth else None,
        open_to_everyone=settings.open_to_everyone,
        mcp=settings.mcp,
    )


def _installed_models() -> Sequence[ModelInfo]:
    from assistant.inference.models import installed_models

    return installed_models()


@dataclass(frozen=True)
class Application:
    """The terminal, and the parts that are slow to load or take over the process."""

    terminal: Terminal = field(default_factory=_terminal)
    open_assistant: Callable[[Settings], Assistant] = _open_assistant
    serve: Callable[[Assistant, Settings, bool], None] = _serve
    installed_models: Callable[[], Sequence[ModelInfo]] = _installed_models

    def open_existing(self, settings: Settings) -> Assistant:
        """Opens a library that must be there already, unless it is the default one: of that, an
        answer says that it is empty.

        Raises:
            UsageError: there is no library where the settings say.
        """
        from assistant.library.folder import require_library

        if "library" in settings.model_fields_set:
            require_library(settings.library)
        return self.open_assistant(settings)


def application(context: typer.Context) -> Application:
    """The application that a command was called with; the real one is made when first needed."""
    if context.obj is None:
        context.obj = Application()
    chosen: Application = context.obj
    return chosen
