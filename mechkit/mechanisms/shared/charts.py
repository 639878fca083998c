"""Charts that several claims draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mechkit.mechanisms.wanted import written


def draw_bars(names: Sequence[str], values: Sequence[float], unit: str, axes: Any) -> None:
    """One bar for each name, with its value, on a logarithmic axis."""
    bars = axes.barh(names, values, color=["#0072b2", "#e69f00", "#009e73", "#cc79a7"][: len(names)])
    axes.bar_label(bars, labels=[written(value) for value in values], padding=6)
    axes.set_xscale("log")
    axes.set_xlim(min(values) / 10, max(values) * 30)
    axes.set_xlabel(unit)
    axes.invert_yaxis()


def draw_lines(lines: Mapping[str, Mapping[int, float]], of: str, label: str, axes: Any, **legend: Any) -> None:
    """One line for each name, its values by size, on logarithmic axes; of : what the sizes are."""
    for name, values in lines.items():
        axes.loglog(list(values), list(values.values()), label=name)
    axes.set_xlabel(of)
    axes.set_ylabel(label)
    axes.legend(**legend)
