"""Question and history to a question that stands alone, by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from operator import or_

from assistant.records import Answer
from assistant.retrieval.ellipsis import completed
from assistant.retrieval.terms import (
    content_words,
    every_stem,
    names,
    plain_word,
    stem,
    stems,
    without_possessive,
    words,
)

Turn = tuple[str, str | Answer]

_MOST_CARRIED = 10
_POINTS_BACK = re.compile(
    r"\b(?:it|its|he|him|his|she|her|hers|they|them|their|theirs|these|those"
    r"|this(?! (?:morning|afternoon|evening|week|weekend|month|spring|summer|autumn|winter|year)\b)"
    r"|(?:in|at|of|on|by|for|after|before|since|with|about|than) that"
    r"|(?:that|there|then|same|ones?|else|both|former|latter)(?=\W*$))\b",
    re.IGNORECASE,
)
# "his last years", "after it sank": said of a name in the same question, if there is one before.
_OWNING = re.compile(r"(?:his|her|its|their) \w", re.IGNORECASE)
_JOINED = re.compile(
    r"\b(?:after|before|when|while|until|once|because|since|if)\s+$", re.IGNORECASE
)
# The "it" that stands for what follows: "does it cost to build", "is it true that".
_EMPTY = re.compile(r"it (?:take|cost|true|possible|legal|like)\b.*?\b(?:to|that)\b", re.IGNORECASE)
_OF_ONE = re.compile(
    r"\W*(?:who|what|where)(?:[’']s| is| are| was| were) (?:an? )?[\w.’'&-]+\W*", re.IGNORECASE
)
# A noun without a name says enough only where it is to be explained: "Who was hurt?" leans back.
_EXPLAINS = re.compile(
    r"\W*what(?:[’']s| is| are) (?:an? )?(?!\w+(?:ed|ing)\W*$)\w.*", re.IGNORECASE
)
_AS_KNOWN = re.compile(r"\b(?:the|another|others?|anything|anyone|any)\b", re.IGNORECASE)
_MOST_OF_A_SHORT_ONE = 3
_MOST_BEFORE = 2  # with more words of its own before a pronoun, a question says whom it means
_GOES_ON = re.compile(
    r"^\s*(?:and|but|or|so|also|then|what about|how about|what else)\b[\s,]*", re.IGNORECASE
)


def standalone_question(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leaves unsaid: names and nouns of what was said before.

    A question that only names another year, place or thing ("And in 2019?") is the last one, asked
    of that (``ellipsis``). One that points back ("it", "they", "another"), goes on from the last,
    has hardly a word of its own, or is short, names nothing and speaks of a thing as known ("the
    band") gets, in brackets, the names of the last question that has some, the other meaningful
    words of the last one, then the names of the sentences that its answer cited (of its text,
    where only text is given), at most ten. Other questions are left as they are, and so is what
    names something new to the conversation to ask what it is ("Who was Napoleon?"), or to point
    back to it in the question itself ("Where did Napoleon spend his last years?").

    Args:
        question: what was asked now.
        history: earlier questions with their answers, oldest first.
    """
    told = (stems(f"{asked}\n{_told(answer)}") for asked, answer in history)
    return _standing_alone(question, history, list(accumulate(told, or_)))


def _standing_alone(
    question: str, history: Sequence[Turn], spoken_of: Sequence[frozenset[str]]
) -> str:
    """``spoken_of[n]`` are the stems of all that was said up to turn ``n`` of the history."""
    if not history or not _leans_back(question, spoken_of[-1]):
        return question
    last_question, last_answer = history[-1]
    before = _standing_alone(last_question, history[:-1], spoken_of[:-1])
    if whole := completed(question, before):
        return whole
    subject = next((named for q, _ in reversed(history) if (named := _names_in_order(q))), [])
    said = _names_in_order(_told(last_answer))
    carried = _unsaid(question, [*_names_in_order(before), *subject, *content_words(before), *said])
    return f"{question} ({' '.join(carried)})" if carried else question


def _told(answer: str | Answer) -> str:
    """What an answer was taken from; its text, where only that is given."""
    return answer if isinstance(answer, str) else " ".join(c.quote for c in answer.citations)


def _leans_back(question: str, spoken_of: frozenset[str]) -> bool:
    if _asks_of_one(question) and not stems(question) <= spoken_of:
        return False
    if any(_points_back(question, found, spoken_of) for found in _POINTS_BACK.finditer(question)):
        return True
    rest = _GOES_ON.sub("", question, count=1)
    goes_on = rest != question
    own = content_words(rest)
    if len(own) <= 1 or (goes_on and len(own) <= _MOST_OF_A_SHORT_ONE):
        return True
    return len(own) <= _MOST_OF_A_SHORT_ONE and _speaks_of_known(question)


def _asks_of_one(question: str) -> bool:
    """Whether a question only asks who, what or where one thing is, and says which: "Who was
    Napoleon?", "What is photosynthesis?"."""
    if not _OF_ONE.fullmatch(question) or len(content_words(question)) != 1:
        return False
    return bool(names(question) or _EXPLAINS.fullmatch(question))


def _points_back(question: str, pronoun: re.Match[str], spoken_of: frozenset[str]) -> bool:
    """Whether a pronoun is said of something before the question, not of what is in it."""
    before, onwards = question[: pronoun.start()], question[pronoun.start() :]
    if len(content_words(before)) > _MOST_BEFORE:
        return False
    is_acronym = pronoun.group().isupper() and not question.isupper()
    is_new = bool({stem(name) for name in names(before)} - spoken_of)
    of_a_name = is_new and (_OWNING.match(onwards) or _JOINED.search(before))
    empty = _EMPTY.match(onwards)
    told = onwards[empty.end() :] if empty else ""
    is_told = len(content_words(told)) > 1 and not _speaks_of_known(told)
    return not (is_acronym or of_a_name or is_told)


def _speaks_of_known(text: str) -> bool:
    return not names(text) and bool(_AS_KNOWN.search(text))


def _names_in_order(text: str) -> list[str]:
    known = names(text)
    return [without_possessive(word) for word in words(text) if plain_word(word) in known]


def _unsaid(question: str, candidates: Sequence[str]) -> list[str]:
    seen = set(every_stem(question))
    carried: list[str] = []
    for word in candidates:
        if stem(word) not in seen:
            seen.add(stem(word))
            carried.append(word)
    return carried[:_MOST_CARRIED]
