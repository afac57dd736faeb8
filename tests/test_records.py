from __future__ import annotations

import dataclasses
import html
import json
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import records
from assistant.records import (
    AddReport,
    Answer,
    Article,
    Citation,
    Closest,
    Hit,
    Passage,
    Record,
    SourceOutcome,
    SourceState,
    Statement,
)

HOSTILE = "<script>alert('x')</script>&\"<img src=x onerror=y>"
RECORDS = [
    value
    for value in vars(records).values()
    if isinstance(value, type) and issubclass(value, Record) and value is not Record
]


def cited_answer(text: str) -> Answer:
    citation = Citation(1, 0, 3, "a", text, text, text, 0, 1, "model", "supported", text)
    hit = Hit(Passage("p", "a", 0, 1, text), 0.5, 0.5, {"dense": 1}, text, text, text, text, text)
    return Answer(
        text,
        text,
        text,
        refused=False,
        statements=(Statement(text, 0, 1, (citation,), "supported"),),
        citations=(citation,),
        hits=(hit,),
        closest=(Closest("a", text, text, text, 0, 1),),
        timings={"total": 0.5},
    )


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records_are_frozen_and_documented(record: type[Record]) -> None:
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert not hasattr(record, "__dict__") or "__dict__" not in record.__slots__
    assert record.__doc__
    assert not record.__doc__.startswith(f"{record.__name__}(")


@given(st.text())
def test_an_answer_goes_through_json(text: str) -> None:
    answer = cited_answer(text)
    plain = json.loads(json.dumps(answer.to_dict()))
    assert plain == answer.to_dict()
    assert set(plain) == {field.name for field in dataclasses.fields(Answer)}
    assert plain["hits"][0]["passage"]["text"] == text
    assert plain["hits"][0]["ranks"] == {"dense": 1}
    assert plain["statements"][0]["citations"] == plain["citations"]


def test_changing_a_plain_dictionary_leaves_the_record_alone() -> None:
    answer = cited_answer("text")
    answer.to_dict()["timings"]["total"] = 9.0
    assert answer.timings == {"total": 0.5}


def test_an_answer_prints_as_its_text() -> None:
    assert str(cited_answer("It did [1].")) == "It did [1]."


def test_a_report_sorts_its_outcomes() -> None:
    states = get_args(SourceState)
    report = AddReport(tuple(SourceOutcome(f"{state}.txt", state) for state in states))
    for state in states:
        assert [o.source for o in getattr(report, state)] == [f"{state}.txt"]


@pytest.mark.parametrize(
    "record",
    [
        Article("a", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        AddReport((SourceOutcome(HOSTILE, "failed", reason=HOSTILE),)),
        cited_answer(HOSTILE).hits[0],
        cited_answer(HOSTILE),
    ],
    ids=lambda record: type(record).__name__,
)
def test_shown_in_a_notebook_text_stays_text(record: Record) -> None:
    shown = record._repr_html_()  # type: ignore[attr-defined]
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z]+)", shown))
    assert tags <= {"div", "b", "br", "small", "p", "table", "tr", "td", "th", "ol", "ul", "li"}
    assert html.escape(HOSTILE) in shown


def test_a_long_article_is_shown_shortened() -> None:
    assert "…" not in Article("a", "T", "x" * 400, "s")._repr_html_()
    assert "x" * 400 + "…" in Article("a", "T", "x" * 401, "s")._repr_html_()
