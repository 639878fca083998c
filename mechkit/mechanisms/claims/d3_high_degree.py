"""D3. Higher degree costs stability, extrapolation most of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.interpolation import barycentric, chebyshev_nodes, lebesgue_constant, lebesgue_function
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above
from mechkit.mechanisms.shared.charts import draw_lines

STABILITY = "a higher degree amplifies errors of the data more"
EXTRAPOLATION = "extrapolation amplifies them most of all"
RUNGE = "a higher degree makes the fit of 1 / (1 + 25x²) worse"

DEGREES = (5, 10, 20)
#: Degrees of the picture.
SIZES = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32)
#: How far beyond the end a value is extrapolated: a tenth of the interval.
BEYOND = 1.2
#: Nodes on [-1, 1] for a degree.
NODES: Mapping[str, Callable[[int], np.ndarray]] = {
    "equidistant nodes": lambda degree: np.linspace(-1.0, 1.0, degree + 1),
    "Chebyshev nodes": lambda degree: chebyshev_nodes(degree + 1, "extrema"),
}


def measure() -> Evidence:
    """By how much errors of values grow inside and outside the nodes, and the errors of Runge's function."""
    inside = {name: {d: lebesgue_constant(of(d), (-1.0, 1.0)) for d in (5, *SIZES)} for name, of in NODES.items()}
    outside = {name: {d: float(lebesgue_function(of(d), BEYOND)) for d in (5, *SIZES)} for name, of in NODES.items()}
    runge = {name: {d: runge_error(of(d)) for d in DEGREES} for name, of in NODES.items()}
    low, middle, high = DEGREES
    equidistant, chebyshev = NODES
    return Evidence(
        checks=[
            *(
                Check(STABILITY, f"{name}, degree {d} against {low}", inside[name][d] / inside[name][low], above(1))
                for name in NODES
                for d in (middle, high)
            ),
            *(
                Check(EXTRAPOLATION, f"{name}, degree {d}", outside[name][d] / inside[name][d], above(1))
                for name in NODES
                for d in DEGREES
            ),
            *(
                Check(
                    RUNGE,
                    f"{name}, degree {high} against {middle}",
                    runge[name][high] / runge[name][middle],
                    above(1),
                    within=False,
                )
                for name in NODES
            ),
        ],
        headline=Headline(
            f"At degree {high}, equidistant nodes amplify errors up to {{:,.0f}} times; Chebyshev nodes 3 times.",
            inside[equidistant][high],
        ),
        gain=Gain(
            f"degree {high}, from equidistant to Chebyshev nodes",
            inside[equidistant][high],
            inside[chebyshev][high],
            unit="errors in the fit for one in the data",
        ),
        tables=[
            Table(
                "By how much errors of values may grow, and the largest error for 1 / (1 + 25x²)",
                ("nodes", "degree", "inside", "a tenth beyond", "error of the fit"),
                [(name, d, inside[name][d], outside[name][d], runge[name][d]) for name in NODES for d in DEGREES],
            )
        ],
        figures=[
            Figure(
                "By how much errors of values may grow: inside [-1, 1] (the Lebesgue constant) and at a tenth of the "
                "interval beyond its end. Chebyshev nodes keep the growth inside small; nothing does outside.",
                partial(_draw, inside, outside),
            )
        ],
        notes=[
            "The Lebesgue constant bounds both: errors of the values, and how much worse than the best polynomial of "
            "its degree an interpolating polynomial is.",
            "For 1 / (1 + 25x²) a higher degree is worse on equidistant nodes (Runge's phenomenon), and better on "
            "Chebyshev nodes: it is the nodes that are to blame, not the degree.",
        ],
    )


def runge_error(x: np.ndarray) -> float:
    """The largest error on [-1, 1] of the polynomial through Runge's function at nodes."""
    between = np.linspace(-1.0, 1.0, 2001)
    return float(np.abs(barycentric(x, 1.0 / (1.0 + 25.0 * x**2))(between) - 1.0 / (1.0 + 25.0 * between**2)).max())


def _draw(inside: Mapping[str, Any], outside: Mapping[str, Any], axes: Any) -> None:
    lines = {}
    for name in NODES:
        lines[f"{name}, inside"] = {d: inside[name][d] for d in SIZES}
        lines[f"{name}, beyond"] = {d: outside[name][d] for d in SIZES}
    draw_lines(lines, "degree", "growth of errors", axes)
    axes.set_xscale("linear")


CLAIM = Claim(
    key="D3",
    mechanism="data tailoring",
    statement="Higher degree costs stability, extrapolation most of all.",
    source="RAND RR-A3485-1, appendix B, interpolation",
    baseline="polynomials of low degree",
    improvement="polynomials of high degree, through equidistant and through Chebyshev nodes",
    parts={
        STABILITY: "the Lebesgue constant, as a multiple of that of degree 5",
        EXTRAPOLATION: "the growth of errors a tenth of the interval beyond its end, over that inside",
    },
    limits={RUNGE: "the largest error of degree 20 as a multiple of that of degree 10"},
    measure=measure,
)
