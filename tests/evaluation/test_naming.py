from __future__ import annotations

from assistant.evaluation.clauses import ClauseReader
from assistant.evaluation.naming import Names, may_be_place, people_of, places_of

TEXT = (
    "Mayor Edwin Dunn spoke in Port Verrin. Anna Reyes opened the mill; later Reyes left, and she "
    "never came back to Port Verrin. The Baltic Sea is cold. Milo Ebbing, 24, sat on the roof. "
    "Petra Vann said nothing. African Americans voted. They voted in Latin and in Latin again."
)
READER = ClauseReader([TEXT, "the sea"])


def test_people_are_known_by_how_a_text_speaks_of_them() -> None:
    people = people_of(TEXT, READER)
    full = {name for name in people if " " in name}
    assert full == {"Mayor Edwin Dunn", "Edwin Dunn", "Anna Reyes", "Milo Ebbing", "Petra Vann"}
    assert {"Dunn", "Reyes"} <= people


def test_a_name_that_something_is_in_is_nobody() -> None:
    text = "Bishop John of Oxford and Lord Oxford met in Oxford."
    assert "Oxford" not in people_of(text, ClauseReader([text]))


def test_places_are_named_twice() -> None:
    assert places_of(TEXT, people_of(TEXT, READER)) == {"Port Verrin"}
    assert not any(map(may_be_place, ("March", "Friday", "US", "Korean", "Anna’s")))


def test_titles_before_a_name_are_no_matter() -> None:
    names = Names(READER, frozenset({"Edwin Dunn"}))
    assert names.is_person("Edwin Dunn")
    assert names.is_person("Republican Mayor Edwin Dunn of Bern")
    assert not names.is_person("Dunn Street")
    assert names.is_name("Milo Ebbing")
    assert not names.is_name("Sea")
    assert not names.is_name("Petra")  # it only opens a sentence
