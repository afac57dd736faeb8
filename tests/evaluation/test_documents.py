from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.documents import document_library
from assistant.evaluation.questions import Document
from tests.fakes import HashEmbedder

HOSTILE = "# Not a heading * nor [a link](x) 1. nor <b>a tag</b> --- `code` a_b_c ~~no~~ &amp; $5"


def test_a_document_says_what_it_says(tmp_path: Path) -> None:
    documents = [
        Document("mill 1", 'The "mill": a story', "It was built in 1820. " + HOSTILE),
        Document("mill 2", "", "1. It burned down in 1903.\n\n- And was never built again."),
    ]
    with document_library(documents, tmp_path / "library", HashEmbedder()) as library:
        first, second = library.articles()
        assert (first.source, first.title) == ("mill 1", 'The "mill": a story')
        assert first.text == documents[0].text
        assert second.source == second.title == "mill 2"
        assert second.text == documents[1].text


def test_opening_it_again_adds_nothing(tmp_path: Path) -> None:
    documents = [Document("mill", "The mill", "It was built in 1820.")]
    embedder = HashEmbedder()
    document_library(documents, tmp_path / "library", embedder).close()
    done = len(embedder.embedded)
    with document_library(documents, tmp_path / "library", embedder) as library:
        assert len(library.articles()) == 1
    assert len(embedder.embedded) == done == 1


def test_texts_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="None of the 1 texts"):
        document_library([Document("a", "A", " ")], tmp_path / "library", HashEmbedder())


@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.from_regex(r"[!-~]{1,12}", fullmatch=True), min_size=1, max_size=12))
def test_any_punctuation_survives(
    words: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "The report said: " + " ".join(words) + " and so it ended in the year 1903."
    folder = tmp_path_factory.mktemp("documents") / "library"
    with document_library([Document("a", "A", text)], folder, HashEmbedder()) as library:
        assert [article.text for article in library.articles()] == [text]
