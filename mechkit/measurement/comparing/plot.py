"""A comparison as a picture: readable from the back row, in gray print and without color vision."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cycler import cycler
from matplotlib import rc_context, rcParams, rcParamsDefault
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from mechkit.counting.costs import COST_MODELS, CostModel
from mechkit.files import write_file
from mechkit.measurement.comparing.crossover import polynomial_of
from mechkit.measurement.laws.exact_law import LawError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mechkit.measurement.comparing.side_by_side import SideBySide

# Okabe and Ito, Color universal design (2008), without the yellow, which a white page swallows.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 3)))

MARKS: dict[str, Any] = {"markersize": 9, "markeredgecolor": "white", "markeredgewidth": 1.0, "zorder": 3}
HOLLOW: dict[str, Any] = {"markeredgecolor": None, "markeredgewidth": 2.0, "zorder": 4}
WIDTH = 2.4
STYLE: dict[str, Any] = {
    **{"axes.labelsize": 16, "xtick.labelsize": 13, "ytick.labelsize": 13, "legend.fontsize": 13},
    **{"axes.grid": True, "grid.color": "#d9d9d9", "axes.axisbelow": True, "legend.frameon": False},
    **{"axes.spines.top": False, "axes.spines.right": False, "axes.prop_cycle": cycler(color=COLORS)},
}
#: Labeled sizes are at least this share of the axis apart.
_APART = 0.09


def plot(comparison: SideBySide, axes: Axes | None = None, cost: CostModel | str = "flops") -> Axes:
    """Draw a cost against the size; see `Comparison.plot`. Raises ValueError where no cost is a positive number."""
    make_axes: Any = (lambda: axes) if axes is not None else _shown_figure(comparison).subplots
    with rc_context(_house_style()):
        return _plot(comparison, make_axes(), cost)


def _plot(comparison: SideBySide, axes: Axes, cost: CostModel | str = "flops") -> Axes:
    entries = []
    for i, name in enumerate(comparison.algorithms):
        points = _positive(comparison.typical(name, cost).items())
        if not points:
            continue
        style = _style(i)
        _bars(axes, comparison.costs(name, cost), style["color"])
        axes.plot(*zip(*points, strict=True), **{**style, "linestyle": "none"}, **MARKS)
        line, label = _curve(comparison, name, cost, points)
        axes.plot(*zip(*line, strict=True), **{**style, "marker": ""}, linewidth=WIDTH, zorder=2)
        entries.append((points[-1][1], _escaped(name) + label, style))
    _require_some(entries, cost if isinstance(cost, str) else cost.name)
    axes.set(xscale="log", yscale="log")
    _size_ticks(axes, comparison.sizes)
    _finish(axes, "n", _unit(cost), entries)
    return axes


def plot_work_precision(
    comparison: SideBySide, axes: Axes | None = None, error: str = "error", cost: CostModel | str = "flops"
) -> Axes:
    """Draw the error against the cost; see `Comparison.plot_work_precision`. Raises ValueError without a figure."""
    if error not in comparison.figures:
        have = f"there are {', '.join(comparison.figures)}" if comparison.figures else "there are none"
        raise ValueError(f"no figure called {error!r} was measured; {have}: let measure= return it")
    make_axes: Any = (lambda: axes) if axes is not None else _shown_figure(comparison).subplots
    with rc_context(_house_style()):
        axes = make_axes()
        entries, exact = [], False
        points_of = {name: _work_and_error(comparison, name, cost, error) for name in comparison.algorithms}
        errors = [y for points in points_of.values() for _, y in points if y > 0]
        floor = min(errors, default=np.finfo(float).eps) / 10
        for i, (name, points) in enumerate(points_of.items()):
            if not points:
                continue
            style = _style(i)
            drawn = [(x, y or floor) for x, y in points]
            axes.plot(*zip(*drawn, strict=True), **style, **MARKS, linewidth=WIDTH)
            on_floor = [(x, floor) for x, y in points if y == 0]
            if on_floor:
                exact = True
                axes.plot(
                    *zip(*on_floor, strict=True),
                    **{**style, "linestyle": "none"},
                    **{**MARKS, **HOLLOW},
                    markerfacecolor=axes.get_facecolor(),
                )
            entries.append((drawn[-1][1], _escaped(name), style))
        _require_some(entries, error)
        axes.set(xscale="log", yscale="log")
        _decade_ticks(axes.xaxis)
        _finish(axes, _unit(cost), error + f" (hollow: {error} 0)" * exact, entries)
        return axes


def _work_and_error(comparison: SideBySide, name: str, cost: CostModel | str, error: str) -> list[tuple[float, float]]:
    """What a work-precision diagram shows of an algorithm: costs above 0, and errors from 0 up."""
    costs, errors = comparison.typical(name, cost), comparison.typical(name, error)
    points = [(costs[n], abs(e)) for n, e in errors.items() if isinstance(e, int | float)]
    return [(x, y) for x, y in points if _is_positive(x) and 0 <= y < math.inf]


def save_plot(comparison: SideBySide, path: str | os.PathLike[str], cost: str | None = None) -> None:
    """Draw a cost, flops by default, against the size into a file of the format of its suffix; always the same bytes.

    Raises ValueError for a suffix that is no format, OSError where the file cannot be written.
    """
    suffix, picture = Path(path).suffix.lower(), BytesIO()
    with rc_context(_house_style()):
        figure = Figure(**_size(comparison))
        _plot(comparison, figure.subplots(), cost or "flops")
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(suffix)
    with rc_context({"svg.hashsalt": "mechkit"}):  # without it the identifiers inside the file are random
        figure.savefig(picture, format=suffix.removeprefix(".") or "png", dpi=150, metadata=metadata)
    try:
        write_file(path, picture.getvalue())
    except BrokenPipeError:  # nobody reads on
        raise
    except OSError as error:
        hint = "give a path in a folder that is there and can be written"
        raise OSError(f"the picture cannot be written to {Path(path)}: {error.strerror}; {hint}") from error


# -- what is drawn -----------------------------------------------------------------------------------------------


def _curve(
    comparison: SideBySide, name: str, cost: CostModel | str, points: list[tuple[float, float]]
) -> tuple[list[tuple[float, float]], str]:
    """The line of an algorithm and what the legend says of it: law, growth, or the points themselves, joined."""
    if cost in comparison.figures or cost == "seconds":
        return points, ""
    sizes = np.unique(np.rint(np.geomspace(points[0][0], points[-1][0], 200)).astype(int)).tolist()
    try:
        law = comparison.law(name)
        polynomials = [polynomial_of(case, cost) for case in law.cases or (law,)]
    except LawError:
        try:
            fitted = comparison.growth(name, cost)
        except ValueError:
            return points, ""
        return [(n, fitted(n)) for n in sizes], f": ~ {_mathtext(str(fitted).split(' (')[0])}"
    values = [polynomial(n) for n in sizes for polynomial in polynomials[:1]]
    if law.cases:
        values = [polynomial_of(case, cost)(n) for n in sizes for case in law.cases if case.holds((n,))]
    line = [(n, float(v)) for n, v in zip(sizes, values, strict=True) if v > 0 and law.holds((n,))]
    return line or points, ": " + " or ".join(_mathtext(str(polynomial)) for polynomial in polynomials)


def _bars(axes: Axes, costs: dict[int, list[Any]], color: str) -> None:
    """From the least to the most over the seeds."""
    for n, each in costs.items():
        values = [value for _, value in _positive((n, value) for value in each)]
        if len(values) > 1 and min(values) < max(values):
            axes.vlines(n, min(values), max(values), color=color, linewidth=2.0, zorder=2)


def _positive(points: Any) -> list[tuple[float, float]]:
    """The points that a logarithmic axis can show."""
    return [(x, y) for x, y in points if _is_positive(y)]


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and 0 < value < math.inf


def _require_some(entries: Sequence[Any], name: str) -> None:
    if not entries:
        raise ValueError(f"there is nothing to draw: no value of {name} is positive and finite")


# -- how it looks ------------------------------------------------------------------------------------------------


def _house_style() -> Any:
    """What the reader has not set to something else, by `matplotlib.style` or in ``rcParams``."""
    now: Any = rcParams
    defaults: Any = rcParamsDefault
    return {name: value for name, value in STYLE.items() if now[name] == defaults[name]}


def _size(comparison: SideBySide) -> dict[str, Any]:
    """For a slide, where the reader has set no size; each line of the legend makes it a little higher."""
    if rcParams["figure.figsize"] != rcParamsDefault["figure.figsize"]:
        return {"layout": "constrained"}
    return {"figsize": (9.0, 5.0 + 0.36 * len(comparison.algorithms)), "layout": "constrained"}


def _shown_figure(comparison: SideBySide) -> Figure:
    """A new figure; where the reader is in a notebook or uses pyplot, one that these show.

    Not to be made inside an `rc_context`, which would undo how a notebook sets pyplot up for its first figure.
    """
    if "matplotlib.pyplot" in sys.modules or "ipykernel" in sys.modules:
        from matplotlib import pyplot

        return pyplot.figure(**_size(comparison))
    return Figure(**_size(comparison))


def _style(i: int) -> dict[str, Any]:
    """The i-th color, marker and line; none of the first 56 are alike."""
    colors = rcParams["axes.prop_cycle"].by_key().get("color", COLORS)
    return {
        "color": colors[i % len(colors)],
        "marker": MARKERS[i % len(MARKERS)],
        "linestyle": LINES[i % len(LINES)],
    }


def _escaped(name: str) -> str:
    return name.replace("$", r"\$")


def _mathtext(text: str) -> str:
    """A polynomial or a growth as matplotlib sets it.

    >>> _mathtext("n^10/3 - 2n"), _mathtext("n^1.98 2^n"), _mathtext("n log n")
    ('$n^{10}/3 - 2n$', '$n^{1.98}\\\\, 2^{n}$', '$n\\\\, \\\\log\\\\, n$')
    """
    text = re.sub(r"\^\(([^)]*)\)|\^([\w.-]+)", lambda found: f"^{{{found[1] or found[2]}}}", text)
    text = re.sub(r"(?<=[\w}]) (?=\w)", r"\\, ", text).replace("log", r"\log")
    return rf"$\mathrm{{{text}}}$" if text == "constant" else f"${text}$"


def _unit(cost: CostModel | str) -> str:
    if isinstance(cost, CostModel):
        return f"{cost.unit} ({cost.name})"
    if cost == "seconds":
        return "seconds (of this run, noise and all)"
    model = COST_MODELS.get(cost)
    return cost if model is None or model.unit == cost else f"{model.unit} ({cost})"


def _finish(axes: Axes, x: str, y: str, entries: list[tuple[float, str, dict[str, Any]]]) -> None:
    """Labels, grid, and a legend above the axes, where it covers nothing, in the order of the lines' right ends."""
    axes.set(xlabel=x, ylabel=y)
    _decade_ticks(axes.yaxis)
    entries.sort(key=lambda entry: -entry[0])
    handles = [Line2D([], [], label=label, linewidth=WIDTH, **style, **MARKS) for _, label, style in entries]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.01),
        borderaxespad=0.0,
        handlelength=4.0,
    )


