from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.questions import (
    Document,
    GoldSpan,
    Problem,
    Question,
    QuestionSet,
    read_question_set,
)
from assistant.records import Progress
from assistant.web.measure.measurements import (
    attempt,
    described,
    duration,
    label,
    panel,
    problems,
    report_frame,
    runs_table,
    spoken,
)
from assistant.web.measure.measuring import Order, Phase, State
from assistant.web.measure.runs import KeptFigure, KeptRun, run_key
from tests.evaluation.small import questions_file
from tests.web.fake_assistant import BRIDGE, HARBOUR
from tests.web.hostile import EVERYTHING, HOSTILE
from tests.web.parsed import Parsed

TEXT = {"br", "div", "p", "strong", "span", "button", "small", "ul", "li", "progress", "bdi"}
TABLE = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
FRAME = {"section", "header", "h2", "a", "iframe"}

ORDER = Order(Path("some.jsonl"), Path("runs") / "some-run")
RUN = KeptRun(
    Path("runs") / "some-run",
    1_795_500_000.0,
    True,
    "sets/some.jsonl",
    1_200,
    "tune",
    "a-model",
    figures={
        "retrieval, final": (KeptFigure("hit@4", 30, 0.9, 0.8, 1.0),),
        "answers": (KeptFigure("token F1", 31, 0.25),),
        "refusals": (KeptFigure("recall", 0),),
    },
)


def asked(**changed: Any) -> Question:
    known: dict[str, Any] = {
        "id": "q", "split": "", "question": "Who?", "answers": ("Ines",), "answerable": True,
    }  # fmt: skip
    return Question(**known | changed)


def told(*questions: Question, documents: int = 0, uploaded: bool = False) -> str:
    texts = tuple(Document(str(n), "Title", "Text.") for n in range(documents))
    question_set = QuestionSet("q.jsonl", "jsonl", questions, texts)
    return described("q.jsonl", question_set, [HARBOUR, BRIDGE], uploaded)


def state(phase: Phase = "running", done: int = 0, total: int = 8, **more: Any) -> State:
    step = Progress("questions", done, total)
    return State(ORDER, phase, step, asked=done, total=total, **more)


def test_what_a_set_holds_is_counted(tmp_path: Path) -> None:
    question_set = read_question_set(questions_file(tmp_path))
    text = Parsed(described("q.jsonl", question_set, [HARBOUR], False)).text
    assert text.startswith("5 questions · 4 answerable")
    assert "The library holds none of the articles" in text
    text = Parsed(told(asked(draft=True), asked(history=(("a", "b"),)))).text
    assert text == "2 questions · 2 answerable · 1 follow-up · 1 draft that nobody has reviewed"


@pytest.mark.parametrize(
    ("articles", "said"),
    [
        ((HARBOUR.title, BRIDGE.source), ""),
        ((HARBOUR.title, "Another"), "lacks 1 of the 2 articles that it asks about"),
        (("Another",), "none of the articles that it asks about: nearly every answer"),
        ((), ""),
    ],
)
def test_articles_that_are_not_there_are_told(articles: tuple[str, ...], said: str) -> None:
    questions = [asked(article=article) for article in articles]
    questions.append(asked(article="Not asked about", answerable=False, answers=()))
    text = Parsed(told(*questions)).text
    assert said in text
    assert said or "library" not in text
    spans = [asked(gold_spans=(GoldSpan(article, 0, 4),)) for article in articles]
    assert said in Parsed(told(*spans)).text


def test_a_set_with_texts_of_its_own_says_so() -> None:
    text = Parsed(told(asked(article="Another"), documents=2)).text
    assert "It brings 2 texts of its own: the questions are put to these" in text


def test_only_an_upload_can_be_removed() -> None:
    assert "button" not in Parsed(told(asked())).tags
    buttons = Parsed(told(asked(), uploaded=True)).named("button", value="q.jsonl")
    assert [button["data-do"] for button in buttons] == ["delete"]


def test_problems_are_listed_some_at_a_time() -> None:
    found = [Problem(f"line {n}", EVERYTHING) for n in range(1, 13)]
    parsed = Parsed(problems(EVERYTHING, found))
    assert parsed.tags <= TEXT
    assert "12 problems" in parsed.text
    assert "line 10" in parsed.text
    assert "line 11" not in parsed.text
    assert "… and 2 more problems." in parsed.text
    assert "more problem" not in Parsed(problems("a", found[:10])).text


def test_progress_tells_how_many_are_done_and_right_and_the_time_left() -> None:
    parsed = Parsed(panel(state(done=3, right=2, judged=3, seconds_left=200)))
    assert parsed.text == "3 of 8 questions · 2 of 3 right so far · about 3 minutes left"
    assert parsed.named("progress", value="3", max="8", **{"aria-label": parsed.text})
    assert Parsed(panel(State(ORDER))).text == "Preparing"
    stopping = state("stopping", done=3, seconds_left=200)
    assert "stopping after the question under way" in Parsed(panel(stopping)).text
    reading = State(ORDER, progress=Progress("embedding", 40, 200))
    assert Parsed(panel(reading)).text == "Embedding: 40 of 200"
    stopping = Parsed(panel(replace(reading, phase="stopping"))).text
    assert stopping == "Embedding: 40 of 200 · stopping once the set's own texts are added"


