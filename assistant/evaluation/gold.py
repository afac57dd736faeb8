"""Which passages of a library hold the answer to a question, and what rankings are judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from assistant.evaluation.questions import Question
from assistant.library.store import Library
from assistant.records import Article, Passage


class Gold:
    """Finds the passages that hold an answer; reads all passages of the library once.

    Args:
        library: the library that the questions are put to.
    """

    def __init__(self, library: Library) -> None:
        self._passages: list[tuple[Passage, str]] = []
        self._articles: defaultdict[str, set[str]] = defaultdict(set)
        self._documents: dict[str, str] = {}
        for article in library.articles():
            for name in _names(article):
                self._articles[name].add(article.id)
            for passage in library.article_passages(article.id):
                self._passages.append((passage, _squeezed(passage.text)))
                self._documents[passage.id] = article.source

    @property
    def passage_ids(self) -> list[str]:
        """Ids of all passages of the library, in its order."""
        return [passage.id for passage, _ in self._passages]

    def passages(self, question: Question) -> tuple[tuple[str, int], ...]:
        """Ids and grades of the passages that hold the answer, in the order of the library.

        They are those named by ``gold_passages``, those of the articles named by
        ``gold_documents`` (with their grade), those that share a character with one of
        ``gold_spans``, and those that hold the ``evidence``, white space apart: in the
        question's ``article`` where the library has one of that title or source, anywhere
        otherwise. Grades are 1 where no other is given.
        """
        grades = dict.fromkeys(question.gold_passages, 1)
        for name, grade in question.gold_documents:
            for passage in self._of(name):
                grades[passage.id] = max(grade, grades.get(passage.id, 0))
        for span in question.gold_spans:
            for passage in self._of(span.article):
                if span.start < passage.end and passage.start < span.end:
                    grades.setdefault(passage.id, 1)
        if question.evidence:
            for passage_id in self._holding(question.evidence, question.article):
                grades.setdefault(passage_id, 1)
        return tuple(grades.items())

    def ranked(
        self, question: Question, passages: Iterable[tuple[str, float]]
    ) -> list[tuple[str, float]]:
        """A ranking as it is judged: of documents where the question names some, as BEIR does.

        A document (a source) stands where its best passage stands, with its score (MaxP, Dai &
        Callan 2019).

        Args:
            question: what was asked.
            passages: ids of passages with scores, best first.
        """
        if not question.gold_documents:
            return list(passages)
        documents: dict[str, float] = {}
        for passage_id, score in passages:
            documents.setdefault(self._documents[passage_id], score)
        return list(documents.items())

    def _of(self, name: str) -> Iterable[Passage]:
        articles = self._articles.get(name, set())
        return (passage for passage, _ in self._passages if passage.article_id in articles)

    def _holding(self, evidence: str, article: str | None) -> list[str]:
        wanted = _squeezed(evidence)
        articles = self._articles.get(article or "", set())
        return [
            passage.id
            for passage, text in self._passages
            if wanted in text and (not articles or passage.article_id in articles)
        ]


def _names(article: Article) -> tuple[str, ...]:
    return article.id, article.title, article.source


def _squeezed(text: str) -> str:
    return " ".join(text.split())
