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
from benchmarks._turns import in_turns, median_ratio, prompt_of_round

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
    ours, theirs = in_turns(
        rounds,
        lambda number: _time(trained, prompt_of_round(number)),
        lambda number: _time(untrained, prompt_of_round(number)),
    )
    trained.close()
    untrained.close()
    return {
        name: _compared([times[place] for times in ours], [times[place] for times in theirs])
        for place, name in enumerate(("first word", "each piece after it"))
    }


def _compared(ours: list[float], theirs: list[float]) -> tuple[float, float, float]:
    return statistics.median(ours), statistics.median(theirs), median_ratio(ours, theirs)


def _time(generator: Generator, messages: list[Message]) -> tuple[float, float]:
    moments = [time.perf_counter()]
    moments += [time.perf_counter() for _ in generator.generate(messages, PIECES)]
    first, *others = [after - before for before, after in pairwise(moments)]
    return first, statistics.median(others)


if __name__ == "__main__":
    raise SystemExit(main())
