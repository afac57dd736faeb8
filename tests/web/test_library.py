from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.errors import LibraryBusyError
from assistant.records import AddReport, Article, Source, SourceOutcome
from assistant.web.library import Shelf, listing, outcome, problem, removed, summary
from tests.web.fake_assistant import BRIDGE, HARBOUR, FakeAssistant, stand_in
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed

DAY = "2026-11-24T06:00:00+00:00"
ALLOWED = {"section", "header", "div", "h2", "p", "button", "span", "strong", "ul", "li"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def shelf(assistant: FakeAssistant) -> Iterator[Shelf]:
    with gr.Blocks(analytics_enabled=False):
        yield Shelf(stand_in(assistant), gr.HTML())


def upload(folder: Path, name: str, text: str) -> dict[str, Any]:
    """What Gradio tells of an uploaded file: stored under a name of its own."""
    path = folder / f"stored-{abs(hash(name))}"
    path.write_text(text, encoding="utf-8")
    return {"path": str(path), "orig_name": name}


def wait_until(holds: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < 5
        time.sleep(0.01)


def test_uploads_keep_their_own_names_and_leave_no_copy(shelf: Shelf, tmp_path: Path) -> None:
    files = [
        upload(tmp_path, "Meine Seite <1>.html", "Title\nText."),
        upload(tmp_path, "empty.txt", " "),
    ]
    first, *steps, last = shelf.add(files)
    assert first[shelf._uploads] is None
    assert [Parsed(step[shelf._outcome]).text for step in (first, *steps)] == [
        "Adding 0 of 2",
        "Reading 1 of 2",
        "Reading 2 of 2",
    ]
    told = Parsed(last[shelf._outcome]).text
    assert "Meine Seite <1>.html Added · 1 article, 1 passage" in told
    assert "empty.txt Not added · The file is empty." in told
    assert "Meine Seite &lt;1&gt;.html" in last[shelf._listing]
    wait_until(lambda: not any(Path(file["path"]).exists() for file in files))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LibraryBusyError("Another program writes.", "Try again."), "Another program writes. Try"),
        (ZeroDivisionError("x"), "Something failed that should not have: ZeroDivisionError."),
    ],
)
def test_when_nothing_could_be_added_it_is_told_and_no_copy_is_left(
    shelf: Shelf, tmp_path: Path, error: Exception, said: str
) -> None:
    class Failing(FakeAssistant):
        def add(self, *given: Any, **more: Any) -> AddReport:
            raise error

    shelf._assistant = stand_in(Failing(tmp_path))
    file = upload(tmp_path, "a.txt", "Title\nText.")
    *_, last = shelf.add([file])
    assert said in Parsed(last[shelf._outcome]).text
    wait_until(lambda: not Path(file["path"]).exists())


def test_adding_goes_on_when_the_reader_leaves(
    shelf: Shelf, assistant: FakeAssistant, tmp_path: Path
) -> None:
    steps: Any = shelf.add([upload(tmp_path, "a.txt", "From afar\nText.")])
    next(steps)
    steps.close()
    wait_until(lambda: assistant.held[-1].title == "From afar")


def test_removing_a_source_takes_its_articles_away(shelf: Shelf) -> None:
    updates = shelf.remove(gr.EventData(None, {"value": "news.txt"}))
    assert "news.txt Removed, with 1 article" in Parsed(updates[shelf._outcome]).text
    assert BRIDGE.title not in updates[shelf._listing]
    assert HARBOUR.title in updates[shelf._listing]


def test_removing_what_is_gone_is_told(shelf: Shelf) -> None:
    updates = shelf.remove(gr.EventData(None, {"value": "gone.txt"}))
    assert "no source named 'gone.txt'" in Parsed(updates[shelf._outcome]).text


def test_what_another_program_added_is_shown(shelf: Shelf, assistant: FakeAssistant) -> None:
    assistant.held.append(Article("x", "From a terminal", "Text.", "more.md"))
    updates = shelf.show()
    assert "From a terminal" in updates[shelf._listing]
    assert "3 articles from 3 sources" in updates[shelf._summary]


def test_the_listing_tells_what_is_known_of_sources_and_articles() -> None:
    source = Source("harbour.html", "html", 12_345, 1, 3, DAY, DAY)
    text = Parsed(listing([source], [HARBOUR])).text
    assert "html · 12 kB · 1 article · 3 passages · added 2026-11-24" in text
    assert f"{HARBOUR.title}2024-02-11ShippingOla Brandt" in text


def test_removal_asks_first() -> None:
    source = Source("harbour.html", "html", 1, 1, 3, DAY, DAY)
    parsed = Parsed(listing([source], [HARBOUR]))
    (ask,) = parsed.named("button", **{"aria-label": "Remove harbour.html"})
    assert "data-do" not in ask
    (sure,) = parsed.named("button", **{"data-do": "delete"})
    assert sure["value"] == "harbour.html"
    assert "Remove 1 article for good?" in parsed.text


def test_an_empty_library_says_how_to_begin() -> None:
    assert "The library is empty" in listing([], [])


@pytest.mark.parametrize(
    ("size", "told"),
    [(7, "7 bytes"), (12_345, "12 kB"), (3_400_000, "3 MB"), (2.5e9, "2.5 GB")],
)
def test_sizes_are_told_in_round_units(size: float, told: str) -> None:
    source = Source("a", "html", int(size), 0, 0, DAY, DAY)
    assert told in Parsed(listing([source], [])).text


def test_hostile_texts_stay_text() -> None:
    source = Source(EVERYTHING, EVERYTHING, 1, 1, 1, EVERYTHING, DAY)
    article = Article("", EVERYTHING, "", EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING)
    report = AddReport(
        (
            SourceOutcome(EVERYTHING, "failed", reason=EVERYTHING),
            SourceOutcome(EVERYTHING, "changed", 1, 2, 3),
        )
    )
    html = "".join(
        [
            listing([source], [article]),
            outcome(report),
            removed(source),
            problem(LibraryBusyError(EVERYTHING, EVERYTHING)),
            summary([source], [article]),
        ]
    )
    parsed = Parsed(html)
    assert parsed.tags <= ALLOWED | TABLE | {"br"}
    attributes = {name for _, found in parsed.elements for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
