"""D2. The degree of the Hermite polynomial is (m + 1)(n - 1) for n points and m derivatives, as it is printed."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebder, chebval

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, exactly

PRINTED = "the degree is (m + 1)(n - 1)"
TEXTBOOK = "the degree is (m + 1)n - 1"

#: Points, and derivatives at each of them.
POINTS = (2, 3, 4, 5, 6)
DERIVATIVES = (1, 2, 3)
#: The degree of the gain.
DEGREE = 11


def measure() -> Evidence:
    """The least degree that takes any values and derivatives at points, by the rank of their conditions."""
    cases = [(n, m) for m in DERIVATIVES for n in POINTS]
    degree = {(n, m): least_degree(n, m) for n in POINTS for m in (0, *DERIVATIVES)}
    return Evidence(
        checks=[
            *(Check(PRINTED, in_words(n, m), degree[n, m] - (m + 1) * (n - 1), exactly(0)) for n, m in cases),
            *(Check(PRINTED, in_words(n, 0), degree[n, 0] - (n - 1), exactly(0), within=False) for n in POINTS),
            *(
                Check(TEXTBOOK, in_words(n, m), degree[n, m] - ((m + 1) * n - 1), exactly(0), within=False)
                for n, m in cases
            ),
        ],
        headline=Headline("Three points with values and slopes need degree {:.0f}, not 4.", degree[3, 1]),
        gain=Gain(
            f"a polynomial of degree {DEGREE}: values alone, and values with slopes",
            next(n for n in range(2, 20) if least_degree(n, 0) == DEGREE),
            next(n for n in range(2, 20) if least_degree(n, 1) == DEGREE),
            unit="points",
        ),
        tables=[
            Table(
                "Least degree, by rank, beside the printed formula and the textbook's",
                ("points n", "derivatives m", "measured", "(m + 1)(n - 1)", "(m + 1)n - 1"),
                [(n, m, degree[n, m], (m + 1) * (n - 1), (m + 1) * n - 1) for n, m in ((n, 0) for n in POINTS)]
                + [(n, m, degree[n, m], (m + 1) * (n - 1), (m + 1) * n - 1) for n, m in cases],
            )
        ],
        figures=[
            Figure(
                "Least degree that takes any values and derivatives at n points: the measured one lies m above the "
                "printed formula, and agrees with it only where there is no derivative.",
                partial(_draw, degree),
            )
        ],
        notes=[
            "n points with a value and m derivatives each are (m + 1)n conditions, and a polynomial with as many "
            "coefficients has the degree (m + 1)n - 1. Without derivatives both formulas give n - 1, Lagrange's.",
            "A degree is enough where the matrix of the conditions has full rank: then a polynomial of this degree "
            "takes any values and derivatives.",
        ],
    )


def least_degree(n: int, m: int) -> int:
    """The least degree of a polynomial that takes any values and m derivatives at n Chebyshev nodes."""
    conditions = (m + 1) * n
    # Fewer coefficients than conditions leave some of these unmet.
    return next(
        d for d in range(conditions - 1, 2 * conditions) if np.linalg.matrix_rank(matrix(n, m, d)) == conditions
    )


def matrix(n: int, m: int, degree: int) -> np.ndarray:
    """The values, and below them the derivatives up to order m, of the Chebyshev polynomials up to a degree."""
    x = np.cos((2.0 * np.arange(n) + 1.0) * np.pi / (2.0 * n))
    rows = np.vstack([chebval(x, chebder(np.eye(degree + 1), order)).T for order in range(m + 1)])
    return rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1.0)


def in_words(n: int, m: int) -> str:
    """The case, such as "3 points, 1 derivative"."""
    return f"{n} points, {m} derivative{'' if m == 1 else 's'}"


def _draw(degree: dict[tuple[int, int], int], axes: Any) -> None:
    for m in (0, *DERIVATIVES):
        (line,) = axes.plot(POINTS, [degree[n, m] for n in POINTS], marker="o", label=f"m = {m}, measured")
        axes.plot(POINTS, [(m + 1) * (n - 1) for n in POINTS], "--", marker="", color=line.get_color())
    axes.plot([], [], "--", marker="", color="gray", label="as printed")
    axes.set_xticks(POINTS)
    axes.set_xlabel("points n")
    axes.set_ylabel("degree")
    axes.legend()


CLAIM = Claim(
    key="D2",
    mechanism="data tailoring",
    statement="The degree of the Hermite polynomial is (m + 1)(n - 1) for n points and m derivatives.",
    source="RAND RR-A3485-1, appendix B, interpolation, as printed",
    baseline="Lagrange's polynomial, which has no derivatives",
    improvement="Hermite's polynomial, with m derivatives at each point",
    parts={PRINTED: "the least degree that takes any values and derivatives, less (m + 1)(n - 1),"},
    limits={TEXTBOOK: "the same degree, less (m + 1)n - 1,"},
    measure=measure,
)
