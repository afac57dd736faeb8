from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.answering.assistant import Assistant
from assistant.errors import LibraryBusyError, LibraryError
from assistant.records import AddReport, Article, Progress
from assistant.web.library.adding import Adding
from assistant.web.library.shelf import Shelf, summary
from tests.fakes import EchoGenerator, HashEmbedder
from tests.web.fake_assistant import BRIDGE, HARBOUR, FakeAssistant, stand_in
from tests.web.parsed import Parsed

READER: Any = SimpleNamespace(session_hash="reader")
OTHER: Any = SimpleNamespace(session_hash="other")
SENTENCE = "The mill grinds barley for nine villages, and its owner has kept a ledger since 1850."


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


def shelf_over(assistant: Any, patience: float = 60.0) -> Shelf:
    with gr.Blocks(analytics_enabled=False):
        return Shelf(assistant, gr.HTML(), Adding(assistant, patience))


@pytest.fixture
def shelf(assistant: FakeAssistant) -> Shelf:
    return shelf_over(stand_in(assistant))


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Assistant]:
    with Assistant.open(
        tmp_path / "library", embedder=HashEmbedder(), generator=EchoGenerator()
    ) as opened:
        yield opened


def upload(folder: Path, name: str, text: str) -> dict[str, Any]:
    """What Gradio tells of an uploaded file: stored under a name of its own."""
    path = folder / f"stored-{abs(hash(name))}"
    path.write_text(text, encoding="utf-8")
    return {"path": str(path), "orig_name": name}


def paste(shelf: Shelf, *fields: str) -> dict[Any, Any]:
    """What the page shows in the end."""
    shown: dict[Any, Any] = {}
    for updates in shelf.paste(READER, *fields):
        shown |= updates
    return shown


def told(updates: dict[Any, Any], shelf: Shelf) -> str:
    return Parsed(updates[shelf._outcome]).text


