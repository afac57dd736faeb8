from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import assistant

CONTRACT = {
    "Answer": "text refused statements citations hits closest standalone_question model timings",
    "Article": "id title text source section author published",
    "Citation": "number mark_start mark_end article_id title source quote start end origin "
    "verdict reason",
    "Filters": "sources sections authors since until",
    "Hit": "passage score ranks",
    "Passage": "article_id start end text",
    "Statement": "text start end citations verdict",
}
METHODS = {
    "open": "library",
    "add": "paths",
    "remove": "source",
    "sources": "",
    "articles": "filters",
    "search": "question k filters",
    "answer": "question history filters",
    "stream": "question history filters",
    "close": "",
}


def test_every_public_name_can_be_imported() -> None:
    for name in assistant.__all__:
        value = getattr(assistant, name)
        assert value.__name__ == name
        assert value.__module__.startswith("assistant.")


def test_the_lists_of_public_names_agree() -> None:
    assert assistant.__all__ == sorted(assistant.__all__)
    assert dir(assistant) == assistant.__all__
    tree = ast.parse(Path(assistant.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        for statement in ast.walk(node)
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert typed == set(assistant.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        getattr(assistant, "Nothing")  # noqa: B009


def test_importing_the_package_loads_nothing_else() -> None:
    script = "import sys, assistant; print([m for m in sys.modules if m.startswith('assistant.')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(("name", "expected"), CONTRACT.items())
def test_records_have_the_promised_fields(name: str, expected: str) -> None:
    record = getattr(assistant, name)
    assert set(expected.split()) <= {field.name for field in fields(record)}
    assert record.__dataclass_params__.frozen


@pytest.mark.parametrize(("name", "expected"), METHODS.items())
def test_assistant_has_the_promised_methods(name: str, expected: str) -> None:
    method = inspect.signature(getattr(assistant.Assistant, name))
    assert set(expected.split()) <= set(method.parameters)


def test_every_public_thing_is_documented() -> None:
    for name in assistant.__all__:
        value = getattr(assistant, name)
        assert inspect.getdoc(value), name
        members = vars(value).items() if isinstance(value, type) else ()
        for member, function in members:
            if not member.startswith("_") and inspect.isfunction(function):
                assert inspect.getdoc(function), f"{name}.{member}"


@pytest.mark.parametrize("name", ["Searching", "Found", "Words", "Finished"])
def test_the_events_of_a_stream_are_records(name: str) -> None:
    event = getattr(importlib.import_module("assistant.records"), name)
    assert event.__dataclass_params__.frozen
