from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.reading.formats import read_page, read_text
from assistant.reading.splitting import split_page

SENTENCE = "The two cranes of Vellmar were put up again on Monday after five years. "


def texts(text: str) -> list[str]:
    return [block.text for block in read_text(text).blocks]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A plain text about 3 < 4 and *stars*.", "text"),
        ("It says <html> in the middle.", "text"),
        ("# A heading\n\nText.", "markdown"),
        ("---\ntitle: A\n---\nText.", "markdown"),
        ("See [the port](https://port.example/x).", "markdown"),
        ("A **bold** word.", "markdown"),
        ("<!DOCTYPE html><title>T</title><p>" + SENTENCE * 5 + "</p>", "html"),
        ("\n<!-- saved from x --><html><body><p>" + SENTENCE * 5 + "</p></body></html>", "html"),
        ('<?xml version="1.0"?><html><body><p>' + SENTENCE * 5 + "</p></body></html>", "html"),
    ],
)
@pytest.mark.parametrize("name", ["page.txt", "page.md", "page.html", "page"])
def test_the_format_is_told_by_content(text: str, kind: str, name: str) -> None:
    assert read_page(text.encode(), name).format == kind


def test_paragraphs_stand_between_empty_lines_or_on_lines_of_their_own() -> None:
    assert texts("One.\n\nTwo.\r\rThree.".replace("\r", "\n")) == ["One.", "Two.", "Three."]
    assert texts(SENTENCE * 3 + "\n" + SENTENCE * 2) == [
        (SENTENCE * 3).strip(),
        (SENTENCE * 2).strip(),
    ]


def test_wrapped_lines_are_joined() -> None:
    wrapped = (
        "The two cranes of Vellmar were put up again on Monday after\n"
        "five years in a shed behind the harbour office, where they\n"
        "had been taken apart.\n\nPublished\n\non\n\nShort lines\nstay apart."
    )
    first, *rest = texts(wrapped)
    assert first.endswith(
        "after five years in a shed behind the harbour office, where they had been taken apart."
    )
    assert rest == ["Published", "on", "Short lines", "stay apart."]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"<html><body></body></html>", b"\0\0\0"])
def test_nothing_to_read_is_an_error_with_a_hint(data: bytes) -> None:
    with pytest.raises(ReadingError) as error:
        read_page(data, "page")
    assert error.value.hint


@pytest.mark.parametrize(
    "line",
    [
        "word " * 2_000_000,
        "a" * 10_000_000,
        "# T\n\n" + "[![](*_`<" * 1_000_000,
        "<html><body><p>" + SENTENCE * 140_000 + "</p></body></html>",
    ],
    ids=["words", "one word", "markdown", "html"],
)
def test_a_line_of_10_megabytes_is_read_in_seconds(line: str) -> None:
    started = time.process_time()
    assert split_page(read_page(line.encode(), "page"), "page")
    assert time.process_time() - started < 10


PIECES = [
    "# ", "Title\n\n", "Published\n\non\n\n", "By Jane Doe\n", "- ", "> ", "|a|b|\n|-|-|\n", "<p>",
    "</p>", "<html>", "<article>", "&#8203;", "Comments\n", "\0", "\r\n", "---\n", "a: b\n",
    SENTENCE, "[^1]: x\n", "![a](b)", "```\n", "Trending\n\n", "é", "\U000e0041", "\u202e",
]  # fmt: skip
pages = st.lists(st.sampled_from(PIECES), max_size=25).map(lambda pieces: "".join(pieces).encode())


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), pages))
def test_whatever_the_bytes_there_are_clean_articles_or_one_clear_error(data: bytes) -> None:
    try:
        articles = split_page(read_page(data, "page"), "page")
    except ReadingError:
        return
    assert articles
    for article in articles:
        assert article.title.strip()
        assert article.text == article.text.strip() != ""
        assert not set(article.text) & set("\0\r\u200b\u202e\U000e0041")
        assert all(note in article.text for note in article.notes)
