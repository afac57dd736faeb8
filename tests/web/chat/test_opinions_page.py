"""Opinions on answers in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Request, expect

from assistant.conversations import Conversations, Opinion
from assistant.evaluation.questions import Question, check_question_set
from assistant.settings import data_folder
from tests.web.conftest import Visit
from tests.web.fake_assistant import ferry_answer, refusal
from tests.web.hostile import EVERYTHING

pytestmark = pytest.mark.browser

RIGHT = "The right answer"
CARRIED = "The harbour master, Ines Calloway, said the Tern Line carried 41,000 tonnes last year."


def kept(visit: Visit) -> tuple[Opinion, ...]:
    return Conversations(data_folder()).opinions(visit.assistant.folder)


def button(turn: Locator, name: str) -> Locator:
    return turn.get_by_role("button", name=name, exact=True)


def exported(visit: Visit, tmp_path: Path) -> tuple[Question, ...]:
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="Export opinions").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    question_set = check_question_set(path)
    assert question_set.problems == ()
    return question_set.questions


def test_a_bad_answer_is_corrected_and_exported(visit: Visit, tmp_path: Path) -> None:
    turn = visit.ask("How much did the Tern Line carry?")
    button(turn, "Bad answer").click()
    expect(turn.get_by_label("It is wrong")).to_be_focused()
    turn.get_by_label("Something is missing").check()
    turn.get_by_label(RIGHT).fill("41,000 tonnes")
    button(turn, "Save").click()
    expect(turn.locator(".opinion")).to_contain_text("Thank you, kept.")
    expect(turn.locator(".opinion")).to_contain_text("Something is missing: “41,000 tonnes”")
    expect(button(turn, "Bad answer")).to_have_attribute("aria-pressed", "true")
    expect(button(turn, "Bad answer")).to_be_focused()
    expect(turn.get_by_label(RIGHT)).to_have_count(0)
    (question,) = exported(visit, tmp_path)
    assert (question.answers, question.evidence) == (("41,000 tonnes",), CARRIED)
    expect(visit.page.locator("#told")).to_contain_text("1 question exported.")


def test_everything_can_be_done_by_keyboard(visit: Visit) -> None:
    turn = visit.ask("How much?")
    press = visit.page.keyboard.press
    button(turn, "Bad answer").focus()
    press("Enter")
    expect(turn.get_by_label("It is wrong")).to_be_focused()
    press("ArrowDown")
    expect(turn.get_by_label("Something is missing")).to_be_checked()
    press("Tab")
    visit.page.keyboard.type("41,000 tonnes")
    press("Tab")
    press("Space")
    expect(button(turn, "Bad answer")).to_be_focused()
    assert [(o.reason, o.correction) for o in kept(visit)] == [("incomplete", "41,000 tonnes")]
    press("Enter")
    expect(turn.get_by_label(RIGHT)).to_have_value("41,000 tonnes")
    press("Escape")
    expect(turn.get_by_label(RIGHT)).to_have_count(0)
    expect(button(turn, "Bad answer")).to_be_focused()
    press("Shift+Tab")
    press("Space")
    expect(button(turn, "Good answer")).to_have_attribute("aria-pressed", "true")
    expect(button(turn, "Good answer")).to_be_focused()
    press("Space")
    expect(button(turn, "Good answer")).to_have_attribute("aria-pressed", "false")
    assert kept(visit) == ()


def test_opinions_on_every_turn_outlive_a_reload_and_can_be_changed(
    visit: Visit, tmp_path: Path
) -> None:
    visit.assistant.reply = lambda q: refusal(q) if "moon" in q else ferry_answer(q)
    first, moon = visit.ask("How much did the Tern Line carry?"), visit.ask("Who owns the moon?")
    button(first, "Good answer").click()
    expect(first.locator(".thanks")).to_be_visible()
    button(moon, "Bad answer").click()
    expect(moon.get_by_label("It is wrong")).to_have_count(0)  # a refusal needs no reason
    moon.get_by_label(RIGHT).fill("Nobody does")
    button(moon, "Save").click()
    expect(moon.locator(".thanks")).to_be_visible()
    visit.page.reload()
    expect(button(first, "Good answer")).to_have_attribute("aria-pressed", "true")
    expect(moon).to_contain_text("The library does say: “Nobody does”")
    button(first, "Bad answer").click()
    first.get_by_label("The library does not say").check()
    expect(first.get_by_label(RIGHT)).to_be_hidden()
    button(first, "Save").click()
    expect(first.locator(".said")).to_have_text("The library does not say")
    button(moon, "Change").click()
    expect(moon.get_by_label(RIGHT)).to_have_value("Nobody does")
    moon.get_by_label(RIGHT).fill("No one")
    button(moon, "Save").click()
    expect(moon).to_contain_text("“No one”")
    assert [(q.answerable, q.answers) for q in exported(visit, tmp_path)] == [
        (False, ()),
        (True, ("No one",)),
    ]
    button(first, "Take back").click()
    expect(first.locator(".thanks")).to_have_count(0)
    visit.page.reload()
    expect(button(first, "Bad answer")).to_have_attribute("aria-pressed", "false")
    assert len(kept(visit)) == 1


def test_what_is_typed_survives_an_answer_that_comes_meanwhile(visit: Visit) -> None:
    turn = visit.ask("How much?")
    button(turn, "Bad answer").click()
    turn.get_by_label(RIGHT).fill("41,000")
    visit.assistant.reading.clear()
    visit.page.get_by_label("Your question").fill("And when?")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#current")).to_contain_text("Reading")
    turn.get_by_label(RIGHT).press("End")
    visit.page.keyboard.type(" ton")
    visit.assistant.reading.set()
    expect(visit.page.locator("#log .turn")).to_have_count(2)
    visit.page.keyboard.type("nes")
    expect(turn.get_by_label(RIGHT)).to_have_value("41,000 tonnes")
    button(turn, "Save").click()
    expect(turn).to_contain_text("It is wrong: “41,000 tonnes”")
    expect(visit.page.locator(".opinion-form")).to_have_count(0)


def test_an_answer_can_be_judged_while_another_is_under_way(visit: Visit) -> None:
    turn = visit.ask("How much?")
    visit.assistant.reading.clear()
    visit.page.get_by_label("Your question").fill("And when?")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#current")).to_contain_text("Reading")
    button(turn, "Good answer").click()
    expect(turn).to_contain_text("Thank you, kept.")
    visit.assistant.reading.set()
    expect(visit.page.locator("#log .turn")).to_have_count(2)
    expect(turn).to_contain_text("Thank you, kept.")
    button(visit.page.locator("#log .turn").nth(1), "Good answer").click()
    expect(visit.page.locator("#log .thanks")).to_have_count(2)
    assert len(kept(visit)) == 2


def test_hostile_corrections_stay_text(visit: Visit, tmp_path: Path) -> None:
    turn = visit.ask("How much?")
    button(turn, "Bad answer").click()
    turn.get_by_label(RIGHT).fill(EVERYTHING)
    button(turn, "Save").click()
    expect(turn.locator(".said")).to_contain_text("<script>window.taken = 1</script>")
    visit.page.reload()
    expect(turn.locator(".said")).to_contain_text("<iframe src=http://outside.test></iframe>")
    button(turn, "Change").click()
    (opinion,) = kept(visit)
    expect(turn.get_by_label(RIGHT)).to_have_value(opinion.correction)
    (question,) = exported(visit, tmp_path)
    assert question.answers == (opinion.correction,)
    for tag in ("script", "img", "a", "iframe", "style", "object", "form"):
        assert visit.page.locator(f":is(#log, #told) {tag}").count() == 0
    assert visit.page.evaluate("window.taken") is None


def ended(visit: Visit) -> list[str]:
    """The page's queued calls that end from now on; Gradio closes their streams either way."""
    over: list[str] = []

    def note(request: Request) -> None:
        over.extend([request.url] if "/queue/data" in request.url else [])

    visit.page.on("requestfinished", note)
    visit.page.on("requestfailed", note)
    return over


