"""Questions drafted from a library's own sentences, for a person to review.

By rule, so that nothing needs a model: ``asking`` makes plain questions of what a sentence says of
times, numbers, persons and places, ``nearmisses`` those that the library cannot answer. Clozes, the
least like what people ask, are the rest and a third at most.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from assistant.evaluation.asking import Asked, asked_of, cloze_of
from assistant.evaluation.clauses import ClauseReader
from assistant.evaluation.naming import Names, people_of, places_of
from assistant.evaluation.nearmisses import NearMisses
from assistant.evaluation.patterns import NAME_KIND
from assistant.evaluation.questions import Question
from assistant.reading.sentences import sentence_spans
from assistant.records import Article
from assistant.retrieval.expectations import MONTH
from assistant.retrieval.terms import names, stems

_SHORTEST, _LONGEST = 30, 240
_WHOLE = re.compile(r"[A-Z0-9“\"].*[.!][”\"]?")
# A sentence that, or the beginning of which, points at another one.
_LEANS = re.compile(
    r"(?:But|And|So|When|After|Before|Thus|However|There|One|For example|In contrast)\b"
    r"|(?:\S+ ){0,7}(?i:he|she|it|they|we|I|this|that|these|those|such|his|her|their|its|our|my"
    r"|here|then|another|other)\b"
)
_VAGUE = re.compile(
    r"(?:did|does|was|were|has|have|had|is|are|will) the (?P<what>[a-z]+)"
    r" (?!(?:of|in|at|from|for)\b)"
)
_A_MONTH = re.compile(rf"\b{MONTH}\b")
_ENOUGH_WORDS = 5


def draft_questions(
    articles: Sequence[Article], limit: int, near_misses: float = 0.25, seed: int = 0
) -> list[Question]:
    """Questions with answers and evidence, spread evenly over the articles, all marked drafts.

    Args:
        articles: the library's articles.
        limit: most questions; there are fewer where not enough can be asked in plain words.
        near_misses: the share of them that the library cannot answer, as far as words tell; less
            than 1.
        seed: of the choice among what can be asked.
    """
    random_ = random.Random(seed)  # noqa: S311 - the choice is no secret
    reader = ClauseReader(article.text for article in articles)
    people = frozenset[str]().union(*(people_of(a.text, reader) for a in articles))
    places = frozenset[str]().union(*(places_of(a.text, people) for a in articles))
    plain: list[list[Question]] = []
    clozes: list[list[Question]] = []
    for article in articles:
        asked, gaps = _asked_of(article, reader, Names(reader, people), random_)
        plain.append(asked)
        clozes.append(gaps)
    drafted = list(_in_turn(plain))
    answerable = drafted[: limit - round(limit * near_misses)]
    left = limit - round(limit * near_misses) - len(answerable)
    most = len(answerable) // 2 if answerable else left
    answerable += list(_in_turn(clozes))[: min(left, most)]
    missed = NearMisses(articles, people, places, random_).of(drafted)
    wanted = round(len(answerable) * near_misses / (1 - near_misses))
    return _numbered([*answerable, *islice(missed, min(wanted, limit - len(answerable)))])


def _asked_of(
    article: Article, reader: ClauseReader, known: Names, random_: random.Random
) -> tuple[list[Question], list[Question]]:
    """Plain questions and clozes of an article, one a sentence; kinds of questions in turn."""
    by_kind: defaultdict[str, list[Question]] = defaultdict(list)
    clozes: list[Question] = []
    sentences = list(dict.fromkeys(_sentences(article)))
    random_.shuffle(sentences)
    for sentence in sentences:
        possible = [
            asked for asked in asked_of(sentence, reader, known) if _is_told_apart(asked, article)
        ]
        if possible:
            # "Who or what" is for what nothing else can be asked of.
            best = [asked for asked in possible if asked.kind != NAME_KIND] or possible
            asked = random_.choice(best)
            by_kind[asked.kind].append(_question(asked, article, sentence))
        elif (cloze := cloze_of(sentence)) and not _LEANS.match(sentence):
            clozes.append(_question(cloze, article, sentence))
    of_names = by_kind.pop(NAME_KIND, [])
    return [*_in_turn(by_kind.values()), *of_names], clozes


def _sentences(article: Article) -> Iterator[str]:
    notes = "\n".join(article.notes)
    for start, end in sentence_spans(article.text):
        sentence = article.text[start:end]
        fits = _SHORTEST <= end - start <= _LONGEST and _WHOLE.fullmatch(sentence)
        if fits and sentence not in notes:
            yield sentence


def _is_told_apart(asked: Asked, article: Article) -> bool:
    """Whether the question can be understood without the article: it has a name, its subject
    is that of the title, or it says much."""
    said = stems(asked.question)
    vague = _VAGUE.search(asked.question)
    if vague and not stems(vague["what"]) <= stems(article.title):
        return False
    return (
        bool(names(_A_MONTH.sub("", asked.question)))
        or stems(article.title) <= said
        or len(said) >= _ENOUGH_WORDS
    )


def _question(asked: Asked, article: Article, sentence: str) -> Question:
    return Question(
        id="",
        split="",
        question=asked.question,
        answers=(asked.answer,),
        answerable=True,
        article=article.title,
        evidence=sentence,
        draft=True,
    )


def _in_turn(lists: Iterable[Sequence[Question]]) -> Iterator[Question]:
    return (item for turn in zip_longest(*lists) for item in turn if item is not None)


def _numbered(questions: Sequence[Question]) -> list[Question]:
    return [replace(q, id=f"draft-{n}") for n, q in enumerate(questions, start=1)]
