"""axe-core finds nothing serious on any part of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

WIDE = {"width": 1400, "height": 900}
NARROW = {"width": 390, "height": 800}


def welcome(visit: Visit) -> None:
    visit.page.locator(".welcome").wait_for()


def conversation(visit: Visit) -> None:
    visit.ask("How often do the ferries leave?")
    visit.ask("Who walked on the moon?")


def library(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.locator("#listing").get_by_text("harbour.html").first.wait_for()


def measure(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Measure").click()
    visit.page.locator("#measure").wait_for()


@pytest.mark.parametrize("shown", [welcome, conversation, library, measure])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_serious(
    visit: Visit,
    shown: Callable[[Visit], None],
    scheme: Literal["light", "dark"],
    size: dict[str, int],
) -> None:
    visit.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit.open()
    shown(visit)
    found = Axe().run(visit.page).response["violations"]
    serious = [
        (v["id"], node["html"][:300], node.get("failureSummary"))
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert serious == []
