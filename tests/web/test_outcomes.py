from __future__ import annotations

import pytest

from assistant.errors import LibraryBusyError
from assistant.records import Progress, Source, SourceOutcome
from assistant.web.outcomes import Item, board, problem, removed
from tests.web.hostile import EVERYTHING
from tests.web.parsed import Parsed

DAY = "2026-11-24T06:00:00+00:00"


def test_every_file_has_a_bar_until_it_is_done() -> None:
    parsed = Parsed(
        board(
            [
                Item("a.md", outcome=SourceOutcome("a.md", "added", 1, 2, 2)),
                Item("b.md", Progress("embedding", 3, 8)),
                Item("c.md", Progress("reading", 0, 1)),
                Item("d.md"),
                Item("e.md", outcome=SourceOutcome("e.md", "failed", reason="It is empty.")),
            ]
        )
    )
    bars = parsed.named("progress")
    assert [bar["aria-label"] for bar in bars] == ["b.md", "c.md", "d.md"]
    assert [bar.get("value") for bar in bars] == ["3", None, "0"]
    assert bars[0]["max"] == "8"
    assert "2 of 5 files done, 1 failed" in parsed.text
    assert "a.md Added · 1 article, 2 passages" in parsed.text
    assert "b.md Learning to find 3 of 8 passages" in parsed.text
    assert "e.md Not added · It is empty." in parsed.text


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("changed", "updated · 2 articles, 5 passages"),
        ("unchanged", "nothing has changed"),
        ("failed", "left as it was · It holds no article."),
    ],
)
def test_reading_again_tells_what_came_of_it(state: str, told: str) -> None:
    reason = "It holds no article." if state == "failed" else ""
    outcome = SourceOutcome("a.md", state, 2, 5, 5, reason)  # type: ignore[arg-type]
    assert told in Parsed(board([Item("a.md", outcome=outcome)], again=True)).text


def test_names_and_reasons_run_their_own_way() -> None:
    name = "متى.html"
    failed = SourceOutcome(name, "failed", reason=name)
    gone = removed(Source(name, "", 1, 1, 1, DAY, DAY))
    parsed = Parsed(board([Item(name), Item("", outcome=failed)]) + gone)
    assert parsed.text.count(name) == 4
    assert name not in parsed.mixed


def test_hostile_names_and_reasons_stay_text() -> None:
    html = "".join(
        [
            board([Item(EVERYTHING), Item(EVERYTHING, Progress(EVERYTHING, 0, 1))]),
            board([Item("", outcome=SourceOutcome(EVERYTHING, "failed", reason=EVERYTHING))]),
            removed(Source(EVERYTHING, "", 1, 1, 1, DAY, DAY)),
            problem(LibraryBusyError(EVERYTHING, EVERYTHING)),
        ]
    )
    parsed = Parsed(html)
    assert parsed.tags <= {"div", "p", "ul", "li", "span", "strong", "bdi", "progress", "br"}
    attributes = {name for _, found in parsed.elements for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
