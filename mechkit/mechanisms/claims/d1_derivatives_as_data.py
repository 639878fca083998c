"""D1. More information about the points gives a better fit: Hermite uses derivatives that Lagrange cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mechkit.interpolation import hermite, newton
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.runs import counted

NODES = "at equal nodes the fit with derivatives is better"
DATA = "at equal data the fit with derivatives is better as well"

#: Nodes of the fits of the verdict.
N = 8
#: Nodes of the picture.
SIZES = (2, 4, 6, 8, 10, 12, 14, 16)
#: Errors are looked for at so many points between the nodes.
POINTS = 2001
#: The error of the gain.
WANTED = 1e-8


@dataclass(frozen=True)
class Function:
    """A function on [-1, 1] and its derivative."""

    f: Callable[[Any], Any]
    slope: Callable[[Any], Any]


FUNCTIONS: Mapping[str, Function] = {
    "exp(x)": Function(np.exp, np.exp),
    "sin(6x)": Function(lambda x: np.sin(6.0 * x), lambda x: 6.0 * np.cos(6.0 * x)),
    "1 / (1 + 4x²)": Function(lambda x: 1.0 / (1.0 + 4.0 * x**2), lambda x: -8.0 * x / (1.0 + 4.0 * x**2) ** 2),
    "|x|³": Function(lambda x: np.abs(x) ** 3, lambda x: 3.0 * x * np.abs(x)),
}


def measure() -> Evidence:
    """Largest errors and flops of Newton's and Hermite's polynomial, at equal nodes and at equal data."""
    n = N
    lagrange = {name: error(of, n, 0) for name, of in FUNCTIONS.items()}
    hermite_ = {name: error(of, n, 1) for name, of in FUNCTIONS.items()}
    twice = {name: error(of, 2 * n, 0) for name, of in FUNCTIONS.items()}
    exp = FUNCTIONS["exp(x)"]
    before, after = (next(k for k in range(1, 40) if error(exp, k, m) <= WANTED) for m in (0, 1))
    return Evidence(
        checks=[
            *(Check(NODES, f"{name}, {n} nodes", lagrange[name] / hermite_[name], above(1)) for name in FUNCTIONS),
            *(
                Check(DATA, f"{name}, {2 * n} data", twice[name] / hermite_[name], above(1), within=False)
                for name in FUNCTIONS
            ),
        ],
        headline=Headline(
            f"Slopes at {n} nodes make the fit of sin(6x) {{:,.0f}} times more accurate.",
            lagrange["sin(6x)"] / hermite_["sin(6x)"],
        ),
        gain=Gain(f"exp(x) on [-1, 1] to an error of {WANTED:g}", before, after, unit="nodes"),
        tables=[
            Table(
                f"Largest error on [-1, 1], by nodes and data; flops to build the polynomial, n = {n}",
                ("function", f"{n} values", f"{n} values and slopes", f"{2 * n} values"),
                [
                    *((name, lagrange[name], hermite_[name], twice[name]) for name in FUNCTIONS),
                    ("flops", flops(n, 0), flops(n, 1), flops(2 * n, 0)),
                ],
            )
        ],
        figures=[
            Figure(
                "Largest error for sin(6x) by the number of nodes. With slopes, each node counts twice: the curve is "
                "that of values alone, at half of the nodes.",
                partial(_draw, FUNCTIONS["sin(6x)"]),
            )
        ],
        notes=[
            "All nodes are roots of a Chebyshev polynomial. Both polynomials are built by divided differences.",
            "Equal data means as many values as there were values and slopes. Then values at more nodes are as good or "
            "better: what counts is the number of data. A slope is worth its price where it costs less than a value.",
        ],
    )


def nodes(n: int) -> np.ndarray:
    """The n roots of a Chebyshev polynomial."""
    return np.cos((2.0 * np.arange(n) + 1.0) * np.pi / (2.0 * n))


def fit(of: Function, n: int, m: int) -> Any:
    """The polynomial through n values, and n slopes where m is 1."""
    x = nodes(n)
    return hermite(x, [of.f(x), of.slope(x)]) if m else newton(x, of.f(x))


def error(of: Function, n: int, m: int) -> float:
    """The largest error of that polynomial on [-1, 1]."""
    between = np.linspace(-1.0, 1.0, POINTS)
    return float(np.abs(fit(of, n, m)(between) - of.f(between)).max())


def flops(n: int, m: int) -> int:
    """The flops to build that polynomial."""
    return counted(fit, FUNCTIONS["exp(x)"], n, m)[1].flops


def _draw(of: Function, axes: Any) -> None:
    lines = {
        "values": {n: error(of, n, 0) for n in SIZES},
        "values and slopes": {n: error(of, n, 1) for n in SIZES},
    }
    draw_lines(lines, "nodes", "largest error", axes)
    axes.set_xscale("linear")


CLAIM = Claim(
    key="D1",
    mechanism="data tailoring",
    statement="More information about the points gives a better fit: Hermite uses derivatives that Lagrange cannot.",
    source="RAND RR-A3485-1, appendix B, interpolation",
    baseline="the polynomial through the values (Lagrange's, in Newton's form)",
    improvement="Hermite's polynomial, with the slopes at the same nodes",
    parts={NODES: "the error with values alone as a multiple of that with slopes"},
    limits={DATA: "the error with twice the values as a multiple of that with values and slopes"},
    measure=measure,
)
