"""What is made of a source: its articles with their ids, each with its passages."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.reading.passages import split_passages
from assistant.records import Article, Passage

Contents = list[tuple[Article, list[Passage]]]


def with_passages(
    found: Sequence[Article], source: str, count_tokens: Callable[[str], int]
) -> Contents:
    """The articles found in a source, with ids, each with its passages.

    Args:
        found: in the order of the page.
        source: the source's name.
        count_tokens: the embedder's count of word pieces.
    """
    return [
        (article, split_passages(article, count_tokens)) for article in _with_ids(found, source)
    ]


def counts(contents: Contents) -> tuple[int, int]:
    """How many articles and passages there are."""
    return len(contents), sum(len(passages) for _, passages in contents)


def _with_ids(articles: Sequence[Article], source: str) -> list[Article]:
    """The articles with ids: the same source and title give the same id again."""
    equal_titles: Counter[str] = Counter()
    identified = []
    for article in articles:
        identity = "\0".join((source, article.title, str(equal_titles[article.title])))
        equal_titles[article.title] += 1
        digest = hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=8).hexdigest()
        identified.append(replace(article, id=digest, source=source))
    return identified
