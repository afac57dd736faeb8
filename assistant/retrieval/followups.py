"""Question and history to a question that stands alone, by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.records import Answer
from assistant.retrieval.terms import content_words, names, plain_word, stem, words

Turn = tuple[str, str | Answer]

_MOST_CARRIED = 10
_POINTS_BACK = re.compile(
    r"\b(?:it|its|he|him|his|she|her|hers|they|them|their|theirs|this|these|those|both|former"
    r"|latter|(?:in|at|of|on|by|for|after|before|since|with|about|than) that"
    r"|(?:that|there|then|same|ones?|else)(?=\W*$))\b",
    re.IGNORECASE,
)
_AS_KNOWN = re.compile(r"\b(?:the|another|others?|anything|anyone|any)\b", re.IGNORECASE)
_MOST_OF_A_SHORT_ONE = 3
_MOST_BEFORE = 2  # with more words of its own before a pronoun, a question says whom it means
_GOES_ON = re.compile(
    r"^\s*(?:and|but|or|so|also|then|what about|how about|what else)\b[\s,]*", re.IGNORECASE
)


def standalone_question(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leaves unsaid: names and nouns of what was said before.

    A question that points back ("it", "they", "another"), goes on from the last ("And in 2019?"),
    has hardly a word of its own, or is short, names nothing and speaks of a thing as known ("the
    band") gets, in brackets, the names of the last question that has some, the other meaningful
    words of the last one, then the names of the sentences that its answer cited (of its text,
    where only text is given), at most ten. Other questions are left as they are.

    Args:
        question: what was asked now.
        history: earlier questions with their answers, oldest first.
    """
    if not history or not _leans_back(question):
        return question
    last_question, last_answer = history[-1]
    before = standalone_question(last_question, history[:-1])
    said = (
        " ".join(c.quote for c in last_answer.citations)
        if isinstance(last_answer, Answer)
        else last_answer
    )
    subject = next((named for q, _ in reversed(history) if (named := _names_in_order(q))), [])
    carried = _unsaid(
        question,
        [*_names_in_order(before), *subject, *content_words(before), *_names_in_order(said)],
    )
    return f"{question} ({' '.join(carried)})" if carried else question


def _leans_back(question: str) -> bool:
    pronoun = _POINTS_BACK.search(question)
    if pronoun and len(content_words(question[: pronoun.start()])) <= _MOST_BEFORE:
        return True
    rest = _GOES_ON.sub("", question, count=1)
    goes_on = rest != question
    own = content_words(rest)
    if len(own) <= 1 or (goes_on and len(own) <= _MOST_OF_A_SHORT_ONE):
        return True
    nameless = not names(question) and len(own) <= _MOST_OF_A_SHORT_ONE
    return nameless and bool(_AS_KNOWN.search(question))


def _names_in_order(text: str) -> list[str]:
    known = names(text)
    return [word for word in words(text) if plain_word(word) in known]


def _unsaid(question: str, candidates: Sequence[str]) -> list[str]:
    seen = {stem(word) for word in words(question)}
    carried: list[str] = []
    for word in candidates:
        if stem(word) not in seen:
            seen.add(stem(word))
            carried.append(word)
    return carried[:_MOST_CARRIED]
