from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.conversations import Turn
from assistant.records import Answer, Citation, Filters, Statement
from assistant.web.chat.exporting import markdown, plain_text
from assistant.web.chat.stages import Stages
from assistant.web.chat.transcript import EDIT, under_way, welcome
from assistant.web.chat.transcript import transcript as transcript_with
from tests.web.fake_assistant import HARBOUR, ferry_answer, refusal
from tests.web.hostile import EVERYTHING, HOSTILE
from tests.web.parsed import Parsed

ALLOWED = {"article", "div", "p", "span", "button", "ul", "li", "strong", "br", "svg", "path"}
ALLOWED |= {"details", "summary", "table", "tbody", "tr", "th", "td", "bdi"}


def transcript(turns: Sequence[Turn], busy: bool = False) -> str:
    """The conversation as it is drawn while nobody has judged an answer."""
    return transcript_with(turns, {}, busy)


def test_marks_are_buttons_where_the_citations_say() -> None:
    parsed = Parsed(transcript([Turn("How often?", ferry_answer("How often?"), id="t")]))
    marks = [a for a in parsed.named("button") if "data-quote" in a]
    assert [(a["data-quote"], a["class"]) for a in marks] == [
        ("t-0", "mark supported"),
        ("t-1", "mark partly"),
        ("t-2", "mark unsupported"),
    ]
    assert [a["aria-describedby"] for a in marks] == ["quote-t-0", "quote-t-1", "quote-t-2"]
    assert marks[0]["aria-label"] == f"Source 1, Supported: {HARBOUR.title}"
    assert "at half past two.1 The Tern Line" in parsed.text


def test_a_statement_holds_its_marks_so_that_its_sentences_can_light_it_up() -> None:
    html = transcript([Turn("q", ferry_answer("q"), id="t")])
    first, second = html.split('<span class="statement">')[1:]
    assert "half past two." in first
    assert [f'data-quote="t-{n}"' in first for n in range(3)] == [True, False, False]
    assert [f'data-quote="t-{n}"' in second for n in range(3)] == [False, True, True]
    assert "It was founded" in second.partition("</span>")[2]


def test_brackets_that_are_no_citation_stay_text() -> None:
    answer = Answer("q", "q", "See [1] and [99] and arr[0].", False)
    parsed = Parsed(transcript([Turn("q", answer)]))
    assert "See [1] and [99] and arr[0]." in parsed.text
    assert not [a for a in parsed.named("button") if "data-quote" in a]


def test_a_statement_that_nothing_backs_says_so() -> None:
    parsed = Parsed(transcript([Turn("q", ferry_answer("q"))]))
    assert parsed.text.count("✕ Not supported") == 1
    assert "It was founded long ago. ✕ Not supported" in parsed.text


@given(
    st.text(st.characters(exclude_categories=["C"]), max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 6)), max_size=5),
    st.lists(st.integers(0, 45), max_size=6),
)
def test_no_text_is_lost_or_shown_twice_wherever_marks_and_statements_lie(
    text: str, places: list[tuple[int, int]], borders: list[int]
) -> None:
    citations = tuple(
        Citation(7, at, at + length, "a", "t", "s", "q", 0, 1, "model", "supported", "")
        for at, length in places
    )
    edges = sorted(borders)
    statements = tuple(
        Statement("", start, end, citations[:1], "supported")
        for start, end in zip(edges[::2], edges[1::2], strict=False)
    )
    answer = Answer("question", "question", text, False, statements, citations)
    parsed = Parsed(transcript([Turn("question", answer)], busy=True))
    shown = parsed.text.removeprefix("You asked: question").removesuffix("CopyCopy as Markdown")
    in_marks = {n for at, length in places if at < len(text) for n in range(at, at + length)}
    outside = [c for n, c in enumerate(text) if n not in in_marks]
    marks = sum(at < len(text) for at, _ in places)
    assert sorted(shown) == sorted([*outside, *"7" * marks])


def test_a_refusal_looks_different_and_offers_the_closest_articles() -> None:
    answer = refusal("Who owns the moon?")
    parsed = Parsed(
        transcript([Turn("q", Answer("q", "q", "fine", False)), Turn("r", answer, id="t")])
    )
    assert len(parsed.named("div", **{"class": "answer refusal"})) == 1
    assert "Not in the library" in parsed.text
    offers = parsed.named("button", **{"class": "offer"})
    assert [offer["data-quote"] for offer in offers] == ["t-c0", "t-c1"]


def test_a_refusal_says_what_was_searched() -> None:
    refused = replace(refusal("And it?"), standalone_question="Who owns the moon?")
    for searched, held, said in (
        (14, 14, "all 14 articles"),
        (3, 14, "3 of 14 articles"),
        (1, 1, "1 article"),
        (0, 1, "0 of 1 article"),
    ):
        turn = Turn("And it?", refused, searched=searched, held=held)
        told = f"Searched {said} for “Who owns the moon?”."
        assert told in Parsed(transcript([turn])).text
    assert "Searched" not in transcript([Turn("And it?", refused)])  # kept before they were counted