@pytest.mark.parametrize(
    ("ended", "said", "action"),
    [
        (state("finished", 8, right=5, judged=7), "Measured 8 questions: 5 of 7 right.", "select"),
        (state("stopped", 3), "Stopped after 3 of 8 questions.", "retry"),
        (State(ORDER, "stopped"), "Stopped before the first question.", "retry"),
    ],
)
def test_the_end_is_told_with_what_can_be_done_next(ended: State, said: str, action: str) -> None:
    parsed = Parsed(panel(ended))
    assert said in parsed.text
    assert spoken(ended) == said
    (button,) = parsed.named("button")
    assert (button["data-do"], button["value"]) == (action, run_key(ORDER.folder))


def test_a_failure_is_told_with_its_hint_as_an_alert() -> None:
    failed = State(ORDER, "failed", error=UsageError(EVERYTHING, "Do this."))
    parsed = Parsed(panel(failed))
    assert parsed.named("div", role="alert")
    assert "Do this." in parsed.text
    assert parsed.tags <= TEXT
    assert spoken(failed) == ""


def test_a_screen_reader_is_told_of_quarters_only() -> None:
    heard = list(dict.fromkeys(spoken(state(done=done, total=100)) for done in range(100)))
    assert heard == [
        "Measuring.", "A quarter is done.", "Half is done.", "Three quarters are done.",
    ]  # fmt: skip
    assert spoken(None) == panel(None) == ""
    assert spoken(State(ORDER)) == "Measuring."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (61, "about 1 minute"),
        (1_500, "about 25 minutes"),
        (3_601, "about 1 hour"),
        (90_000, "about 25 hours"),
    ],
)
def test_a_wait_is_told_no_finer_than_it_is_known(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_every_run_is_a_row_with_its_figures() -> None:
    begun = replace(RUN, folder=Path("runs/begun"), finished=False, figures={}, answered=3)
    parsed = Parsed(runs_table([RUN, begun]))
    assert parsed.tags <= TEXT | TABLE
    for said in ("some.jsonl", "split tune", "1,200", "a-model", "0.90", "0.80–1.00, n 30"):
        assert said in parsed.text
    assert "0.25n 31" in parsed.text
    assert parsed.text.count("undefined") == 2
    assert "Broken off; it can be continued" in parsed.text
    actions = [(b["data-do"], b["value"]) for b in parsed.named("button") if "data-do" in b]
    assert actions == [
        ("select", RUN.key), ("apply", RUN.key), ("delete", RUN.key),
        ("retry", begun.key), ("delete", begun.key),
    ]  # fmt: skip
    assert len({b["aria-label"] for b in parsed.named("button") if "aria-label" in b}) == 5
    assert "Nothing has been measured yet" in runs_table([])


def test_a_report_stands_in_a_frame_without_any_right() -> None:
    parsed = Parsed(report_frame(RUN))
    (frame,) = parsed.named("iframe")
    assert frame["sandbox"] is None
    assert frame["src"] == f"runs/{RUN.key}/report.html"
    (link,) = parsed.named("a")
    assert (link["href"], link["target"]) == (frame["src"], "_blank")
    assert set(str(link["rel"]).split()) == {"noopener", "noreferrer"}


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_nothing_that_is_named_becomes_markup(text: str) -> None:
    run = replace(RUN, folder=Path("runs") / "x", questions=text, split=text, model=text)
    broken = replace(run, finished=False)
    texts = Parsed(problems(text, [Problem(text, text)])), Parsed(runs_table([run, broken]))
    question_set = QuestionSet(text, "jsonl", (asked(article=text),))
    held = Parsed(described(text, question_set, [], True))
    framed = Parsed(report_frame(run))
    assert texts[0].tags <= TEXT
    assert texts[1].tags <= TEXT | TABLE
    assert held.tags <= TEXT
    assert framed.tags <= TEXT | FRAME
    assert len(framed.named("iframe", src=f"runs/{run.key}/report.html")) == 1
    for parsed in (*texts, held, framed):
        allowed = {"class", "id", "role", "type", "hidden", "value", "scope", "colspan", "tabindex"}
        for _, attributes in parsed.elements:
            assert {name for name in attributes if not name.startswith(("data-", "aria-"))} <= (
                allowed | {"href", "target", "rel", "src", "title", "sandbox", "referrerpolicy"}
            )


def test_a_run_is_named_in_one_line() -> None:
    assert label(RUN).endswith("· some.jsonl (tune) · 1,200 questions · a-model")
    assert label(replace(RUN, split=None, model="")).endswith("· some.jsonl · 1,200 questions")


def test_whatever_fails_is_told() -> None:
    assert attempt("notice", lambda: {"a": 1}) == {"notice": "", "a": 1}

    def fails() -> dict[Any, Any]:
        raise UsageError("It cannot.", "Do that.")

    assert "It cannot.</strong> Do that." in attempt("notice", fails)["notice"]
    assert "ZeroDivisionError" in attempt("notice", lambda: {"a": 1 // 0})["notice"]
