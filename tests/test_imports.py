"""Imports go one way, and each outside package has one home. See docs/decisions.md."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "assistant"

# Each part imports from itself and from those above it only.
ROW = (
    ("records", "errors", "settings", "resources", "files", "sqlite"),
    ("conversations",),
    ("reading",),
    ("inference",),
    ("library",),
    ("retrieval",),
    ("answering",),
    ("evaluation",),
    ("web",),
    ("cli",),
)
RANKS = {part: rank for rank, parts in enumerate(ROW) for part in parts}

# Where each outside package may be imported: modules, or folders with all that is in them.
HOMES = {
    "charset_normalizer": ("reading",),
    "chromadb": ("library/vectors.py",),
    "fastapi": ("web",),
    "filelock": ("inference", "library", "evaluation/runs.py"),
    "gguf": ("inference",),
    "gradio": ("web",),
    "ir_measures": ("evaluation/rankings.py",),
    "jinja2": ("inference", "answering/prompts.py", "evaluation/webpage.py"),
    "llama_cpp": ("inference",),
    "lxml": ("reading",),
    "markdown_it": ("reading",),
    "matplotlib": ("evaluation/pictures.py",),
    "numpy": ("inference", "library", "retrieval", "answering", "evaluation"),
    "platformdirs": ("settings.py",),
    "pydantic": ("settings.py", "conversations", "evaluation/runs.py", "web"),
    "pydantic_settings": ("settings.py",),
    "rich": ("cli",),
    "safetensors": ("inference/adapter.py",),
    "scipy": ("evaluation",),
    "sentence_transformers": ("inference",),
    "snowballstemmer": ("retrieval",),
    "sqlalchemy": (
        "conversations",
        "sqlite.py",
        *(f"library/{m}.py" for m in ("catalogue", "database", "journal", "schema")),
    ),
    "starlette": ("web",),
    "tokenizers": ("inference",),
    "torch": ("inference",),
    "trafilatura": ("reading",),
    "transformers": ("inference",),
    "typer": ("cli",),
    "uvicorn": ("web",),
    "yaml": ("reading",),
}


def violations(package: Path) -> list[str]:
    """Every import in a package that goes against the row or leaves its home."""
    found: list[str] = []
    for path in sorted(package.rglob("*.py")):
        module = path.relative_to(package)
        if module.as_posix() == "__init__.py":
            continue  # the public names: imported lazily, from everywhere
        part = module.parts[0].removesuffix(".py")
        if part not in RANKS:
            found.append(f"{module}: {part} has no place in the row")
            continue
        for line, name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            problem = _problem(module, part, name, package.name)
            if problem:
                found.append(f"{module}:{line}: {problem}")
    return found


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of all that a module imports, at its top or anywhere else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            name = node.args[0] if node.args else None
            yield node.lineno, str(name.value) if isinstance(name, ast.Constant) else "<computed>"


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _problem(module: Path, part: str, name: str, package: str) -> str:
    first, _, rest = name.partition(".")
    if first in ("", "<computed>"):
        return "imports by full name only"
    if first == package:
        target = rest.partition(".")[0]
        if target not in RANKS:
            # the console script tells the version; all else has a module of its own
            return "" if part == "cli" and not rest else f"{name} has no place in the row"
        return f"{part} must not import {target}" if RANKS[target] > RANKS[part] else ""
    if first in sys.stdlib_module_names:
        return ""
    homes = HOMES.get(first, ())
    at_home = any(module.is_relative_to(home) for home in homes)
    return (
        "" if at_home else f"{first} belongs in {' or '.join(homes) or 'no part of this package'}"
    )


def test_imports_go_one_way_and_packages_stay_at_home() -> None:
    assert violations(PACKAGE) == []


@pytest.mark.parametrize(
    ("module", "text", "problem"),
    [
        ("records.py", "import pkg.reading.formats", "records must not import reading"),
        (
            "reading/a.py",
            "from pkg.library.store import Library",
            "must not import library",
        ),
        ("web/a.py", "from pkg.cli import main", "web must not import cli"),
        ("inference/a.py", "from pkg import library", "inference must not import library"),
        ("reading/a.py", "def f():\n    from pkg.web import app", "reading must not import web"),
        (
            "library/a.py",
            "import_module('pkg.cli.main')",
            "library must",
        ),
        ("library/a.py", "importlib.import_module(name)", "by full name only"),
        ("library/a.py", "if TYPE_CHECKING:\n    from pkg.web.app import B", "library must not"),
        ("retrieval/a.py", "from ..cli import main", "by full name only"),
        ("retrieval/a.py", "from pkg import Assistant", "pkg.Assistant has no place in the row"),
        ("plugins/a.py", "", "plugins has no place in the row"),
        ("extra.py", "", "extra has no place in the row"),
        ("library/catalogue.py", "import chromadb", "chromadb belongs in library/vectors.py"),
        ("library/store.py", "from sqlalchemy.orm import x", "sqlalchemy belongs in"),
        ("reading/a.py", "def f():\n    import torch.nn", "torch belongs in inference"),
        ("answering/assistant.py", "import jinja2", "jinja2 belongs in"),
        ("web/a.py", "import requests", "requests belongs in no part of this package"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, module: str, text: str, problem: str) -> None:
    path = tmp_path / "pkg" / module
    path.parent.mkdir(parents=True)
    path.write_text(text)
    found = violations(tmp_path / "pkg")
    assert len(found) == 1
    assert found[0].startswith(module)
    assert problem in found[0]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("__init__.py", "from pkg.cli.main import main"),
        ("records.py", "import dataclasses\nfrom pkg.errors import AssistantError"),
        ("library/vectors.py", "import chromadb\nfrom pkg.library import store"),
        ("cli/main.py", "import pkg\nimport typer\nfrom pkg.web.app import serve"),
        ("inference/llama.py", "def f():\n    import llama_cpp, jinja2"),
        ("answering/prompts.py", "import jinja2\nfrom pkg.reading import sentences"),
    ],
)
def test_what_keeps_to_the_row_passes(tmp_path: Path, module: str, text: str) -> None:
    path = tmp_path / "pkg" / module
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert violations(tmp_path / "pkg") == []
