"""Draws what refusing costs and brings: the share of wrong answers over the share answered.

Takes files that ``measure.py --output`` wrote, of the same questions asked of several models, each
with the name that its curve gets.

    python models/training/draw_refusal.py --rows "as it comes=work/before.jsonl" \
        "trained=work/after.jsonl" --output docs/pictures/refusal.svg
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from assistant.evaluation.calibration import RiskCoverage, risk_coverage
from assistant.settings import Settings

_COLOURS = ("#8a8f98", "#c2410c", "#1d4ed8")


def curve_of(path: Path) -> RiskCoverage:
    """The curve of a file's questions, without the foreign ones, which nearly all are refused."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["kind"] != "foreign"]
    return risk_coverage([row["confidence"] for row in rows], [row["right"] for row in rows])


def answered_at(curve: RiskCoverage, threshold: float) -> int | None:
    """The place of the curve's last point that is at least as sure as the threshold; None where
    nothing is."""
    sure = [place for place, least in enumerate(curve.thresholds) if least >= threshold]
    return max(sure, default=None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--rows", nargs="+", required=True, metavar="NAME=FILE")
    parser.add_argument("--threshold", type=float, default=Settings().threshold)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    settings = {"svg.fonttype": "none", "svg.hashsalt": "refusal", "font.size": 10}
    with matplotlib.rc_context(settings):
        drawing = Figure(figsize=(6.4, 3.8), layout="constrained")
        axes = drawing.add_subplot()
        for named, colour in zip(options.rows, _COLOURS, strict=False):
            name, _, path = named.partition("=")
            curve = curve_of(Path(path))
            label = f"{name} (area {curve.area:.3f})"
            axes.plot(curve.coverage, curve.risk, color=colour, linewidth=2, label=label)
            place = answered_at(curve, options.threshold)
            if place is not None:
                axes.plot(curve.coverage[place], curve.risk[place], "o", color=colour)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="share of the questions that is answered")
        axes.set_ylabel("share of the answers that is wrong")
        axes.grid(color="#e5e7eb")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="lower right", frameon=False)
        drawing.savefig(options.output, metadata={"Date": None})


if __name__ == "__main__":
    main()
