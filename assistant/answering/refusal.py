"""When to say that the library does not hold the answer, and what to say then."""

from __future__ import annotations

import math
import re

from assistant.records import Closest
from assistant.retrieval.evidence import Evidence, Sentence, told_by
from assistant.retrieval.terms import absent, figures, names

NOT_IN_LIBRARY = "The library does not say."
NOT_SUPPORTED = (
    "The library does not say, as far as I can tell: nothing that I could write about this is "
    "supported by its articles."
)
NOT_WHAT_WAS_ASKED = (
    "The library does not say, as far as I can tell: what I could write about this is probably not "
    "what was asked."
)
EMPTY_LIBRARY = "The library is empty. Add some articles first, then ask again."
NOTHING_MATCHES = "No article of the library is within the filters. Widen them, then ask again."

_MOST_CLOSEST = 3
# Bias and weights of the logistic regressions; models/training/calibrate.py fits them. What missing
# names weigh beside the model was held at an earlier, larger fit (docs/log.md, 2026-11-27).
_WITH_MODEL: tuple[float, ...] = (-0.57, 0.81, 0.44, -0.68)
_SEARCH_ALONE: tuple[float, ...] = (-0.62, 4.41, -2.00)
# What an answer's missing the question (``aptness``) takes from the log odds of its confidence.
_DOUBT = 1.0
_LEAST = 1e-6
_SAYS_NO = re.compile(
    r"\b(?:passages?|texts?|articles?|library|context|information|document)\b[^.]{0,40}"
    r"(?:\bnot\b|\bcannot\b|n[’']t\b)[^.]{0,30}"
    r"\b(?:say|hold|mention|contain|provide|state|specif|give|answer|include)"
    r"|\b(?:is|are|was|were) not (?:mentioned|stated|given|specified|provided)\b"
    r"|\bno (?:information|mention|answer)\b"
    r"|\bI (?:do not|don[’']t|cannot|can[’']t) (?:know|answer|find)",
    re.IGNORECASE,
)


def confidence(question: str, evidence: Evidence, likelihood: float | None = None) -> float:
    """How likely it is that the evidence holds the answer, as one score from 0 to 1.

    It is the probability that a logistic regression gives: from ``signals``, and from how likely a
    trained model is to begin with a passage's number; of other models from the signals alone.
    Weights and threshold were fitted on tuning questions (docs/log.md).

    Args:
        question: the question that stands alone.
        evidence: what the model reads.
        likelihood: how likely a trained model begins with a passage's number (0 to 1).
    """
    if not evidence.sentences:
        return 0.0
    similarity, missing = signals(question, evidence)
    if likelihood is None:
        weights, inputs = _SEARCH_ALONE, [1.0, similarity, missing]
    else:
        weights, inputs = _WITH_MODEL, [1.0, log_odds(likelihood), similarity, missing]
    score = sum(weight * value for weight, value in zip(weights, inputs, strict=True))
    return 1 / (1 + math.exp(-score))


def threshold_if_doubted(threshold: float) -> float:
    """The least confidence of an answer that may not be what was asked (``aptness``): 0.8 where
    others need 0.6.

    Of such answers to questions held back from training, none of 10 below 0.8 was right, and 26 of
    43 above (docs/log.md, 2026-11-26).
    """
    return 1 / (1 + math.exp(-(log_odds(threshold) + _DOUBT)))


def log_odds(probability: float) -> float:
    """The logarithm of a probability's odds; kept finite at 0 and 1."""
    sure = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(sure / (1 - sure))


def signals(question: str, evidence: Evidence) -> tuple[float, float]:
    """What search says about there being an answer: similarity and missing share.

    The similarity is the highest cosine of the question and a passage. The missing share is that
    of the question's names and numbers that are not in the passage of the best sentence, its title
    or its date: "How many Stingers" where the passage has Javelins is the commonest way to ask for
    what is not there.
    """
    best = max(evidence.sentences, key=lambda sentence: sentence.relevance)
    asked = names(question) | figures(question)
    text = told_by(evidence.hits[best.number - 1])
    missing = len(absent(question, text)) / len(asked) if asked else 0.0
    return max(hit.similarity for hit in evidence.hits), missing


def says_not_there(draft: str) -> bool:
    """Whether a model's words say that the passages do not hold the answer."""
    return bool(_SAYS_NO.search(draft))


def closest_articles(evidence: Evidence) -> tuple[Closest, ...]:
    """At most three articles for further reading, each with its sentence nearest to the question,
    nearest first."""
    nearest: dict[str, Sentence] = {}
    for sentence in sorted(evidence.sentences, key=lambda s: -s.relevance):
        nearest.setdefault(evidence.hits[sentence.number - 1].passage.article_id, sentence)
    return tuple(
        _closest(article_id, sentence, evidence)
        for article_id, sentence in list(nearest.items())[:_MOST_CLOSEST]
    )


def _closest(article_id: str, sentence: Sentence, evidence: Evidence) -> Closest:
    hit = evidence.hits[sentence.number - 1]
    return Closest(
        article_id=article_id,
        title=hit.title,
        source=hit.source,
        sentence=sentence.text,
        start=sentence.start,
        end=sentence.end,
    )
