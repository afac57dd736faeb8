"""Conversations, filters, editing, copying and exporting in a real Chromium."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.conversations import Conversations, Owner, Turn
from assistant.records import Answer, Filters
from assistant.settings import data_folder
from assistant.web.chat.conversation import storage_key
from assistant.web.chat.exporting import markdown, plain_text
from tests.web.conftest import Visit, watch
from tests.web.fake_assistant import ferry_answer, refusal
from tests.web.hostile import EVERYTHING

pytestmark = pytest.mark.browser

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def button(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def drawer(page: Page) -> Locator:
    """The drawer, opened."""
    button(page, "Conversations").click()
    shown = page.locator("#talks-drawer")
    expect(shown).to_be_visible()
    return shown


def owner(visit: Visit) -> Owner:
    return Owner(visit.assistant.folder)


def questions(visit: Visit) -> list[list[str]]:
    """What is kept of this library: the questions of each conversation, the newest first."""
    store = Conversations(data_folder())
    listing = store.listing(owner(visit))
    return [
        [turn.question for turn in store.turns(owner(visit), conversation.id)]
        for conversation in listing.conversations
    ]


def begin(visit: Visit, question: str) -> None:
    button(visit.page, "New conversation").click()
    expect(visit.page.locator(".welcome")).to_be_visible()
    visit.ask(question)


def test_conversations_are_listed_opened_searched_renamed_and_deleted(visit: Visit) -> None:
    visit.ask("When do the ferries leave?")
    visit.assistant.reply = refusal
    begin(visit, "Who owns the moon?")
    page = visit.page
    shown = drawer(page)
    talks = shown.locator(".talk")
    expect(talks).to_have_count(2)
    expect(shown.get_by_label("Search conversations")).to_be_focused()
    expect(talks.nth(0).locator("[aria-current]")).to_contain_text("Who owns the moon?")
    page.keyboard.type("twice FERRIES")
    expect(talks).to_have_count(1)
    page.keyboard.press("Tab")
    expect(talks.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown).to_be_hidden()
    expect(page.locator("#log")).to_contain_text("When do the ferries leave?")
    expect(page.locator(".talk-title")).to_have_text("When do the ferries leave?")

    drawer(page)
    expect(talks).to_have_count(2)
    ferries = shown.locator(".talk", has_text="ferries")
    button(ferries, "Rename When do the ferries leave?").click()
    expect(shown.get_by_label("Name of the conversation")).to_be_focused()
    page.keyboard.type("Sailings")
    page.keyboard.press("Enter")
    expect(talks.nth(1)).to_contain_text("Sailings")
    expect(page.locator(".talk-title")).to_have_text("Sailings")
    expect(button(talks.nth(1), "Rename Sailings")).to_be_focused()

    moon = shown.locator(".talk", has_text="moon")
    button(moon, "Remove Who owns the moon?").click()
    button(moon, "Keep").click()
    button(moon, "Remove Who owns the moon?").click()
    button(moon, "Remove").click()
    expect(talks).to_have_count(1)
    expect(page.locator("#log")).to_contain_text("When do the ferries leave?")
    sailings = shown.locator(".talk", has_text="Sailings")
    button(sailings, "Remove Sailings").click()
    button(sailings, "Remove").click()
    expect(shown).to_contain_text("Nothing was asked yet.")
    page.keyboard.press("Escape")
    expect(button(page, "Conversations")).to_be_focused()
    expect(page.locator(".welcome")).to_be_visible()
    assert questions(visit) == []


def test_what_is_renamed_or_deleted_ends_the_search(visit: Visit) -> None:
    """The whole list shows then, so the words must not stand in the box."""
    store = Conversations(data_folder())
    for name in ("First ferry?", "Second ferry?", "Who owns the moon?"):
        store.add(owner(visit), "", Turn(name, ferry_answer(name), id=name))
    shown = drawer(visit.page)
    talks, search = shown.locator(".talk"), shown.get_by_label("Search conversations")
    search.press_sequentially("ferry?")
    expect(talks).to_have_count(2)
    button(shown, "Remove First ferry?").click()
    button(talks.filter(has_text="First"), "Remove").click()
    expect(talks).to_have_count(2)
    expect(shown).to_contain_text("moon")
    expect(search).to_have_value("")
    search.press_sequentially("moon")
    expect(talks).to_have_count(1)
    button(shown, "Rename Who owns the moon?").click()
    shown.get_by_label("Name of the conversation").fill("Owners")
    visit.page.keyboard.press("Enter")
    expect(talks).to_have_count(2)
    expect(search).to_have_value("")


def test_each_tab_has_its_own_conversation_open_also_after_a_reload(visit: Visit) -> None:
    visit.ask("First?")
    other = Visit(visit.page.context.new_page(), visit.assistant, visit.address)
    watch(other)
    other.open()
    expect(other.page.locator("#log")).to_contain_text("First?")
    begin(other, "Second?")
    visit.ask("And then?")
    other.ask("And after that?")
    for tab, said in ((visit, "And then?"), (other, "And after that?")):
        tab.page.reload()
        expect(tab.page.locator("#log .turn")).to_have_count(2)
        expect(tab.page.locator("#log")).to_contain_text(said)
    key = storage_key(visit.assistant.folder)
    assert visit.page.evaluate("Object.keys(sessionStorage)").count(key) == 1
    assert questions(visit) == [["Second?", "And after that?"], ["First?", "And then?"]]
    assert other.errors == []


def test_two_tabs_with_the_same_conversation_lose_nothing(visit: Visit) -> None:
    visit.ask("First?")
    other = Visit(visit.page.context.new_page(), visit.assistant, visit.address)
    watch(other)
    other.open()
    other.ask("Second?")
    button(visit.page, "Retry").click()
    expect(visit.page.locator("#told")).to_contain_text("went on in another window")
    expect(visit.page.locator("#log .turn")).to_have_count(2)
    visit.ask("Third?")
    assert questions(visit) == [["First?", "Second?", "Third?"]]


def test_a_conversation_is_exported(visit: Visit, tmp_path: Path) -> None:
    visit.ask("When do the ferries leave?")
    page = visit.page
    for label, ending, part in (
        ("Markdown", "md", "# When do the ferries leave?"),
        ("HTML page", "html", "default-src 'none'"),
        ("JSON", "json", '"standalone_question": "When do the ferries leave?"'),
    ):
        page.locator("summary", has_text="Export").click()
        with page.expect_download() as download:
            button(page, label).click()
        assert download.value.suggested_filename == f"when-do-the-ferries-leave.{ending}"
        path = tmp_path / ending
        download.value.save_as(path)
        text = path.read_text(encoding="utf-8")
        assert part in text
        assert "From March the ferries leave twice a day" in text
    expect(page.locator("details.menu")).not_to_have_attribute("open", "")


def test_an_answer_is_copied_with_its_sources(visit: Visit) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = visit.ask("How often?")
    for place, (name, text) in enumerate(
        (
            ("Copy", plain_text(ferry_answer("How often?"))),
            ("Copy as Markdown", markdown(ferry_answer("How often?"))),
        )
    ):
        copies = turn.locator("[data-copy]").nth(place)
        copies.click()
        expect(copies).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == text
        copies.click()
        page.wait_for_timeout(2_000)
        expect(copies).to_have_text(name)


def test_a_copy_button_keeps_its_name_when_an_answer_comes_meanwhile(visit: Visit) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = visit.ask("How often?")
    visit.assistant.reading.clear()
    page.get_by_label("Your question").fill("And when?")
    page.keyboard.press("Enter")
    expect(page.locator("#current")).to_contain_text("Reading")
    copies = turn.locator("[data-copy]").first
    copies.click()
    expect(copies).to_have_text("Copied")
    visit.assistant.reading.set()
    expect(page.locator("#log .turn")).to_have_count(2)
    page.wait_for_timeout(2_000)
    expect(copies).to_have_text("Copy")


def test_an_edited_question_is_not_lost_when_an_answer_comes_meanwhile(visit: Visit) -> None:
    first = visit.ask("First?")
    visit.ask("Second?")
    page = visit.page
    button(first, "Edit the question").click()
    box = first.get_by_role("textbox")
    box.fill("Oth")
    visit.assistant.reading.clear()
    page.get_by_label("Your question").fill("Third?")
    page.get_by_label("Your question").press("Enter")
    expect(page.locator("#current")).to_contain_text("Reading")
    box.press("End")
    page.keyboard.type("er")
    visit.assistant.reading.set()
    expect(page.locator("#log .turn")).to_have_count(3)
    expect(first).to_contain_text("The 2 turns after it go.")
    page.keyboard.type("?")
    expect(box).to_have_value("Other?")
    expect(first.locator(".asked-line")).to_be_hidden()
    visit.rest()
    box.press("Enter")
    expect(page.locator("#log .turn")).to_have_count(1)
    expect(first.locator(".question")).to_contain_text("Other?")
    expect(page.locator(".edit-form")).to_have_count(0)
    assert questions(visit) == [["Other?"]]


def test_an_earlier_question_is_edited_and_asked_again(visit: Visit) -> None:
    visit.ask("First?")
    visit.ask("Second?")
    visit.ask("Third?")
    page = visit.page
    second = page.locator("#log .turn").nth(1)
    button(second, "Edit the question").click()
    box = second.get_by_role("textbox")
    expect(box).to_be_focused()
    expect(box).to_have_value("Second?")
    expect(second).to_contain_text("The turn after it goes.")
    page.keyboard.press("Escape")
    expect(button(second, "Edit the question")).to_be_focused()
    page.keyboard.press("Enter")
    box.fill("  ")
    expect(button(second, "Ask again")).to_be_disabled()
    box.fill("Other?")
    box.press("Enter")
    expect(page.locator("#log .turn")).to_have_count(2)
    expect(page.locator("#log")).to_contain_text("Other?")
    assert questions(visit) == [["First?", "Other?"]]


def test_a_question_as_it_was_understood_is_corrected_and_asked_again(visit: Visit) -> None:
    def reply(question: str) -> Answer:
        understood = question.replace("they", "the ferries")
        return replace(ferry_answer(question), standalone_question=understood)

    visit.assistant.reply = reply
    turn = visit.ask("When do they leave?")
    expect(turn).to_contain_text("Understood as: When do the ferries leave?")
    button(turn, "Correct the question").click()
    expect(turn.get_by_role("textbox")).to_have_value("When do the ferries leave?")
    button(turn, "Ask again").click()
    expect(turn.locator(".question")).to_contain_text("When do the ferries leave?")
    expect(turn).not_to_contain_text("Understood as")


def test_filters_are_set_shown_kept_and_cleared(visit: Visit) -> None:
    page = visit.page
    button(page, "Filters").click()
    sources = page.get_by_role("combobox", name="Sources")
    expect(sources).to_be_focused()
    page.get_by_role("option", name="harbour.html").click()
    line = page.locator("#filters-set")
    expect(line).to_contain_text("1harbour.html")
    since = page.get_by_label("Published since")
    since.fill("2024-13")
    since.press("Enter")
    expect(line.get_by_role("alert")).to_contain_text("“2024-13” is no date")
    box = page.get_by_label("Your question")
    box.fill("How often?")
    box.press("Enter")
    expect(page.locator("#told")).to_contain_text("is no date")
    expect(box).to_have_value("How often?")
    since.fill("2024")
    since.press("Enter")
    expect(line).to_contain_text("2harbour.html · since 2024-01-01")
    turn = visit.ask("How often?")
    expect(turn).to_contain_text("Only in: harbour.html · since 2024-01-01")
    (filters,) = visit.assistant.filters
    assert filters is not None
    assert (filters.sources, filters.since) == (("harbour.html",), "2024-01-01")
    page.reload()
    expect(line).to_contain_text("harbour.html · since 2024-01-01")
    button(page, "Clear filters").click()
    expect(line).to_have_text("")
    visit.ask("And now?")
    assert visit.assistant.filters[1] == type(filters)()


def test_sections_authors_and_the_last_date_limit_an_answer(visit: Visit) -> None:
    page = visit.page
    button(page, "Filters").click()
    for name, option in (("Sections", "Shipping"), ("Authors", "Ola Brandt")):
        page.get_by_role("combobox", name=name).click()
        page.get_by_role("option", name=option).click()
        expect(page.locator("#filters-set")).to_contain_text(option)
    until = page.get_by_label("Published until")
    until.fill("2024-02")
    until.press("Enter")
    expect(page.locator("#filters-set")).to_contain_text("until 2024-02-29")
    visit.ask("How often?")
    limits = Filters(sections=("Shipping",), authors=("Ola Brandt",), until="2024-02-29")
    assert visit.assistant.filters == [limits]


def test_what_happens_now_is_told_with_times_and_folds_away(visit: Visit) -> None:
    visit.assistant.reading.clear()
    page = visit.page
    page.get_by_label("Your question").fill("How often?")
    page.keyboard.press("Enter")
    current = page.locator("#current")
    expect(current).to_contain_text(re.compile(r"Searched [\d.]+ m?s"))
    expect(current.locator(".clock")).to_have_text(re.compile(r"[1-9]\.\d s|0\.[5-9] s"))
    visit.assistant.reading.set()
    turn = page.locator("#log .turn")
    expect(turn.locator(".timings")).to_be_hidden()
    turn.locator("summary").click()
    expect(turn.locator(".timings")).to_contain_text("Searching the library20 ms")


def test_a_reader_is_told_how_many_are_ahead(visit: Visit) -> None:
    visit.assistant.reading.clear()
    other = Visit(visit.page.context.new_page(), visit.assistant, visit.address)
    watch(other)
    other.open()
    for tab, said in ((other, "Reading 2 passages"), (visit, "Waiting: 1 question before yours")):
        tab.page.get_by_label("Your question").fill("How often?")
        tab.page.keyboard.press("Enter")
        expect(tab.page.locator("#current")).to_contain_text(said)
    button(other.page, "Stop").click()
    expect(visit.page.locator("#current")).to_contain_text("Reading 2 passages")
    visit.assistant.reading.set()
    expect(visit.page.locator("#log button.mark")).to_have_count(3)


def test_opening_another_conversation_stops_what_is_under_way(visit: Visit) -> None:
    visit.ask("First?")
    begin(visit, "Second?")
    visit.assistant.reading.clear()
    page = visit.page
    page.get_by_label("Your question").fill("Third?")
    page.keyboard.press("Enter")
    expect(page.locator("#current")).to_contain_text("Reading")
    drawer(page).locator(".talk-open", has_text="First?").click()
    expect(page.locator("#log")).to_contain_text("First?")
    expect(page.locator("#current")).to_be_empty()
    visit.assistant.reading.set()
    visit.ask("Fourth?")
    assert questions(visit) == [["First?", "Fourth?"], ["Second?", "Third?"]]


def test_a_page_that_is_loaded_again_during_its_first_question_shows_it(visit: Visit) -> None:
    visit.assistant.reading.clear()
    page = visit.page
    page.get_by_label("Your question").fill("How often?")
    page.keyboard.press("Enter")
    expect(page.locator("#current")).to_contain_text("Reading")
    page.reload()
    expect(page.locator("#log .turn")).to_contain_text("How often?")
    expect(page.locator(".talk-title")).to_have_text("How often?")
    visit.errors.clear()  # the page that went away complained of its broken stream
    page.reload()
    expect(page.locator("#log .turn")).to_contain_text("How often?")
    assert questions(visit) == [["How often?"]]


def test_what_is_asked_while_an_answer_is_under_way_is_told_and_stays(visit: Visit) -> None:
    visit.assistant.reading.clear()
    page = visit.page
    box = page.get_by_label("Your question")
    box.fill("How often?")
    box.press("Enter")
    expect(page.locator("#current")).to_contain_text("Reading")
    box.fill("And when?")
    box.press("Enter")
    expect(page.locator("#told")).to_contain_text("An answer is under way.")
    visit.assistant.reading.set()
    expect(page.locator("#log .turn")).to_contain_text("How often?")
    expect(page.locator("#told")).to_be_empty()
    expect(box).to_have_value("And when?")


def test_undo_leaves_a_draft_in_the_box(visit: Visit) -> None:
    visit.ask("How often?")
    box = visit.page.get_by_label("Your question")
    box.fill("And when?")
    button(visit.page, "Undo").click()
    expect(visit.page.locator("#told")).to_contain_text("Taken back: “How often?”")
    expect(box).to_have_value("And when?")


@pytest.mark.parametrize("width", [360, 1400])
def test_everything_fits_the_window(visit: Visit, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 740})
    visit.ask("q" * 300)
    visit.ask("And when?")
    shown = drawer(page)
    expect(shown).to_be_in_viewport(ratio=1)
    assert page.evaluate(WIDER) == 0
    button(page, "Close").click()
    button(page, "Filters").click()
    expect(page.get_by_label("Published until")).to_be_in_viewport(ratio=1)
    expect(button(page, "Ask")).to_be_in_viewport(ratio=1)
    assert page.evaluate(WIDER) == 0
    button(page, "Filters").click()
    turn = page.locator("#log .turn").nth(0)
    button(turn, "Edit the question").click()
    expect(button(turn, "Ask again")).to_be_visible()
    log = page.locator("#conversation")
    assert log.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    assert page.evaluate(WIDER) == 0


def test_hostile_titles_and_questions_stay_text(visit: Visit) -> None:
    visit.ask(EVERYTHING)
    page = visit.page
    shown = drawer(page)
    expect(shown.locator(".talk-open")).to_contain_text("<script>window.taken = 1</script>")
    shown.locator("[data-rename]").click()
    page.keyboard.press("Enter")
    expect(shown.locator("[data-rename]")).to_be_focused()
    expect(shown.locator(".talk-open")).to_contain_text("<script>window.taken = 1</script>")
    page.keyboard.press("Escape")
    button(page.locator("#log"), "Edit the question").click()
    expect(page.locator("#log").get_by_role("textbox")).to_have_value(re.compile("<script>"))
    inside = "#talk-bar, #talks-drawer, #log, #told, #filters-set"
    for tag in ("script", "img", "a", "iframe", "style", "object", "form"):
        assert page.locator(f":is({inside}) {tag}").count() == 0
    assert page.evaluate("window.taken") is None


def test_with_a_hundred_turns_words_still_come_smoothly(visit: Visit) -> None:
    store = Conversations(data_folder())
    begun = ""
    for number in range(100):
        turn = Turn(f"Question {number}?", ferry_answer(f"{number}?"), id=f"t{number}")
        begun = store.add(owner(visit), begun, turn)
    page = visit.page
    drawer(page).locator(".talk-open").click()
    expect(page.locator("#log .turn")).to_have_count(100)
    text = "word " * 400
    visit.assistant.reply = lambda question: Answer(question, question, text, False)
    page.evaluate(
        "window.redrawn = 0; new MutationObserver(() => window.redrawn += 1)"
        ".observe(document.getElementById('log'), { childList: true, subtree: true })"
    )
    page.get_by_label("Your question").fill("Tell me much")
    page.keyboard.press("Enter")
    expect(page.locator("#log .turn")).to_have_count(101)
    expect(page.locator("#log .turn").nth(100)).to_contain_text("word word")
    assert page.evaluate("window.redrawn") < 20  # as it begins, and at its end


def test_the_file_of_conversations_is_not_in_the_library(visit: Visit) -> None:
    visit.ask("How often?")
    assert not list(visit.assistant.folder.glob("**/conversations.sqlite"))
    path = data_folder() / "conversations.sqlite"
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (2,)
    file.close()
