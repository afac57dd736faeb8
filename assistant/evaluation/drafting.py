"""Questions drafted from a library's own sentences, for a person to review.

By rule, so that nothing needs a model: a sentence with a date, a number or a name that opens it
becomes a when, how-many or who question, any other with a name or number a cloze. A near miss
takes such a question and asks it about a year or a name of another article, which the library does
not bring together with the rest.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.evaluation.questions import Question
from assistant.reading.sentences import sentence_spans
from assistant.records import Article

BLANK = "____"
_CLOZE = "What belongs in the gap:"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = rf"(?:(?:\d{{1,2}} )?{_MONTH} )?(?:1[0-9]|20)\d\d"
_WHEN = re.compile(rf"^(?P<before>[A-Z][^,;:“”\"]{{12,120}}?) (?:in|on) (?P<answer>{_DATE})\b")
_HOW_MANY = re.compile(
    r"^(?:About |Around |Nearly |Almost |Some |More than |Over )?"
    r"(?P<answer>\d[\d,.]*\d|\d+) (?P<rest>[a-z]{3,}[^“”\"]{10,120})[.!]$"
)
_NAME = r"[A-Z][\w’'-]+(?: (?:of |de |van |von )?[A-Z][\w’'-]+){1,3}"
_VERB = (
    "(?:[a-z]{2,}ed|is|was|has|had|won|said|told|gave|took|made|found|held|became|came|wrote|led|ran"
    "|built|bought|sold|sent|kept|left|lost|met|paid|put|saw|set|spoke|thinks?|says?|wants?|runs?)"
)
_WHO = re.compile(rf"^(?P<answer>{_NAME}) (?P<rest>{_VERB} [^“”\"]{{10,120}})[.!]$")
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,.]*\d(?![\w-])|(?<![\w.,-])\d+(?![\w.,-])")
_INNER_NAME = re.compile(rf"(?<=[a-z,] ){_NAME}\b")
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_SHORTEST, _LONGEST = 40, 240
_POINTS_BACK = re.compile(
    r"^(?:He|She|It|They|This|That|These|Those|His|Her|Their|Its|But|And|So|When|After|Before)\b"
)


def draft_questions(
    articles: Sequence[Article], limit: int, near_misses: float = 0.25, seed: int = 0
) -> list[Question]:
    """Questions with answers and evidence, spread evenly over the articles, all marked drafts.

    Args:
        articles: the library's articles.
        limit: most questions.
        near_misses: the share of them that the library cannot answer, as far as words tell.
        seed: of the choice among what can be asked.
    """
    random_ = random.Random(seed)  # noqa: S311 - the choice is no secret
    unanswerable = round(limit * near_misses)
    by_article = [_plain_first(_shuffled(list(_asked_of(a)), random_)) for a in articles]
    drafted = list(_in_turn(by_article))
    answerable = drafted[: limit - unanswerable]
    missed = _near_misses(drafted, articles, random_)
    return _numbered([*answerable, *list(missed)[:unanswerable]])


def _asked_of(article: Article) -> Iterator[Question]:
    asked: set[str] = set()
    notes = "\n".join(article.notes)
    for start, end in sentence_spans(article.text):
        sentence = article.text[start:end]
        if not _SHORTEST <= end - start <= _LONGEST or "\n" in sentence or sentence in notes:
            continue
        drafted = _drafted(sentence)
        if drafted is None or drafted[0] in asked:
            continue
        asked.add(drafted[0])
        yield Question(
            id="",
            split="",
            question=drafted[0],
            answers=(drafted[1],),
            answerable=True,
            article=article.title,
            evidence=sentence,
            draft=True,
        )


def _drafted(sentence: str) -> tuple[str, str] | None:
    """A question and its answer; None where the sentence gives none that stands alone."""
    if _POINTS_BACK.match(sentence):
        return None
    if found := _HOW_MANY.match(sentence):
        return f"How many {found['rest']}?", found["answer"]
    if found := _WHO.match(sentence):
        return f"Who {found['rest']}?", found["answer"]
    if found := _WHEN.match(sentence):
        return f"When was it that {_uncapitalised(found['before'])}?", found["answer"]
    for pattern in (_INNER_NAME, _NUMBER):
        answers = pattern.findall(sentence)
        if len(answers) == 1:
            blanked = sentence.replace(answers[0], BLANK, 1)
            return f"{_CLOZE} “{blanked}”", answers[0]
    return None


def _near_misses(
    drafted: Sequence[Question], articles: Sequence[Article], random_: random.Random
) -> Iterator[Question]:
    """Questions about a year or name that their own article does not have."""
    texts = {article.title: f"{article.title}\n{article.text}" for article in articles}
    for pattern in (_YEAR, _INNER_NAME):
        pool = sorted({found for text in texts.values() for found in pattern.findall(text)})
        for question in _shuffled(list(drafted), random_):
            asked = pattern.findall(question.question)
            home = texts[question.article or ""]
            others = [other for other in pool if other not in home]
            if not asked or not others or question.question.startswith(_CLOZE):
                continue
            changed = question.question.replace(asked[0], random_.choice(others), 1)
            yield replace(question, question=changed, answers=(), answerable=False, evidence=None)


def _in_turn(lists: Sequence[list[Question]]) -> Iterator[Question]:
    for place in range(max(map(len, lists), default=0)):
        for questions in lists:
            if place < len(questions):
                yield questions[place]


def _plain_first(questions: list[Question]) -> list[Question]:
    """Clozes last: they are the least like what people ask."""
    return sorted(questions, key=lambda question: question.question.startswith(_CLOZE))


def _shuffled(questions: list[Question], random_: random.Random) -> list[Question]:
    random_.shuffle(questions)
    return questions


def _uncapitalised(text: str) -> str:
    """The text as it stands inside a sentence: "The mill" is "the mill", "Anna" stays."""
    first, _, rest = text.partition(" ")
    opens = {"The", "A", "An", "In", "On", "At", "By", "After", "Before", "When", "Most", "Some"}
    return f"{first.lower()} {rest}" if first in opens else text


def _numbered(questions: Sequence[Question]) -> list[Question]:
    return [replace(q, id=f"draft-{n}") for n, q in enumerate(questions, start=1)]
