from __future__ import annotations

import re
from dataclasses import replace

from assistant.web.chat.stages import Stages, came_about
from tests.web.fake_assistant import ferry_answer
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed


def test_stages_that_are_over_stay_with_their_times() -> None:
    stages = Stages()
    assert Parsed(stages.line()).text == "Searching the library"
    stages.next("Searched", "Reading 4 passages")
    parsed = Parsed(stages.line())
    assert re.fullmatch(r"Searched [\d.]+ m?s ?Reading 4 passages", parsed.text)
    (clock,) = parsed.named("span", **{"class": "clock"})
    assert float(clock["data-elapsed"] or "") < 1
    assert Parsed(stages.line(2)).text.endswith("Waiting: 2 questions before yours")


def test_a_finished_answer_tells_its_times_when_asked() -> None:
    timings = {"rewrite": 0.001, "embed": 0.02, "search": 0.31, "write": 2.0, "total": 2.5}
    parsed = Parsed(came_about(replace(ferry_answer("q"), timings=timings)))
    assert parsed.text == (
        "2 passages found · 2.5 s · fakeUnderstanding the question1 msSearching the library0.3 s"
        "Writing2.0 s"
    )
    assert "details" in parsed.tags


def test_without_times_there_is_nothing_to_open() -> None:
    answer = replace(ferry_answer("q"), timings={}, model=EVERYTHING)
    assert Parsed(came_about(answer)).tags == {"p"}
    assert came_about(replace(answer, hits=(), model="")) == ""
