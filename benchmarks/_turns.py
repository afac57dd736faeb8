"""Two things timed in turns, and the prompts that they are given."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import TypeVar

from assistant.records import Message

_Time = TypeVar("_Time")


def in_turns(
    rounds: int, ours: Callable[[int], _Time], theirs: Callable[[int], _Time]
) -> tuple[list[_Time], list[_Time]]:
    """What both took, given the number of the round; the first round is not counted."""
    taken: tuple[list[_Time], list[_Time]] = ([], [])
    for number in range(rounds + 1):
        both = list(zip(taken, (ours, theirs), strict=True))
        # They take turns at going first, so that a change in the machine's load hits both alike.
        for times, of_one in both if number % 2 else reversed(both):
            times.append(of_one(number))
    return taken[0][1:], taken[1][1:]


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def prompt_of_round(number: int) -> list[Message]:
    """A prompt like those of the assistant: instructions, four passages, a question."""
    passages = "\n\n".join(
        f"[{place}] In the year {1900 + 7 * number + place} the mill of Brunnvik changed hands "
        f"for {310 + 13 * number + place} crowns. Its new owner, a cooper from the next valley, "
        "kept the wheel but moved the stones to a shed nearer the road, where carts could turn. "
        "The parish clerk noted the sale, the weather and the names of both witnesses, and added "
        "that the dam would need repair before the winter. Nobody repaired it."
        for place in range(1, 5)
    )
    instructions = "Answer the question from the numbered passages, in one sentence."
    return [
        Message("system", f"Library {number}. {instructions}"),
        Message("user", f"{passages}\n\nQuestion: What was the mill of Brunnvik sold for?"),
    ]
