from __future__ import annotations

from assistant.reading.blocks import Block
from assistant.reading.trimming import is_prose, is_solid, trim

TEXT = Block("paragraph", 0, "The ferry stops in April. It has sailed for ninety years.")
TITLE = Block("paragraph", 0, "Who Steers the Ferry Now?")
HEADING = Block("heading", 2, "Publications")


def line(text: str) -> Block:
    return Block("paragraph", 0, text)


def test_titles_are_not_solid() -> None:
    assert is_prose(TEXT)
    assert is_solid(TEXT)
    assert is_prose(line("It stopped at noon."))
    assert not is_solid(TITLE)


def test_lists_of_articles_go_and_the_text_after_them_stays() -> None:
    blocks = [TEXT, line("Related articles"), TITLE, TEXT]
    assert trim(blocks, headings_are_meant=False) == [TEXT, TEXT]


def test_a_heading_set_by_hand_stays() -> None:
    assert trim([TEXT, HEADING, TITLE], headings_are_meant=True) == [TEXT, HEADING, TITLE]
    assert trim([TEXT, HEADING, TITLE], headings_are_meant=False) == [TEXT]


def test_code_and_tables_are_not_looked_into() -> None:
    blocks = [Block("code", 0, "Share"), Block("table", 0, "Home")]
    assert trim(blocks, headings_are_meant=False) == blocks


def test_a_subheading_after_an_offer_to_go_on_reading_stays() -> None:
    subheading = Block("heading", 2, "Why it stops")
    blocks = [TEXT, line("Continue reading the main story"), subheading, TEXT]
    assert trim(blocks, headings_are_meant=False) == [TEXT, subheading, TEXT]


def test_an_answer_in_an_interview_does_not_end_the_article() -> None:
    blocks = [TEXT, line("No comment."), TEXT]
    assert trim(blocks, headings_are_meant=False) == blocks
    assert trim([TEXT, line("No comments"), TEXT], headings_are_meant=False) == [TEXT]


def test_more_from_somewhere_opens_a_list_behind_the_text_only() -> None:
    heading = Block("heading", 2, "More in common")
    for meant in (True, False):
        assert trim([TEXT, heading, TITLE, TEXT], headings_are_meant=meant) == [
            TEXT, heading, TITLE, TEXT,
        ]  # fmt: skip
        assert trim([TEXT, line("More from The Post"), TITLE], headings_are_meant=meant) == [TEXT]
