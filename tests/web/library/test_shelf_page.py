"""The library tab in a real browser, over the stand-in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from assistant.records import Article, Filters
from tests.evaluation.small import small_assistant
from tests.web.conftest import Visit, serving
from tests.web.fake_assistant import BRIDGE, HARBOUR, FakeAssistant

pytestmark = pytest.mark.browser

TEXT = "The stone bridge at Fennick reopened on Saturday after nine years of repairs."


def fill(visit: Visit, count: int) -> None:
    """That many more articles, from as many sources."""
    visit.assistant.held += [
        Article(
            f"x{n}",
            f"Made title {n}",
            TEXT,
            f"made-{n}.md",
            ("Farming", "Sport", None)[n % 3],
            None,
            f"20{10 + n % 12}-0{1 + n % 9}-01",
        )
        for n in range(count)
    ]
    visit.assistant.library.number += 1


def library(visit: Visit, tab: str = "Articles") -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.get_by_role("tab", name=tab).click()


def rows(visit: Visit, table: str = "articles") -> Locator:
    return visit.page.locator(f"[data-table={table}] tbody tr").locator("visible=true")


def test_columns_sort_by_mouse_and_by_keyboard(visit: Visit) -> None:
    library(visit)
    head = visit.page.get_by_role("columnheader", name="Date")
    expect(head).to_have_attribute("aria-sort", "none")
    expect(rows(visit).first).to_contain_text(HARBOUR.title)
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(rows(visit).first).to_contain_text(BRIDGE.title)
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(rows(visit).first).to_contain_text(HARBOUR.title)
    visit.page.get_by_role("button", name="Author").click()
    expect(head).to_have_attribute("aria-sort", "none")
    expect(rows(visit).last).to_contain_text(BRIDGE.title)  # it has none, and so comes last
    visit.page.get_by_role("button", name="Author").click()
    expect(rows(visit).last).to_contain_text(BRIDGE.title)


def test_numbers_sort_as_numbers(visit: Visit) -> None:
    fill(visit, 12)
    library(visit)
    visit.page.get_by_role("button", name="Title", exact=True).click()
    titles = rows(visit).locator("th").all_inner_texts()
    made = [title for title in titles if title.startswith("Made")]
    assert made == [f"Made title {n}" for n in range(12)]


def test_the_sources_are_sorted_and_filtered(visit: Visit) -> None:
    fill(visit, 12)
    visit.assistant.held.append(replace(HARBOUR, id="again"))
    library(visit, "Sources")
    names = rows(visit, "sources").locator("th")
    made = [f"made-{n}.md" for n in range(12)]
    head = visit.page.get_by_role("columnheader", name="Name")
    head.get_by_role("button").click()
    expect(names).to_have_text(["harbour.html", *made, "news.txt"])
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(names).to_have_text(["news.txt", *reversed(made), "harbour.html"])
    articles = visit.page.get_by_role("columnheader", name="Articles").get_by_role("button")
    articles.click()
    expect(names.last).to_have_text("harbour.html")
    articles.click()
    expect(names.first).to_have_text("harbour.html")
    visit.page.get_by_label("Filter sources").fill("MADE-1")
    expect(rows(visit, "sources")).to_have_count(3)
    told = visit.page.locator("[data-shown=sources]")
    expect(told).to_have_text("3 found of 14 sources")


def test_words_filter_and_what_shows_is_told(visit: Visit) -> None:
    fill(visit, 198)
    library(visit)
    told = visit.page.locator("[data-shown=articles]")
    expect(told).to_have_text("The first 100 of 200 articles")
    expect(rows(visit)).to_have_count(100)
    visit.page.get_by_role("button", name="Show 100 more").click()
    expect(rows(visit)).to_have_count(200)
    expect(rows(visit).nth(100).locator("button")).to_be_focused()
    expect(visit.page.locator("[data-more=articles]")).to_be_hidden()
    box = visit.page.get_by_label("Filter articles")
    box.fill("QUAY brandt")
    expect(rows(visit)).to_have_count(1)
    expect(told).to_have_text("1 found of 200 articles")
    # What is chosen stays when the library changes.
    visit.assistant.held.append(replace(HARBOUR, id="again"))
    visit.assistant.library.number += 1
    visit.page.get_by_role("tab", name="Ask").click()
    visit.page.get_by_role("tab", name="Library").click()
    expect(told).to_have_text("2 found of 201 articles")
    expect(box).to_have_value("QUAY brandt")
    expect(rows(visit)).to_have_count(2)
    box.fill("no such words")
    expect(told).to_have_text("0 found of 201 articles")


def test_2000_articles_are_usable(visit: Visit) -> None:
    fill(visit, 1_998)
    library(visit)
    expect(visit.page.locator("[data-shown=articles]")).to_contain_text("2,000 articles")
    slowest = visit.page.evaluate(
        """() => Math.max(...[
          () => document.querySelector("[data-table=articles] [data-sort='1']").click(),
          () => {
            const box = document.querySelector("[data-filter=articles]");
            box.value = "title 7";
            box.dispatchEvent(new Event("input", { bubbles: true }));
          },
        ].map((act) => {
          const begun = performance.now();
          act();
          document.body.getBoundingClientRect();
          return performance.now() - begun;
        }))"""
    )
    assert slowest < 1_500


def test_an_article_and_its_source_open_and_close_by_keyboard(visit: Visit) -> None:
    library(visit)
    title = visit.page.get_by_role("button", name=HARBOUR.title)
    title.press("Enter")
    dialog = visit.page.get_by_role("dialog", name=HARBOUR.title)
    expect(dialog).to_contain_text(HARBOUR.text)
    expect(dialog.locator("h2")).to_be_focused()
    dialog.get_by_role("button", name="harbour.html").press("Enter")
    source = visit.page.get_by_role("dialog", name="harbour.html")
    expect(source).to_contain_text("1 line dropped as clutter")
    source.get_by_text("The page as it was read").click()
    expect(source.locator(".account .dropped")).to_contain_text("Share")
    source.get_by_role("button", name=HARBOUR.title).press("Enter")
    expect(dialog).to_be_visible()
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("dialog")).to_have_count(0)
    expect(title).to_be_focused()
    title.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(visit.page.locator("dialog")).to_have_count(0)


def test_uploads_say_what_failed(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.locator("#uploads input[type=file]").set_input_files(
        [
            FilePayload(name="new.txt", mimeType="text/plain", buffer=b"A new article\nIts text."),
            FilePayload(name="empty.md", mimeType="text/markdown", buffer=b""),
        ]
    )
    outcome = visit.page.locator("#outcome")
    expect(outcome.get_by_role("status")).to_have_text("2 of 2 files done, 1 failed")
    expect(outcome.locator("li.added")).to_contain_text("new.txt Added")
    expect(outcome.locator("li.failed")).to_contain_text("The file is empty.")
    expect(rows(visit)).to_have_count(3)


def test_each_upload_has_a_bar_until_it_is_done(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.assistant.adding.clear()
    names = ("one.txt", "two.txt")
    visit.page.locator("#uploads input[type=file]").set_input_files(
        [
            FilePayload(name=name, mimeType="text/plain", buffer=b"A title\nIts text.")
            for name in names
        ]
    )
    outcome = visit.page.locator("#outcome")
    for name, state in zip(names, ("Reading", "Waiting"), strict=True):
        row = outcome.get_by_role("listitem").filter(has_text=name)
        expect(row).to_contain_text(state)
        expect(row.get_by_role("progressbar", name=name)).to_be_visible()
    expect(outcome.get_by_role("status")).to_have_text("0 of 2 files done")
    visit.assistant.adding.set()
    expect(outcome.get_by_role("status")).to_have_text("2 of 2 files done")
    expect(outcome.get_by_role("progressbar")).to_have_count(0)


def test_a_text_is_pasted(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.get_by_role("button", name="Paste a text").click()
    visit.page.get_by_role("button", name="Add the text").click()
    expect(visit.page.get_by_role("alert")).to_contain_text("The text has no title.")
    visit.page.get_by_label("Title", exact=True).fill("A bridge")
    visit.page.get_by_label("Date (optional)").fill("soon")
    visit.page.get_by_label("Text", exact=True).fill(TEXT)
    visit.page.get_by_role("button", name="Add the text").click()
    expect(visit.page.get_by_role("alert")).to_contain_text("'soon' is not a date")
    expect(visit.page.get_by_label("Text", exact=True)).to_have_value(TEXT)
    visit.page.get_by_label("Date (optional)").fill("2024-02-11")
    visit.page.get_by_role("button", name="Add the text").click()
    expect(visit.page.locator("#outcome li.added")).to_contain_text("A bridge.md Added")
    expect(visit.page.locator("#listing")).to_contain_text("A bridge.md")


def test_a_pasted_text_keeps_its_author_and_section(
    context: BrowserContext, tmp_path: Path
) -> None:
    with small_assistant(tmp_path) as assistant, serving(assistant) as address:
        visit = Visit(context.new_page(), FakeAssistant(tmp_path), address)
        visit.open()
        visit.page.get_by_role("tab", name="Library").click()
        visit.page.get_by_role("button", name="Paste a text").click()
        for label, text in (
            ("Title", "A bridge"),
            ("Author (optional)", "Ola Brandt"),
            ("Section (optional)", "Region"),
            ("Text", TEXT),
        ):
            visit.page.get_by_label(label, exact=True).fill(text)
        visit.page.get_by_role("button", name="Add the text").click()
        expect(rows(visit).filter(has_text="A bridge")).to_contain_text("RegionOla Brandt")
        (article,) = assistant.articles(Filters(sources=("A bridge.md",)))
        assert (article.author, article.section, article.text) == ("Ola Brandt", "Region", TEXT)


def test_whoever_removes_a_source_by_keyboard_goes_on_at_the_list(visit: Visit) -> None:
    fill(visit, 3)
    library(visit, "Sources")
    for name in ("news.txt", "made-2.md"):  # in the middle, and at the end
        source = visit.page.locator(".source", has_text=name)
        source.get_by_role("button", name=f"Remove {name}").press("Enter")
        expect(source.get_by_role("button", name="Keep")).to_be_focused()
        source.get_by_role("button", name="Remove", exact=True).press("Enter")
        expect(source).to_have_count(0)
        expect(visit.page.get_by_label("Filter sources")).to_be_focused()
        visit.rest()


def test_a_source_is_read_again(visit: Visit) -> None:
    library(visit, "Sources")
    visit.page.get_by_role("button", name="Read news.txt again").click()
    outcome = visit.page.locator("#outcome")
    expect(outcome).to_contain_text("news.txt Read again: nothing has changed")
    visit.page.get_by_role("button", name="Read all again").click()
    expect(outcome.get_by_role("status")).to_have_text("2 of 2 sources done")


def test_the_picture_tells_and_opens_what_is_pointed_at(visit: Visit) -> None:
    fill(visit, 30)
    library(visit, "Picture")
    picture = visit.page.locator(".picture")
    expect(picture.locator("svg.map circle")).to_have_count(32)
    picture.locator("svg.map circle[data-n='0']").hover(force=True)
    expect(picture.locator(".tip")).to_contain_text("20")
    picture.locator("svg.strip").focus()
    visit.page.keyboard.press("ArrowRight")
    tip = picture.locator(".tip")
    expect(tip).to_be_visible()
    first = tip.locator("strong").inner_text()
    visit.page.keyboard.press("ArrowRight")
    expect(tip.locator("strong")).not_to_have_text(first)
    title = tip.locator("strong").inner_text()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("dialog", name=title)).to_be_visible()
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("dialog")).to_have_count(0)
    picture.locator("svg.map circle[data-n='1']").click(force=True)
    expect(visit.page.locator("dialog")).to_be_visible()
    visit.page.keyboard.press("Escape")
    picture.get_by_label("Source", exact=True).check()
    expect(picture).to_have_attribute("data-by", "source")
    picture.get_by_label("Section", exact=True).check()
    light = picture.get_by_role("button", name="Farming")
    light.click()
    expect(light).to_have_attribute("aria-pressed", "true")
    expect(picture.locator("svg.map circle:not(.dim)")).to_have_count(10)
    light.click()
    expect(picture.locator("svg.map circle.dim")).to_have_count(0)
    picture.get_by_text("32 articles as a list").click()
    picture.get_by_role("button", name="Made title 7", exact=True).press("Enter")
    expect(visit.page.get_by_role("dialog", name="Made title 7")).to_be_visible()


@pytest.mark.parametrize("width", [360, 900])
def test_a_narrow_window_shows_all_and_can_sort(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    library(visit)
    visit.page.get_by_role("button", name="Date", exact=True).click()
    expect(rows(visit).first).to_contain_text(BRIDGE.title)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(wider) == 0
    visit.page.get_by_role("button", name=HARBOUR.title).click()
    expect(visit.page.get_by_role("dialog")).to_be_in_viewport(ratio=1)
    assert visit.page.evaluate(wider) == 0


def upload(page: Page, name: str, text: str) -> None:
    page.get_by_role("tab", name="Library").click()
    page.locator("#uploads input[type=file]").set_input_files(
        [FilePayload(name=name, mimeType="text/plain", buffer=text.encode())]
    )


def test_a_second_upload_waits_in_sight_and_hides_nothing(visit: Visit) -> None:
    visit.assistant.adding.clear()
    outcome = visit.page.locator("#outcome")
    upload(visit.page, "empty.txt", "")
    expect(outcome).to_contain_text("empty.txt Reading")
    upload(visit.page, "second.txt", "A second article\nIts text.")
    expect(outcome).to_contain_text("second.txt Waiting")
    expect(outcome).to_contain_text("empty.txt Reading")
    visit.assistant.adding.set()
    expect(outcome.locator("li.added")).to_contain_text("second.txt Added")
    expect(outcome.locator("li.failed")).to_contain_text("empty.txt Not added")
    expect(rows(visit)).to_have_count(3)
    visit.rest()
    expect(outcome.locator("li.failed")).to_contain_text("empty.txt Not added")


def test_an_upload_that_waits_is_added_though_its_page_is_closed(
    visit: Visit, context: BrowserContext
) -> None:
    visit.assistant.adding.clear()
    upload(visit.page, "first.txt", "A first article\nIts text.")
    expect(visit.page.locator("#outcome")).to_contain_text("first.txt Reading")
    other = context.new_page()
    other.goto(visit.address)
    upload(other, "second.txt", "A second article\nIts text.")
    expect(other.locator("#outcome")).to_contain_text("second.txt Waiting")
    other.close()
    visit.assistant.adding.set()
    expect(visit.page.locator("#outcome li.added")).to_contain_text("first.txt Added")
    for _ in range(1_000):
        if visit.assistant.held[-1].source == "second.txt":
            break
        visit.page.wait_for_timeout(20)
    assert [article.source for article in visit.assistant.held[2:]] == ["first.txt", "second.txt"]


def test_two_sources_are_read_again_at_once(visit: Visit) -> None:
    visit.assistant.adding.clear()
    library(visit, "Sources")
    outcome = visit.page.locator("#outcome")
    for name, said in (("news.txt", "Reading"), ("harbour.html", "Waiting")):
        visit.page.get_by_role("button", name=f"Read {name} again").click()
        expect(outcome).to_contain_text(f"{name} {said}")
    visit.assistant.adding.set()
    for name in ("news.txt", "harbour.html"):
        expect(outcome).to_contain_text(f"{name} Read again: nothing has changed")
