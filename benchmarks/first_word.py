"""Seconds to the first word of an answer, against bare llama.cpp on the same prompt.

    python -m benchmarks.first_word [--rounds N] [--json]

Both have the same weights, threads and context, in one process. Each prompt differs from the last
one from its first words on, so that neither can reuse what it read before. The assistant's time
includes what it does besides: the chat template, tokenising, the queue, decoding of characters.
Bare llama.cpp is given the tokens.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from typing import Any

from assistant.inference.chat import prompt_tokens
from assistant.inference.llama import LlamaGenerator
from assistant.inference.models import load_generator
from assistant.inference.processor import usable_cores
from assistant.records import Message
from benchmarks._turns import in_turns, median_ratio, prompt_of_round

LIMIT = 1.15
CONTEXT_TOKENS = 2048


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()

    figures = measure(options.rounds)
    if options.json:
        print(json.dumps(figures))
    else:
        print(
            f"First word of an answer, {figures['prompt_tokens']} prompt tokens, "
            f"median of {options.rounds}:\n"
            f"  assistant       {figures['assistant_seconds']:.3f} s\n"
            f"  bare llama.cpp  {figures['bare_seconds']:.3f} s\n"
            f"  ratio           {figures['ratio']:.3f} (at most {LIMIT})"
        )
    return 0 if figures["ratio"] <= LIMIT else 1


def measure(rounds: int) -> dict[str, float]:
    """Medians of both, and the median of the rounds' ratios; the first round is not counted."""
    generator = load_generator(context_tokens=CONTEXT_TOKENS)
    assert isinstance(generator, LlamaGenerator)
    bare = _bare_llama(generator)
    prompts = [prompt_of_round(number) for number in range(rounds + 1)]
    tokens = [
        prompt_tokens(generator.template.parts(messages), generator.vocabulary)
        for messages in prompts
    ]
    ours, theirs = in_turns(
        rounds,
        lambda number: _time_assistant(generator, prompts[number]),
        lambda number: _time_bare(bare, tokens[number]),
    )
    generator.close()
    bare.close()
    return {
        "prompt_tokens": len(tokens[-1]),
        "rounds": rounds,
        "assistant_seconds": statistics.median(ours),
        "bare_seconds": statistics.median(theirs),
        "ratio": median_ratio(ours, theirs),
    }


def _bare_llama(generator: LlamaGenerator) -> Any:
    from llama_cpp import Llama

    return Llama(
        model_path=str(generator.path),
        n_ctx=CONTEXT_TOKENS,
        n_threads=usable_cores(),
        n_threads_batch=usable_cores(),
        verbose=False,
    )


def _time_assistant(generator: LlamaGenerator, messages: Sequence[Message]) -> float:
    started = time.perf_counter()
    next(generator.generate(messages, max_tokens=1))
    return time.perf_counter() - started


def _time_bare(llama: Any, tokens: Sequence[int]) -> float:
    started = time.perf_counter()
    llama.reset()
    llama.eval(tokens)
    llama.sample(temp=0.0)
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main())
