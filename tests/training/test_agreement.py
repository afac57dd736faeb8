"""Of several people's answers one is wanted."""

from __future__ import annotations

import pytest
from agreement import consensus, fuller


@pytest.mark.parametrize(
    ("answers", "agreed"),
    [
        (["112"], "112"),
        (["level 112", "112", "112"], "112"),
        (["a draft", "a lottery", "the mayor"], None),
        (["the old bridge,", "old bridge", "the bridge"], "old bridge"),
    ],
)
def test_the_answer_that_the_others_agree_with_is_wanted(
    answers: list[str], agreed: str | None
) -> None:
    assert consensus(answers) == agreed


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        (["112", "level 112,"], "level 112"),
        (["112", "113"], "112"),
        (["112", "It is level 112."], "112"),
        (["112", "level 112 of the old tower by the western sea"], "112"),
    ],
)
def test_the_fuller_answer_holds_the_agreed_one_and_little_more(
    answers: list[str], wanted: str
) -> None:
    assert fuller("112", answers) == wanted
