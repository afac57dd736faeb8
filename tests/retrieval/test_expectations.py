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
        ("When did it sail?", "at 2.20 in the morning", 1.0),
        ("When did it sail?", "two weeks later", 1.0),
        ("When was the pier built?", "in the 1990s", 1.0),
        ("When did it sail?", "in the fog", 0.0),
        ("How long did it lie there?", "for months", 1.0),
        ("How many boats came back?", "for months", 0.0),
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
        ("How much did the boat cost?", "It cost 900 krónur.", 1.0),
        ("How much did the boat cost?", "$40", 1.0),
        ("how much money was spent", "2.3 million", 1.0),
        ("How much are the pilots paid?", "4,000 a month", 1.0),
        ("How much does it cost?", "Entrance is free.", 1.0),
        ("How much did the boat cost?", "It burned 410,000 litres of fuel.", 0.0),
        ("How much will the repair cost?", "four of them", 0.0),
        ("How much attention did they pay?", "two minutes", 1.0),
        ("By how much was their pay raised?", "by 3 percent", 1.0),
        ("Which boat is older?", "It is the Linnet.", 0.5),
    ],
)
def test_question_words_ask_for_a_kind_of_thing(
    question: str, sentence: str, expected: float
) -> None:
    assert holds_expected_kind(question, sentence) == expected
