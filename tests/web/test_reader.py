from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.conversations import Turn
from assistant.records import Answer, Hit, Passage
from assistant.web.reader import Span, marked_text, reading_panel, sources_panel
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

spans = st.lists(
    st.builds(
        Span,
        st.integers(-5, 30),
        st.integers(-5, 30),
        st.sampled_from(["0-0", "0-1", "0-2"]),
        st.sampled_from(["supported", "partly", "unsupported"]),
    ),
    max_size=5,
)


@given(st.text(st.characters(exclude_categories=["C"]), max_size=25), spans)
def test_marking_changes_no_text_and_marks_exactly_the_spans(text: str, wanted: list[Span]) -> None:
    text = text.strip()
    parsed = Parsed(marked_text(text, wanted))
    assert parsed.text == text
    for name in {span.name for span in wanted}:
        covered = "".join(
            character
            for place, character in enumerate(text)
            if any(s.name == name and s.start <= place < s.end for s in wanted)
        )
        marked = [t for a, t in parsed.marks if name in (a["data-quotes"] or "").split()]
        assert "".join(marked) == covered


def test_cited_sentences_are_marked_in_their_passages_with_their_verdicts() -> None:
    answer = ferry_answer("How often?")
    parsed = Parsed(sources_panel([Turn("How often?", answer)]))
    assert [(a["data-quotes"], a["class"], text) for a, text in parsed.marks] == [
        (f"0-{n}", f"quote {citation.verdict}", citation.quote)
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
    parsed = Parsed(sources_panel([Turn("q", answer)]))
    assert [(a["data-quotes"], text) for a, text in parsed.marks] == [("0-0 0-1", quote)]


def test_a_passage_in_the_middle_of_an_article_is_marked_at_the_right_place() -> None:
    quote = "She expects 60,000 tonnes this year."
    start = HARBOUR.text.index("The harbour master")
    passage = Passage("p", HARBOUR.id, start, len(HARBOUR.text), HARBOUR.text[start:])
    hit = replace(hit_of(HARBOUR), passage=passage)
    citation = cite(HARBOUR, quote, 1, "x[1]", "[1]")
    answer = Answer("q", "q", "x[1]", False, (), (citation,), (hit,))
    assert [text for _, text in Parsed(sources_panel([Turn("q", answer)])).marks] == [quote]


def test_passages_that_were_read_but_not_cited_are_folded_away() -> None:
    answer = replace(ferry_answer("q"), citations=())
    parsed = Parsed(sources_panel([Turn("q", answer)]))
    assert "2 passages found but not cited" in parsed.text
    assert not parsed.marks


def test_every_answer_keeps_its_sources_and_the_last_shows() -> None:
    turns = [
        Turn("one", ferry_answer("one")),
        Turn("stopped", words="…"),
        Turn("two", refusal("two")),
        Turn("failed", problem="!"),
    ]
    sections = Parsed(sources_panel(turns)).named("section")
    assert [(s["data-turn"], "hidden" in s) for s in sections] == [("0", True), ("2", False)]


def test_a_refusal_offers_the_closest_articles_with_their_sentence_marked() -> None:
    answer = refusal("Who owns the moon?")
    parsed = Parsed(sources_panel([Turn("Who owns the moon?", answer)]))
    assert [(a["data-quotes"], text) for a, text in parsed.marks] == [
        ("0-c0", answer.closest[0].sentence),
        ("0-c1", "Its sentence."),
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
    panel = sources_panel([Turn("q", answer), Turn("q", nothing)]) + reading_panel(
        EVERYTHING, [hit]
    )
    allowed = {"section", "h2", "h3", "p", "ol", "ul", "li", "div", "span", "blockquote", "mark"}
    assert Parsed(panel).tags <= allowed | {"br", "details", "summary"}
