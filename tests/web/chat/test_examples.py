from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Article
from assistant.web.chat.examples import example_questions
from tests.web.fake_assistant import BRIDGE, HARBOUR


def article(title: str, text: str = "Nothing to name here.") -> Article:
    return Article("", title, text, "s.txt")


def test_questions_ask_about_names_and_titles_of_the_library() -> None:
    assert example_questions([HARBOUR, BRIDGE]) == [
        "What do the articles say about Tern Line?",
        "What does “Old bridge at Fennick reopens after nine years” say?",
    ]


def test_a_name_must_come_twice_and_not_open_a_sentence() -> None:
    once = article("A title", "We met Ada Quill there. Ada Quill left. Later On it rained.")
    assert example_questions([once]) == ["What does “A title” say?"]


def test_examples_are_spread_over_the_library() -> None:
    titles = [f"Title {number}" for number in range(12)]
    questions = example_questions([article(title) for title in titles])
    assert questions == [f"What does “Title {number}” say?" for number in (0, 3, 6, 9)]


def test_titles_that_are_missing_or_endless_are_left_out() -> None:
    assert example_questions([article(" "), article("x" * 200), article("Two\n lines")]) == [
        "What does “Two lines” say?"
    ]


@given(st.lists(st.builds(article, st.text(max_size=100), st.text(max_size=60)), max_size=9))
def test_never_more_than_asked_for_and_never_twice_the_same(articles: list[Article]) -> None:
    questions = example_questions(articles, most=3)
    assert len(questions) == len(set(questions)) <= 3
