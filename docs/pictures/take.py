"""Takes the README's pictures of the page, over the starter library and the default model.

    .venv/bin/python -m docs.pictures.take

Needs Chromium; writes page-light.png and page-dark.png beside this file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds" / "pages"
QUESTIONS = (
    "Where were the two papers found that the rowing club station was short of?",
    "How long is the Tarsay crossing?",
)
WINDOW = ViewportSize(width=1400, height=780)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder  # the pictures leave nothing behind
        address = serve_starter_library(Path(folder) / "library")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            context = browser.new_context(viewport=WINDOW)
            page = context.new_page()
            page.goto(address)
            for question in QUESTIONS:
                ask(page, question)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.reload()
                page.locator("#log button.mark").last.click()
                page.mouse.move(0, 0)
                page.screenshot(path=HERE / f"page-{scheme}.png")
            browser.close()


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
    main()
