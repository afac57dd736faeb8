from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.cleaning import (
    clean_text,
    ends_article,
    is_clutter,
    may_open_list,
    opens_comments,
    opens_list,
    squeeze_lines,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\0b\x1bc", "abc"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen\u2060", "zerowidth softhyphen"),
        ("hid\U000e0041\U000e007fden", "hidden"),
        ("bi\u202edi\u2066", "bidi"),
        ("cafe\u0301", "café"),
        ("e" + "\u0301" * 50, "é\u0301\u0301"),
        ("a\u200db", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_unseen_characters_are_taken_out(text: str, expected: str) -> None:
    assert clean_text(text) == expected


@settings(max_examples=200)
@given(st.text())
def test_clean_text_can_be_stored_and_holds_no_control_characters(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    assert not [c for c in cleaned if unicodedata.category(c) == "Cc" and c not in "\n\t"]


def test_squeeze_lines() -> None:
    assert squeeze_lines(" a \u00a0 b\n\n\n c") == "a b\nc"


@pytest.mark.parametrize(
    "line",
    [
        "Connect with us", "Share", "Share this:", "Share on Facebook", "Facebook | Twitter",
        "Follow us on Twitter", "Read more", "Continue Reading", "Continue reading →",
        "ADVERTISEMENT", "Story continues below advertisement", "Subscribe to our newsletter",
        "Sign up for our daily newsletter and never miss a story", "Accept all", "Back to top",
        "Get the latest news delivered straight to your inbox", "Enter your email address",
        "We use cookies to improve your experience.", "Tags: ferry, harbour", "5 min read",
        "© 2021 The Post. All rights reserved.", "1.2K shares", "* * *", "Skip to content",
        "Click to share on Twitter (Opens in new window)",
    ],
)  # fmt: skip
def test_furniture_is_clutter(line: str) -> None:
    assert is_clutter(line)


@pytest.mark.parametrize(
    "line",
    [
        "The advertisement was withdrawn.", "Share prices fell by a fifth.", "World Digest",
        "Read more slowly, the letter makes sense.", "Cookies are baked at the pier.",
        "Sign up for the navy was the slogan of 1914.", "Home for Christmas",
        "Comments from the mayor were few.", "Follow us into the hall, she said.",
        "He asked them to subscribe to our newsletter of hope.", "X marks the spot",
        "Related works were shown in the hall.", "Photo © Anna Lund", "No comment.",
        "More in common", "Also in 1911",
    ],
)  # fmt: skip
def test_sentences_with_such_words_are_not(line: str) -> None:
    assert not is_clutter(line)
    assert not opens_comments(line)
    assert not opens_list(line)


@pytest.mark.parametrize(
    "line", ["Comments", "3 Comments", "No comments", "Leave a comment", "Leave a Reply"]
)
def test_headings_of_comments(line: str) -> None:
    assert opens_comments(line)


@pytest.mark.parametrize(
    "line", ["Related Articles", "You may also like", "Trending now", "Most read"]
)
def test_headings_of_lists(line: str) -> None:
    assert opens_list(line)


def test_headings_that_may_be_of_lists() -> None:
    assert may_open_list("Publications")
    assert not opens_list("Publications")
    assert may_open_list("More from The Post")
    assert ends_article("Continue Reading")
