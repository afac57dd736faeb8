"""What a result is used for: it is compared, held to limits, and gives a threshold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import NamedTuple

from assistant.errors import AssistantError, UsageError
from assistant.evaluation.calibration import choose_threshold
from assistant.evaluation.cases import Result
from assistant.evaluation.comparison import Difference, compare
from assistant.evaluation.figures import summarise
from assistant.evaluation.metrics import Figure
from assistant.evaluation.obedience import injection_figures
from assistant.evaluation.scores import FINAL, can_be_right, given_answers
from assistant.library.calibration import Calibration

_COMMON = ("hit@4", "retrieval, dense: hit@4", "token F1", "refusals: recall")
_COMPARED = (f"{FINAL} hit@4", f"{FINAL} MRR@10", "right", "token F1", "refused")


class Limit(NamedTuple):
    """The least that a figure may be; without a group, the first one that has it counts."""

    name: str
    least: float


def asked_in_both(new: Result, old: Result) -> set[str]:
    """Ids of the questions that both results have, in the same words.

    Ids alone tell nothing: any two drafted sets begin with ``draft-1``.
    """
    return {id_ for id_, _ in _asked(new).items() & _asked(old).items()}


def left_out(new: Result, old: Result) -> int:
    """How many ids stand for a question of only one result, or for two different ones."""
    return len(_asked(new).keys() | _asked(old).keys()) - len(asked_in_both(new, old))


def compare_results(new: Result, old: Result, seed: int = 0) -> list[Difference]:
    """The differences of two results, question by question, over the questions both asked."""
    shared = asked_in_both(new, old)
    clusters = {c.prediction.question.id: c.prediction.cluster for c in (*old.cases, *new.cases)}
    return [
        compare(name, _scores(new, name, shared), _scores(old, name, shared), clusters, seed)
        for name in _COMPARED
    ]


def read_limits(texts: Iterable[str]) -> list[Limit]:
    """Limits from texts such as ``hit@4=0.8`` or ``retrieval, dense: hit@4=0.8``.

    Raises:
        UsageError: a text is not of that form, or names a figure that no run has.
    """
    limits = []
    known = {figure.name for figure in _all_figures()}
    for text in texts:
        name, _, wanted = text.rpartition("=")
        try:
            limit = Limit(name.strip(), float(wanted))
        except ValueError:
            raise UsageError(
                f"The limit {text!r} is not a figure's name and a number.",
                "Write it as hit@4=0.8.",
            ) from None
        if limit.name.rpartition(": ")[2] not in known:
            raise _no_figure(limit.name, known)
        limits.append(limit)
    return limits


def below(result: Result, limits: Iterable[Limit]) -> list[str]:
    """Which limits a result does not keep, each as a sentence.

    Raises:
        UsageError: the result has no such figure, as it was measured.
    """
    missed = []
    for name, least in limits:
        figure = _named(result, name)
        if figure.value is None or not figure.value >= least:
            value = "undefined" if figure.value is None else f"{figure.value:.3f}"
            missed.append(f"{name} is {value}, below {least:g}.")
    return missed


def calibrate(result: Result, wanted: float, model: str) -> Calibration:
    """The threshold at which at most the share ``wanted`` of the answers is wrong.

    Args:
        result: of a run with the threshold 0, so that every question was answered.
        wanted: the share of wrong answers that may be given, 0 to 1.
        model: the language model, as ``model_identity`` names it.

    Raises:
        AssistantError: no threshold keeps to that share.
    """
    # What the checks refuse is refused at any threshold: a question all the same, but no answer.
    asked = sum(can_be_right(case.prediction) for case in result.cases)
    answered = given_answers(result.cases)
    choice = choose_threshold([c for c, _ in answered], [right for _, right in answered], wanted)
    if choice is None:
        raise AssistantError(
            f"No threshold keeps wrong answers to {wanted:.0%}: even the surest are wrong oftener.",
            "Allow a larger share, or use a better model.",
        )
    return Calibration(
        threshold=choice.threshold,
        wanted=wanted,
        risk=choice.risk,
        low=choice.low,
        high=choice.high,
        coverage=choice.n / asked,
        n=asked,
        model=model,
        questions=result.questions,
        made=datetime.now(UTC).date().isoformat(),
    )


def _asked(result: Result) -> dict[str, str]:
    return {c.prediction.question.id: c.prediction.question.question for c in result.cases}


def _scores(result: Result, name: str, ids: set[str]) -> dict[str, float]:
    scores = ((case.prediction.question.id, case.scores.get(name)) for case in result.cases)
    return {id_: value for id_, value in scores if value is not None and id_ in ids}


def _all_figures() -> Sequence[Figure]:
    """One of every name: those of a run in which nothing was asked."""
    groups = summarise((), {}).figures.values()
    return [*(figure for group in groups for figure in group), *injection_figures((), 0)]


def _named(result: Result, name: str) -> Figure:
    group, _, last = name.rpartition(": ")
    for key, figures in result.figures.items():
        for figure in figures:
            if figure.name == last and group in ("", key):
                return figure
    names = (f"{group}: {figure.name}" for group, of in result.figures.items() for figure in of)
    raise _no_figure(name, names)


def _no_figure(name: str, known: Iterable[str]) -> UsageError:
    near = get_close_matches(name, list(known), cutoff=0.4)
    return UsageError(
        f"There is no figure named {name!r}.",
        f"Did you mean: {'; '.join(near)}?" if near else f"Some are: {'; '.join(_COMMON)}.",
    )
