from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.resources import resource


@pytest.mark.parametrize("parts", [("prompts",), ("models", "catalogue.toml"), ("seeds", "pages")])
def test_what_ships_with_the_package_is_found(parts: tuple[str, ...]) -> None:
    found = resource(*parts)
    assert found.exists()
    assert found.parts[-len(parts) :] == parts


def test_what_is_missing_is_named() -> None:
    with pytest.raises(AssistantError, match=r"prompts/none\.jinja"):
        resource("prompts", "none.jinja")


def test_paths_do_not_depend_on_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resource("seeds").is_absolute()
