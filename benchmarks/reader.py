"""Speed of the trained default model, against the file as it comes.

    python -m benchmarks.reader [--rounds N] [--json]

Both read the same prompts and answer them in turns, in one process. Each prompt differs from the
last one from its first words on, so that neither can reuse what it read before. Seconds to the
first piece of a reply, and the median of those to each piece after it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from itertools import pairwise

from assistant.inference.generation import Generator
from assistant.inference.models import load_generator
from assistant.records import Message
from benchmarks.first_word import prompt_of_round

LIMIT = 1.05
PIECES = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()

    figures = measure(options.rounds)
    if options.json:
        print(json.dumps(figures))
    else:
        print(f"Trained model against the file as it comes, median of {options.rounds}:")
        for name in ("first word", "each piece after it"):
            trained, untrained, ratio = figures[name]
            print(f"  {name:20} {trained:.4f} s  {untrained:.4f} s  ratio {ratio:.3f}")
        print(f"  (ratios at most {LIMIT})")
    return 0 if all(ratio <= LIMIT for _, _, ratio in figures.values()) else 1


def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """By figure: medians of both, and of the rounds' ratios; the first round is not counted."""
    trained, untrained = (
        load_generator(name) for name in ("SmolLM2-135M-Reader", "SmolLM2-135M-Instruct")
    )
    taken: dict[str, list[tuple[float, float]]] = {"trained": [], "untrained": []}
    for number in range(rounds + 1):
        both = [("trained", trained), ("untrained", untrained)]
        # They take turns at going first, so that a change in the machine's load hits both alike.
        for name, generator in both if number % 2 else reversed(both):
            taken[name].append(_time(generator, prompt_of_round(number)))
    trained.close()
    untrained.close()
    return {
        figure: _compared(
            [times[place] for times in taken["trained"][1:]],
            [times[place] for times in taken["untrained"][1:]],
        )
        for place, figure in enumerate(("first word", "each piece after it"))
    }


def _compared(ours: list[float], theirs: list[float]) -> tuple[float, float, float]:
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return statistics.median(ours), statistics.median(theirs), ratio


def _time(generator: Generator, messages: list[Message]) -> tuple[float, float]:
    moments = [time.perf_counter()]
    moments += [time.perf_counter() for _ in generator.generate(messages, PIECES)]
    first, *others = [after - before for before, after in pairwise(moments)]
    return first, statistics.median(others)


if __name__ == "__main__":
    raise SystemExit(main())
