from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.library.store import Library
from assistant.retrieval.search import best_hits, fuse, match_expression, ranked_lists
from tests.fakes import HashEmbedder

PAGES = {
    "The mill": "The mill was sold in 1954. A brewery bought it for its cellars.",
    "The tram": "The tram ran along the harbour. It was sold for scrap after the war.",
    "Owls": "Owls nest in the tower of the mill. Nobody drives them out.",
}
IDS = st.sampled_from("abcdef")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", HashEmbedder()) as library:
        for title, text in PAGES.items():
            page = tmp_path / f"{title}.md"
            page.write_text(f"---\ntitle: {title}\n---\n\n{text}\n", encoding="utf-8")
            library.add([page])
        yield library


@example(cosines={"a": 0.0}, lexical={"a": 2.2e-311}, share=1.0)
@given(
    cosines=st.dictionaries(IDS, st.floats(-1, 1), min_size=1),
    lexical=st.dictionaries(IDS, st.floats(0, 50)),
    share=st.floats(0, 1),
)
def test_fused_scores_stay_in_range_and_grow_with_either(
    cosines: dict[str, float], lexical: dict[str, float], share: float
) -> None:
    lexical = {passage: score for passage, score in lexical.items() if passage in cosines}
    fused = fuse(cosines, lexical, share)
    assert fused.keys() == cosines.keys()
    assert all(-0.5 <= score <= 1 + 1e-9 for score in fused.values())
    for one in cosines:
        for other in cosines:
            if cosines[one] >= cosines[other] and lexical.get(one, 0) >= lexical.get(other, 0):
                assert fused[one] >= fused[other] - 1e-9


def test_words_count_as_far_as_the_question_is_found() -> None:
    cosines, lexical = {"meant": 0.6, "worded": 0.3}, {"worded": 4.0}
    whole, hardly = fuse(cosines, lexical, 1.0), fuse(cosines, lexical, 0.1)
    assert whole["worded"] > whole["meant"]
    assert hardly["worded"] < hardly["meant"]
    assert fuse(cosines, {}, 0.0)["meant"] == pytest.approx(0.3)


def test_the_lists_are_best_first_and_fused_over_both(library: Library) -> None:
    lists = ranked_lists(library, "Who bought the mill in 1954?")
    for scores in (lists.dense, lists.lexical, lists.fused):
        assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert set(lists.fused) == set(lists.dense) | set(lists.lexical) == set(lists.cosines)
    lists = ranked_lists(library, "Who bought the mill in 1954?")
    assert best_hits(library, lists, 4)[0].title == "The mill"


@pytest.mark.parametrize("question", ["the of and", "?!", '" OR NEAR(', "x" * 2000])
def test_any_question_is_searched(library: Library, question: str) -> None:
    assert len(best_hits(library, ranked_lists(library, question), 2)) == 2


class LosingLibrary:
    """A library whose source of one article is removed right after a number of reads."""

    def __init__(self, library: Library, title: str, reads: int) -> None:
        self._library = library
        self._name = next(a.source for a in library.articles() if a.title == title)
        self._reads_left = reads

    def __getattr__(self, name: str) -> Any:
        if self._reads_left == 0:
            self._library.remove(self._name)
        self._reads_left -= 1
        return getattr(self._library, name)


@pytest.mark.parametrize("reads", range(7))
def test_a_source_removed_between_two_reads_is_left_out(library: Library, reads: int) -> None:
    losing: Any = LosingLibrary(library, "The mill", reads)
    lists = ranked_lists(losing, "Who bought the mill in 1954?")
    assert lists.fused
    assert "The mill" not in [hit.title for hit in best_hits(library, lists, 4)]


@pytest.mark.parametrize("reads", [0, 1, 2])
def test_hits_whose_source_is_removed_between_two_reads_are_left_out(
    library: Library, reads: int
) -> None:
    lists = ranked_lists(library, "Who bought the mill in 1954?")
    losing: Any = LosingLibrary(library, "The mill", reads)
    assert "Owls" in [hit.title for hit in best_hits(losing, lists, 4)]


def test_the_expression_quotes_every_word() -> None:
    assert match_expression('mill AND "tram" NEAR(') == '"mill" OR "and" OR "tram" OR "near"'
    assert match_expression("?!") == ""


@pytest.mark.parametrize("question", ["Einstein's", "Einstein’s"])
def test_a_possessive_is_searched_as_its_word(question: str) -> None:
    assert match_expression(question) == '"einstein"'