def test_only_the_last_turn_can_be_retried_and_none_while_an_answer_is_under_way() -> None:
    turns = [Turn("a", words="x"), Turn("b", words="y")]
    html = transcript(turns)
    for action in ("retry", "undo"):
        assert len(Parsed(html).named("button", **{"data-do": action})) == 1
    assert html.index("data-do") > html.index("y</p>")
    assert len(Parsed(html).named("button", **{"class": "edit"})) == 2
    assert not Parsed(transcript(turns, busy=True)).named("button")


def test_what_was_stopped_and_what_failed_is_told() -> None:
    parsed = Parsed(
        transcript(
            [Turn("a", words="The ferries"), Turn("b", problem="It broke.", hint="Mend it.")]
        )
    )
    for told in ("The ferries", "Stopped", "That did not work", "It broke.", "Mend it."):
        assert told in parsed.text
    assert parsed.named("div", role="alert")


def test_a_question_that_was_understood_otherwise_is_shown() -> None:
    asked = "When do the ferries leave?"
    answer = replace(ferry_answer("And when?"), standalone_question=asked)
    parsed = Parsed(transcript([Turn("And when?", answer)]))
    assert f"Understood as: {asked} Correct" in parsed.text
    assert [b["data-edit"] for b in parsed.named("button", **{"class": "edit"})] == [
        "And when?",
        asked,
    ]
    assert "Understood as" not in transcript([Turn("", ferry_answer("And when?"))])


def test_filters_are_shown_on_the_answer_that_they_limited() -> None:
    filters = Filters(("harbour.html",), since="2024-01-01")
    for turn in (
        Turn("q", ferry_answer("q"), filters=filters),
        Turn("q", refusal("q"), filters=filters),
        Turn("q", words="x", filters=filters),
    ):
        assert "Only in: harbour.html · since 2024-01-01" in Parsed(transcript([turn])).text
    assert "Only in" not in transcript([Turn("q", ferry_answer("q"))])


def test_each_answer_can_be_copied_with_its_sources() -> None:
    answer = ferry_answer("q")
    parsed = Parsed(transcript([Turn("q", answer), Turn("stopped", words="x")]))
    copies = [b["data-copy"] for b in parsed.named("button") if "data-copy" in b]
    assert copies == [plain_text(answer), markdown(answer)]


def test_the_turn_under_way_shows_what_happens_and_the_words_so_far() -> None:
    parsed = Parsed(under_way("How often?", Stages().line(), "Twice a\nday"))
    assert parsed.text == "You asked: How often?Searching the libraryTwice a\nday"
    assert parsed.named("p", role="status")


def test_a_new_conversation_shows_examples_that_can_be_asked() -> None:
    parsed = Parsed(welcome(["Who is “A & B”?"], 14))
    assert "14 articles to ask" in parsed.text
    (example,) = parsed.named("button", **{"data-do": "example_select"})
    assert example["value"] == "Who is “A & B”?"


def test_an_empty_library_shows_the_way_to_a_first_article() -> None:
    parsed = Parsed(welcome([], 0))
    assert "Your library is empty" in parsed.text
    assert parsed.named("button", **{"data-do": "select", "value": "library"})


def test_each_text_runs_in_its_own_direction() -> None:
    stopped, refused = Turn("متى؟", words="تبحر"), Turn("q", refusal("q"))
    html = transcript([Turn("q", ferry_answer("q")), stopped, refused]) + under_way("q", "", "تبحر")
    parsed = Parsed(html)
    texts = [found for found in parsed.named("p") if "answer-text" in (found.get("class") or "")]
    assert [text["dir"] for text in texts] == ["auto"] * 4
    assert [offer["dir"] for offer in parsed.named("button", **{"class": "offer"})] == ["auto"] * 2
    assert '<bdi dir="auto">متى؟</bdi>' in html  # behind the English "You asked"
    understood = replace(refusal("و؟"), standalone_question="من؟")
    filters = Filters(("مرفأ",))
    html = transcript([Turn("و؟", understood, filters=filters, searched=1, held=2)])
    for beside in ("Understood as: {}", "Only in: {}", "Searched 1 of 2 articles for “{}”"):
        text = "مرفأ" if "Only" in beside else "من؟"
        assert beside.format(f'<bdi dir="auto">{text}</bdi>') in html
    assert Parsed(EDIT).named("textarea", dir="auto")


def test_hostile_texts_stay_text() -> None:
    answer = replace(
        ferry_answer(EVERYTHING),
        text=EVERYTHING,
        standalone_question="?" + EVERYTHING,
        model=EVERYTHING,
    )
    nothing = replace(
        refusal(EVERYTHING),
        text=EVERYTHING,
        closest=(replace(refusal("").closest[1], title=EVERYTHING, sentence=EVERYTHING),),
    )
    html = transcript(
        [
            Turn(EVERYTHING, answer, id=EVERYTHING, filters=Filters((EVERYTHING,))),
            Turn(EVERYTHING, nothing),
            Turn(EVERYTHING, words=EVERYTHING),
            Turn(EVERYTHING, problem=EVERYTHING, hint=EVERYTHING),
        ]
    )
    html += under_way(EVERYTHING, "", EVERYTHING, Filters((EVERYTHING,))) + welcome(HOSTILE, 3)
    parsed = Parsed(html)
    assert parsed.tags <= ALLOWED | {"h2"}
    attributes = {name for _, found in parsed.elements for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
