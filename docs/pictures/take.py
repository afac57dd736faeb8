"""Takes the pictures of the page, over the starter library and the default model.

    .venv/bin/python -m docs.pictures.take [FOLDER]

Needs Chromium; writes into the folder, by default beside this file.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds" / "pages"
QUESTIONS = (
    "Which team won the football World Cup in 2018?",
    "When did the Night Gate in Port Verrin open?",
    "Tell me about the Night Gate.",
)
WIDE = ViewportSize(width=1400, height=860)
NARROW = ViewportSize(width=390, height=844)


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):  # the pictures leave nothing behind
            os.environ[name] = data
        address = serve_starter_library(Path(data) / "library")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            page = browser.new_context(viewport=WIDE).new_page()
            page.emulate_media(reduced_motion="reduce")
            page.goto(address)
            for question in QUESTIONS:
                ask(page, question)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                take_all(page, folder, scheme)
            browser.close()


def take_all(page: Page, folder: Path, scheme: str) -> None:
    """All parts of the page in one scheme of colours."""

    def take(name: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{scheme}.png")

    def open_article() -> None:
        page.locator("#log button.mark").last.click()
        page.locator(".article-place .opened").first.wait_for()

    page.set_viewport_size(WIDE)
    page.reload()
    open_article()
    take("page")
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="Back to the answer").click()  # a key would leave a ring
    open_article()  # in a window of another size, its sentence stands elsewhere
    take("narrow-article")
    page.keyboard.press("Escape")
    take("narrow")
    page.set_viewport_size(WIDE)
    page.get_by_role("tab", name="Library").click()
    page.locator("#listing tbody tr").first.wait_for()
    take("library")
    page.set_viewport_size(NARROW)
    take("narrow-library")
    page.set_viewport_size(WIDE)
    page.get_by_role("tab", name="Settings").click()
    page.locator("#facts dl").first.wait_for()
    take("settings")
    page.set_viewport_size(NARROW)
    take("narrow-settings")


def serve_starter_library(folder: Path) -> str:
    """Starts the page on a free port of this process, and gives its address."""
    from assistant import Assistant
    from assistant.web.app import serve

    told: list[str] = []
    ready = threading.Event()

    def announce(text: str) -> None:
        told.append(text)
        ready.set()

    assistant = Assistant.open(folder)
    assistant.add([SEEDS])
    threading.Thread(
        target=serve, args=(assistant, "127.0.0.1", 0, False, announce), daemon=True
    ).start()
    ready.wait()
    return told[0].split()[4]


def ask(page: Page, question: str) -> None:
    turns = page.locator("#log .turn")
    before = turns.count()
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    turns.nth(before).wait_for(timeout=120_000)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HERE)
