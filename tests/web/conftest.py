"""A page over the stand-in, and a Chromium that watches where requests go."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, TypeVar

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from assistant.web.app import _Server, application
from tests.web.fake_assistant import FakeAssistant, stand_in

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


Result = TypeVar("Result")


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs a coroutine on a thread of its own: Playwright keeps a loop on the tests' thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@dataclass
class Visit:
    """One page open in the browser, and what it did that it should not do."""

    page: Page
    assistant: FakeAssistant
    address: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _streams: int = 0

    def __post_init__(self) -> None:
        self.page.on("request", self._note(1))
        self.page.on("requestfinished", self._note(-1))
        self.page.on("requestfailed", self._note(-1))

    def _note(self, step: int) -> Callable[[Request], None]:
        def note(request: Request) -> None:
            if "/queue/data" in request.url:
                self._streams += step

        return note

    def open(self) -> None:
        self.page.goto(self.address)
        self.page.locator(".welcome, #log .turn").first.wait_for()

    def rest(self) -> None:
        """Waits until the calls that stream are over: until then, Gradio drops what triggers them
        again, although the page may show their last words already."""
        for _ in range(PATIENCE_MS // 20):
            self.page.wait_for_timeout(20)
            if not self._streams:
                self.page.evaluate("new Promise(done => setTimeout(done, 10))")
                return
        raise AssertionError("a call is still under way")

    def ask(self, question: str) -> Locator:
        """Asks, and gives the finished turn back."""
        self.page.locator(".welcome, #log .turn").first.wait_for()
        self.rest()
        turns = self.page.locator("#log .turn")
        before = turns.count()
        box = self.page.get_by_label("Your question")
        box.fill(question)
        box.press("Enter")
        turns.nth(before).wait_for()
        self.rest()
        return turns.nth(before)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Tests with this fixture carry the mark ``browser``, and are skipped where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def bait() -> Iterator[tuple[str, list[bytes]]]:
    """A server that must never be asked: its address, and what it was asked.

    A bare connection counts for nothing: a browser opens some before it decides what to ask.
    """
    asked: list[bytes] = []

    class Watch(BaseRequestHandler):
        def handle(self) -> None:
            asked.extend(filter(None, [self.request.recv(1000)]))

    with ThreadingTCPServer(("127.0.0.1", 0), Watch) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, where its runs and question sets lie."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@contextmanager
def serving(assistant: Any, **options: Any) -> Iterator[str]:
    """The page on a free port of this process; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _Server(application(assistant, **options), lambda: None)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_MS / 1000)
        assert not thread.is_alive()


@pytest.fixture
def address(assistant: FakeAssistant) -> Iterator[str]:
    with serving(stand_in(assistant)) as address:
        yield address


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, assistant: FakeAssistant, address: str) -> Iterator[Visit]:
    """An open page. At the end it must have stayed on its own server, and without an error."""
    visit = Visit(context.new_page(), assistant, address)
    watch(visit)
    visit.open()
    yield visit
    assert visit.outside == []
    assert visit.errors == []


def watch(visit: Visit) -> None:
    own = (visit.address, "data:", f"blob:{visit.address}")
    page = visit.page
    page.on("request", lambda r: None if r.url.startswith(own) else visit.outside.append(r.url))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("dialog", lambda dialog: visit.errors.append(f"dialog: {dialog.message}"))
    page.on("console", lambda m: visit.errors.append(m.text) if m.type == "error" else None)
