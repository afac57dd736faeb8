"""How long answers take, by stage, and what they need."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evaluation.cases import Prediction
from assistant.evaluation.metrics import Figure, percentile

_STAGES = (
    "rewrite",
    "embed",
    "search",
    "rerank",
    "choose",
    "prefill",
    "write",
    "check",
    "compare",
)


def speed_figures(predictions: Sequence[Prediction]) -> tuple[Figure, ...]:
    """Medians and 95th percentiles of seconds and tokens, and the peak memory of the process.

    A stage counts for the answers that came to it: a refusal at once has no prefill.
    """
    answers = [p.answer for p in predictions if p.answer is not None]
    peaks = [p.peak_memory / 1e6 for p in predictions if p.peak_memory]

    def both(name: str, values: list[float]) -> tuple[Figure, Figure]:
        return (
            percentile(f"{name}, median", values, 50),
            percentile(f"{name}, 95th percentile", values, 95),
        )

    stages = ("first_word", "total", *_STAGES)
    labels = {
        "first_word": "seconds to the first word",
        "total": "seconds in all",
        "compare": "seconds for the second reader",
    }
    return (
        *(
            figure
            for stage in stages
            for figure in both(
                labels.get(stage, f"seconds for {stage}"),
                [a.timings[stage] for a in answers if stage in a.timings],
            )
        ),
        *both("tokens in", [float(a.tokens_in) for a in answers if a.tokens_in]),
        *both("tokens out", [float(a.tokens_out) for a in answers if a.tokens_out]),
        percentile(
            "tokens a second while writing, median",
            [
                (a.tokens_out - 1) / a.timings["write"]
                for a in answers
                if a.tokens_out > 1 and a.timings.get("write")
            ],
            50,
        ),
        percentile("peak memory in MB", peaks, 100),
    )
