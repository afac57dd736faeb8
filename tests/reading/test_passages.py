from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.passages import embedded_text, split_passages
from assistant.reading.sentences import sentence_spans
from assistant.records import Article, Passage

PIECES = [*"aB1 .?!\n\t“”é。", "word ", "Mr. ", "\n\n", "A sentence of six words here. "]
texts = st.lists(st.sampled_from(PIECES), max_size=120).map("".join)


def count_words(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


def cut(text: str, max_tokens: int = 200, title: str = "T", article_id: str = "a") -> list[Passage]:
    return split_passages(Article(article_id, title, text, "s"), count_words, max_tokens)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(1, 30), st.sampled_from([len, count_words]))
def test_passages_cover_the_text_in_order_and_fit(
    text: str, max_tokens: int, count_tokens: Callable[[str], int]
) -> None:
    last = 0
    passages = split_passages(Article("a", "T", text, "s"), count_tokens, max_tokens)
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert last <= passage.start
        assert not text[last : passage.start].strip()
        assert count_tokens(passage.text) <= max_tokens
        last = passage.end
    assert not text[last:].strip()
    assert len({passage.id for passage in passages}) == len(passages)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_sentence_that_fits_is_never_cut(text: str) -> None:
    inside = {
        place
        for start, end in sentence_spans(text)
        if count_words(text[start:end]) <= 12
        for place in range(start + 1, end)
    }
    for passage in cut(text, 12):
        assert passage.start not in inside
        assert passage.end not in inside


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "word " * 50 + "end."
    passages = cut(text, 10)
    assert " ".join(passage.text for passage in passages) == text
    assert all(count_words(passage.text) <= 10 for passage in passages)


def test_a_long_word_is_cut_inside() -> None:
    passages = split_passages(Article("a", "T", "x" * 95, "s"), len, 10)
    assert "".join(passage.text for passage in passages) == "x" * 95


def test_passages_end_at_paragraphs_and_are_of_similar_length() -> None:
    paragraph = "One two three four five six seven. " * 3
    passages = cut("\n\n".join([paragraph.strip()] * 4), 60)
    assert [passage.text.count("\n\n") for passage in passages] == [1, 1]


def test_a_heading_stays_with_what_comes_after_it() -> None:
    paragraph = ("One two three four five six seven. " * 5).strip()
    passages = cut(f"{paragraph}\n\nWhy they came back\n\n{paragraph}", 50)
    assert len(passages) == 2
    assert passages[1].text.startswith("Why they came back")


def test_ids_hang_on_article_text_and_rank_only() -> None:
    text = "The same words here. " * 2
    first, second = cut(text.replace(". T", ".\n\nT"), 5)
    assert first.text == second.text
    assert first.id != second.id
    moved = cut("New words came before. " + text, 5)
    assert {first.id, second.id} <= {passage.id for passage in moved}
    assert first.id not in {passage.id for passage in cut(text, 5, article_id="b")}


def test_tokens_are_counted_about_once_a_sentence() -> None:
    calls: list[str] = []

    def count(text: str) -> int:
        calls.append(text)
        return count_words(text)

    split_passages(Article("a", "T", "One two three. " * 500, "s"), count, 200)
    assert len(calls) == 500


def test_a_line_without_end_is_never_counted_whole() -> None:
    longest = 0

    def count(text: str) -> int:
        nonlocal longest
        longest = max(longest, len(text))
        return len(text) // 5 + 1

    passages = split_passages(Article("a", "T", "word " * 200_000, "s"), count, 200)
    assert longest <= 10_000
    assert sum(passage.text.count("word") for passage in passages) == 200_000


@pytest.mark.parametrize("title", ["A title", "", "港" * 50])
def test_a_short_title_is_embedded_whole(title: str) -> None:
    assert embedded_text(title, "The text.") == f"{title}\nThe text."


def test_a_long_title_is_cut_at_a_word() -> None:
    title, text = embedded_text("harbour " * 40, "The text.").split("\n")
    assert set(title.split()) == {"harbour"}
    assert len(title) < 120
    assert text == "The text."
