from __future__ import annotations

from dataclasses import replace

from assistant.conversations import Turn
from assistant.records import Answer, Hit, Passage
from assistant.web.reader.articles import article_address
from assistant.web.reader.sources import reading_panel, sources_panel
from tests.web.fake_assistant import (
    BRIDGE,
    HARBOUR,
    cite,
    ferry_answer,
    hit_of,
    refusal,
)
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed


def test_cited_sentences_are_marked_in_their_passages_with_their_verdicts() -> None:
    answer = ferry_answer("How often?")
    parsed = Parsed(sources_panel([Turn("How often?", answer, id="t")]))
    assert [(a["data-quotes"], a["class"], text) for a, text in parsed.marks] == [
        (f"t-{n}", f"quote {citation.verdict}", citation.quote)
        for n, citation in enumerate(answer.citations)
    ]
    for shown in (
        HARBOUR.title,
        "harbour.html · Shipping · Ola Brandt · 2024-02-11",
        "✓ Supported",
        "◐ Partly supported",
        "✕ Not supported",
        "cited by the model · numbers and names agree",
        "found afterwards",
    ):
        assert shown in parsed.text


def test_two_citations_of_one_sentence_share_its_mark() -> None:
    quote = "She expects 60,000 tonnes this year."
    text = "Sixty thousand.[1] She said so.[2]"
    citations = tuple(cite(HARBOUR, quote, 1, text, mark) for mark in ("[1]", "[2]"))
    answer = Answer("q", "q", text, False, (), citations, (hit_of(HARBOUR),))
    parsed = Parsed(sources_panel([Turn("q", answer, id="t")]))
    assert [(a["data-quotes"], text) for a, text in parsed.marks] == [("t-0 t-1", quote)]


def test_a_passage_in_the_middle_of_an_article_is_marked_at_the_right_place() -> None:
    quote = "She expects 60,000 tonnes this year."
    start = HARBOUR.text.index("The harbour master")
    passage = Passage("p", HARBOUR.id, start, len(HARBOUR.text), HARBOUR.text[start:])
    hit = replace(hit_of(HARBOUR), passage=passage)
    citation = cite(HARBOUR, quote, 1, "x[1]", "[1]")
    answer = Answer("q", "q", "x[1]", False, (), (citation,), (hit,))
    assert [text for _, text in Parsed(sources_panel([Turn("q", answer, id="t")])).marks] == [quote]


def test_passages_that_were_read_but_not_cited_are_folded_away() -> None:
    answer = replace(ferry_answer("q"), citations=())
    parsed = Parsed(sources_panel([Turn("q", answer, id="t")]))
    assert "2 passages found but not cited" in parsed.text
    assert not parsed.marks


def test_every_answer_keeps_its_sources_and_the_last_shows() -> None:
    turns = [
        Turn("one", ferry_answer("one"), id="a"),
        Turn("stopped", words="…", id="b"),
        Turn("two", refusal("two"), id="c"),
        Turn("failed", problem="!"),
    ]
    sections = Parsed(sources_panel(turns)).named("section")
    assert [(s["data-turn"], "hidden" in s) for s in sections] == [("a", True), ("c", False)]


def test_a_refusal_offers_the_closest_articles_with_their_sentence_marked() -> None:
    answer = refusal("Who owns the moon?")
    parsed = Parsed(sources_panel([Turn("Who owns the moon?", answer, id="t")]))
    assert [(a["data-quotes"], text) for a, text in parsed.marks] == [
        ("t-c0", answer.closest[0].sentence),
        ("t-c1", "Its sentence."),
    ]
    assert "Closest in the library" in parsed.text
    assert BRIDGE.text in parsed.text  # the passage around the sentence, which was found as well


def test_before_the_first_answer_the_panel_says_what_it_is_for() -> None:
    assert "appear here" in Parsed(sources_panel([])).text
    assert sources_panel([Turn("q", words="w")]) == sources_panel([])


def test_the_passages_that_are_being_read_are_shown_unmarked() -> None:
    parsed = Parsed(reading_panel("q", [hit_of(HARBOUR), hit_of(BRIDGE)]))
    assert HARBOUR.text in parsed.text
    assert not parsed.marks