def _size_ticks(axes: Axes, sizes: Sequence[int]) -> None:
    """Ticks at sizes that were run, as many as are readable."""
    span = math.log(sizes[-1] / sizes[0]) or 1.0
    chosen: list[int] = [sizes[-1]]
    for n in reversed(sizes[:-1]):
        if math.log(chosen[-1] / n) >= _APART * span:
            chosen.append(n)
    axes.xaxis.set_major_locator(FixedLocator(chosen))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))


def _decade_ticks(axis: Any) -> None:
    """Powers of ten; over fewer than three decades also 2 and 5 times them."""
    low, high = sorted(axis.get_view_interval())
    axis.set_minor_formatter(NullFormatter())
    if 0 < high < 1000 * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda x, _: _tick(x)))
    else:
        axis.set_major_locator(LogLocator(numticks=9))


def _tick(x: float) -> str:
    """A tick's label, plain where that is short.

    >>> _tick(2000.0), _tick(0.05), _tick(2e-9)
    ('2,000', '0.05', '$2 \\\\times 10^{-9}$')
    """
    if 1e-3 <= x < 1e6:
        return f"{x:,.0f}" if x >= 1 else f"{x:.3g}"
    digit, exponent = f"{x:.0e}".split("e")
    return rf"${digit} \times 10^{{{int(exponent)}}}$"
