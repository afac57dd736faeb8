"""Near misses: questions with the right names that a library cannot answer, as far as words tell.

Either one name, year or number of a question is that of another article, or something is asked of
a person or place that no article with that name speaks of.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from assistant.evaluation.asking import CLOZE
from assistant.evaluation.clauses import YEAR
from assistant.evaluation.questions import Question
from assistant.reading.sentences import sentence_spans
from assistant.records import Article
from assistant.retrieval.terms import stems

_YEAR = re.compile(rf"(?<=(?:in|of) ){YEAR}\b")  # what is so since 1990 is so since 2000 too
_COUNT = re.compile(
    rf"(?<![\w.,+-])(?!{YEAR}\b)\d+(?:,\d{{3}})*(?:\.\d+)?"
    r"(?= (?!million|billion)(?:[a-z-]+ )?[a-z]+s\b)"
)
_UNFIT = re.compile(r"“|\b(?:his|her)\b")
_ANSWERED = 0.75
_YEARS_APART = 50

# What can be asked of anybody and anywhere, with the words one of which an answer would have.
_OF_PEOPLE = (
    ("Where was {} born?", "born birth native grew"),
    ("Where did {} go to school?", "school"),
    ("Which university did {} go to?", "university college degree graduate study student"),
    ("How many children did {} have?", "child children son daughter father mother parent"),
    ("In which year did {} marry?", "married wife husband wedding widow"),
    ("Which languages did {} learn?", "language spoke"),
    ("Which instrument did {} learn to play?", "instrument piano violin guitar musician"),
)
_OF_PLACES = (
    ("How many people live in {}?", "inhabitants population residents people"),
    ("How many schools are there in {}?", "school"),
    ("How warm is it in {} in July?", "temperature degree climate warm summer"),
    ("Which bank has its head office in {}?", "bank"),
    ("What is the tallest building in {}?", "tall building tower skyscraper"),
)


class NearMisses:
    """Makes near misses over a library.

    Args:
        articles: the library's articles.
        people: names of persons in them.
        places: names of places in them.
        random_: chooses among what is possible.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        people: Iterable[str],
        places: Iterable[str],
        random_: random.Random,
    ) -> None:
        self._texts: defaultdict[str, str] = defaultdict(str)
        self._stems: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        self._sentences: list[frozenset[str]] = []
        for article in articles:
            self._texts[article.title] += f"{article.title}\n{article.text}\n"
            titled = stems(article.title)
            told = [titled | stems(article.text[a:b]) for a, b in sentence_spans(article.text)]
            self._sentences.extend(told)
            self._stems[article.title] = self._stems[article.title].union(*told)
        self._people, self._places = sorted(people), sorted(places)
        self._random = random_
        self._swapped_in: set[str] = set()

    def of(self, questions: Sequence[Question]) -> Iterator[Question]:
        """Near misses of answerable questions and of the names in the library, kinds mixed."""
        plain = [q for q in questions if not q.question.startswith(CLOZE)]
        self._random.shuffle(plain)
        kinds = (
            self._swapped(plain, _any_of(self._people)),
            self._unknown(self._people, _OF_PEOPLE),
            self._swapped(plain, _YEAR),
            self._unknown(self._places, _OF_PLACES),
            self._swapped(plain, _any_of(self._places)),
            self._swapped(plain, _COUNT),
        )
        told: set[str] = set()
        for missed in chain.from_iterable(zip_longest(*kinds)):
            if missed is not None and missed.question not in told:
                told.add(missed.question)
                yield missed

    def _swapped(
        self, questions: Sequence[Question], wanted: re.Pattern[str]
    ) -> Iterator[Question]:
        """Questions in which one thing of a kind is one that their article does not have."""
        pool = sorted({found for text in self._texts.values() for found in wanted.findall(text)})
        for question in questions:
            home = self._texts[question.article or ""]
            found = wanted.search(question.question)
            unfit = _UNFIT.search(question.question) or question.question in self._swapped_in
            if found is None or unfit:
                continue
            others = [
                other
                for other in pool
                if other.count(" ") == found[0].count(" ")
                and other.split(" ")[-1] not in home
                and (wanted is not _YEAR or abs(int(other) - int(found[0])) <= _YEARS_APART)
            ]
            if not others:
                continue
            start, end = found.span()
            asked = question.question
            other = self._random.choice(others)
            changed = f"{asked[:start]}{other}{asked[end:]}"
            if not self._may_be_answered(changed, other):
                self._swapped_in.add(asked)
                yield replace(
                    question, question=changed, answers=(), answerable=False, evidence=None
                )

    def _unknown(
        self, names: Sequence[str], table: Sequence[tuple[str, str]]
    ) -> Iterator[Question]:
        """Questions about full names, of something that no article with that name speaks of."""
        full = [name for name in names if " " in name or names is self._places]
        used: Counter[str] = Counter()
        for name in self._random.sample(full, len(full)):
            homes = [title for title, text in self._texts.items() if name.split(" ")[-1] in text]
            told = frozenset[str]().union(*(self._stems[title] for title in homes))
            possible = [question for question, answer in table if not told & stems(answer)]
            if possible and homes:
                asked = min(possible, key=lambda question: used[question])
                used[asked] += 1
                yield Question(
                    id="",
                    split="",
                    question=asked.format(name),
                    answers=(),
                    answerable=False,
                    article=homes[0],
                    draft=True,
                )

    def _may_be_answered(self, question: str, other: str) -> bool:
        """Whether a sentence has what was put into the question, and most of its other words."""
        asked, put_in = stems(question), stems(other)
        return any(
            put_in <= told and len(asked & told) >= _ANSWERED * len(asked)
            for told in self._sentences
        )


def _any_of(names: Sequence[str]) -> re.Pattern[str]:
    """Matches the longest of the names; nothing, where there are none."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b")
