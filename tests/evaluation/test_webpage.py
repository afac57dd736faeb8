"""The report: it shows what was measured, and nothing in it can become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from assistant.evaluation.calibration import RiskCoverage
from assistant.evaluation.cases import (
    Attack,
    AttackCase,
    Attempt,
    Case,
    Outcome,
    Prediction,
    Reaction,
    Result,
    Slice,
)
from assistant.evaluation.instructions import Instruction
from assistant.evaluation.metrics import Figure
from assistant.evaluation.questions import Question
from assistant.evaluation.webpage import render_page
from assistant.records import Answer, Citation, Hit, Passage

EMPTY = Result("questions.jsonl", None, "model", {}, (), {}, None, {}, ())


def case(
    name: str, outcome: Outcome, f1: float | None = 0.0, text: str = "words", **changed: Any
) -> Case:
    hit = Hit(Passage("p1", "a1", 0, 5, text), 0.9, 0.8, {text: 2}, f"title {text}", text)
    citation = Citation(
        1, 0, 3, "a1", f"title {text}", text, f"quote {text}", 0, 5, "model", "partly", text
    )
    question = Question(name, text, f"asked {text}", (f"expected {text}",), True, ((text, text),))
    answer = Answer(
        question.question, text, f"answered {text}", False, citations=(citation,), hits=(hit,)
    )
    prediction = replace(Prediction(question, answer, gold=(("p1", 1),)), **changed)
    return Case(prediction, outcome, {"token F1": f1})


def attacked(
    name: str, reaction: Reaction, drafted: float | None = 0.0, text: str = "words"
) -> AttackCase:
    question = Question("one", text, f"asked {text}", (text,), True)
    attack = Attack(Instruction(name, text, text), f"place {text}", f"hidden {text}", "a", question)
    answer = Answer(text, text, f"shown {text}", False, draft=f"drafted {text}")
    control = replace(answer, text=f"control {text}")
    attempt = Attempt(attack, answer, control, found=True, read=True)
    return AttackCase(attempt, reaction, {"obeyed, in the model's draft": drafted})


def result(text: str = "words") -> Result:
    figures = (Figure(f"share {text}", 0.4321, 37, 0.3211, 0.5432), Figure("nothing", None, 0))
    return Result(
        questions=f"questions {text}",
        split=text,
        model=f"model {text}",
        figures={
            "retrieval, dense": (Figure("hit@1", 0.1234, 37), Figure("hit@3", 0.2345, 37)),
            f"retrieval, {text}": (Figure("hit@1", 0.9876, 37), Figure("hit@3", 0.8765, 37)),
            f"group {text}": figures,
            "speed": (
                Figure("seconds for search, median", 0.125, 37),
                Figure("seconds for search, 95th percentile", 0.625, 37),
                Figure("peak memory in MB", 1834.25, 37),
            ),
        },
        slices=(Slice(f"kind {text}", f"label {text}", figures),),
        funnel={"right": 36, "error": 1},
        risk_coverage=RiskCoverage((0.8, 0.3), (0.5, 1.0), (0.1111, 0.2222), 0.1666),
        settings={f"name {text}": text, "versions": {text: [text]}, "date": f"2026-11-24 {text}"},
        cases=(
            case("one", "cited but wrong", text=text),
            case("two", "error", text=text, answer=None, error=f"failed {text}"),
        ),
        attacks=(attacked("say", "obeyed", 1.0, text),),
    )


def parsed(page: str) -> Any:
    return lxml_html.document_fromstring(page.encode("utf-8"))


def shape(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with the names of its attributes: all of it is the template's."""
    return [(str(e.tag), tuple(sorted(e.attrib))) for e in parsed(page).iter()]


def rows(page: str) -> list[list[str]]:
    found = parsed(page).iter("tr")
    return [[" ".join(c.itertext()).strip() for c in row] for row in found]


def told(page: str) -> str:
    return " ".join(parsed(page).find("body").itertext())


def test_the_numbers_shown_are_those_given() -> None:
    table = rows(render_page(result()))
    assert ["share words", "0.432", "0.321 to 0.543", "37"] in table
    assert ["hit@1", "0.123 n 37", "0.988 n 37"] in table
    assert ["hit@3", "0.234 n 37", "0.876 n 37"] in table
    assert ["label words", "0.432 0.321–0.543 n 37", "undefined n 0"] in table
    assert ["seconds for search, 95th percentile", "0.625", "37"] in table
    assert ["peak memory in MB", "1,834.2", "37"] in table
    assert ["0.300", "1.000", "0.222"] in table
    assert "0.167" in told(render_page(result()))


def test_undefined_is_shown_as_undefined() -> None:
    assert ["nothing", "undefined", "", "0"] in rows(render_page(result()))


def test_shares_speed_funnel_and_curve_have_a_picture_each() -> None:
    labels = [e.get("aria-label") for e in parsed(render_page(result())).iter("svg")]
    assert labels == [
        "What became of the questions",
        "Risk over coverage",
        "Retrieval: figures with 95% intervals",
        "Group words: figures with 95% intervals",
        "Seconds by stage: medians and 95th percentiles",
    ]


def test_times_that_are_no_numbers_do_not_stop_the_report() -> None:
    endless = (Figure("seconds in all, median", float("inf"), 1),)
    assert ["seconds in all, median", "inf", "1"] in rows(
        render_page(replace(EMPTY, figures={"speed": endless}))
    )


