"""The page in a real Chromium."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, expect

from assistant.records import Answer, Article, Hit, Passage
from tests.web.conftest import PATIENCE_MS, Visit
from tests.web.fake_assistant import (
    BRIDGE,
    HARBOUR,
    cite,
    ferry_answer,
    hit_of,
    refusal,
)
from tests.web.hostile import EVERYTHING
from tests.web.served import program

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 800}


def bridge_answer(question: str) -> Answer:
    text = "The council of Fennick paid 3.2 million crowns.[1]"
    quote = "The council of Fennick paid 3.2 million crowns for the work."
    citation = cite(BRIDGE, quote, 1, text, "[1]")
    return Answer(question, question, text, False, (), (citation,), (hit_of(BRIDGE),))


def by_question(question: str) -> Answer:
    if "moon" in question:
        return refusal(question)
    return bridge_answer(question) if "bridge" in question else ferry_answer(question)


def test_a_mark_opens_the_sentence_behind_its_statement(visit: Visit) -> None:
    turn = visit.ask("How often do the ferries leave?")
    expect(turn).to_contain_text("The ferries leave twice a day")
    marks = turn.locator("button.mark")
    expect(marks).to_have_count(3)
    for number, citation in enumerate(ferry_answer("").citations):
        marks.nth(number).click()
        opened = visit.page.locator("#sources-column mark.opened")
        expect(opened).to_have_text(citation.quote)
        expect(opened).to_have_class(re.compile(citation.verdict))
        expect(opened).to_be_focused()
        expect(opened).to_be_in_viewport()
    visit.page.get_by_role("button", name="All sources").click()
    for told in ("Supported", "Partly supported", "Not supported", "found afterwards"):
        expect(visit.page.locator("#sources")).to_contain_text(told)


def test_marks_belong_to_their_own_answer_also_after_a_reload(visit: Visit) -> None:
    visit.assistant.reply = by_question
    visit.ask("How often do the ferries leave?")
    visit.ask("Who paid for the bridge?")
    for again in (False, True):
        if again:
            visit.page.reload()
        turns = visit.page.locator("#log .turn")
        expect(turns).to_have_count(2)
        for turn, quote in ((0, "From March the ferries"), (1, "The council of Fennick")):
            turns.nth(turn).locator("button.mark").first.click()
            expect(visit.page.locator("#sources-column mark.opened")).to_contain_text(quote)
            visit.page.get_by_role("button", name="All sources").click()
            expect(visit.page.locator("#sources section:visible")).to_have_count(1)


def test_words_and_status_show_while_the_answer_is_made(visit: Visit) -> None:
    visit.assistant.reading.clear()
    box = visit.page.get_by_label("Your question")
    box.fill("How often?")
    visit.page.get_by_role("button", name="Ask", exact=True).click()
    current = visit.page.locator("#current")
    expect(current).to_contain_text("How often?")
    expect(current.get_by_role("status")).to_contain_text("Reading 2 passages")
    expect(current).to_have_attribute("aria-live", "off")  # no word is read aloud again and again
    expect(visit.page.locator("#sources")).to_contain_text(HARBOUR.text)
    expect(box).to_have_value("")
    visit.assistant.reading.set()
    expect(visit.page.locator("#log .turn button.mark")).to_have_count(3)
    expect(current).to_be_empty()


def test_the_conversation_is_read_out_as_it_goes_on(visit: Visit) -> None:
    visit.ask("How often?")
    expect(visit.page.get_by_role("log", name="Conversation")).to_contain_text("twice a day")


# Whether what has the keyboard shows it: what is drawn around it goes when the keyboard leaves.
# The box for the question has a frame that shows it.
SEEN = """() => {
  const here = document.activeElement;
  const look = () => {
    const style = getComputedStyle(here.matches("textarea") ? here.closest("#question") : here);
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor].join();
  };
  const before = look();
  here.blur();
  const seen = before !== look();
  here.focus();
  return [here.tagName, here.textContent.trim().slice(0, 30), seen];
}"""


def test_whatever_has_the_keyboard_shows_it(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.ask("How often?")
    visit.page.get_by_role("tab", name="Ask").focus()
    stops = []
    while (stop := visit.page.evaluate(SEEN))[0] != "BODY":
        stops.append(stop)
        visit.page.keyboard.press("Tab")
    assert {"BUTTON", "SUMMARY", "TEXTAREA"} <= {tag for tag, _, _ in stops}
    assert [stop for stop in stops if not stop[2]] == []


MOVES = "document.getAnimations().some((animation) => animation.playState === 'running')"


def test_nothing_moves_for_those_who_want_that(visit: Visit) -> None:
    page = visit.page
    visit.assistant.reply = lambda question: replace(ferry_answer(question), text="word " * 200)
    visit.assistant.reading.clear()
    page.get_by_label("Your question").fill("How often?")
    page.keyboard.press("Enter")
    expect(page.locator("#current")).to_contain_text("Reading")
    assert page.evaluate(MOVES)
    page.emulate_media(reduced_motion="reduce")
    assert not page.evaluate(MOVES)
    page.evaluate(
        f"""window.moved = 0; window.changed = 0;
        new MutationObserver(() => {{ window.changed += 1; window.moved += {MOVES}; }})
          .observe(document.body, {{ childList: true, subtree: true, characterData: true }})"""
    )
    visit.assistant.reading.set()
    expect(page.locator("#log .turn")).to_contain_text("word word")
    assert page.evaluate("window.changed") > 0
    assert page.evaluate("window.moved") == 0


def test_text_from_right_to_left_is_laid_out_so(visit: Visit) -> None:
    question, said = "متى تغادر العبارات؟", "تغادر العبارات مرتين في اليوم."
    near = replace(refusal("").closest[0], title="عبارات الميناء", sentence=said)
    visit.assistant.reply = lambda q: replace(refusal(q), text=said, closest=(near,))
    turn = visit.ask(question)
    for place in (
        turn.locator(".question bdi"),
        turn.locator(".answer-text"),
        turn.locator(".offer"),
        visit.page.locator(".talk-title"),
    ):
        expect(place).to_have_css("direction", "rtl")
    visit.assistant.reply = lambda q: Answer(q, q, said, False)
    expect(visit.ask(question).locator(".answer-text")).to_have_css("direction", "rtl")


def test_a_question_asked_from_further_up_is_shown(visit: Visit) -> None:
    for number in range(4):
        visit.ask(f"Question {number}?")
    visit.assistant.reading.clear()
    visit.page.locator("#conversation").evaluate("pane => { pane.scrollTop = 0; }")
    box = visit.page.get_by_label("Your question")
    box.fill("How often?")
    box.press("Enter")
    expect(visit.page.locator("#current")).to_contain_text("Reading")
    expect(visit.page.locator("#current .turn")).to_be_in_viewport(ratio=0.9)
    visit.assistant.reading.set()


def test_stop_works_at_once_also_while_the_prompt_is_read(visit: Visit) -> None:
    visit.assistant.reading.clear()
    box = visit.page.get_by_label("Your question")
    box.fill("How often?")
    box.press("Enter")
    expect(visit.page.locator("#current")).to_contain_text("Reading")
    visit.page.get_by_role("button", name="Stop").click()
    expect(visit.page.locator("#log .turn")).to_contain_text("Stopped")
    assert visit.assistant.cancelled.wait(PATIENCE_MS / 1000)
    visit.assistant.reading.set()
    expect(visit.ask("Again?")).to_contain_text("The ferries leave")


def test_a_reader_who_leaves_frees_the_assistant(visit: Visit) -> None:
    visit.assistant.reading.clear()
    box = visit.page.get_by_label("Your question")
    box.fill("How often?")
    box.press("Enter")
    expect(visit.page.locator("#current")).to_contain_text("Reading")
    visit.page.close()
    assert visit.assistant.cancelled.wait(PATIENCE_MS / 1000)


def test_retry_undo_and_new_conversation(visit: Visit) -> None:
    visit.ask("First?")
    visit.ask("Second?")
    turns = visit.page.locator("#log .turn")
    visit.assistant.reading.clear()
    visit.page.get_by_role("button", name="Retry").click()
    expect(visit.page.locator("#current")).to_contain_text("Second?")
    expect(turns).to_have_count(1)
    visit.assistant.reading.set()
    expect(visit.page.locator("#log button.mark")).to_have_count(6)
    expect(turns).to_have_count(2)
    assert [len(history) for history in visit.assistant.histories] == [0, 1, 1]
    visit.page.get_by_role("button", name="Undo").click()
    expect(turns).to_have_count(1)
    expect(visit.page.get_by_label("Your question")).to_have_value("Second?")
    visit.page.get_by_role("button", name="New conversation").click()
    expect(turns).to_have_count(0)
    expect(visit.page.locator("#sources")).to_contain_text("appear here")
    visit.page.reload()
    expect(visit.page.locator(".welcome")).to_be_visible()


def test_an_example_can_be_asked(visit: Visit) -> None:
    visit.page.get_by_role("button", name="What do the articles say about Tern Line?").click()
    expect(visit.page.locator("#log .turn .question")).to_contain_text(
        "What do the articles say about Tern Line?"
    )


def test_a_refusal_offers_the_closest_articles(visit: Visit) -> None:
    visit.assistant.reply = by_question
    turn = visit.ask("Who owns the moon?")
    expect(turn.locator(".refusal")).to_contain_text("Not in the library")
    turn.get_by_role("button", name=BRIDGE.title).click()
    expect(visit.page.locator("#sources-column mark.opened")).to_have_text(
        refusal("").closest[0].sentence
    )


def test_on_a_narrow_window_the_sources_slide_in_and_go_back(visit: Visit) -> None:
    visit.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    turn = visit.ask("How often?")
    panel = visit.page.locator("#sources-column")
    expect(panel).to_be_hidden()
    mark = turn.locator("button.mark").first
    mark.focus()
    visit.page.keyboard.press("Enter")
    expect(panel).to_be_in_viewport()
    expect(visit.page.locator("#sources-column mark.opened")).to_be_in_viewport()
    visit.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(mark).to_be_focused()
    mark.click()
    visit.page.get_by_role("button", name="Back to the answer").click()
    expect(panel).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1400, 2560])
def test_nothing_is_wider_than_the_window_and_the_box_is_always_in_view(
    visit: Visit, width: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.assistant.held[0] = replace(HARBOUR, title="Endless" * 40, author="x" * 90)
    visit.assistant.reply = lambda question: replace(ferry_answer(question), text="w" * 600)
    visit.ask("q" * 300)
    expect(visit.page.get_by_label("Your question")).to_be_in_viewport(ratio=1)
    expect(visit.page.get_by_role("button", name="Ask", exact=True)).to_be_in_viewport(ratio=1)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(wider) == 0
    visit.page.get_by_role("tab", name="Library").click()
    for shelf in ("Articles", "Sources", "Picture"):
        visit.page.get_by_role("tab", name=shelf).click()
        expect(visit.page.locator(".rows, .picture").locator("visible=true")).to_have_count(1)
        assert visit.page.evaluate(wider) == 0


def test_uploads_are_added_and_each_failure_is_explained(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    name = "Möwe & <b>Möwe</b> ![x](y).txt"
    visit.page.locator("#uploads input[type=file]").set_input_files(
        [
            FilePayload(name=name, mimeType="text/plain", buffer=b"A new article\nIts text."),
            FilePayload(name="empty.md", mimeType="text/markdown", buffer=b""),
            FilePayload(name="binary.html", mimeType="text/html", buffer=b"\xff\xfe\x00\x81"),
        ]
    )
    outcome = visit.page.locator("#outcome")
    expect(outcome.locator("li")).to_have_count(3)
    expect(outcome).to_contain_text(f"{name} Added")
    expect(outcome.locator("li.failed").first).to_contain_text("empty.md Not added")
    expect(visit.page.locator("#listing")).to_contain_text("A new article")
    expect(visit.page.locator("#summary")).to_contain_text("3 articles from 3 sources")
    assert list(visit.assistant.names.values()) == [name, "empty.md", "binary.html"]
    assert not any(path.exists() for path in visit.assistant.names)


def test_a_source_is_removed_only_after_it_was_confirmed(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.get_by_role("tab", name="Sources").click()
    source = visit.page.locator(".source", has_text="news.txt")
    source.get_by_role("button", name="Remove news.txt").click()
    source.get_by_role("button", name="Keep").click()
    expect(source).to_be_visible()
    source.get_by_role("button", name="Remove news.txt").click()
    source.get_by_role("button", name="Remove", exact=True).click()
    expect(visit.page.locator("#outcome")).to_contain_text("news.txt Removed")
    expect(source).to_have_count(0)
    expect(visit.page.locator(".source")).to_have_count(1)
    expect(visit.page.get_by_role("button", name="Remove harbour.html")).to_be_visible()


def test_what_a_terminal_adds_shows_when_the_library_is_looked_at(visit: Visit) -> None:
    visit.assistant.held.append(Article("x", "From a terminal", "Text.", "more.md"))
    visit.assistant.library.number += 1
    visit.page.get_by_role("tab", name="Library").click()
    expect(visit.page.locator("#listing")).to_contain_text("From a terminal")
    expect(visit.page.locator("#summary")).to_contain_text("3 articles")
    visit.page.get_by_role("tab", name="Ask").click()
    expect(visit.page.locator(".welcome")).to_contain_text("3 articles to ask")


def test_hostile_texts_run_nothing_and_load_nothing(visit: Visit) -> None:
    passage = Passage("p", "a", 0, len(EVERYTHING), EVERYTHING)
    hit = Hit(passage, 0.5, 0.5, {}, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING)
    said = f"{EVERYTHING}[1]"
    mark = replace(
        ferry_answer("").citations[0],
        mark_start=len(EVERYTHING),
        mark_end=len(said),
        article_id="h",
        quote=EVERYTHING,
        start=0,
        end=len(EVERYTHING),
        title=EVERYTHING,
        reason=EVERYTHING,
    )

    def reply(question: str) -> Answer:
        if question == "refuse":
            near = replace(refusal("").closest[1], title=EVERYTHING, sentence=EVERYTHING)
            return replace(refusal(question), text=EVERYTHING, closest=(near,))
        return Answer(question, EVERYTHING, said, False, (), (mark,), (hit,), model=EVERYTHING)

    visit.assistant.reply = reply
    visit.assistant.model = EVERYTHING
    visit.assistant.held.append(
        Article("h", EVERYTHING[:80], EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING)
    )
    visit.assistant.library.number += 1
    visit.page.reload()
    visit.ask(EVERYTHING).locator("button.mark").click()
    expect(visit.page.locator("#sources-column mark.opened")).to_be_visible()
    visit.ask("refuse")
    visit.page.reload()
    expect(visit.page.locator("#log .turn")).to_have_count(2)
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.locator("#listing tr", has_text="outside.test").locator("button").click()
    visit.page.get_by_role("button", name="Close").click()
    visit.page.get_by_role("tab", name="Picture").click()
    expect(visit.page.locator("svg.map circle")).to_have_count(3)
    visit.page.get_by_role("tab", name="Sources").click()
    hostile = visit.page.locator(".source", has_text="outside.test")
    hostile.get_by_role("button", name=re.compile("^Remove ")).click()
    hostile.get_by_role("button", name="Remove", exact=True).click()
    expect(visit.page.locator("#outcome li")).to_contain_text("no source named")
    inside = "#log, #current, #sources-column, #shelves, #inside, #outcome, #summary"
    own = ".thumb > svg, #shelves svg, .notice [href='/login']"
    for tag in ("script", "img", "a", "iframe", "svg", "style", "object", "form"):
        assert visit.page.locator(f":is({inside}) {tag}:not({own})").count() == 0
    assert visit.page.evaluate("window.taken") is None


def test_the_conversation_survives_a_restart_of_the_server(
    chromium: Browser, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    with program(tmp_path) as address:
        page.goto(address)
        page.locator(".welcome").wait_for()
        box = page.get_by_label("Your question")
        box.fill("How often?")
        box.press("Enter")
        expect(page.locator("#log .turn button.mark")).to_have_count(3)
    with program(tmp_path, port=int(address.rpartition(":")[2])):
        page.reload()
        expect(page.locator("#log .turn")).to_contain_text("How often?")
        page.locator("#log button.mark").first.click()
        expect(page.locator("#sources-column mark.opened")).to_contain_text("From March")
        box.fill("And how much?")
        box.press("Enter")
        expect(page.locator("#log .turn")).to_have_count(2)