def targets(panel: str) -> dict[str, str]:
    """Where the article of each target is read, by the target's id."""
    found: dict[str, str] = {}
    address = ""
    for tag, attributes in Parsed(panel).elements:
        if tag == "div" and "data-article" in attributes:
            address = attributes["data-article"] or ""
        elif tag == "div" and "id" in attributes:
            found[attributes["id"] or ""] = address
    return found


def test_everything_that_can_be_opened_has_a_target_that_says_where_its_article_is_read() -> None:
    answer, nothing = ferry_answer("q"), refusal("r")
    found = targets(sources_panel([Turn("q", answer, id="a"), Turn("r", nothing, id="b")]))
    harbour, bridge = (article_address("a", answer, article.id) for article in (HARBOUR, BRIDGE))
    assert found == {
        "quote-a-0": harbour,
        "quote-a-1": harbour,
        "quote-a-h0": harbour,
        "quote-a-2": bridge,
        "quote-a-h1": bridge,
        "quote-b-c0": article_address("b", nothing, BRIDGE.id),
        "quote-b-h0": article_address("b", nothing, BRIDGE.id),
        "quote-b-c1": article_address("b", nothing, "gone"),
    }


def test_a_card_tells_the_sentence_its_verdict_why_and_where_it_stands() -> None:
    answer = ferry_answer("q")
    panel = sources_panel([Turn("q", answer, id="a")])
    card = panel[panel.index('id="quote-a-0"') : panel.index('id="quote-a-1"')]
    told = Parsed(f"<div {card.rpartition('<div')[0]}").text
    for shown in (
        "✓ Supported",
        "cited by the model · numbers and names agree",
        answer.citations[0].quote,
        f"{HARBOUR.title} · {HARBOUR.published}",
    ):
        assert shown in told


def test_each_title_of_the_list_opens_its_article() -> None:
    answer = replace(ferry_answer("q"), hits=(hit_of(HARBOUR), hit_of(BRIDGE), hit_of(BRIDGE)))
    panel = sources_panel([Turn("q", answer, id="a"), Turn("r", refusal("r"), id="b")])
    names = [button["data-quote"] for button in Parsed(panel).named("button")]
    assert names == ["a-0", "a-2", "a-h2", "b-c0", "b-c1"]
    assert {f"quote-{name}" for name in names} <= set(targets(panel))


def test_earlier_marks_keep_their_targets_while_a_new_answer_is_made() -> None:
    turns = [Turn("q", ferry_answer("q"), id="a"), Turn("s", words="…", id="b")]
    panel = reading_panel("r", [hit_of(BRIDGE)], turns)
    assert targets(panel) == targets(sources_panel(turns))
    sections = Parsed(panel).named("section")
    assert [("data-turn" in s, "hidden" in s) for s in sections] == [(False, False), (True, True)]


def test_hostile_sources_stay_text() -> None:
    passage = Passage("p", "a", 0, len(EVERYTHING), EVERYTHING)
    hit = Hit(passage, 0.5, 0.5, {}, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING)
    answer = ferry_answer(EVERYTHING)
    citation = replace(answer.citations[0], start=0, end=40, reason=EVERYTHING, title=EVERYTHING)
    answer = replace(answer, hits=(hit,), citations=(citation,))
    nothing = replace(
        refusal(EVERYTHING),
        closest=(replace(refusal("").closest[1], title=EVERYTHING, sentence=EVERYTHING),),
    )
    turns = [Turn("q", answer, id=EVERYTHING), Turn("q", nothing, id="n")]
    panel = sources_panel(turns) + reading_panel(EVERYTHING, [hit], turns)
    allowed = {"section", "h2", "h3", "p", "ol", "ul", "li", "div", "span", "blockquote", "mark"}
    assert Parsed(panel).tags <= allowed | {"br", "details", "summary", "button", "bdi"}


def test_a_question_runs_in_its_own_direction() -> None:
    html = sources_panel([Turn("q", ferry_answer("q"), id="t")]) + reading_panel("q", ())
    assert [asked["dir"] for asked in Parsed(html).named("p", **{"class": "asked"})] == ["auto"] * 2
