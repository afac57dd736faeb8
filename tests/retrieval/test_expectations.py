from __future__ import annotations

import pytest

from assistant.retrieval.expectations import holds_expected_kind


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("How many boats sailed in 2019?", "In 2019, twelve boats sailed.", 1.0),
        ("How many boats sailed in 2019?", "In 2019, all boats sailed.", 0.0),
        ("When did it sail?", "It sailed in March.", 1.0),
        ("When did it sail?", "It sailed at last.", 0.0),
        ("When does the museum open?", "It opens at 10 a.m.", 1.0),
        ("When does the museum open?", "at 9:30", 1.0),
        ("When does the museum open?", "At noon", 1.0),
        ("When does the museum open?", "It opens to 10 amateurs.", 0.0),
        ("How often do the ferries leave?", "every hour", 1.0),
        ("How often do the ferries leave?", "Twice a day", 1.0),
        ("How often do the ferries leave?", "on time", 0.0),
        ("How much of the harvest was lost?", "Half was lost.", 1.0),
        ("How much of the harvest was lost?", "Every field was flooded.", 0.0),
        ("How many boats came back?", "Only one", 1.0),
        ("How many boats came back?", "None came back.", 1.0),
        ("who met Brandt", "Later Brandt met Ilse Orsk.", 1.0),
        ("Who met Ilse Brandt?", "The mayor met Ilse Brandt.", 0.0),
        ("Why did it sink?", "It sank because it was old.", 1.0),
        ("What happens when it sails?", "It sails.", 0.5),
        ("What share of the boats sailed?", "150 boats sailed.", 0.0),
        ("What share of the boats sailed?", "Three in ten boats sailed.", 1.0),
        ("What share of the boats sailed?", "Half of the boats sailed.", 1.0),
        ("Which boat is older?", "It is the Linnet.", 0.5),
    ],
)
def test_question_words_ask_for_a_kind_of_thing(
    question: str, sentence: str, expected: float
) -> None:
    assert holds_expected_kind(question, sentence) == expected
