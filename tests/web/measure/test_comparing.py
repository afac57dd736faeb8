from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.cases import Prediction
from assistant.evaluation.comparison import Change, Difference
from assistant.evaluation.questions import Question
from assistant.evaluation.runs import own_runs
from assistant.web.measure.comparing import Comparison, compare_runs, comparison, verdict
from assistant.web.measure.runs import KeptRun, kept_run, run_key
from tests.web.fake_assistant import ferry_answer, refusal
from tests.web.hostile import HOSTILE
from tests.web.measured import measure
from tests.web.parsed import Parsed

ALLOWED = {
    "section", "h3", "p", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "span",
    "details", "summary", "ul", "li", "strong", "dl", "dt", "dd",
}  # fmt: skip
RUN = KeptRun(Path("runs/a"), 1_795_500_000.0, True, "some.jsonl", 2, None, "a-model")


def difference(
    name: str = "right", change: float | None = 0.5, p: float | None = 0.01, changed: int = 1
) -> Difference:
    up = change is None or change > 0
    changes = tuple(Change(f"q{n}", *((0.0, 1.0) if up else (1.0, 0.0))) for n in range(changed))
    return Difference(name, 4, 0.75, 0.25, change, -0.1, 0.6, p, changes)


def found(*differences: Difference, text: str = "Who?", left_out: int = 0) -> Comparison:
    questions = [Question(f"q{n}", "", f"{text} {n}", (text,), True) for n in range(40)]
    return Comparison(
        RUN,
        replace(RUN, model=text, questions=text, split=text),
        differences,
        left_out,
        {q.id: Prediction(q, replace(refusal(""), text=text)) for q in questions},
        {q.id: Prediction(q, replace(ferry_answer(""), text=text)) for q in questions},
    )


@pytest.mark.parametrize(
    ("of", "kind", "sign", "words"),
    [
        (difference(), "better", "▲", "Better by more than chance"),
        (difference(change=-0.5), "worse", "▼", "Worse by more than chance"),
        (difference(p=0.05), "same", "≈", "No difference that chance would not explain"),
        (difference(p=None), "same", "·", "Too few articles to tell"),
        (difference(change=0.0, changed=0), "same", "=", "The same on every question"),
        (difference(change=None, changed=0), "same", "·", "Not measured in both"),
        (difference("refused"), "changed", "▲", "More often, by more than chance"),
        (difference("refused", -0.5), "changed", "▼", "Less often, by more than chance"),
        (difference("a new score"), "changed", "▲", "More often, by more than chance"),
    ],
)
def test_a_difference_is_told_in_words_and_by_a_sign(
    of: Difference, kind: str, sign: str, words: str
) -> None:
    assert verdict(of) == (kind, sign, words)
    assert words in Parsed(comparison(found(of))).text


def test_a_table_has_before_now_difference_interval_p_and_n() -> None:
    parsed = Parsed(comparison(found(difference(), difference("token F1", -0.25), left_out=3)))
    for said in ("0.250", "0.750", "+0.500", "−0.250", "−0.100 to +0.600", "0.010", "4"):
        assert said in parsed.text
    assert parsed.text.startswith("Answers: better by more than chance")
    assert "Left out: 3 questions that only one asked." in parsed.text
    assert parsed.tags <= ALLOWED


def test_the_questions_that_changed_are_told_with_what_was_answered() -> None:
    parsed = Parsed(comparison(found(difference(changed=35), difference("refused", changed=2))))
    assert "Right, refusals included: 35 better, 0 worse" in parsed.text
    assert "Refused: 2 more, 0 less" in parsed.text
    assert "Who? 29" in parsed.text
    assert "Who? 30" not in parsed.text
    assert "… and 5 more questions" in parsed.text
    assert "0.00 → 1.00" in parsed.text
    assert "BeforeRefused: Who?" in parsed.text
    nothing = Parsed(comparison(found(difference(changed=0)))).text
    assert "No question has another score than before." in nothing
    assert Parsed(comparison(found())).text.startswith("Compared")


def test_an_error_and_an_unanswerable_question_are_told() -> None:
    of = found(difference())
    question = replace(of.new["q0"].question, answers=(), answerable=False)
    broken = Prediction(question, error="ModelError: It broke.")
    text = Parsed(comparison(replace(of, new={"q0": broken}))).text
    assert "Expecteda refusal" in text
    assert "NowError: ModelError: It broke." in text


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_nothing_that_was_asked_or_answered_becomes_markup(text: str) -> None:
    of = (difference(), difference(text, changed=1), difference("token F1", -1.0))
    parsed = Parsed(comparison(found(*of, text=text)))
    assert parsed.tags <= ALLOWED
    names = {name for _, attributes in parsed.elements for name in attributes}
    assert names <= {"class", "scope", "tabindex", "open", "data-name", "aria-hidden"}


@pytest.mark.usefixtures("own_data")
def test_runs_are_compared_over_the_questions_that_both_asked(tmp_path: Path) -> None:
    measure(tmp_path, "answering")
    measure(tmp_path, "refusing", threshold=1.0)
    measure(tmp_path, "some", only=["when", "no"])
    measure(tmp_path, "others", only=["many"])
    runs = {
        name: kept_run(run_key(own_runs() / name))
        for name in ("answering", "refusing", "some", "others")
    }
    of = compare_runs(runs["answering"], runs["refusing"])
    assert {d.name: d.n for d in of.differences} == {
        "final hit@4": 4, "final MRR@10": 4, "right": 5, "token F1": 5, "refused": 5,
    }  # fmt: skip
    assert of.left_out == 0
    right = next(d for d in of.differences if d.name == "right")
    assert (right.old, right.new) == (0.8, 0.2)
    assert "Who drove the tram?" in comparison(of)
    of = compare_runs(runs["some"], runs["answering"])
    assert (of.left_out, set(of.old), set(of.new)) == (3, {"when", "no"}, {"when", "no"})
    with pytest.raises(UsageError, match="no question in common"):
        compare_runs(runs["some"], runs["others"])
    with pytest.raises(UsageError, match="one run, twice"):
        compare_runs(runs["some"], runs["some"])


@pytest.mark.usefixtures("own_data")
def test_the_same_ids_may_be_other_questions(tmp_path: Path) -> None:
    folder = measure(tmp_path, "one", only=["when"])
    other = measure(tmp_path, "two", only=["when"])
    path = other / "predictions.jsonl"
    path.write_text(path.read_text().replace("When did the Lowmoor tram open?", "Another?"))
    with pytest.raises(UsageError, match="no question in common"):
        compare_runs(kept_run(run_key(folder)), kept_run(run_key(other)))
