"""O3. Least squares is popular because it is cheap; by Cholesky it costs mn^2 + n^3/3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mechkit.interpolation import least_absolute, least_squares, minimax
from mechkit.measurement import law
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above, between
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.runs import counted
from mechkit.problems import read_nist

CHEAP = "least squares costs less than the other objectives"
LAW = "by Cholesky it costs mn^2 + n^3/3"

#: Points m and coefficients n.
SIZES = ((100, 4), (200, 8), (400, 16))
#: Points of the picture, for 6 coefficients.
POINTS = (25, 50, 100, 200, 400)
#: Sizes at which the leading terms should rule, and one at which the making of the basis still counts.
LARGE = ((500, 40), (500, 60), (500, 80))
SMALL = (400, 20)
#: The leading terms are the cost within this factor.
ABOUT = 1.15
#: Sizes on which the law is found.
FOUND_ON = {"m": range(12, 17), "n": range(2, 7)}

METHODS: Mapping[str, Callable[[np.ndarray, np.ndarray, int], Any]] = {
    "least squares, Cholesky": lambda x, y, n: least_squares(x, y, n - 1, method="normal"),
    "least squares, reflections": lambda x, y, n: least_squares(x, y, n - 1, method="qr"),
    "Chebyshev, exchanges": lambda x, y, n: minimax((x, y), n - 1),
    "L1, exchanges": lambda x, y, n: least_absolute(x, y, n - 1),
}
CHOLESKY = "least squares, Cholesky"
OTHERS = ("Chebyshev, exchanges", "L1, exchanges")


def measure() -> Evidence:
    """Flops of the fits in three senses, and the exact law of least squares by Cholesky."""
    costs = {name: {size: flops(name, *size) for size in SIZES} for name in METHODS}
    by_points = {name: {m: flops(name, m, 6) for m in POINTS} for name in METHODS}
    found = {name: law(partial(_run, name), **FOUND_ON).flops for name in list(METHODS)[:2]}
    return Evidence(
        checks=[
            *(
                Check(
                    CHEAP, f"{name}, {m} points, {n} coefficients", costs[name][m, n] / costs[CHOLESKY][m, n], above(1)
                )
                for name in OTHERS
                for m, n in SIZES
            ),
            *(
                Check(
                    LAW,
                    f"{m} points, {n} coefficients",
                    flops(CHOLESKY, m, n) / (m * n**2 + n**3 / 3),
                    between(1 / ABOUT, ABOUT),
                    within=(m, n) in LARGE,
                )
                for m, n in (*LARGE, SMALL)
            ),
        ],
        headline=Headline(
            "For 200 points and 8 coefficients, the L1 fit costs {:.0f} times least squares.",
            costs["L1, exchanges"][200, 8] / costs[CHOLESKY][200, 8],
        ),
        gain=Gain(
            "200 points, 8 coefficients, from L1 to least squares",
            costs["L1, exchanges"][200, 8],
            costs[CHOLESKY][200, 8],
        ),
        tables=[
            Table(
                "Exact laws: flops of a fit, m points, n coefficients",
                ("method", "flops"),
                [(name, str(polynomial)) for name, polynomial in found.items()],
            ),
            Table(
                "Flops of a fit to exp(3x) with noise",
                ("method", *(f"{m} points, {n} coefficients" for m, n in SIZES)),
                [(name, *row.values()) for name, row in costs.items()],
            ),
        ],
        laws=[
            LawsBySize(
                "A fit with n coefficients to m points, by least squares: reflections, and then Cholesky.",
                dict(reversed(found.items())),
                {"m": (100, 100_000, 1000), "n": (2, 50, 10)},
            )
        ],
        figures=[
            Figure(
                "Flops of a fit with 6 coefficients by the number of points. Least squares knows its cost beforehand; "
                "the others exchange points until nothing improves.",
                partial(_draw, by_points),
            )
        ],
        notes=[
            "Whether cost is the reason for the popularity of least squares is not measured.",
            "The costs of the other fits depend on the data: here values of exp(3x) with normal noise of 0.1, seed 0.",
        ],
    )


def measure_published(folder: Path) -> Evidence:
    """Flops of straight lines through the Norris data, by least squares and by the least sum of errors."""
    data = read_nist(folder / "nist" / "Norris.dat")
    x, y = data.x[:, 0], data.y
    other = "L1, exchanges"
    costs = {name: counted(METHODS[name], x, y, 2)[1].flops for name in METHODS if name != "Chebyshev, exchanges"}
    ratio = costs[other] / costs[CHOLESKY]
    return Evidence(
        checks=[Check(CHEAP, f"{other}, the Norris data, {y.size} points", ratio, above(1))],
        headline=Headline("For a line through the Norris data, the L1 fit costs {:.1f} times least squares.", ratio),
        gain=Gain("a line through the Norris data, from L1 to least squares", costs[other], costs[CHOLESKY]),
        tables=[
            Table(f"Flops of a line through the Norris data, {y.size} points", ("method", "flops"), list(costs.items()))
        ],
        notes=["The Norris data repeat some points, which the exchanges of the Chebyshev fit do not take."],
    )


def flops(name: str, m: int, n: int) -> int:
    """The flops of a fit to m points with n coefficients."""
    return counted(_run, name, m, n)[1].flops


def _run(name: str, m: int, n: int) -> Any:
    x = np.linspace(-1.0, 1.0, m)
    y = np.exp(3.0 * x) + 0.1 * np.random.default_rng(0).standard_normal(m)
    return METHODS[name](x, y, n)


def _draw(by_points: Mapping[str, Mapping[int, int]], axes: Any) -> None:
    draw_lines(by_points, "points", "flops", axes, fontsize=12)


CLAIM = Claim(
    key="O3",
    mechanism="objective functions",
    statement="Least squares is popular because it is cheap; by Cholesky it costs mn^2 + n^3/3.",
    source="RAND RR-A3485-1, appendices A and B, approximation",
    baseline="the fits with the least largest error, and with the least sum of errors",
    improvement="least squares by Cholesky's method",
    parts={
        CHEAP: "the flops of the other fit as a multiple of those of least squares",
        LAW: "the flops as a multiple of mn^2 + n^3/3",
    },
    measure=measure,
    measure_published=measure_published,
)
