"""Pictures of an evaluation as inline SVG: colours are the page's, the same input the same bytes.

One width serves wide and narrow windows, so labels stand above what they name. matplotlib is
imported when something is drawn, without pyplot; its settings are restored afterwards.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from assistant.evaluation.calibration import RiskCoverage
from assistant.evaluation.cases import Outcome
from assistant.evaluation.metrics import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

_WIDTH = 420  # of every picture, in pixels
_MARGIN = 10
_LONGEST = 50  # characters of a label beside its value

# matplotlib draws with these colours only; each becomes a property of the page's style.
_INK, _QUIET, _LINE, _SURFACE = "#010101", "#020202", "#030303", "#040404"
_SERIES = tuple(f"#0501{n:02x}" for n in range(6))
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_OUTCOME_COLOURS = {outcome: f"#0601{n:02x}" for n, outcome in enumerate(_OUTCOMES)}
_PROPERTIES = {
    _INK: "var(--ink)",
    _QUIET: "var(--quiet)",
    _LINE: "var(--line)",
    _SURFACE: "var(--surface)",
    **{colour: f"var(--series-{n})" for n, colour in enumerate(_SERIES, start=1)},
    **{
        colour: f"var(--{outcome.replace(' ', '-')})"
        for outcome, colour in _OUTCOME_COLOURS.items()
    },
}
_MARKERS = ("o", "s", "D", "^", "v", "P")

# What XML cannot hold, what shows nothing, and marks that turn the direction of text around.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_TAG = re.compile(r"<[^>]*>")
_REFERENCE = re.compile(r"#([\w-]+)")
_ID = re.compile(r' id="([^"]*)"')
_COLOUR = re.compile("|".join(_PROPERTIES))


class StageTime(NamedTuple):
    """How long a stage took, in seconds; None where it never ran."""

    name: str
    median: float | None
    percentile_95: float | None


def visible(text: str) -> str:
    """The text without characters that show nothing and could spoil what stands around them."""
    return _INVISIBLE.sub("", text)


def draw_shares(series: Mapping[str, Sequence[Figure]], description: str) -> str:
    """Figures from 0 to 1 as dots with their 95% intervals as bars; undefined ones in words.

    Args:
        series: figures of the same names by what was measured; each has a colour and a shape.
        description: what the picture shows, for those who cannot see it; no two pictures of a
            page share one.
    """
    names = tuple(dict.fromkeys(f.name for figures in series.values() for f in figures))
    legend = tuple(series) if len(series) > 1 else ()
    row = 24 + 13 * max(1, len(series))
    top = 22 * -(-len(legend) // 3) + 4
    with _drawing(top + row * len(names) + 24) as drawing:
        axes = _axes(drawing, top=top, bottom=24)
        axes.set(xlim=(0, 1), ylim=(max(1, row * len(names)), 0))
        _grid(axes)
        for place, name in enumerate(legend):
            x, y = _MARGIN + place % 3 * 136, 10 + place // 3 * 22
            _symbol(drawing, x + 5, y, *_look(place))
            _write(drawing, x + 16, y, _cut(name, 18), _INK)
        for number, name in enumerate(names):
            y = row * number + 12
            _row_label(axes, y, name)
            for place, figures in enumerate(series.values()):
                figure = next((f for f in figures if f.name == name), None)
                if figure is not None:
                    _interval(axes, y + 15 + 13 * place, figure, place, alone=not legend)
        return _svg(drawing, description)


def draw_funnel(counts: Mapping[Outcome, int], description: str) -> str:
    """What became of the questions, as one bar of parts with counts, and each in words."""
    known = {outcome: counts[outcome] for outcome in _OUTCOMES if counts.get(outcome)}
    total = sum(known.values())
    with _drawing(58 + 20 * len(known)) as drawing:
        axes = _axes(drawing, top=6, bottom=20 * len(known) + 14)
        axes.set(xlim=(0, max(1, total)), ylim=(0, 1))
        axes.set_axis_off()
        start = 0
        for place, (outcome, count) in enumerate(known.items()):
            colour = _OUTCOME_COLOURS[outcome]
            axes.barh(0.5, count, 1, start, color=colour, edgecolor=_SURFACE, linewidth=1.5)
            if count / total > 0.02 + 0.02 * len(str(count)):  # there is room
                look: dict[str, Any] = {"color": _SURFACE, "ha": "center", "va": "center"}
                axes.text(start + count / 2, 0.48, str(count), size=12, **look)
            start += count
            y = 60 + 20 * place
            _symbol(drawing, _MARGIN + 6, y, "s", colour)
            _write(drawing, _MARGIN + 20, y, outcome, _INK)
            share = f"{count}  ({count / total:.0%})"
            _write(drawing, _WIDTH - _MARGIN, y, share, _QUIET, align="right")
        return _svg(drawing, description)


def draw_risk_coverage(curve: RiskCoverage, description: str) -> str:
    """The share of wrong answers over the share that is answered, from the surest on."""
    with _drawing(260) as drawing:
        axes = _axes(drawing, top=30, bottom=46, left=44)
        highest = max(curve.risk, default=0.0)
        axes.set(xlim=(0, 1), ylim=(0, min(1.0, max(0.1, 1.15 * highest))))
        _grid(axes)
        axes.grid(axis="y", color=_LINE, linewidth=1)
        axes.yaxis.set_major_formatter("{x:.2g}")
        axes.plot(curve.coverage, curve.risk, color=_SERIES[0], linewidth=2)
        if len(curve.coverage) == 1:
            axes.plot(curve.coverage, curve.risk, "o", color=_SERIES[0], clip_on=False)
        _write(drawing, 8, 12, "wrong among the answered (risk)", _QUIET)
        _write(drawing, _WIDTH - _MARGIN, 250, "answered (coverage)", _QUIET, align="right")
        return _svg(drawing, description)


def draw_times(stages: Sequence[StageTime], description: str) -> str:
    """Seconds by stage: a dot at the median, a bar that ends at the 95th percentile."""
    row = 38
    with _drawing(row * len(stages) + 28) as drawing:
        axes = _axes(drawing, top=4, bottom=24)
        longest = max((t for s in stages for t in s[1:] if t is not None), default=0.0)
        axes.set(xlim=(0, longest * 1.02 or 1), ylim=(max(1, row * len(stages)), 0))
        _grid(axes)
        for number, stage in enumerate(stages):
            y = row * number + 12
            _row_label(axes, y, stage.name)
            times = [t for t in stage[1:] if t is not None]
            told = " to ".join(f"{time:.3g}" for time in times) + " s" if times else "undefined"
            _row_value(axes, y, told)
            if times:
                axes.plot((times[0], times[-1]), (y + 15,) * 2, color=_SERIES[0], linewidth=2)
                axes.plot(times[-1], y + 15, "|", color=_SERIES[0], markersize=9, clip_on=False)
                axes.plot(times[0], y + 15, "o", color=_SERIES[0], markersize=7, clip_on=False)
        return _svg(drawing, description)


# --- parts of pictures -------------------------------------------------------------------------


def _interval(axes: Axes, y: float, figure: Figure, place: int, *, alone: bool) -> None:
    value, low, high = figure.value, figure.low, figure.high
    if value is None:
        if alone:
            _row_value(axes, y - 15, "undefined")
        return
    if alone:
        _row_value(axes, y - 15, f"{value:.3f}")
    shape, colour = _look(place)
    if low is not None and high is not None:
        axes.plot((low, high), (y, y), color=colour, linewidth=2, solid_capstyle="butt")
    axes.plot(value, y, shape, color=colour, markersize=7, clip_on=False)


def _row_label(axes: Axes, y: float, name: str) -> None:
    _row_text(axes, 0, y, _cut(name, _LONGEST), color=_INK, ha="left")


def _row_value(axes: Axes, y: float, text: str) -> None:
    _row_text(axes, 1, y, text, color=_QUIET, ha="right")


def _row_text(axes: Axes, x: float, y: float, text: str, **look: Any) -> None:
    across = axes.get_yaxis_transform()
    axes.text(x, y, text, va="center", size=11, parse_math=False, transform=across, **look)


def _write(
    drawing: Drawing, x: float, y: float, text: str, colour: str, align: str = "left"
) -> None:
    across, down = _share_of(drawing, x, y)
    look: dict[str, Any] = {"color": colour, "ha": align, "va": "center", "size": 11}
    drawing.text(across, down, text, parse_math=False, **look)


def _share_of(drawing: Drawing, x: float, y: float) -> tuple[float, float]:
    """Pixels from the upper left corner, as matplotlib counts: shares from the lower left."""
    return x / _WIDTH, 1 - y / (drawing.get_figheight() * 72)


def _symbol(drawing: Drawing, x: float, y: float, shape: str, colour: str) -> None:
    from matplotlib.lines import Line2D

    across, down = _share_of(drawing, x, y)
    drawing.add_artist(Line2D([across], [down], marker=shape, color=colour, markersize=8))


def _look(place: int) -> tuple[str, str]:
    """Shape and colour of a series."""
    return _MARKERS[place % len(_MARKERS)], _SERIES[place % len(_SERIES)]


def _grid(axes: Axes) -> None:
    axes.grid(axis="x", color=_LINE, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=_QUIET, labelsize=10, pad=5)
    axes.xaxis.set_major_formatter("{x:g}")
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set_color(_LINE)
    if axes.yaxis_inverted():  # rows, which have labels of their own
        axes.set_yticks([])


def _cut(text: str, longest: int) -> str:
    plain = " ".join(visible(text).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


# --- from matplotlib to the page ---------------------------------------------------------------


@contextmanager
def _drawing(height: float) -> Iterator[Drawing]:
    import matplotlib
    from matplotlib.figure import Figure as Drawing

    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "font.family": ["DejaVu Sans"],  # it comes with matplotlib
        "axes.facecolor": "none",
    }
    # a letter that matplotlib's own font lacks is drawn by the browser, with one of its fonts
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        drawing = Drawing(figsize=(_WIDTH / 72, height / 72), dpi=72)
        drawing.patch.set_visible(False)
        yield drawing


def _axes(drawing: Drawing, top: float, bottom: float, left: float = _MARGIN) -> Axes:
    height = drawing.get_figheight() * 72
    width = _WIDTH - left - _MARGIN
    inner = max(1, height - top - bottom)
    return drawing.add_axes((left / _WIDTH, bottom / height, width / _WIDTH, inner / height))


def _svg(drawing: Drawing, description: str) -> str:
    """The drawing as inline SVG; ids differ from picture to picture, by the description."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    file = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context({"svg.hashsalt": f"of {visible(description)}"}):
        FigureCanvasSVG(drawing).print_svg(file, metadata=nothing)  # type: ignore[no-untyped-call]
    return _inline(file.getvalue().decode("utf-8"), description)


def _inline(svg: str, description: str) -> str:
    """An SVG file as part of a page: its tags are rewritten, its texts stay as they are."""
    body = svg[svg.index("<svg") :]
    start, end = body.index("<defs>"), body.index("</defs>") + len("</defs>")
    body = body[:start] + body[end:]  # a style that would hold for the whole page
    box = re.search(r'viewBox="([^"]*)"', body)
    assert box is not None  # noqa: S101 - matplotlib always writes one
    tags = "".join(_TAG.findall(body))
    used = set(_REFERENCE.findall(tags))

    def rewritten(match: re.Match[str]) -> str:
        tag = match[0]
        if tag.startswith("<svg"):
            return (
                '<svg class="picture" xmlns="http://www.w3.org/2000/svg" '
                'xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'viewBox="{box[1]}" role="img" aria-label="{html.escape(visible(description))}">'
            )
        if tag.startswith("<!--"):
            return ""  # matplotlib repeats each text in a comment
        kept = _ID.sub(lambda found: found[0] if found[1] in used else "", tag)
        return _COLOUR.sub(lambda found: _PROPERTIES[found[0]], kept)

    return _TAG.sub(rewritten, body)