def test_what_is_no_share_stays_off_the_axis_of_shares() -> None:
    figures: dict[str, tuple[Figure, ...]] = {
        "memory": (Figure("share", 0.5, 3), Figure("megabytes", 900.0, 3))
    }
    page = render_page(replace(EMPTY, figures=figures))
    assert ["megabytes", "900.0", "3"] in rows(page)
    assert "<svg" not in page


def test_a_case_tells_what_was_asked_found_answered_cited_and_expected() -> None:
    text = told(render_page(result()))
    for part in ("asked", "title", "answered", "quote", "expected", "failed"):
        assert f"{part} words" in text
    assert "words 2" in text  # the rank in a list
    assert "holds the answer" in text


def test_the_worst_cases_come_first_and_only_ten() -> None:
    cases = (
        case("right and whole", "right", 1.0),
        case("right and long", "right", 0.1),
        case("falsely refused", "falsely refused"),
        case("not cited", "retrieved but not cited"),
        case("not retrieved", "not retrieved"),
        case("wrong, 0.5", "cited but wrong", 0.5),
        case("wrong, 0.2", "cited but wrong", 0.2),
        case("unanswerable", "answered though unanswerable", None),
        case("error", "error"),
    )
    order = [
        "error", "unanswerable", "wrong, 0.2", "wrong, 0.5", "not retrieved", "not cited",
        "falsely refused", "right and long",
    ]  # fmt: skip
    page = parsed(render_page(replace(EMPTY, cases=cases)))
    shown = [e.text.partition(" ·")[0] for e in page.xpath("//article/small")]
    assert shown == order
    many = tuple(case(f"n{n}", "error") for n in range(12))
    assert len(parsed(render_page(replace(EMPTY, cases=many))).xpath("//article")) == 10


def test_an_attack_tells_what_was_hidden_and_answered_with_and_without_it() -> None:
    text = told(render_page(result()))
    for part in ("place", "hidden", "shown", "drafted", "control"):
        assert f"{part} words" in text


def test_attacks_that_an_answer_shows_are_told_those_obeyed_first() -> None:
    attacks = (
        attacked("nothing", "none"),
        attacked("failed", "none", None),
        attacked("quoted", "repeated"),
        attacked("cut", "none", 1.0),
        attacked("obeyed", "obeyed", 1.0),
    )
    page = parsed(render_page(replace(EMPTY, attacks=attacks)))
    shown = [e.text.partition(" ·")[0] for e in page.xpath("//article/small")]
    assert shown == ["obeyed", "cut", "quoted"]
    assert "no answer shows one" in told(render_page(replace(EMPTY, attacks=attacks[:2])))


def test_without_any_case_the_page_says_so() -> None:
    text = told(render_page(EMPTY))
    assert "No question was asked." in text
    assert "Nothing was answered, so there is no risk to show." in text
    assert "None: nothing went wrong." in text
    assert "hidden" not in text


def test_evidence_that_the_library_does_not_hold_is_told() -> None:
    question = replace(case("one", "error").prediction.question, evidence="It is nowhere.")
    lost = case("one", "error", question=question, gold=())
    assert "1 question has evidence that the library does not hold" in told(
        render_page(replace(EMPTY, cases=(lost,)))
    )
    assert "does not hold;" not in told(render_page(result()))


def test_the_same_result_gives_the_same_page() -> None:
    assert render_page(result()) == render_page(result())


def test_nothing_runs_and_nothing_is_asked_for() -> None:
    page = render_page(result())
    root = parsed(page)
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert not root.xpath("//script | //link | //img | //iframe | //form | //a | //@onclick")
    assert not root.xpath("//@src | //@href[not(starts-with(., '#'))]")
    style = "".join(root.xpath("//style/text()"))
    assert not re.search(r"url\(|@import", style)


def test_every_colour_of_the_pictures_is_in_both_palettes() -> None:
    page = render_page(replace(result(), funnel=dict.fromkeys(FUNNEL, 3)))
    used = set(re.findall(r"var\((--[\w-]+)\)", page))
    dark = page[page.index("prefers-color-scheme: dark") :].partition("body {")[0]
    light = page.partition("@media")[0]
    assert "--answered-though-unanswerable" in used
    for palette in (light, dark):
        assert used <= set(re.findall(r"(--[\w-]+): #", palette))


FUNNEL: tuple[Outcome, ...] = (
    "right", "rightly refused", "not retrieved", "falsely refused", "retrieved but not cited",
    "cited but wrong", "answered though unanswerable", "error",
)  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "</style></title></svg></textarea><iframe>",
    "{{ 7 * 7 }}{% raw %}{# #}",
    "<!-- --> ]]> <![CDATA[",
    "&lt;b&gt; $\\frac$ \x00\x1b[31m\u202e\ud800",
)


def test_hostile_texts_never_become_markup() -> None:
    harmless = shape(render_page(result()))
    for text in HOSTILE:
        page = render_page(result(text))
        assert shape(page) == harmless
        assert "49" not in told(page)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e\ud800-\udfff]", page)


def test_hostile_texts_are_shown_as_they_are() -> None:
    for text in HOSTILE[:4]:
        assert f"answered {text}" in told(render_page(result(text)))


@settings(max_examples=8, deadline=None)
@given(st.text(st.characters(codec=None), min_size=1, max_size=60).map(lambda text: f"x{text}x"))
def test_no_text_changes_the_page_s_elements(text: str) -> None:
    assert shape(render_page(result(text))) == shape(render_page(result()))


def test_every_picture_in_the_page_is_xml() -> None:
    page = render_page(result(HOSTILE[1]))
    pictures = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(pictures) == 5
    for picture in pictures:
        etree.fromstring(picture.encode("utf-8"))
