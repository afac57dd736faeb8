from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.errors import UsageError
from assistant.settings import Settings
from tests.fakes import EchoGenerator, HashEmbedder
from tests.library.support import MILL, write_page


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(evidence_tokens=300, threshold=0.0, passages=4)
    with Assistant.open(
        tmp_path / "library", settings, embedder=HashEmbedder(), generator=EchoGenerator()
    ) as opened:
        opened.add([write_page(tmp_path, "mill.md", "The mill", MILL)])
        yield opened


def test_what_is_adjusted_counts_for_the_next_answer(assistant: Assistant) -> None:
    question = "How many villages does the mill grind barley for?"
    assert not assistant.answer(question).refused
    assistant.adjust(threshold=1.0)
    assert assistant.answer(question).refused
    assert (assistant.settings.passages, assistant.settings.evidence_tokens) == (4, 300)


def test_the_budget_can_shrink_and_grow_back_but_no_further(assistant: Assistant) -> None:
    assistant.adjust(evidence_tokens=100)
    assistant.adjust(evidence_tokens=300)
    assert assistant.most_evidence_tokens == 300
    with pytest.raises(UsageError, match="loaded for 300 tokens") as caught:
        assistant.adjust(evidence_tokens=301)
    assert "assistant.toml" in caught.value.hint


@pytest.mark.parametrize("given", [{"threshold": 1.01}, {"passages": 0}, {"evidence_tokens": 0}])
def test_what_is_out_of_range_changes_nothing(
    assistant: Assistant, given: dict[str, float]
) -> None:
    before = assistant.settings
    with pytest.raises(UsageError, match="must be a"):
        assistant.adjust(**given)  # type: ignore[arg-type]
    assert assistant.settings is before


def test_a_source_is_read_again_by_its_name(assistant: Assistant) -> None:
    assert assistant.reread("mill.md").state == "unchanged"
    with pytest.raises(UsageError, match="no source"):
        assistant.reread("owls.md")
