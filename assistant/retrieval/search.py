"""Question to passages: a dense and a lexical list, fused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.errors import UsageError
from assistant.inference.embedding import Vectors
from assistant.library.store import Library
from assistant.records import Article, Filters, Hit, Passage, Record
from assistant.retrieval.terms import content_words, plain_word, stems, words

LIST_LENGTH = 40
DENSE_WEIGHT = 0.5
_MOST_TERMS = 64
_SAME_TEXT = 0.8


@dataclass(frozen=True, slots=True)
class Lists(Record):
    """Passage ids with their scores, best first: by each way of searching, and fused.

    ``cosines`` holds the cosine of every passage of ``fused``.
    """

    dense: Mapping[str, float]
    lexical: Mapping[str, float]
    fused: Mapping[str, float]
    cosines: Mapping[str, float]


def best_hits(library: Library, lists: Lists, k: int) -> list[Hit]:
    """The best ``k`` passages of the fused list, without near-duplicates of better ones.

    Passages whose source was removed since they were found are left out.
    """
    passages = _without_near_duplicates(library.passages(list(lists.fused)), k)
    articles = {a: _article(library, a) for a in {p.article_id for p in passages}}
    ranks = {"dense": _ranks(lists.dense), "lexical": _ranks(lists.lexical)}
    return [
        Hit(
            passage=passage,
            score=lists.fused[passage.id],
            similarity=lists.cosines[passage.id],
            ranks={
                name: places[passage.id] for name, places in ranks.items() if passage.id in places
            },
            title=article.title,
            source=article.source,
            section=article.section,
            author=article.author,
            published=article.published,
        )
        for passage in passages
        if (article := articles[passage.article_id]) is not None
    ]


def ranked_lists(
    library: Library,
    question: str,
    filters: Filters | None = None,
    vector: Vectors | None = None,
) -> Lists:
    """Two lists of 40, by cosine of the vectors and by bm25 of the words, and both fused.

    They are fused by a weighted sum, see ``fuse``: the way that was measured best on questions
    written with the text in view and on search questions alike (docs/log.md).

    Args:
        library: what is searched.
        question: a question that stands alone, or some words.
        filters: limits the search to some articles, their names in any case.
        vector: the question's, of shape (dimension,), where it is known already.

    Raises:
        UsageError: a date of ``filters`` is none, or the library has no such source, section or
            author.
    """
    filters = library.known_filters(filters)
    if vector is None:
        vector = library.embedder.embed_queries([question])[0]
    dense = dict(library.dense(vector, LIST_LENGTH, filters))
    expression = match_expression(question)
    lexical = dict(library.lexical(expression, LIST_LENGTH, filters)) if expression else {}
    cosines = dense | library.similarities(vector, [p for p in lexical if p not in dense])
    scores = fuse(cosines, lexical, _share_found(library, question, lexical))
    ordered = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))
    return Lists(
        dense, lexical, {passage_id: scores[passage_id] for passage_id in ordered}, cosines
    )


def fuse(
    cosines: Mapping[str, float], lexical: Mapping[str, float], share_found: float
) -> dict[str, float]:
    """The fused score of every passage: half its cosine and up to half its scaled bm25.

    bm25 tells which passage shares the most words with the question, never whether these are
    many: a question in other words than the text still has a best one. So it is scaled by the
    best of them and counts as far as that one has the question's words.

    Args:
        cosines: cosine of the question's and the passage's vector, for all passages.
        lexical: bm25 of some of them, higher is better.
        share_found: the share of the question's meaningful words that the passage with the
            highest bm25 has, 0 to 1.
    """
    best = max(lexical.values(), default=0.0)
    weight = (1 - DENSE_WEIGHT) * share_found
    scaled = {passage_id: score / best for passage_id, score in lexical.items() if score > 0}
    return {
        passage_id: DENSE_WEIGHT * cosine + weight * scaled.get(passage_id, 0.0)
        for passage_id, cosine in cosines.items()
    }


def _share_found(library: Library, question: str, lexical: Mapping[str, float]) -> float:
    asked = stems(question)
    if not asked or not lexical:
        return 0.0
    best = library.passages([next(iter(lexical))])
    article = _article(library, best[0].article_id) if best else None
    if article is None:
        return 0.0
    return len(asked & stems(f"{article.title}\n{best[0].text}")) / len(asked)


def _article(library: Library, article_id: str) -> Article | None:
    """The article; None where its source was removed since one of its passages was read."""
    try:
        return library.article(article_id)
    except UsageError:
        return None


def match_expression(question: str) -> str:
    """An FTS5 expression that matches any meaningful word of the question, without "'s": FTS5
    would look for "Einstein's" as a phrase.

    Every word is quoted, so nothing in a question is read as FTS5's own syntax. A question of
    nothing but function words is searched by those; the empty string stands for no words at all.
    """
    terms = content_words(question) or words(question)
    unique = list(dict.fromkeys(plain_word(term) for term in terms))[:_MOST_TERMS]
    return " OR ".join(f'"{term}"' for term in unique)


def _ranks(scores: Mapping[str, float]) -> dict[str, int]:
    return {passage_id: place for place, passage_id in enumerate(scores, start=1)}


def _without_near_duplicates(passages: Sequence[Passage], k: int) -> list[Passage]:
    kept: list[tuple[Passage, frozenset[str]]] = []
    for passage in passages:
        shingles = _shingles(passage.text)
        if all(_overlap(shingles, other) < _SAME_TEXT for _, other in kept):
            kept.append((passage, shingles))
        if len(kept) == k:
            break
    return [passage for passage, _ in kept]


def _shingles(text: str, length: int = 4) -> frozenset[str]:
    lowered = [word.lower() for word in words(text)]
    last = max(1, len(lowered) - length + 1)
    return frozenset(" ".join(lowered[start : start + length]) for start in range(last))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
