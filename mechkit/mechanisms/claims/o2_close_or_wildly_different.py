"""O2. Sometimes the results of different objective functions are close, sometimes they differ wildly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_least, at_most
from mechkit.mechanisms.shared.three_fits import DEGREE, POINTS, curve, data, fits, points

CLOSE = "sometimes the fits are close"
WILD = "sometimes they differ wildly"

#: Close: the fits differ by no more than this share of the height of the curve.
NEAR = 0.02
#: Wildly: by at least this share of it.
FAR = 0.5
CLEAN = ("a smooth curve", "with noise")
OUTLIERS = "with 6 outliers"


def measure() -> Evidence:
    """By how much the three fits differ, for clean data and for data with outliers."""
    sets = {name: fits(y) for name, y in data().items()}
    height = float(np.ptp(curve(points())))
    apart = {name: {pair: _distance(*pair, of) / height for pair in combinations(of, 2)} for name, of in sets.items()}
    most = {name: max(pairs.values()) for name, pairs in apart.items()}
    wrong = {name: error(sets[OUTLIERS][name]) for name in sets[OUTLIERS]}
    return Evidence(
        checks=[
            *(Check(CLOSE, name, most[name], at_most(NEAR)) for name in CLEAN),
            Check(WILD, OUTLIERS, most[OUTLIERS], at_least(FAR)),
        ],
        headline=Headline(
            "Six outliers among 60 points move the fits apart {:,.0f} times more than noise does.",
            most[OUTLIERS] / most["with noise"],
        ),
        gain=Gain(
            "distance to the true curve, 6 outliers among 60 points, from least squares to L1",
            wrong["least squares"],
            wrong["L1"],
            unit="units of error",
        ),
        tables=[
            Table(
                f"Largest distance of two fits of degree {DEGREE}, as a share of the height of the curve",
                ("data", *(" and ".join(pair) for pair in next(iter(apart.values())))),
                [(name, *pairs.values()) for name, pairs in apart.items()],
            ),
            Table(
                "Largest distance of each fit to the true curve, with outliers",
                ("fit", "distance"),
                list(wrong.items()),
            ),
        ],
        figures=[
            Figure(
                "The three fits without the data: to clean data with noise (three lines in one), and to the same data "
                "with 6 outliers (broken lines).",
                partial(_draw, sets["with noise"], sets[OUTLIERS]),
            )
        ],
        notes=[f"The data are those of claim O1: {POINTS} values of exp(x), clean, with noise, and with outliers."],
    )


def error(values: np.ndarray) -> float:
    """The largest distance of a fit to the true curve."""
    return float(np.abs(values - curve(points())).max())


def _distance(one: str, other: str, of: Mapping[str, np.ndarray]) -> float:
    return float(np.abs(of[one] - of[other]).max())


def _draw(clean: Mapping[str, np.ndarray], outliers: Mapping[str, np.ndarray], axes: Any) -> None:
    x = points()
    for name, values in clean.items():
        (line,) = axes.plot(x, values, marker="", label=name)
        axes.plot(x, outliers[name], "--", marker="", color=line.get_color())
    axes.plot([], [], "--", marker="", color="gray", label="with outliers")
    axes.set_xlabel("x")
    axes.set_ylabel("value of the fit")
    axes.legend(loc="center left", fontsize=12)


CLAIM = Claim(
    key="O2",
    mechanism="objective functions",
    statement="Sometimes the results are close, sometimes they differ wildly.",
    source="RAND RR-A3485-1, appendix B, approximation",
    baseline="least squares",
    improvement="the least largest error, and the least sum of errors",
    parts={
        CLOSE: "the largest distance of two fits to clean data, as a share of the height of the curve",
        WILD: "the same distance for data with outliers",
    },
    measure=measure,
)
