"""How far the built-in support check agrees with people, on labelled pairs."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.support import Support, check_support
from assistant.errors import UsageError
from assistant.evaluation.calibration import auc, calibration_error
from assistant.evaluation.content import plain_text
from assistant.evaluation.metrics import Figure, share
from assistant.records import Record

_HINT = 'Every line is a JSON object: {"statement": text, "quote": text, "supported": true|false}.'
_RANK = {"unsupported": 0.0, "partly": 1.0, "supported": 2.0}


@dataclass(frozen=True, slots=True)
class Pair(Record):
    """A statement, the text that is to support it, and whether a person says that it does."""

    statement: str
    quote: str
    supported: bool


def read_pairs(path: Path) -> list[Pair]:
    """Reads labelled pairs: JSON Lines, gzipped or not; empty lines are skipped.

    Raises:
        UsageError: the file cannot be read or is empty, or a line is no pair; it is named.
    """
    try:
        text = plain_text(path)
    except (OSError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"The pairs {path} cannot be read: {reason}.", _HINT) from error
    pairs = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                pairs.append(_pair(json.loads(line)))
            except (ValueError, RecursionError) as error:
                raise UsageError(
                    f"Line {number} of {path} is not a pair: {error}.", _HINT
                ) from error
    if not pairs:
        raise UsageError(f"The file {path} holds no pairs.", _HINT)
    return pairs


def support_figures(pairs: Sequence[Pair]) -> tuple[Figure, ...]:
    """Agreement of the check with the labels: this is support, never faithfulness.

    ``AUC`` orders the pairs by verdict, then by shared words; ``calibration error`` takes the
    share of words for a probability.
    """
    checks = [check_support(pair.statement, pair.quote) for pair in pairs]
    labels = [pair.supported for pair in pairs]
    verdicts = [check.verdict == "supported" for check in checks]
    return (
        Figure("AUC", auc([_order(check) for check in checks], labels), len(pairs)),
        Figure(
            "calibration error",
            calibration_error([check.score for check in checks], labels),
            len(pairs),
        ),
        share("same verdict", [v == label for v, label in zip(verdicts, labels, strict=True)]),
        share("truly supported, of those called so", _labelled(labels, verdicts)),
        share("called supported, of those truly so", _labelled(verdicts, labels)),
    )


def _order(check: Support) -> float:
    return _RANK[check.verdict] + check.score


def _labelled(values: Sequence[bool], chosen: Sequence[bool]) -> list[bool]:
    return [value for value, is_chosen in zip(values, chosen, strict=True) if is_chosen]


def _pair(fields: object) -> Pair:
    if not isinstance(fields, dict):
        raise ValueError("it is not a JSON object")
    for name in ("statement", "quote"):
        if not isinstance(fields.get(name), str) or not fields[name].strip():
            raise ValueError(f"`{name}` is missing or not a text")
    if not isinstance(fields.get("supported"), bool):
        raise ValueError("`supported` is neither true nor false")
    return Pair(fields["statement"], fields["quote"], fields["supported"])
