"""The library with the real embedder, over the starter pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.inference.models import load_embedder
from assistant.library.health import check
from assistant.library.store import Library
from assistant.resources import resource

pytestmark = pytest.mark.real


def test_the_starter_pages_are_found_by_meaning(tmp_path: Path) -> None:
    embedder = load_embedder()
    with Library.open(tmp_path / "library", embedder) as library:
        report = library.add([resource("seeds", "pages")])
        assert not report.failed
        assert check(library).agrees
        articles = {article.id: article for article in library.articles()}
        assert len(articles) >= 12
        for article in articles.values():
            for passage in library.article_passages(article.id):
                assert article.text[passage.start : passage.end] == passage.text
                assert embedder.count_tokens(passage.text) <= 200
            vector = embedder.embed_queries([article.title])[0]
            best = library.passages([i for i, _ in library.dense(vector, 4)])
            assert article.id in {passage.article_id for passage in best}
        assert {
            outcome.state for outcome in library.add([resource("seeds", "pages")]).outcomes
        } == {"unchanged"}
