"""The page over the real assistant: real reading, library, search and checking of citations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FilePayload, expect

from assistant.answering.assistant import Assistant
from tests.fakes import HashEmbedder, ScriptedGenerator
from tests.web.conftest import Visit, serving, watch
from tests.web.fake_assistant import FakeAssistant

pytestmark = [pytest.mark.browser, pytest.mark.real]

PAGE = b"""Ferry to Marrow Quay runs twice a day

The Tern Line ferry leaves for Marrow Quay at six and at half past two. Ines Calloway is the
harbour master. Last year the ferry carried 41,000 tonnes of cargo to Marrow Quay.
"""


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Assistant]:
    generator = ScriptedGenerator("The ferry carried 41,000 tonnes of cargo to Marrow Quay [1].")
    with Assistant.open(
        tmp_path / "library", embedder=HashEmbedder(), generator=generator
    ) as assistant:
        yield assistant


def test_a_page_is_uploaded_asked_and_its_sentence_opened(
    real: Assistant, context: BrowserContext, tmp_path: Path
) -> None:
    with serving(real) as address:
        visit = Visit(context.new_page(), FakeAssistant(tmp_path), address)
        watch(visit)
        visit.open()
        visit.page.get_by_role("button", name="Add articles").click()
        visit.page.locator("#uploads input[type=file]").set_input_files(
            [
                FilePayload(name="ferry.txt", mimeType="text/plain", buffer=PAGE),
                FilePayload(name="empty.txt", mimeType="text/plain", buffer=b""),
            ]
        )
        expect(visit.page.locator("#outcome li.added")).to_contain_text("ferry.txt")
        expect(visit.page.locator("#outcome li.failed")).to_contain_text("empty.txt")
        visit.page.get_by_role("tab", name="Ask").click()
        turn = visit.ask("How many tonnes of cargo did the ferry carry to Marrow Quay?")
        turn.locator("button.mark").first.click()
        (article,) = real.articles()
        expect(visit.page.locator(".article-place mark.opened")).to_contain_text("41,000 tonnes")
        assert visit.page.locator(".article-place mark.opened").inner_text() in article.text
        assert (visit.outside, visit.errors) == ([], [])
