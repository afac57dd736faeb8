from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.reading.cleaning import clean_text, squeeze
from assistant.reading.formats import read_page
from assistant.reading.markdown import is_markdown
from assistant.reading.pasted import file_name, pasted_file
from assistant.reading.splitting import split_page
from assistant.records import Article

SENTENCE = "The mill grinds barley for nine villages, and its owner has kept a ledger since 1850."
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SIGNS = st.text("ab .,*_`<>&#[]()\\~!|$-+=:;'\"{}@^%/?1", max_size=60)


def read_back(data: bytes) -> Article:
    (article,) = split_page(read_page(data, "a.md"), "a.md")
    return article


def test_all_that_was_told_is_read_back() -> None:
    data = pasted_file(
        'A "mill": barley', SENTENCE, "Ada Lovell", "16 June 2021", "Farming # fields"
    )
    article = read_back(data)
    assert article.text == SENTENCE
    assert (article.title, article.author) == ('A "mill": barley', "Ada Lovell")
    assert (article.published, article.section) == ("2021-06-16", "Farming # fields")


def test_plain_text_keeps_paragraphs_and_signs() -> None:
    lines = [f"{SENTENCE} {SENTENCE} <b>5 * 3</b> & a_b_c.", f"{SENTENCE} *Second* [line] #1."]
    assert read_back(pasted_file("Title", "\n".join(lines))).text == "\n\n".join(lines)


def test_markdown_is_taken_as_it_stands() -> None:
    text = f"## Part\n\n{SENTENCE} **Bold.**\n\n- one\n- two"
    expected = f"Part\n\n{SENTENCE} Bold.\n\n- one\n- two"
    assert read_back(pasted_file("Title", text)).text == expected


@pytest.mark.parametrize(
    ("title", "text", "date", "said"),
    [
        ("", SENTENCE, "", "no title"),
        (" \u200b", SENTENCE, "", "no title"),
        ("Title", "", "", "no text"),
        ("Title", " \n\u200b --- \n", "", "no text"),
        ("Title", SENTENCE, "soon", "'soon' is not a date"),
        ("Title", SENTENCE, "2021-13-45", "not a date"),
    ],
)
def test_what_is_missing_is_told(title: str, text: str, date: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        pasted_file(title, text, published=date)
    assert caught.value.hint


@given(ANY, ANY, ANY)
def test_any_fact_survives_front_matter(title: str, author: str, section: str) -> None:
    if not squeeze(clean_text(title)):
        return
    page = read_page(pasted_file(title, SENTENCE, author, "", section), "a.md")
    assert page.format == "markdown"
    assert page.title == squeeze(clean_text(title))
    assert (page.author or "") == squeeze(clean_text(author))
    assert (page.section or "") == squeeze(clean_text(section))
    assert page.blocks[0].text == SENTENCE


@given(SIGNS)
@example("[^]")  # no footnote
def test_no_sign_of_plain_text_is_lost(signs: str) -> None:
    text = f"{SENTENCE}\n\nSome {signs} here."
    if is_markdown(text):
        return
    page = read_page(pasted_file("Title", text), "a.md")
    assert [block.text for block in page.blocks] == [SENTENCE, squeeze(f"Some {signs} here.")]


@pytest.mark.parametrize(
    ("title", "name"),
    [("A mill: barley?", "A mill barley.md"), ("///", "Pasted text.md"), ("x" * 200, "x" * 80)],
)
def test_files_are_called_by_their_titles(title: str, name: str) -> None:
    assert file_name(title).startswith(name)
    assert "/" not in file_name(title)
