from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.records import AddReport, SourceOutcome
from tests.cli.stand_ins import ADDED, ARTICLE, SOURCE, CannedAssistant, call

MIXED = AddReport(
    (
        SourceOutcome("news.txt", "added", 4, 23, 23),
        SourceOutcome("old.md", "unchanged", 1, 3),
        SourceOutcome("photo.jpg", "failed", reason="This is no text."),
    )
)


def test_add_tells_what_became_of_each_file(tmp_path: Path) -> None:
    outcome = call("add", "news.txt", "--library", str(tmp_path))
    assert outcome.code == 0
    assert outcome.out == "news.txt\tadded\t4\t23\t\n"
    assert outcome.notes == f"1 added. The library is {tmp_path}.\n"


def test_add_fails_when_some_files_fail_but_the_rest_is_added() -> None:
    outcome = call("add", "folder", report=MIXED)
    assert outcome.code == 1
    assert "photo.jpg\tfailed\t0\t0\tThis is no text.\n" in outcome.out
    assert outcome.notes.startswith("1 added, 1 unchanged, 1 failed.")


def test_add_of_an_empty_folder_says_so() -> None:
    outcome = call("add", "folder", report=AddReport())
    assert (outcome.code, outcome.out) == (0, "")
    assert "Nothing to add was found." in outcome.notes


def test_json_alone_is_on_stdout() -> None:
    outcome = call("add", "a", "b", "--json", report=MIXED)
    assert json.loads(outcome.out) == MIXED.to_dict()
    assert outcome.code == 1
    assert json.loads(call("sources", "--json").out) == [SOURCE.to_dict()]
    assert json.loads(call("remove", "news.txt", "--json").out) == [SOURCE.to_dict()]
    assert json.loads(call("sources", "--articles", "--json").out) == [ARTICLE.to_dict()]


def test_progress_is_on_stderr() -> None:
    outcome = call("add", "a", person=True)
    assert "embedding" in outcome.notes
    assert "embedding" not in outcome.out
    assert ADDED.outcomes[0].source in outcome.out


def test_sources_lists_and_an_empty_library_is_no_error() -> None:
    assert call("sources").out == "news.txt\ttext\t4\t23\t2026-01-02T00:00:00Z\n"
    empty = call("sources", held=[])
    assert (empty.code, empty.out) == (0, "")
    assert "assistant add" in empty.notes
    assert "--library" in empty.notes


def test_articles_are_listed_with_what_filters_go_by() -> None:
    assert call("sources", "--articles").out == "The Summit\t2021-06-16\t\tAna Ruiz\tnews.txt\n"
    empty = call("sources", "--articles", shelf=[])
    assert (empty.code, empty.out) == (0, "")
    assert "is empty" in empty.notes


def test_a_person_is_told_the_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XXX-05:30")  # east of Greenwich
        time.tzset()
        shown = call("sources", person=True).out
    time.tzset()
    assert "2026-01-02 05:30" in shown
    assert "2026-01-02T" not in shown


def test_remove_says_what_is_gone() -> None:
    assert call("remove", "news.txt").out == "Removed news.txt (4 articles).\n"


def test_several_sources_are_removed_or_none() -> None:
    held = [SOURCE, replace(SOURCE, name="old.md", articles=1)]
    outcome = call("remove", "news.txt", "old.md", "news.txt", held=held)
    assert outcome.out == "Removed news.txt (4 articles).\nRemoved old.md (1 article).\n"
    refused = call("remove", "news.txt", "ol.md", held=held)
    assert (refused.code, refused.out) == (2, "")
    assert "Did you mean old.md?" in refused.notes


def test_an_address_is_shown_as_it_was_given() -> None:
    given: list[Sequence[str | Path]] = []

    class Adding(CannedAssistant):
        def add(self, paths: Any, progress: Any = None) -> AddReport:
            given.append(paths)
            return AddReport()

    call("add", "https://example.org/a.html", open_assistant=Adding)
    assert given == [["https://example.org/a.html"]]
