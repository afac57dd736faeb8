from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import BrowserContext, expect

from assistant.answering.assistant import Assistant
from assistant.errors import LibraryBusyError
from assistant.inference.models import model_identity
from assistant.library.calibration import Calibration, write_calibration
from assistant.library.checks import Finding
from assistant.settings import Settings
from assistant.web.configuration import Configuration, facts, findings, meaning
from tests.evaluation.small import small_assistant
from tests.fakes import EchoGenerator, HashEmbedder
from tests.web.conftest import Visit, serving
from tests.web.fake_assistant import FakeAssistant, stand_in
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed

MEASURED = Calibration(
    threshold=0.6,
    wanted=0.1,
    risk=0.08,
    low=0.04,
    high=0.15,
    coverage=0.62,
    n=120,
    model=model_identity(),
    questions="starter.jsonl",
    made="2026-11-20",
)
FOUND = [
    Finding("Python", "ok", "3.11"),
    Finding("processor", "warning", "x86_64", "It is slow."),
    Finding("library", "problem", "Vectors are missing.", "Mend it."),
]


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


def tab_over(assistant: Any, found: Any = None) -> Configuration:
    with gr.Blocks(analytics_enabled=False):
        return Configuration(assistant, found or (lambda _: iter(FOUND)))


def test_models_and_folders_are_told(assistant: FakeAssistant, tmp_path: Path) -> None:
    text = Parsed(facts(stand_in(assistant))).text
    assert "Language modelSmolLM2-135M-Reader" in text
    assert "98 MB · Apache-2.0" in text
    assert "Embedding modelfake-embedder" in text
    assert f"Library{tmp_path}2 articles from 2 sources, " in text
    model = tmp_path / "other.gguf"
    model.write_bytes(b"x" * 2_000)
    assistant.settings = Settings(model=str(model))
    assert f"other.gguf{model} · 2 kB" in Parsed(facts(stand_in(assistant))).text


def test_a_file_that_vanishes_while_the_library_is_measured_is_no_problem(
    assistant: FakeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "draft").write_bytes(b"x" * 2_000)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    look = Path.stat

    def look_and_remove(path: Path, **options: Any) -> Any:
        found = look(path, **options)
        if path.name == "draft":
            path.unlink()
        return found

    monkeypatch.setattr(Path, "stat", look_and_remove)
    assert "2 kB on disk" in Parsed(facts(stand_in(assistant))).text


def test_a_threshold_is_explained_by_what_was_measured() -> None:
    unknown = Parsed(meaning(0.45, None)).text
    assert "at least 45% likely" in unknown
    assert "assistant evaluate QUESTIONS --calibrate 0.1" in unknown
    known = Parsed(meaning(0.6, MEASURED)).text
    assert "On 120 questions (starter.jsonl, 2026-11-20)" in known
    assert "answered 62% of them, and 8% of those answers were wrong" in known
    assert "interval: 4% to 15%); 10% was allowed." in known
    assert "above" not in known
    assert "0.70 is above what was measured: fewer" in Parsed(meaning(0.7, MEASURED)).text
    assert "0.50 is below what was measured: more" in Parsed(meaning(0.5, MEASURED)).text


def test_only_the_calibration_of_the_model_in_use_counts(
    assistant: FakeAssistant, tmp_path: Path
) -> None:
    tab = tab_over(stand_in(assistant))
    write_calibration(tmp_path, MEASURED)
    assert "On 120 questions" in tab.explain(0.6)
    write_calibration(tmp_path, replace(MEASURED, model="another"))
    assert "not measured yet" in tab.explain(0.6)


def test_what_is_applied_counts_at_once(tmp_path: Path) -> None:
    settings = Settings(evidence_tokens=300, threshold=0.4)
    with Assistant.open(
        tmp_path / "library", settings, embedder=HashEmbedder(), generator=EchoGenerator()
    ) as real:
        tab = tab_over(real)
        applied = tab.apply(0.5, 6, 200)
        assert "Applied" in applied[tab._said]
        now = real.settings
        assert (now.threshold, now.passages, now.evidence_tokens) == (0.5, 6, 200)
        refused = tab.apply(0.5, 7, 301)
        assert "loaded for 300 tokens" in refused[tab._said]
        assert "threshold" in Parsed(tab.apply(1.5, 6, 200)[tab._said]).text
        assert real.settings == now


def test_findings_show_as_they_are_made(assistant: FakeAssistant) -> None:
    tab = tab_over(stand_in(assistant))
    steps = [Parsed(update[tab._health]).text for update in tab.check()]
    assert steps[0].startswith("Checking")
    assert "In order: Python 3.11" in steps[1]
    assert "processor" not in steps[1]
    assert steps[-1].startswith("1 problem")
    assert "A problem: library Vectors are missing.Mend it." in steps[-1]
    assert Parsed(findings(FOUND[:2], done=True)).text.startswith("All is well.")


