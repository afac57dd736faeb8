"""The Measure tab: choose a question set, measure with it, read the reports, compare two runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import UsageError
from assistant.web.markup import ACTIONS
from assistant.web.measure.choosing import LIVE, Choice, limit_chosen, split_chosen
from assistant.web.measure.comparing import compare_runs, comparison
from assistant.web.measure.measurements import (
    attempt,
    label,
    panel,
    report_frame,
    runs_table,
    spoken,
)
from assistant.web.measure.measuring import Measuring, Order
from assistant.web.measure.questions import find_set
from assistant.web.measure.runs import KeptRun, kept_run, kept_runs, remove_run, run_key
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

Updates = dict[Any, Any]

_SECONDS_BETWEEN_LOOKS = 1
# A sample rather than the first questions, which are often about few articles; and the same one
# each time, so that runs can be compared.
_SEED = 0
_INTRO = (
    "<h2>Measure</h2><p>Put a set of questions to the assistant, and see how often it finds the "
    "passage, answers rightly and refuses rightly. A set is JSON Lines, CSV or SQuAD. Everything "
    "stays on this machine, and you can go on asking meanwhile.</p>"
)
# Brings what was asked for into view.
_INTO_VIEW = """
watch("value", () => {
  const head = element.querySelector("[tabindex]") || document.getElementById("runs-title");
  head.focus({ preventScroll: true });
  head.scrollIntoView({ block: "start" });
});
"""


class Measure:
    """The tab's widgets, made inside the current ``gr.Blocks``, and what they do.

    Args:
        assistant: what is measured.
        measuring: does it.
    """

    def __init__(self, assistant: Assistant, measuring: Measuring) -> None:
        self._measuring = measuring
        with gr.Column(elem_id="measure"):
            html("measure-intro", value=_INTRO)
            with gr.Column(elem_id="order"):
                self._choice = Choice(assistant)
                with gr.Row(elem_id="order-go"):
                    self._run = gr.Button("Run", variant="primary")
                    self._stop = gr.Button("Stop", visible=False)
            self._notice = html("measure-notice")
            self._panel = html("measuring", js_on_load=ACTIONS)
            self._said = html("measuring-said", js_on_load=LIVE)
            html("runs-head", value='<h2 id="runs-title" tabindex="-1">Runs</h2>')
            self._listing = html("runs", js_on_load=ACTIONS)
            self._report = html("report", js_on_load=ACTIONS + _INTO_VIEW)
            with gr.Column(elem_id="compare", visible=False) as self._comparing:
                html("compare-head", value="<h2>Compare two runs</h2>")
                with gr.Row(elem_id="compare-which"):
                    self._before = gr.Dropdown(label="Before", value=None, filterable=False)
                    self._now = gr.Dropdown(label="Now", value=None, filterable=False)
                    self._compare = gr.Button("Compare")
                self._comparison = html("comparison", js_on_load=_INTO_VIEW)
            self._timer = gr.Timer(_SECONDS_BETWEEN_LOOKS, active=False)

    def connect(self, tab: gr.Tab) -> None:
        """Wires the widgets up; to be called inside the blocks that hold them."""
        # Values are checked here: what can be chosen is on the disk.
        quiet: dict[str, Any] = {**QUIET, "preprocess": False}
        notice = self._notice
        runs = [self._listing, self._comparing, self._before, self._now, notice]
        progress = [self._panel, self._said, self._run, self._stop, self._timer]
        compared = [self._before, self._now, self._comparison, notice]
        self._choice.connect(tab)
        tab.select(self.show, None, [*progress, *runs], **quiet)
        self._timer.tick(self.follow, None, [*progress, *runs], queue=False, **quiet)
        self._run.click(self.run, self._choice.chosen, [*progress, *runs], **quiet)
        self._stop.click(self.stop, None, progress, queue=False, **quiet)
        for widget in (self._panel, self._listing):
            widget.select(self.show_report, None, [self._report, notice], **quiet)
            widget.retry(self.go_on, None, [*progress, *runs], **quiet)
        self._report.clear(lambda: "", None, self._report, queue=False, **quiet)
        self._listing.delete(self.remove, None, [*runs, self._report], **quiet)
        self._listing.apply(self.compare_with_earlier, None, compared, **quiet)
        self._compare.click(self.compare, [self._before, self._now], compared, **quiet)

    # --- measuring -----------------------------------------------------------------------------

    def run(self, name: object, split: object, limit: object) -> Updates:
        """Begins to measure with the question set that was chosen."""

        def begin() -> Updates:
            from assistant.evaluation.runs import new_run

            questions = find_set(name)
            order = Order(
                questions,
                new_run(questions),
                split_chosen(split),
                limit_chosen(limit),
                seed=_SEED,
            )
            self._measuring.start(order)
            return self._runs_now()

        return {**attempt(self._notice, begin), **self._progress_now()}

    def go_on(self, event: gr.EventData) -> Updates:
        """Goes on with a run that was broken off."""

        def begin() -> Updates:
            self._measuring.start(_order_of(kept_run(event.value)))
            return self._runs_now()

        return {**attempt(self._notice, begin), **self._progress_now()}

    def stop(self) -> Updates:
        """Ends the measuring after the question under way."""
        self._measuring.stop()
        return self._progress_now()

    def show(self) -> Updates:
        """How far the measuring is, and all other runs."""
        now = self._progress_now()  # first: if the run ends meanwhile, it is looked at once more
        return {**attempt(self._notice, self._runs_now), **now}

    def follow(self) -> Updates:
        """How far the measuring is; the runs too once it has ended, and not before: the reader may
        be about to remove one of them."""
        now = self._progress_now()
        return now if self._busy is not None else self.show()

    # --- runs ----------------------------------------------------------------------------------

    def show_report(self, event: gr.EventData) -> Updates:
        """Shows the report of a run."""
        return attempt(self._notice, lambda: {self._report: report_frame(kept_run(event.value))})

    def remove(self, event: gr.EventData) -> Updates:
        """Removes a run; the reader has confirmed it."""

        def removed() -> Updates:
            if event.value == self._busy:
                raise UsageError("This run is under way.", "Stop it first.")
            remove_run(event.value)
            return {**self._runs_now(), self._report: ""}

        return attempt(self._notice, removed)

    def compare_with_earlier(self, event: gr.EventData) -> Updates:
        """Compares a run with the one before it over the same questions."""

        def compared() -> Updates:
            now = kept_run(event.value)
            earlier = [
                run
                for run in kept_runs()
                if run.finished and run.when < now.when and run.asks_the_same(now)
            ]
            if earlier:
                return self._compared(earlier[0], now)
            message = "There is no earlier run over the same questions. Choose one above."
            return {**self._picked(now=now.key), self._comparison: _asking(message)}

        return attempt(self._notice, compared)

    def compare(self, before: object, now: object) -> Updates:
        """Compares the two runs that were chosen."""
        if not before or not now:
            return {self._comparison: _asking("Choose the two runs that are to be compared.")}
        return attempt(self._notice, lambda: self._compared(kept_run(before), kept_run(now)))

    # --- what the widgets show -----------------------------------------------------------------

    @property
    def _busy(self) -> str | None:
        """The key of the run under way."""
        state = self._measuring.state
        return run_key(state.order.folder) if state is not None and state.under_way else None

    def _progress_now(self) -> Updates:
        state = self._measuring.state
        busy = state is not None and state.under_way
        can_stop = state is not None and state.phase == "running"
        return {
            self._panel: panel(state),
            self._said: spoken(state),
            self._run: gr.Button(interactive=not busy),
            self._stop: gr.Button(visible=busy, interactive=can_stop),
            self._timer: gr.Timer(active=busy),
        }

    def _runs_now(self) -> Updates:
        busy = self._busy
        runs = [run for run in kept_runs() if run.key != busy]
        choices = _choices(runs)
        return {
            self._listing: runs_table(runs),
            self._comparing: gr.Column(visible=len(choices) > 1),
            self._before: gr.Dropdown(choices=choices),
            self._now: gr.Dropdown(choices=choices),
        }

    def _compared(self, before: KeptRun, now: KeptRun) -> Updates:
        return {
            **self._picked(before.key, now.key),
            self._comparison: comparison(compare_runs(before, now)),
        }

    def _picked(self, before: str | None = None, now: str | None = None) -> Updates:
        choices = _choices(kept_runs())
        return {
            self._before: gr.Dropdown(choices=choices, value=before),
            self._now: gr.Dropdown(choices=choices, value=now),
        }


def _order_of(run: KeptRun) -> Order:
    known = run.settings
    injections = known.get("injections")
    return Order(
        Path(run.questions),
        run.folder,
        run.split,
        known.get("limit"),
        tuple(known.get("only") or ()),
        known.get("seed"),
        Path(injections) if injections else None,
    )


def _choices(runs: Sequence[KeptRun]) -> list[tuple[str, str]]:
    return [(label(run), run.key) for run in runs if run.finished]


def _asking(message: str) -> str:
    return f'<p class="nothing" tabindex="-1">{message}</p>'
