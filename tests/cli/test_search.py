from __future__ import annotations

import json

from assistant.records import Filters
from tests.cli.stand_ins import HIT, QUOTE, call


def test_hits_are_numbered_with_their_articles() -> None:
    outcome = call("search", "How long?")
    assert outcome.code == 0
    assert outcome.out == (
        f"1. The Summit\n   news.txt · 2021-06-16 · score 0.81 · dense 1, lexical 2\n   {QUOTE}\n\n"
    )


def test_words_make_the_question_and_options_the_filters() -> None:
    options = ["--source", "a.txt", "--source", "b.txt", "--author", "Ann", "--since", "2021-01-01"]
    asked = call("search", "How", "long?", *options).assistant
    assert asked is not None
    filters = Filters(sources=("a.txt", "b.txt"), authors=("Ann",), since="2021-01-01")
    assert asked.asked == [("How long?", (), filters)]


def test_passages_is_a_setting() -> None:
    asked = call("search", "Why?", "-k", "7").assistant
    assert asked is not None
    assert asked.settings.passages == 7
    assert asked.asked == [("Why?", (), None)]


def test_nothing_found_is_no_error() -> None:
    outcome = call("search", "Why?", hits=[])
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.notes == "The library holds nothing that fits.\n"


def test_an_empty_library_is_named_with_the_way_to_another() -> None:
    outcome = call("search", "Why?", hits=[], held=[])
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.assistant is not None
    assert f"The library {outcome.assistant.settings.library} is empty" in outcome.notes
    assert "--library" in outcome.notes


def test_json() -> None:
    assert json.loads(call("search", "Why?", "--json").out) == [HIT.to_dict()]
    assert json.loads(call("search", "Why?", "--json", hits=[]).out) == []