def test_checks_that_cannot_be_made_say_why(assistant: FakeAssistant) -> None:
    def busy(_: object) -> Iterator[Finding]:
        yield FOUND[0]
        raise LibraryBusyError("Another program writes.", "Try again.")

    tab = tab_over(stand_in(assistant), busy)
    *_, last = tab.check()
    assert "Another program writes. Try again." in Parsed(last[tab._health]).text
    assert last[tab._check].interactive


def test_hostile_texts_stay_text(assistant: FakeAssistant) -> None:
    assistant.settings = assistant.settings.model_copy(update={"model": EVERYTHING[:200]})
    bad = Finding(EVERYTHING, "problem", EVERYTHING, EVERYTHING)
    html = "".join(
        [
            facts(stand_in(assistant)),
            meaning(0.5, replace(MEASURED, questions=EVERYTHING, made=EVERYTHING)),
            findings([bad], done=True),
        ]
    )
    tags = {"h2", "dl", "div", "dt", "dd", "small", "p", "ul", "li", "span", "strong", "br"}
    parsed = Parsed(html)
    assert parsed.tags <= tags
    attributes = {name for _, found in parsed.elements for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}


@pytest.mark.browser
def test_settings_are_read_and_changed_in_the_page(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Settings").click()
    expect(visit.page.locator("#facts")).to_contain_text("SmolLM2-135M-Reader")
    expect(visit.page.locator("#meaning")).to_contain_text(
        f"at least {Settings().threshold:.0%} likely"
    )
    number = visit.page.get_by_label("number input for Threshold: refuse where less likely")
    number.fill("0.7")
    number.press("Tab")
    visit.page.get_by_role("button", name="Apply").click()
    expect(visit.page.locator("#change-said")).to_contain_text("Applied.")
    expect(visit.page.locator("#meaning")).to_contain_text("at least 70% likely")
    assert visit.assistant.settings.threshold == 0.7
    visit.page.reload()
    visit.page.get_by_role("tab", name="Settings").click()
    expect(number).to_have_value("0.7")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 2560])
def test_the_settings_fit_the_window(visit: Visit, width: int) -> None:
    visit.assistant.settings = Settings(model=f"/{'long' * 60}/model.gguf")
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.get_by_role("tab", name="Settings").click()
    expect(visit.page.locator("#facts")).to_contain_text("model.gguf")
    visit.page.get_by_role("button", name="Check now").click()
    expect(visit.page.locator("#health .problem")).to_be_visible()
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(wider) == 0


@pytest.mark.browser
def test_the_sliders_change_what_the_assistant_reads(visit: Visit) -> None:
    before = visit.assistant.settings
    visit.page.get_by_role("tab", name="Settings").click()
    expect(visit.page.locator("#facts")).to_contain_text("Language model")
    visit.page.get_by_role("slider", name="Passages, at most").press("ArrowRight")
    visit.page.get_by_role("slider", name="Evidence budget").press("ArrowLeft")
    visit.page.get_by_role("button", name="Apply").click()
    expect(visit.page.locator("#change-said")).to_contain_text("Applied.")
    after = visit.assistant.settings
    assert after.passages == before.passages + 1
    assert after.evidence_tokens == before.evidence_tokens - 1


@pytest.mark.browser
def test_what_was_measured_of_the_threshold_shows(visit: Visit) -> None:
    write_calibration(visit.assistant.folder, MEASURED)
    visit.page.get_by_role("tab", name="Settings").click()
    expect(visit.page.locator("#meaning")).to_contain_text("On 120 questions (starter.jsonl")
    number = visit.page.get_by_label("number input for Threshold: refuse where less likely")
    number.fill("0.7")
    number.press("Tab")
    visit.page.get_by_role("button", name="Apply").click()
    expect(visit.page.locator("#meaning")).to_contain_text("0.70 is above what was measured")


@pytest.mark.browser
def test_the_health_is_checked_in_the_page(context: BrowserContext, tmp_path: Path) -> None:
    with small_assistant(tmp_path) as assistant, serving(assistant) as address:
        page = context.new_page()
        Visit(page, FakeAssistant(tmp_path), address).open()
        page.get_by_role("tab", name="Settings").click()
        expect(page.locator("#health")).to_be_empty()
        button = page.get_by_role("button", name="Check now")
        button.click()
        health = page.locator("#health")
        expect(health.get_by_role("status")).to_have_text(re.compile(r"All is well\.|\d problems?"))
        for told in ("In order: Python", "processor", "2 sources, 2 articles, 2 passages"):
            expect(health).to_contain_text(told)
        expect(button).to_be_enabled()
