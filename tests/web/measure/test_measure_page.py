"""The Measure tab in a real Chromium, over the small assistant of the evaluation's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from assistant.evaluation.runs import own_runs, read_run
from assistant.web.measure.questions import own_sets
from assistant.web.measure.runs import kept_runs
from tests.evaluation.small import questions_file
from tests.web.conftest import Visit, serving, watch
from tests.web.fake_assistant import FakeAssistant
from tests.web.hostile import EVERYTHING
from tests.web.measured import HeldGenerator, held_assistant, measure

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("own_data")]


@pytest.fixture
def visit(context: BrowserContext, tmp_path: Path) -> Iterator[tuple[Visit, HeldGenerator]]:
    """The page, open. At the end it must have stayed on its own server, and without an error."""
    assistant, generator = held_assistant(tmp_path)
    with assistant, serving(assistant) as address:
        visit = Visit(context.new_page(), FakeAssistant(tmp_path), address)
        watch(visit)
        visit.open()
        yield visit, generator
        generator.open.set()
    assert visit.outside == []
    assert visit.errors == []


Visiting = tuple[Visit, HeldGenerator]


def open_tab(page: Page) -> None:
    page.get_by_role("tab", name="Measure").click()
    expect(page.locator("#choice-held")).to_contain_text("questions")


def upload(page: Page, name: str, text: str) -> None:
    page.locator("#measure input[type=file]").set_input_files(
        FilePayload(name=name, mimeType="application/json", buffer=text.encode())
    )


def run_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Run", exact=True)


def test_a_set_is_uploaded_run_and_its_report_read(visit: Visiting, tmp_path: Path) -> None:
    page, generator = visit[0].page, visit[1]
    open_tab(page)
    expect(page.locator("#runs")).to_contain_text("Nothing has been measured yet")
    expect(page.get_by_role("radio", name="20", exact=True)).to_be_checked()
    upload(page, "mine.jsonl", questions_file(tmp_path).read_text())
    expect(page.locator("#choice-held")).to_contain_text("5 questions · 4 answerable")
    expect(page.get_by_label("Question set")).to_have_value("mine.jsonl")
    expect(page.get_by_role("radio", name="All 5", exact=True)).to_be_checked()
    generator.open.clear()
    run_button(page).click()
    expect(page.locator("#measuring progress")).to_be_visible()
    expect(page.locator("#measuring-said")).to_have_text("Measuring.")
    expect(run_button(page)).to_be_disabled()

    page.reload()
    open_tab(page)
    expect(page.locator("#measuring progress")).to_be_visible()
    generator.open.set()
    expect(page.locator("#measuring")).to_contain_text("Measured 5 questions: 4 of 5 right.")
    expect(page.get_by_role("status").filter(has_text="Measured 5 questions")).to_have_count(1)
    expect(run_button(page)).to_be_enabled()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    row = page.locator("#runs tbody tr")
    expect(row).to_contain_text("mine.jsonl")
    expect(row).to_contain_text("echo")

    page.locator("#measuring").get_by_role("button", name="Show report").click()
    frame = page.frame_locator("#report iframe")
    expect(frame.get_by_role("heading", name="Evaluation")).to_be_visible()
    expect(frame.locator("svg").first).to_be_visible()
    expect(page.locator("#report h2")).to_be_focused()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open in a tab of its own").click()
    expect(opened.value.get_by_role("heading", name="Evaluation")).to_be_visible()
    assert opened.value.evaluate("window.opener") is None
    opened.value.close()
    page.get_by_role("button", name="Close the report").click()
    expect(page.locator("#report iframe")).to_have_count(0)
    expect(page.locator("#runs-title")).to_be_focused()


def test_a_run_is_stopped_and_continued_while_others_chat(visit: Visiting, tmp_path: Path) -> None:
    page, generator = visit[0].page, visit[1]
    open_tab(page)
    upload(page, "mine.jsonl", questions_file(tmp_path).read_text())
    expect(page.locator("#choice-held")).to_contain_text("5 questions")
    generator.open.clear()
    run_button(page).click()
    assert generator.asked.wait(60)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#measuring")).to_contain_text("stopping after the question under way")
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    page.get_by_role("tab", name="Ask").click()
    generator.open.set()
    expect(visit[0].ask("When did the Lowmoor tram open?")).to_contain_text("3 May 1911")
    page.get_by_role("tab", name="Measure").click()
    expect(page.locator("#measuring")).to_contain_text("Stopped")
    row = page.locator("#runs tbody tr")
    expect(row).to_contain_text("Broken off; it can be continued")
    row.get_by_role("button", name="Continue").click()
    expect(page.locator("#measuring")).to_contain_text("Measured 5 questions: 4 of 5 right.")
    expect(row.get_by_role("button", name="Show report")).to_be_visible()


def test_two_runs_are_compared_and_one_removed(visit: Visiting, tmp_path: Path) -> None:
    page = visit[0].page
    measure(tmp_path, "old", threshold=1.0)
    measure(tmp_path, "new")
    measure(tmp_path, "other", only=["many"])
    open_tab(page)
    rows = page.locator("#runs tbody tr")
    expect(rows).to_have_count(3)
    rows.nth(1).get_by_role("button", name="Compare").click()
    found = page.locator("#comparison")
    expect(found.locator("tr", has_text="Right, refusals included")).to_contain_text("+0.600")
    expect(found.get_by_role("heading").first).to_be_focused()
    expect(found).to_contain_text("When did the Lowmoor tram open?")
    expect(page.get_by_label("Before")).to_have_value(re.compile(r"questions\.jsonl"))

    page.get_by_label("Before").click()
    page.get_by_role("option", name=re.compile("1 question")).click()
    page.locator("#compare").get_by_role("button", name="Compare").click()
    expect(found).to_contain_text("Left out: 4 questions")

    rows.nth(2).get_by_role("button", name=re.compile("^Remove")).click()
    rows.nth(2).get_by_role("button", name="Keep").click()
    rows.nth(2).get_by_role("button", name=re.compile("^Remove")).click()
    rows.nth(2).get_by_role("button", name="Remove", exact=True).click()
    expect(rows).to_have_count(2)
    assert {path.name for path in own_runs().iterdir()} == {"new", "other"}


def test_what_is_wrong_with_a_set_is_told_line_by_line(visit: Visiting) -> None:
    page = visit[0].page
    open_tab(page)
    lines = "\n".join(json.dumps({"id": str(n)}) for n in range(12))
    upload(page, "wrong.jsonl", lines)
    alert = page.locator("#measure").get_by_role("alert")
    expect(alert).to_contain_text("wrong.jsonl cannot be used yet: 12 problems.")
    expect(alert.locator("li")).to_have_count(10)
    expect(alert.locator("li").first).to_contain_text("line 1 `question` is missing")
    expect(page.get_by_label("Question set")).to_have_value("Starter questions")
    upload(page, "empty.csv", "\n")
    expect(page.locator("#measure").get_by_role("alert")).to_contain_text("empty.csv is empty")


def test_hostile_names_and_answers_run_nothing(visit: Visiting, tmp_path: Path) -> None:
    page = visit[0].page
    name = "<img src=x onerror='window.taken=1'>"
    first, second = measure(tmp_path, f"a{name}"), measure(tmp_path, f"b{name}", threshold=1.0)
    for folder in (first, second):
        path = folder / "report.json"
        report: dict[str, Any] = json.loads(path.read_text())
        path.write_text(json.dumps(report | {"split": EVERYTHING, "model": EVERYTHING}))
        path = folder / "predictions.jsonl"
        hostile = json.dumps(EVERYTHING)[1:-1]
        path.write_text(path.read_text().replace("When did the Lowmoor tram open?", hostile))
    open_tab(page)
    asked = EVERYTHING.replace("\0", "")  # no question set may hold it
    text = json.dumps({"id": asked, "question": asked, "answerable": False, "split": asked})
    upload(page, f"{name}.jsonl", text)
    expect(page.locator("#choice-held")).to_contain_text("1 question")
    rows = page.locator("#runs tbody tr")
    expect(rows).to_have_count(2)
    rows.first.get_by_role("button", name=re.compile("^Compare")).click()
    expect(page.locator("#comparison")).to_contain_text("outside.test")
    rows.first.get_by_role("button", name=re.compile("^Show report")).click()
    expect(page.frame_locator("#report iframe").locator("h1")).to_be_visible()
    upload(page, f"{name}.jsonl", json.dumps({"id": EVERYTHING, EVERYTHING: 1, "answers": 1}))
    expect(page.locator("#measure").get_by_role("alert")).to_contain_text(name)
    page.get_by_label("Before").click()
    inside = "#choice-held, #choice-notice, #measure-notice, #measuring, #runs, #comparison"
    for tag in ("script", "img", "a", "iframe", "svg", "style", "object", "form"):
        assert page.locator(f":is({inside}) {tag}").count() == 0
    assert page.locator("#measure img").count() == 0
    assert page.evaluate("window.taken") is None


@pytest.mark.parametrize("width", [360, 1400])
def test_nothing_is_wider_than_the_window(visit: Visiting, tmp_path: Path, width: int) -> None:
    page = visit[0].page
    page.set_viewport_size({"width": width, "height": 800})
    folder = measure(tmp_path, "old", threshold=1.0)
    report = json.loads((folder / "report.json").read_text())
    report |= {"questions": "Endless" * 40 + ".jsonl", "model": "m" * 200, "split": "s" * 200}
    (folder / "report.json").write_text(json.dumps(report))
    measure(tmp_path, "new")
    open_tab(page)
    page.locator("#runs").get_by_role("button", name=re.compile("^Compare")).first.click()
    expect(page.locator("#comparison table")).to_be_visible()
    page.locator("#runs").get_by_role("button", name=re.compile("^Show report")).first.click()
    expect(page.locator("#report iframe")).to_be_visible()
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
    assert run_button(page).bounding_box() is not None


def test_everything_can_be_reached_by_keyboard_and_has_a_name(
    visit: Visiting, tmp_path: Path
) -> None:
    page = visit[0].page
    measure(tmp_path, "one")
    open_tab(page)
    expect(page.locator("#runs tbody tr")).to_have_count(1)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("#measure :is(button, input, select, a, iframe)")]
          .filter((e) => e.checkVisibility() && !(e.ariaLabel || e.title || e.innerText?.trim()
            || (e.labels && [...e.labels].some((label) => label.innerText.trim()))))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    page.get_by_label("Question set").focus()
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.innerText || document.activeElement.value"
                " || document.activeElement.type"
            )
        )
    assert {"Upload a question set", "Run", "Show report", "Compare", "Remove"} <= reached


def test_only_uploaded_files_can_become_question_sets(visit: Visiting) -> None:
    address = visit[0].address
    config = httpx.get(f"{address}config", trust_env=False, timeout=60).json()
    events = [(d["id"], kind) for d in config["dependencies"] for _, kind in d["targets"]]
    uploads = [number for number, kind in events if kind == "upload"]
    file = {"path": "/etc/hostname", "orig_name": "a.txt", "meta": {"_type": "gradio.FileData"}}
    answer = httpx.post(
        f"{address}gradio_api/queue/join",
        json={"data": [file], "fn_index": max(uploads), "session_hash": "thief"},
        trust_env=False,
        timeout=60,
    )
    assert answer.status_code == 403
    assert not own_sets().exists()


def test_the_server_ends_while_a_run_is_under_way(context: BrowserContext, tmp_path: Path) -> None:
    assistant, generator = held_assistant(tmp_path)
    generator.seconds = 0.5  # or all would be asked before the server ends
    with assistant, serving(assistant) as address:
        page = context.new_page()
        page.goto(address)
        open_tab(page)
        run_button(page).click()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        assert generator.asked.wait(60)
    (run,) = kept_runs()
    assert not run.finished
    assert not any(prediction.error for prediction in read_run(run.folder).predictions)
