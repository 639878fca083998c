"""Polynomials fitted to data in three senses, and the data: a smooth curve, with noise, and with outliers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mechkit.interpolation import least_absolute, least_squares, minimax

DEGREE = 3
POINTS = 60

#: The fits: least squares, least largest error, least sum of errors.
FITS: Mapping[str, Callable[[np.ndarray, np.ndarray], Any]] = {
    "least squares": lambda x, y: least_squares(x, y, DEGREE),
    "Chebyshev": lambda x, y: minimax((x, y), DEGREE),
    "L1": lambda x, y: least_absolute(x, y, DEGREE),
}
#: What each of them minimizes, by name.
MEASURES: Mapping[str, Callable[[np.ndarray], float]] = {
    "sum of squares": lambda r: float((r * r).sum()),
    "largest error": lambda r: float(np.abs(r).max()),
    "sum of errors": lambda r: float(np.abs(r).sum()),
}


def points() -> np.ndarray:
    """Where the data is given."""
    return np.linspace(-1.0, 1.0, POINTS)


def curve(x: np.ndarray) -> np.ndarray:
    """The curve behind all data."""
    return np.exp(x)


def data() -> dict[str, np.ndarray]:
    """The data sets by name."""
    rng = np.random.default_rng(0)
    clean = curve(points())
    noisy = clean + 0.02 * rng.standard_normal(POINTS)
    outliers = noisy.copy()
    outliers[rng.choice(POINTS, 6, replace=False)] += rng.uniform(5.0, 10.0, 6)
    return {"a smooth curve": clean, "with noise": noisy, "with 6 outliers": outliers}


def fits(y: np.ndarray) -> dict[str, np.ndarray]:
    """The values of the three fits at the points."""
    x = points()
    return {name: fit(x, y)(x) for name, fit in FITS.items()}
