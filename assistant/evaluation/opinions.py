"""Readers' opinions on answers as questions, so that what went wrong is measured from then on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.conversations import Opinion
from assistant.evaluation.metrics import contains_answer, normalised
from assistant.evaluation.questions import Question
from assistant.reading.cleaning import clean_text, squeeze
from assistant.reading.sentences import sentence_spans
from assistant.records import Answer, Article, Record
from assistant.retrieval.terms import numbers, stems

SPLIT = "readers"


@dataclass(frozen=True, slots=True)
class Exported(Record):
    """The questions that opinions make; ``lacking`` counts those that make none, for want of a
    correction or, of a good answer, of a supported quote that the library still holds."""

    questions: tuple[Question, ...]
    lacking: int


def exported(opinions: Iterable[Opinion], articles: Sequence[Article]) -> Exported:
    """Turns opinions into questions of the split ``readers``; all are reviewed, none is a draft.

    A good answer gives a question with its first supported quote as evidence: its place is known,
    not its words. A good refusal gives one that cannot be answered. A bad answer gives one with the
    correction as its answer, or one that cannot be answered where the reader says that the library
    does not hold it. The sentence of the library that holds a correction becomes the evidence, so
    that retrieval is measured too: a sentence of the passages found, otherwise of any article, and
    of several the one that shares most words with the question.

    Args:
        opinions: of one library's answers.
        articles: all articles of that library.
    """
    shelf = _Shelf(articles)
    made = [_question(opinion, shelf) for opinion in opinions]
    questions = tuple(question for question in made if question is not None)
    return Exported(questions, len(made) - len(questions))


def _question(opinion: Opinion, shelf: _Shelf) -> Question | None:
    asked = squeeze(clean_text(opinion.answer.question))
    if not asked:
        return None
    question = Question(
        id=f"reader-{opinion.id}",
        split=SPLIT,
        question=asked,
        answers=(),
        answerable=True,
        history=tuple((clean_text(q), clean_text(a)) for q, a in opinion.history),
    )
    refused_rightly = opinion.rating == "good" and opinion.answer.refused
    if refused_rightly or opinion.reason == "not held":
        return replace(question, answerable=False)
    if opinion.rating == "good":
        quoted = shelf.quote(opinion.answer)
        return replace(question, article=quoted[0], evidence=quoted[1]) if quoted else None
    correction = squeeze(clean_text(opinion.correction))
    if not normalised(correction):
        return None
    standalone = opinion.answer.standalone_question
    article, evidence = shelf.evidence(correction, f"{asked} {standalone}", opinion) or (None, None)
    return replace(question, answers=(correction,), article=article, evidence=evidence)


class _Shelf:
    """The articles, searched for the sentence that holds a correction."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = {article.id: article for article in articles}
        self._plain: dict[str, str] = {}

    def quote(self, answer: Answer) -> tuple[str, str] | None:
        """Name of an article and its sentence that supports the answer, and still stands there."""
        for citation in answer.citations:
            article = self._articles.get(citation.article_id)
            if article and citation.verdict == "supported" and citation.quote in article.text:
                return _name(article), citation.quote
        return None

    def evidence(self, correction: str, question: str, opinion: Opinion) -> tuple[str, str] | None:
        """Name of an article and its sentence; None where no sentence can be told to hold it.

        A sentence that shares no word with the question is none: "12" stands in many.
        """
        asked = stems(question)
        if not stems(correction):
            return None
        for candidates in (self._found(correction, opinion), self._anywhere(correction)):
            likeness = {
                (article, sentence): len(asked & stems(f"{article.title} {sentence}"))
                for article, sentence in candidates
            }
            if likeness and max(likeness.values()) > 0:
                article, sentence = max(likeness, key=likeness.__getitem__)
                return _name(article), sentence
        return None

    def _found(self, correction: str, opinion: Opinion) -> Iterator[tuple[Article, str]]:
        """Sentences of the passages found that have all its words, and that still stand there."""
        for hit in opinion.answer.hits:
            article = self._articles.get(hit.passage.article_id)
            for sentence in _sentences(hit.passage.text):
                if article and sentence in article.text and _has_words(sentence, correction):
                    yield article, sentence

    def _anywhere(self, correction: str) -> Iterator[tuple[Article, str]]:
        """Sentences of all articles that hold it as it stands."""
        plain = normalised(correction)
        if not self._plain:
            self._plain = {id_: normalised(a.text) for id_, a in self._articles.items()}
        for id_, article in self._articles.items():
            if plain in self._plain[id_]:
                for sentence in _sentences(article.text):
                    if contains_answer(sentence, [correction]):
                        yield article, sentence


def _name(article: Article) -> str:
    return article.title.strip() or article.id


def _sentences(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in sentence_spans(text))


def _has_words(sentence: str, correction: str) -> bool:
    """Whether it holds the correction as it stands, or all of its words, of which one is too
    little to tell."""
    if contains_answer(sentence, [correction]):
        return True
    wanted = stems(correction)
    return (
        len(wanted) > 1 and wanted <= stems(sentence) and numbers(correction) <= numbers(sentence)
    )
