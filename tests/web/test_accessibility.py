"""axe-core finds nothing serious on any part of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, FilePayload, Page, ViewportSize, expect

from assistant.errors import ModelError
from assistant.records import Answer
from assistant.web.server.accounts import keep_password, read_accounts
from tests.web.conftest import Visit, serving
from tests.web.fake_assistant import FakeAssistant, ferry_answer, refusal, stand_in

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]

WIDE = ViewportSize(width=1400, height=900)
NARROW = ViewportSize(width=390, height=800)


def reply(question: str) -> Answer | Exception:
    if "moon" in question:
        return refusal(question)
    return ModelError("It is damaged.", "Install it.") if "bridge" in question else ferry_answer("")


def under_way(visit: Visit) -> None:
    visit.assistant.reading.clear()
    visit.page.get_by_label("Your question").fill("How often do the ferries leave?")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#current")).to_contain_text("Reading")


def conversation(visit: Visit) -> None:
    """An answer, a refusal, one that was stopped and one that failed."""
    visit.page.get_by_role("button", name="Stop").click()
    visit.page.locator("#log .stopped").wait_for()
    visit.assistant.reading.set()
    for question, shown in (("the moon", ".refusal"), ("the bridge", ".problem"), ("it", ".mark")):
        visit.ask(question).locator(shown).first.wait_for()


def forms(visit: Visit) -> None:
    """An opinion that is kept and one that is written, an edited question, and the exports."""
    answer, moon = (visit.page.locator("#log .turn").nth(n) for n in (3, 1))
    moon.get_by_role("button", name="Bad answer").click()
    moon.get_by_label("The right answer").fill("Nobody")
    moon.get_by_role("button", name="Save").click()
    moon.locator(".thanks").wait_for()
    answer.get_by_role("button", name="Bad answer").click()
    answer.get_by_label("It is wrong").wait_for()
    answer.get_by_role("button", name="Edit the question").click()
    visit.page.locator("summary", has_text="Export").click()
    visit.page.get_by_role("button", name="HTML page").wait_for()


def article(visit: Visit) -> None:
    visit.page.locator("#log button.mark").first.click()
    visit.page.locator(".article-place .opened").first.wait_for()


def drawer(visit: Visit) -> None:
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("button", name="Conversations", exact=True).click()
    visit.page.locator("#talks-drawer").wait_for()


def filters(visit: Visit) -> None:
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("button", name="Filters").click()
    visit.page.get_by_role("option").first.wait_for()  # the first choice opens by itself


def library(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.locator("#listing tbody tr").first.wait_for()
    visit.page.get_by_role("button", name="Paste a text").click()
    visit.page.get_by_label("Author (optional)").wait_for()
    visit.assistant.adding.clear()
    visit.page.locator("#uploads input[type=file]").set_input_files(
        [
            FilePayload(name="new.txt", mimeType="text/plain", buffer=b"A new article\nIts text."),
            FilePayload(name="empty.md", mimeType="text/markdown", buffer=b""),
        ]
    )
    expect(visit.page.locator("#outcome progress")).to_have_count(2)


def outcomes(visit: Visit) -> None:
    visit.assistant.adding.set()
    visit.page.locator("#outcome .added").wait_for()
    visit.page.locator("#outcome .failed").wait_for()
    visit.rest()


def sources(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Sources").click()
    visit.page.get_by_role("button", name="Remove news.txt").click()
    visit.page.get_by_role("button", name="Keep").wait_for()


def picture(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Picture").click()
    visit.page.locator(".picture svg").first.wait_for()


def inside(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Articles").click()
    visit.page.locator("#listing tbody th button").first.click()
    visit.page.get_by_role("dialog").wait_for()


def measure(visit: Visit) -> None:
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("tab", name="Measure").click()
    visit.page.locator("#measure").wait_for()


def settings(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Settings").click()
    visit.page.locator("#facts dl").first.wait_for()
    visit.page.get_by_role("button", name="Check now").click()
    visit.page.locator("#health .problem").first.wait_for()
    expect(visit.page.get_by_role("button", name="Check now")).to_be_enabled()


SHOWN = (
    under_way,
    conversation,
    forms,
    article,
    drawer,
    filters,
    library,
    outcomes,
    sources,
    picture,
    inside,
    measure,
    settings,
)


# What still fades in has not its own colours yet.
AT_REST = "document.getAnimations().every((animation) => animation.playState !== 'running')"


def serious(page: Page, shown: str) -> list[tuple[str, ...]]:
    page.wait_for_function(AT_REST)
    return [
        (shown, violation["id"], node["html"][:300], str(node.get("failureSummary")))
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_serious(visit: Visit, scheme: Scheme, size: ViewportSize) -> None:
    visit.page.set_viewport_size(size)
    visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit.open()
    visit.assistant.reply = reply
    found = serious(visit.page, "welcome")
    for show in SHOWN:
        show(visit)
        found += serious(visit.page, show.__name__)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_where_readers_sign_in(
    context: BrowserContext, tmp_path: Path, scheme: Scheme
) -> None:
    keep_password(tmp_path / "readers.txt", "Ada", "correct horse")
    accounts = read_accounts(tmp_path / "readers.txt")
    with serving(stand_in(FakeAssistant(tmp_path)), accounts=accounts) as address:
        page = context.new_page()
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(address)
        found = serious(page, "sign in")
        for password, told in (
            ("wrong horse", "main [role=alert]"),
            ("correct horse", "#reader form"),
        ):
            page.get_by_label("Name").fill("Ada")
            page.get_by_label("Password").fill(password)
            page.keyboard.press("Enter")
            page.locator(told).wait_for()
            found += serious(page, password)
    assert found == []
