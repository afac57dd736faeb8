"""axe-core finds nothing serious on any part of the page."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize

from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

WIDE = ViewportSize(width=1400, height=900)
NARROW = ViewportSize(width=390, height=800)


def conversation(visit: Visit) -> None:
    visit.ask("How often do the ferries leave?")
    visit.ask("Who walked on the moon?")


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


SHOWN = (
    conversation,
    article,
    drawer,
    filters,
    library,
    picture,
    inside,
    measure,
    settings,
)


# What still fades in has not its own colours yet.
AT_REST = "document.getAnimations().every((animation) => animation.playState !== 'running')"


def serious(visit: Visit, shown: str) -> list[tuple[str, ...]]:
    visit.page.wait_for_function(AT_REST)
    return [
        (shown, violation["id"], node["html"][:300], str(node.get("failureSummary")))
        for violation in Axe().run(visit.page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_serious(
    visit: Visit, scheme: Literal["light", "dark"], size: ViewportSize
) -> None:
    visit.page.set_viewport_size(size)
    visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit.open()
    found = serious(visit, "welcome")
    for show in SHOWN:
        show(visit)
        found += serious(visit, show.__name__)
    assert found == []
