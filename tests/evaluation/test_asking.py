from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.asking import BLANK, asked_of, cloze_of
from assistant.evaluation.clauses import ClauseReader
from assistant.evaluation.naming import Names

READER = ClauseReader(
    ["the mill, a tram, an owl; about more seven of 61 percent, near Sound Ferries in Bern"]
)
NAMES = Names(READER, frozenset({"Anna Reyes", "Reyes"}))

CASES = [
    ("The mill was built by Anna Reyes in 1954.", "When was the mill built by Anna Reyes?", "1954"),
    (
        "The mill was built by Anna Reyes in 1954.",
        "By whom was the mill built in 1954?",
        "Anna Reyes",
    ),
    ("On 3 May 1911, the tram reached Bern.", "When did the tram reach Bern?", "3 May 1911"),
    ("The mill of Bern expired in early 1990.", "When did the mill of Bern expire?", "early 1990"),
    ("The mill has been a museum since 1990.", "Since when has the mill been a museum?", "1990"),
    ("Since 1990, the mill has been a museum.", "Since when has the mill been a museum?", "1990"),
    (
        "The strike at the mill lasted 12 days.",
        "How long did the strike at the mill last?",
        "12 days",
    ),
    ("Reyes led the mill for about ten years.", "How long did Reyes lead the mill?", "ten years"),
    ("The mill of Bern cost $3 million.", "How much did the mill of Bern cost?", "$3 million"),
    (
        "Sound Ferries pays 3,200 crowns a day for the tram.",
        "How much does Sound Ferries pay a day for the tram?",
        "3,200 crowns",
    ),
    (
        "In 2019 the tram of Bern carried more than 41,000 tonnes of grain to the mill.",
        "How many tonnes of grain did the tram of Bern carry to the mill in 2019?",
        "41,000",
    ),
    ("The mill is home to 60 owls.", "How many owls is the mill home to?", "60"),
    ("About 60 owls were seen near the mill.", "How many owls were seen near the mill?", "60"),
    ("There are seven owls in the mill.", "How many owls are there in the mill?", "seven"),
    ("61% of the owls left the mill.", "What percentage of the owls left the mill?", "61%"),
    ("The tower of the mill is 30 metres high.", "How high is the tower of the mill?", "30 metres"),
    ("Anna Reyes was born in Bern.", "Where was Anna Reyes born?", "Bern"),
    (
        "During the First War, Anna Reyes lived in Bern.",
        "Where did Anna Reyes live during the First War?",
        "Bern",
    ),
    ("Anna Reyes counted the owls of Bern.", "Who counted the owls of Bern?", "Anna Reyes"),
    (
        "“I counted every owl in the mill,” said Anna Reyes.",
        "Who said: “I counted every owl in the mill”?",
        "Anna Reyes",
    ),
    (
        "Anna Reyes, the mayor of Bern, left.",
        "Who is described as the mayor of Bern?",
        "Anna Reyes",
    ),
    (
        "The naval architect Petra Vann drew the tram.",
        "Which naval architect drew the tram?",
        "Petra Vann",
    ),
    (
        "The Bern Museum bought the old tram.",
        "Which museum bought the old tram?",
        "the Bern Museum",
    ),
    (
        "The winner of the race was Milo Ebbing from Bern.",
        "Who was the winner of the race?",
        "Milo Ebbing",
    ),
    (
        "The largest part of the lake is Long Bay.",
        "What is the largest part of the lake?",
        "Long Bay",
    ),
    ("The tram of Bern is called Lina.", "What is the tram of Bern called?", "Lina"),
    ("The old tram was also sold in 1990.", "When was the old tram sold?", "1990"),
    ("Sound Ferries owns the tram of Bern.", "Who or what owns the tram of Bern?", "Sound Ferries"),
]


@pytest.mark.parametrize(("sentence", "question", "answer"), CASES)
def test_a_sentence_is_asked_for_what_it_tells(sentence: str, question: str, answer: str) -> None:
    told = {asked.question: asked.answer for asked in asked_of(sentence, READER, NAMES)}
    assert told.get(question) == answer, told


@pytest.mark.parametrize(
    "sentence",
    [
        "The river rose higher than in November 2019, and did far less harm.",
        "The council estimated in 2009 that the mill would close.",
        "The council estimated in 2009 the number of owls.",
        "In 2009 the council of Bern declared that the mill would close.",
        "In 2009 the council of Bern declared that it had a “plan” for the mill.",
        "The mill needs between 50 and 55 owls.",
        "The mill was 280,873 in 2010.",
        "Anna Reyes saw him there in 1954.",
        "Two to three owls left it.",
        "The tram left the mill three times a week.",
        "Long allied with the mill, the tram was sold in 1990.",
        "The mill won 35–28 in 2012.",
    ],
)
def test_where_grammar_is_in_doubt_nothing_is_asked(sentence: str) -> None:
    assert asked_of(sentence, READER, NAMES) == []


def test_a_cloze_has_one_gap_that_no_name_is_cut_by() -> None:
    cloze = cloze_of("The roof was mended by a firm from Port Verrin, they say.")
    assert cloze is not None
    assert cloze.answer == "Port Verrin"
    assert BLANK in cloze.question
    assert cloze_of("It runs Windows 95, they say.") is None
    assert cloze_of("See formula 8 for the rest.") is None
    assert cloze_of("The price rose to $1000 there.") is None


WORD = st.sampled_from(
    "The the mill Anna Reyes was were built has 60 1954 in by of and that owls $3 million % , ; : "
    ". “ ” said for days In On May Bern , who".split()
)


@given(st.lists(WORD, max_size=14).map(" ".join) | st.text(max_size=60))
def test_whatever_is_asked_is_in_the_sentence_and_not_in_the_question(sentence: str) -> None:
    for asked in asked_of(sentence, READER, NAMES):
        assert asked.answer in sentence or asked.answer[:1].islower()  # "The mill" is "the mill"
        assert asked.answer not in asked.question
        assert asked.question.endswith("?")
        assert "{" not in asked.question or "{" in sentence