def test_where_nothing_can_be_kept_nothing_that_was_typed_is_lost(visit: Visit) -> None:
    turn = visit.ask("How much?")
    path = data_folder() / "conversations.sqlite"
    path.rename(path.with_suffix(".aside"))
    path.write_bytes(b"rubbish" * 100)
    try:
        button(turn, "Bad answer").click()
        turn.get_by_label(RIGHT).fill("41,000")
        button(turn, "Save").click()
        alert = visit.page.locator("#told").get_by_role("alert")
        expect(alert).to_contain_text("file is not a database")
        box = visit.page.get_by_label("Your question")
        box.fill("And when?")
        # The alert of before still stands there: only the end of the call tells that it failed.
        over = ended(visit)
        box.press("Enter")
        for _ in range(300):
            if not over:
                visit.page.wait_for_timeout(50)
        assert over
        expect(alert).to_contain_text("file is not a database")
        expect(box).to_have_value("And when?")
        expect(visit.page.locator("#log .turn")).to_have_count(1)
        expect(turn.get_by_label(RIGHT)).to_have_value("41,000")
    finally:
        path.with_suffix(".aside").replace(path)
    visit.ask("And when?")
    expect(alert).to_have_count(0)
    expect(turn.get_by_label(RIGHT)).to_have_value("41,000")
    button(turn, "Save").click()
    expect(turn).to_contain_text("Thank you, kept.")


@pytest.mark.parametrize("width", [360, 1400])
def test_the_form_fits_the_window(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 740})
    visit.ask("How much?")
    turn = visit.ask("And when?")
    button(turn, "Bad answer").click()
    for name in ("Save", "Cancel"):
        expect(button(turn, name)).to_be_in_viewport(ratio=1)
    turn.get_by_label(RIGHT).fill("w" * 600)
    button(turn, "Save").click()
    expect(turn.locator(".said")).to_be_visible()
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(wider) == 0
    log = visit.page.locator("#conversation")
    assert log.evaluate("e => e.scrollWidth - e.clientWidth") == 0
