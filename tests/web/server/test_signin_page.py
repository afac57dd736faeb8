"""Signing in and out in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from assistant.library.files import LARGEST_FILE
from assistant.web.server.accounts import keep_password, read_accounts
from tests.web.conftest import Visit, serving
from tests.web.fake_assistant import FakeAssistant, stand_in

pytestmark = pytest.mark.browser


@pytest.fixture
def page(context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    keep_password(tmp_path / "readers.txt", "Ada <b>", "correct horse")
    accounts = read_accounts(tmp_path / "readers.txt")
    with serving(stand_in(FakeAssistant(tmp_path)), accounts=accounts) as address:
        page = context.new_page()
        page.goto(address)
        yield page


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_a_reader_signs_in_asks_and_signs_out(page: Page) -> None:
    expect(page.get_by_label("Name")).to_be_focused()
    sign_in(page, "Ada <b>", "wrong horse")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("Ada <b>")
    expect(page.get_by_label("Password")).to_be_focused()
    sign_in(page, "Ada <b>", "correct horse")
    expect(page.locator("#reader")).to_contain_text("Ada <b>")
    page.locator(".welcome").wait_for()
    box = page.get_by_label("Your question")
    box.fill("How often do the ferries leave?")
    box.press("Enter")
    expect(page.locator("#log button.mark")).to_have_count(3)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()


def test_each_reader_sees_only_their_own_conversations(chromium: Browser, tmp_path: Path) -> None:
    asked = {"Ada": "How often do the ferries leave?", "Ben": "Who paid for the bridge?"}
    for name in asked:
        keep_password(tmp_path / "readers.txt", name, f"{name}'s horse")
    accounts = read_accounts(tmp_path / "readers.txt")
    assistant = FakeAssistant(tmp_path)
    with serving(stand_in(assistant), accounts=accounts) as address:
        visits = [Visit(chromium.new_context().new_page(), assistant, address) for _ in asked]
        for visit, name in zip(visits, asked, strict=True):
            visit.page.goto(address)
            sign_in(visit.page, name, f"{name}'s horse")
            expect(visit.page.locator(".welcome")).to_be_visible()
            expect(visit.page.locator("#log .turn")).to_have_count(0)
            visit.ask(asked[name])
        for visit, name in zip(visits, asked, strict=True):
            page = visit.page
            page.reload()
            expect(page.locator("#log .turn")).to_have_count(1)
            expect(page.locator("#log")).to_contain_text(asked[name])
            page.get_by_role("button", name="Conversations", exact=True).click()
            expect(page.locator(".talk-open")).to_have_count(1)
            expect(page.locator(".talk-open")).to_contain_text(asked[name])
            page.context.close()


def test_whose_sign_in_has_ended_is_told_so_by_the_reader(page: Page) -> None:
    sign_in(page, "Ada <b>", "correct horse")
    page.locator(".welcome").wait_for()
    box = page.get_by_label("Your question")
    box.fill("How often do the ferries leave?")
    box.press("Enter")
    expect(page.locator("#log button.mark")).to_have_count(3)
    page.context.clear_cookies()
    page.locator("#log button.mark").first.click()
    notice = page.locator(".notice")
    expect(notice).to_contain_text("You are no longer signed in")
    expect(notice.locator("blockquote")).to_contain_text("the ferries leave twice a day")
    expect(notice).not_to_contain_text("could not be fetched", use_inner_text=True)
    notice.get_by_role("link", name="sign in again").click()
    sign_in(page, "Ada <b>", "correct horse")
    expect(page.locator("#log button.mark")).to_have_count(3)


def test_the_form_fits_a_narrow_window(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 500})
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
    expect(page.get_by_role("button", name="Sign in")).to_be_in_viewport(ratio=1)


def test_a_file_that_is_too_large_is_refused_in_words(visit: Visit, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.locator("#uploads input[type=file]").set_input_files(str(large))
    expect(visit.page.locator("body")).to_contain_text("exceed the maximum allowed size of 50.0 Mb")
    assert not visit.assistant.names
    # and another one can be added afterwards
    visit.page.locator("#uploads input[type=file]").set_input_files(
        FilePayload(name="small.txt", mimeType="text/plain", buffer=b"A title\nA text.")
    )
    expect(visit.page.locator("#outcome")).to_contain_text("small.txt Added")
