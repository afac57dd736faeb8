"""Which of the answers that several people gave is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evaluation.metrics import contains_answer, token_f1

_LONGEST = 18
_MORE_WORDS = 5


def consensus(answers: Sequence[str]) -> str | None:
    """The answer that the others agree with best; None where people did not agree, or the answer
    is a long one."""
    if len(answers) == 1:
        best, agreement = answers[0], 1.0
    else:
        scored = [
            (sum(token_f1(a, [b]) for j, b in enumerate(answers) if j != i) / (len(answers) - 1), a)
            for i, a in enumerate(answers)
        ]
        agreement, best = max(scored, key=lambda pair: (pair[0], -len(pair[1])))
    best = best.strip(" ,;:") if best.count(".") != 1 else best.strip(" ,;:.")
    return best if agreement >= 0.45 and 0 < len(best.split()) <= _LONGEST else None


def fuller(agreed: str, answers: Sequence[str]) -> str:
    """The longest of people's answers that holds the agreed one with up to five words more, such as
    "level 112" of "112"; whole sentences are not taken."""
    most = min(_LONGEST, len(agreed.split()) + _MORE_WORDS)
    holding = [a.strip(" ,;:") for a in answers if contains_answer(a, [agreed])]
    fit = [a for a in holding if len(a.split()) <= most and a[-1:] not in (".", "?", "!")]
    return max([agreed, *fit], key=len)
