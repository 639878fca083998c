"""Figures as SVG: readable from the back row, in grey print and without color vision, the same in every run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from cycler import cycler
from matplotlib import style
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from mechkit.measurement.comparing.plot import COLORS, LINES, MARKERS, WIDTH
from mechkit.mechanisms.claim import Figure
from mechkit.mechanisms.wanted import power_of_ten
from mechkit.report.cells import cell
from mechkit.report.errors import one_line

_STYLE = {
    "axes.prop_cycle": cycler(color=COLORS) + cycler(marker=MARKERS[: len(COLORS)]) + cycler(linestyle=LINES),
    "figure.figsize": (9.0, 5.4),
    # About where they end up, so that the axes choose the right number of labels before they are placed.
    **{"figure.subplot.left": 0.1, "figure.subplot.right": 0.98},
    **{"figure.subplot.bottom": 0.13, "figure.subplot.top": 0.97},
    "font.size": 16,
    "legend.fontsize": 14,
    "legend.handlelength": 3.0,
    "legend.framealpha": 0.9,
    "lines.linewidth": WIDTH,
    "lines.markersize": 8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#d9d9d9",
    # Letters stay letters: they are shorter than their outlines, and can be read aloud and searched.
    "svg.fonttype": "none",
    # Without a fixed salt the identifiers inside the file would differ from run to run.
    "svg.hashsalt": "mechkit",
}

#: Spans of a logarithmic axis: below the first 2 and 5 get labels too, below the second 1, 2, 5 would be too few.
_FEW_DECADES, _FEW_TICKS = 100, 6
#: Inches between the outermost label and the edge of the picture.
_PAD = 0.06


@dataclass(frozen=True)
class Picture:
    """A drawn figure: its caption and its SVG text, or, where it could not be drawn, the error."""

    caption: str
    svg: str = ""
    error: str = ""


def draw(figure: Figure) -> Picture:
    """Draw a figure. An error while drawing is kept in the picture, so that the page is still written."""
    try:
        # The user's own settings of matplotlib stay out of the picture, and ours out of theirs.
        with style.context(["default", _STYLE]):
            canvas = FigureCanvasSVG(Canvas()).figure
            axes = canvas.subplots()
            figure.draw(axes)
            for axis in (axes.xaxis, axes.yaxis):
                _label_log_axis(axis)
            _fill(canvas)
            text = StringIO()
            canvas.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    except Exception as error:
        return Picture(figure.caption, error=one_line(error))
    return Picture(figure.caption, svg=text.getvalue())


def _label_log_axis(axis: Axis) -> None:
    """Labels that a reader can read: over few decades matplotlib prints 2, 3, 4 and 6 times each power, overlapping."""
    if not isinstance(axis.get_major_locator(), LogLocator) or getattr(axis.get_transform(), "base", None) != 10:
        return
    low, high = sorted(axis.get_view_interval())
    axis.set_minor_formatter(NullFormatter())
    if high < _FEW_DECADES * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)) if high > _FEW_TICKS * low else AutoLocator())
        axis.set_major_formatter(FuncFormatter(lambda x, _: cell(x)))
    else:  # formulas of matplotlib would take a third of the time of a picture
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda x, _: power_of_ten(round(math.log10(x)))))


def _fill(canvas: Canvas) -> None:
    """Let the axes and their labels fill the picture. One look suffices: matplotlib's own layout needs four."""
    box, now, (width, height) = canvas.get_tightbbox(), canvas.subplotpars, canvas.get_size_inches()
    canvas.subplots_adjust(
        left=now.left + (_PAD - box.x0) / width,
        right=now.right + (width - _PAD - box.x1) / width,
        bottom=now.bottom + (_PAD - box.y0) / height,
        top=now.top + (height - _PAD - box.y1) / height,
    )


def draw_all(figures: Sequence[Figure]) -> list[Picture]:
    """Draw the figures of one claim."""
    return [draw(figure) for figure in figures]
