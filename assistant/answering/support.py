"""Does a quote support a statement? Compared by rule: numbers, names, negations, words.

This is called support, never faithfulness: it sees words, not what they mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.records import Record, Verdict
from assistant.retrieval.terms import every_stem, names, numbers, stem, stems, words

SUPPORTED_SHARE = 0.75
PARTLY_SHARE = 0.5
_WORDS_A_NOT_REACHES = 5
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|cannot|without)\b|n[’']t\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Support(Record):
    """The verdict on a statement and its quote, and why in a few words.

    ``score`` is the share of the statement's meaningful words that the quote has (0 to 1).
    """

    verdict: Verdict
    reason: str
    score: float


def check_support(statement: str, quote: str, title: str = "", question: str = "") -> Support:
    """Compares a statement with the sentence that is to support it.

    Supported: the quote has every number of the statement, every name is in the quote or its
    article's title, and at least three quarters of the meaningful words (as stems) are the
    quote's. Partly supported: half of the words, a name is missing, or the quote has a "not" among
    these words or shortly before them. A number that the quote lacks, or a "not" that it lacks,
    leaves a statement unsupported.

    Args:
        statement: one sentence of an answer, without marks.
        quote: one sentence of an article.
        title: the article's title, which may name whom the sentence calls "he".
        question: what the statement answers. One that repeats the question around its answer, and
            is unsupported for the question's words alone, is partly supported.
    """
    support = _support(statement, quote, title)
    if support.verdict == "unsupported" and holds_the_rest(statement, quote, question):
        return Support("partly", "the sentence has all but the question's own words", support.score)
    return support


def _support(statement: str, quote: str, title: str) -> Support:
    said = stems(statement)
    if not said:
        return Support("unsupported", "there is nothing in it that could be checked", 0.0)
    held = stems(quote)
    score = len(said & held) / len(said)
    lacking = missing_numbers(statement, quote)
    if lacking:
        return Support("unsupported", f"the sentence does not have {_listed(lacking)}", score)
    if score < PARTLY_SHARE:
        return Support("unsupported", "the sentence says something else", score)
    if _NEGATION.search(statement) and not _NEGATION.search(quote):
        return Support("unsupported", "the sentence does not say “not”", score)
    unnamed = missing_names(statement, quote, title)
    if unnamed:
        return Support("partly", f"the sentence does not name {_listed(unnamed)}", score)
    if not _NEGATION.search(statement) and _is_denied(said, quote):
        return Support("partly", "the sentence has a “not” that the statement lacks", score)
    if score < SUPPORTED_SHARE:
        return Support("partly", "the sentence has only some of its words", score)
    return Support("supported", "its words, names and numbers are in the sentence", score)


def holds_the_rest(statement: str, quote: str, question: str) -> bool:
    """Whether a quote has what a statement says besides the words of its question."""
    rest = stems(statement) - stems(question)
    if not question or not rest or _NEGATION.search(statement):
        return False
    lacking = set(missing_numbers(statement, quote)) - numbers(question)
    return not lacking and len(rest & stems(quote)) / len(rest) >= SUPPORTED_SHARE


def statement_of(question: str, statement: str) -> str:
    """What a model holds against a quote: the statement behind its question, because a short answer
    says nothing without it."""
    return f"{question} {statement}"


def context_of(title: str, before: str, quote: str) -> str:
    """What a model holds a statement against: the quote with what its "he" and "there" may mean,
    the article's title and the sentence before."""
    return " ".join(part for part in (f"{title}:" if title else "", before, quote) if part)


def missing_numbers(statement: str, quote: str) -> list[str]:
    """The numbers of a statement that its quote lacks, sorted."""
    return sorted(numbers(statement) - numbers(quote))


def missing_names(statement: str, quote: str, title: str = "") -> list[str]:
    """The names of a statement that neither its quote nor the article's title has, sorted."""
    known = every_stem(f"{quote} {title}")
    return sorted(name for name in names(statement) if stem(name) not in known)


def _is_denied(said: frozenset[str], quote: str) -> bool:
    """Whether the quote has a "not" among the words that it shares with the statement, or shortly
    before them: what it denies elsewhere is nothing to the statement."""
    of_quote = words(quote)
    shared = [place for place, word in enumerate(of_quote) if stems(word) & said]
    if not shared:
        return False
    around = of_quote[max(0, shared[0] - _WORDS_A_NOT_REACHES) : shared[-1] + 1]
    return bool(_NEGATION.search(" ".join(around)))


def _listed(items: list[str]) -> str:
    return ", ".join(item[:40] for item in items[:4])
