"""Finds the files that come with the package, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import AssistantError

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """The path of a file or folder that comes with the package.

    Args:
        parts: the path below the repository's top level, for example
            ``resource("prompts", "answer.jinja")``. Only ``prompts``, ``models``
            and ``seeds`` are shipped.

    Raises:
        AssistantError: nothing of that name came with this installation.
    """
    for root in (_PACKAGE / "data", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise AssistantError(
        f"The file {'/'.join(parts)} is missing from this installation.",
        "Install article-assistant again.",
    )
