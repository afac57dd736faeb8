"""The library tab in a real browser, over the stand-in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from assistant.records import Article
from tests.web.conftest import Visit
from tests.web.fake_assistant import BRIDGE, HARBOUR

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


def test_uploads_have_a_bar_each_and_say_what_failed(visit: Visit) -> None:
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
