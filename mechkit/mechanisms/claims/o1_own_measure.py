"""O1. Least squares, Chebyshev's fit and the L1 fit: each wins by its own measure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_least
from mechkit.mechanisms.shared.three_fits import DEGREE, FITS, MEASURES, POINTS, data, fits, points

WINS = "each fit wins by its own measure"

#: The fit that minimizes each measure.
OWN = dict(zip(MEASURES, FITS, strict=True))
OUTLIERS = "with 6 outliers"


def measure() -> Evidence:
    """The three measures of three fits, for three data sets."""
    sets = data()
    table = {name: measures(y) for name, y in sets.items()}
    hurt = table[OUTLIERS]
    return Evidence(
        checks=[
            Check(WINS, f"{of}, {name}", margin(table[name], of), at_least(1.0)) for name in sets for of in MEASURES
        ],
        headline=Headline(
            "With outliers, the Chebyshev fit leaves {:.1f} times the sum of errors of the L1 fit.",
            hurt["Chebyshev"]["sum of errors"] / hurt["L1"]["sum of errors"],
        ),
        gain=Gain(
            f"the sum of errors at {POINTS} points, 6 of them outliers, from least squares to L1",
            hurt["least squares"]["sum of errors"],
            hurt["L1"]["sum of errors"],
            unit="units of error",
        ),
        tables=[
            Table(
                f"{name}: measures of the fits of degree {DEGREE} at {POINTS} points",
                ("fit", *MEASURES),
                [(fit, *of.values()) for fit, of in rows.items()],
            )
            for name, rows in table.items()
        ],
        figures=[
            Figure(
                "Data with outliers, and the three fits. The L1 fit passes them by, the Chebyshev fit gives them all "
                "its attention, and least squares is between the two.",
                partial(_draw, sets[OUTLIERS]),
            )
        ],
        notes=[
            "The data are 60 values of exp(x) on [-1, 1]: as they are, with normal noise of 0.02, and with 6 of them "
            "raised by 5 to 10; seed 0.",
        ],
    )


def measures(y: np.ndarray) -> dict[str, dict[str, float]]:
    """The measures of the errors of each fit to data y."""
    return {name: {of: measured(values - y) for of, measured in MEASURES.items()} for name, values in fits(y).items()}


def margin(rows: Mapping[str, Mapping[str, float]], of: str) -> float:
    """The measure of the best of the other two fits, as a multiple of that of the fit that minimizes it."""
    own = rows[OWN[of]][of]
    return min(row[of] for name, row in rows.items() if name != OWN[of]) / own


def _draw(y: np.ndarray, axes: Any) -> None:
    x = points()
    axes.plot(x, y, "o", color="black", markersize=4, label="data")
    for name, values in fits(y).items():
        axes.plot(x, values, marker="", label=name)
    axes.set_xlabel("x")
    axes.set_ylabel("value")
    axes.set_ylim(top=1.25 * y.max())
    axes.legend(loc="upper center", ncols=4, fontsize=12)


CLAIM = Claim(
    key="O1",
    mechanism="objective functions",
    statement="Least squares minimizes the sum of squares, Chebyshev the largest error, L1 the sum of errors; "
    "each wins by its own measure.",
    source="RAND RR-A3485-1, appendix B, approximation",
    baseline="the other two fits",
    improvement="the fit whose objective is the measure",
    parts={WINS: "the measure of the best other fit, as a multiple of the fit's own"},
    measure=measure,
)
