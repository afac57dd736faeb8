from __future__ import annotations

import pytest

from assistant.evaluation.verbs import is_verb, question_form


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("opened", ("did", "open")),
        ("invited", ("did", "invite")),
        ("visited", ("did", "visit")),
        ("carried", ("did", "carry")),
        ("stopped", ("did", "stop")),
        ("played", ("did", "play")),
        ("built", ("did", "build")),
        ("carries", ("does", "carry")),
        ("reaches", ("does", "reach")),
        ("costs", ("does", "cost")),
        ("was", None),
        ("has", None),
        ("zorbed", None),  # an e may have been dropped
    ],
)
def test_verbs_as_questions_have_them(verb: str, form: tuple[str, str] | None) -> None:
    assert question_form(verb) == form


def test_what_can_be_a_verb() -> None:
    assert all(map(is_verb, ("opened", "zorbed", "built", "was", "will", "carries")))
    assert not any(map(is_verb, ("mill", "red", "opening", "")))
