"""Questions to begin with, made from the library's own titles and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.records import Article

# Two to four capitalised words in a row that do not open a sentence: most likely a name.
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,3}\b")
_LONGEST_TITLE = 90


def example_questions(articles: Sequence[Article], most: int = 4) -> list[str]:
    """Questions that the library should be able to answer.

    Every other question asks about the name that its article repeats most often, the others what
    an article says; the articles are spread evenly over the library.

    Args:
        articles: the library's articles.
        most: the most questions to make.
    """
    titled = [a for a in articles if a.title.strip() and len(a.title) <= _LONGEST_TITLE]
    step = max(1, len(titled) // most)
    questions: dict[str, None] = {}
    for place, article in enumerate(titled[::step]):
        name = _main_name(article.text) if place % 2 == 0 else None
        questions[f"What do the articles say about {name}?" if name else _about(article.title)] = (
            None
        )
    return list(questions)[:most]


def _about(title: str) -> str:
    return f"What does “{' '.join(title.split())}” say?"


def _main_name(text: str) -> str | None:
    names = Counter(_NAME.findall(text)).most_common(1)
    return names[0][0] if names and names[0][1] > 1 else None