def wait_until(holds: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < 30
        time.sleep(0.01)


def event(value: str) -> gr.EventData:
    return gr.EventData(None, {"value": value})


# --- adding --------------------------------------------------------------------------------------


def test_uploads_keep_their_own_names_and_leave_no_copy(
    shelf: Shelf, assistant: FakeAssistant, tmp_path: Path
) -> None:
    files = [
        upload(tmp_path, "Meine Seite <1>.html", "Title\nText."),
        upload(tmp_path, "empty.txt", " "),
    ]
    assistant.adding.clear()
    steps = shelf.add(READER, files)
    first = next(steps)
    assistant.adding.set()
    *_, last, shown = steps
    assert first[shelf._uploads] is None
    assert "0 of 2 files done" in told(first, shelf)
    assert first[shelf._outcome].count("<progress") == 2
    assert "2 of 2 files done, 1 failed" in told(last, shelf)
    assert "Meine Seite <1>.html Added · 1 article, 1 passage" in told(last, shelf)
    assert "empty.txt Not added · The file is empty." in told(last, shelf)
    assert "<progress" not in last[shelf._outcome]
    assert "Meine Seite &lt;1&gt;.html" in shown[shelf._articles]
    wait_until(lambda: not any(Path(file["path"]).exists() for file in files))


def test_each_file_shows_how_far_it_is(tmp_path: Path) -> None:
    seen: list[str] = []

    class Slow(FakeAssistant):
        def add(self, paths: Sequence[Any], progress: Any = None, names: Any = None) -> AddReport:
            progress(Progress("embedding", 2, 7))
            wait_until(lambda: any(f"{names[paths[0]]} Learning" in text for text in seen))
            return super().add(paths, None, names)

    shelf = shelf_over(stand_in(Slow(tmp_path)))
    files = [upload(tmp_path, name, "Title\nText.") for name in ("a.txt", "b.txt")]
    for updates in shelf.add(READER, files):
        if shelf._outcome in updates:
            seen.append(told(updates, shelf))  # noqa: PERF401 - looked at meanwhile
    assert any("a.txt Learning to find 2 of 7 passages" in s and "b.txt Waiting" in s for s in seen)
    assert any("a.txt Added" in s and "b.txt Learning to find 2 of 7" in s for s in seen)


def test_when_nothing_could_be_added_each_file_says_why(tmp_path: Path) -> None:
    calls: list[object] = []

    class Failing(FakeAssistant):
        def add(self, *given: Any, **more: Any) -> AddReport:
            calls.append(given)
            raise ZeroDivisionError

    shelf = shelf_over(stand_in(Failing(tmp_path)))
    files = [upload(tmp_path, name, "Title\nText.") for name in ("a.txt", "b.txt")]
    *_, last, _ = shelf.add(READER, files)
    said = "Something failed that should not have: ZeroDivisionError."
    assert told(last, shelf).count(said) == 2
    assert len(calls) == 1, "what is no file's fault is not tried again for each"
    wait_until(lambda: not any(Path(file["path"]).exists() for file in files))


@dataclass
class Busy(FakeAssistant):
    """A library that another program writes to until it is ``free``."""

    free: Callable[[], bool] = bool

    def add(self, paths: Sequence[Any], progress: Any = None, names: Any = None) -> AddReport:
        if not self.free():
            raise LibraryBusyError("Another program writes.", "Try again.")
        return super().add(paths, progress, names)


def test_a_file_waits_for_another_program(tmp_path: Path) -> None:
    seen: list[str] = []
    waited = "a.txt Waiting for another program"
    shelf = shelf_over(stand_in(Busy(tmp_path, free=lambda: any(waited in text for text in seen))))
    files = [upload(tmp_path, name, "Title\nText.") for name in ("a.txt", "b.txt")]
    for updates in shelf.add(READER, files):
        seen.append(told(updates, shelf))  # noqa: PERF401 - looked at meanwhile
    assert "a.txt Added" in seen[-1]
    assert "b.txt Added" in seen[-1]


def test_a_file_that_waits_too_long_fails_alone(tmp_path: Path) -> None:
    tries = iter([False])
    busy = Busy(tmp_path, free=lambda: next(tries, True))
    shelf = shelf_over(stand_in(busy), patience=-1.0)
    files = [upload(tmp_path, name, "Title\nText.") for name in ("a.txt", "b.txt")]
    *_, last = shelf.add(READER, files)
    assert "2 of 2 files done, 1 failed" in told(last, shelf)
    assert "a.txt Not added · Another program writes. Try again." in told(last, shelf)
    assert "b.txt Added" in told(last, shelf)


def test_who_comes_later_waits_for_a_turn_and_then_goes_first(
    shelf: Shelf, assistant: FakeAssistant, tmp_path: Path
) -> None:
    assistant.adding.clear()
    files = [upload(tmp_path, name, "Title\nText.") for name in ("a.txt", "b.txt")]
    before = shelf.add(READER, files)
    next(before)
    wait_until(shelf._adding._turn.locked)
    later = shelf.add(OTHER, [upload(tmp_path, "c.txt", "Title\nText.")])
    assert "c.txt Waiting" in told(next(later), shelf)
    wait_until(shelf._adding._first_in_line.locked)
    assistant.adding.set()
    *_, last = before
    assert "2 of 2 files done" in told(last, shelf)
    assert "c.txt" not in told(last, shelf), "each page tells of its own files"
    assert [article.source for article in assistant.held[2:]] == ["a.txt", "c.txt", "b.txt"]
    *_, last = later
    assert "c.txt Added" in told(last, shelf)


def test_the_same_file_again_has_a_copy_of_its_own(
    shelf: Shelf, assistant: FakeAssistant, tmp_path: Path
) -> None:
    assistant.adding.clear()
    steps = [shelf.add(READER, [upload(tmp_path, "a.txt", "Title\nText.")]) for _ in range(2)]
    for step in steps:
        # Gradio stores the same bytes at the same path.
        upload(tmp_path, "a.txt", "Title\nText.")
        next(step)
    assistant.adding.set()
    for step in steps:
        *_, last = step
    assert told(last, shelf).count("a.txt Added") == 2


def test_what_failed_is_told_beside_what_goes_on(
    shelf: Shelf, assistant: FakeAssistant, tmp_path: Path
) -> None:
    assistant.adding.clear()
    first = shelf.add(READER, [upload(tmp_path, "empty.txt", " ")])
    next(first)
    second = shelf.add(READER, [upload(tmp_path, "b.txt", "Title\nText.")])
    waiting = told(next(second), shelf)
    assert waiting.index("b.txt Waiting") < waiting.index("empty.txt"), "newest first"
    said = shelf.remove(READER, event("gone.txt"))
    assert "no source named 'gone.txt'" in told(said, shelf)
    assistant.adding.set()
    for steps in (first, second):
        *_, last = steps
    for ended in ("b.txt Added", "The file is empty.", "no source named 'gone.txt'"):
        assert ended in told(last, shelf)
    *_, last = shelf.add(READER, [upload(tmp_path, "c.txt", "Title\nText.")])
    assert "c.txt Added" in told(last, shelf)
    assert "b.txt" not in told(last, shelf), "all of that was over"


def test_a_page_that_is_gone_is_forgotten(shelf: Shelf) -> None:
    said = shelf.remove(READER, event("gone.txt"))
    assert "gone.txt" in told(said, shelf)
    shelf.leave(READER)
    assert shelf._notices.told("reader") == ""


def test_adding_goes_on_when_the_reader_leaves(
    shelf: Shelf, assistant: FakeAssistant, tmp_path: Path
) -> None:
    steps: Any = shelf.add(READER, [upload(tmp_path, "a.txt", "From afar\nText.")])
    next(steps)
    steps.close()
    wait_until(lambda: assistant.held[-1].title == "From afar")


def test_a_pasted_text_becomes_an_article(real: Assistant) -> None:
    shelf = shelf_over(real)
    updates = paste(shelf, "The mill: a tale", SENTENCE, "Ada Lovell", "2021-06-16", "Farming")
    (article,) = real.articles()
    assert (article.title, article.text, article.author) == (
        "The mill: a tale",
        SENTENCE,
        "Ada Lovell",
    )
    assert (article.published, article.section) == ("2021-06-16", "Farming")
    assert article.source == "The mill a tale.md"
    assert "The mill a tale.md Added · 1 article, 1 passage" in told(updates, shelf)
    assert updates[shelf._text] == updates[shelf._title] == ""
    assert "The mill: a tale" in updates[shelf._articles]


def test_a_text_that_cannot_be_added_stays_in_its_form(real: Assistant) -> None:
    shelf = shelf_over(real)
    for text, said in (("", "There is no text to add."), ("Share this", "holds no article")):
        updates = paste(shelf, "Title", text, "", "", "")
        assert said in told(updates, shelf)
        assert shelf._text not in updates
    assert real.articles() == []


# --- what is there -------------------------------------------------------------------------------


def test_what_another_program_added_is_shown(shelf: Shelf, assistant: FakeAssistant) -> None:
    before = shelf.show()
    assert shelf.show() == before
    assistant.held.append(Article("x", "From a terminal", "Text.", "more.md"))
    assistant.library.number += 1
    updates = shelf.show()
    assert "From a terminal" in updates[shelf._articles]
    assert "more.md" in updates[shelf._sources]
    assert "3 articles from 3 sources" in updates[shelf._summary]
    assert summary([]) == '<p class="summary">0 articles from 0 sources</p>'


def test_a_look_inside_an_article_and_its_source(real: Assistant, tmp_path: Path) -> None:
    page = tmp_path / "mill.md"
    page.write_text(f"# The mill\n\n{SENTENCE}\n\nShare this article\n", encoding="utf-8")
    real.add([page])
    shelf = shelf_over(real)
    (article,) = real.articles()
    inside = Parsed(shelf.look(event(f"article:{article.id}")))
    assert f"Passage 1{SENTENCE}" in inside.text
    whole = Parsed(shelf.look(event("source:mill.md")))
    assert "1 line dropped as clutter" in whole.text
    assert "Share this article" in whole.text
    assert whole.named("button", value=f"article:{article.id}")


@pytest.mark.parametrize("value", ["article:none", "source:none", "", "x:y"])
def test_what_is_gone_cannot_be_looked_into(shelf: Shelf, value: str) -> None:
    assert "This cannot be shown" in Parsed(shelf.look(event(value))).text


def test_the_picture_shows_every_article(real: Assistant, tmp_path: Path) -> None:
    shelf = shelf_over(real)
    assert "nothing to see yet" in shelf.see()
    paste(shelf, "The mill", SENTENCE, "", "2021-06-16", "")
    paste(
        shelf, "The owls", "Owls nest in the bell tower, and leave it when snow falls.", "", "", ""
    )
    seen = Parsed(shelf.see())
    assert len([c for c in seen.named("circle") if "data-n" in c]) == 3
    assert "1 article without a date" in seen.text


def test_a_picture_that_cannot_be_drawn_says_why(tmp_path: Path) -> None:
    assistant = FakeAssistant(tmp_path)

    def refuse() -> Any:
        raise LibraryError("The vectors are damaged.", "Run doctor.")

    assistant.library.owners = refuse  # type: ignore[method-assign]
    assert (
        "The vectors are damaged. Run doctor." in Parsed(shelf_over(stand_in(assistant)).see()).text
    )


# --- what is done to it --------------------------------------------------------------------------


def test_removing_a_source_takes_its_articles_away(shelf: Shelf) -> None:
    updates = shelf.remove(READER, event("news.txt"))
    assert "news.txt Removed, with 1 article" in told(updates, shelf)
    assert BRIDGE.title not in updates[shelf._articles]
    assert HARBOUR.title in updates[shelf._articles]
    assert "news.txt" not in updates[shelf._sources]


def test_removing_or_reading_what_is_gone_is_told(shelf: Shelf) -> None:
    assert "no source named 'gone.txt'" in told(shelf.remove(READER, event("gone.txt")), shelf)
    *_, last, _ = shelf.reread(READER, event("gone.txt"))
    assert "no source named 'gone.txt'" in told(last, shelf)


def test_a_source_is_read_again(real: Assistant, tmp_path: Path) -> None:
    page = tmp_path / "mill.md"
    page.write_text(f"# The mill\n\n{SENTENCE}\n", encoding="utf-8")
    real.add([page])
    shelf = shelf_over(real)
    *_, last, _ = shelf.reread(READER, event("mill.md"))
    assert "mill.md Read again: nothing has changed" in told(last, shelf)


def test_all_sources_are_read_again(shelf: Shelf, assistant: FakeAssistant) -> None:
    assistant.adding.clear()
    steps = shelf.reread_all(READER)
    assert "0 of 2 sources done" in told(next(steps), shelf)
    assistant.adding.set()
    *_, last, _ = steps
    assert "2 of 2 sources done" in told(last, shelf)
    assert told(last, shelf).count("nothing has changed") == 2
