"""How long the stages of an answer take."""

from __future__ import annotations

import time


class Timings:
    """Seconds by stage, from when it is made; each lap ends a stage."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._stages: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._stages[stage] = now - self._last
        self._last = now

    def first_word(self) -> None:
        if "first_word" not in self._stages:
            if "prefill" not in self._stages:
                self.lap("prefill")
            self._stages["first_word"] = time.perf_counter() - self._started

    def so_far(self) -> dict[str, float]:
        return self._stages | {"total": time.perf_counter() - self._started}
