from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.cli.application import _serve
from tests.cli.stand_ins import call


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ("127.0.0.1", 7860, None, False, False, True)),
        (["--host", "::1", "--port", "0", "--no-browser"], ("::1", 0, None, False, False, False)),
        (
            ["--host", "0.0.0.0", "--auth", "who.txt", "--mcp"],  # noqa: S104
            ("0.0.0.0", 7860, Path("who.txt"), False, True, True),  # noqa: S104
        ),
        (["--open-to-everyone"], ("127.0.0.1", 7860, None, True, False, True)),
    ],
)
def test_the_page_is_served_where_and_to_whom_it_was_asked_for(
    options: list[str], expected: tuple[Any, ...]
) -> None:
    served: list[tuple[Any, ...]] = []
    outcome = call("serve", *options, serve=lambda *given: served.append(given))
    assert outcome.code == 0
    ((assistant, settings, browser),) = served
    assert assistant is outcome.assistant
    assert assistant.closed
    given = (settings.host, settings.port, settings.auth, settings.open_to_everyone, settings.mcp)
    assert (*given, browser) == expected


def test_what_is_served_to_others_without_a_sign_in_is_refused() -> None:
    outcome = call("serve", "--host", "0.0.0.0", "--port", "0", serve=_serve)  # noqa: S104
    assert outcome.code == 2
    assert "Everyone who can reach 0.0.0.0" in outcome.notes
    assert "--auth" in outcome.notes
    assert "--open-to-everyone" in outcome.notes


def test_a_file_of_readers_that_is_not_there_is_told(tmp_path: Path) -> None:
    outcome = call("serve", "--auth", str(tmp_path / "none.txt"), serve=_serve)
    assert outcome.code == 2
    assert "none.txt cannot be read" in outcome.notes
