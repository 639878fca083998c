"""What the forms of the interpolating polynomial share: the data, the derivative and the integral."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mechkit.checking import whole
from mechkit.interpolation.barycentric_sums import polynomial_at
from mechkit.interpolation.chebyshev import series_through, unit, wide_interval
from mechkit.interpolation.data import Values, nodes_and_values, read_only, warn
from mechkit.interpolation.interpolant import Interpolant, in_words, pieces
from mechkit.interpolation.series import Series

#: Errors of the values that grow to more than this, as a share of the values, are worth a warning.
MANY_DIGITS_LOST = 1e-8


@dataclass(frozen=True, repr=False, eq=False)
class PolynomialThroughData(Interpolant):
    """The polynomial of degree n - 1 through n values, in a form that a method evaluates."""

    _x: np.ndarray
    _values: Values
    extrapolate: bool
    #: The name of the form, for people.
    form: ClassVar[str]

    @property
    def nodes(self) -> np.ndarray:
        """The nodes (n,), in the order given."""
        return read_only(self._x)

    @property
    def values(self) -> np.ndarray:
        """The values at the nodes (n, ...)."""
        return read_only(self._values.coefficients())

    @property
    def interval(self) -> tuple[float, float]:  # type: ignore[override]
        """The least and the largest node."""
        return float(self._x.min()), float(self._x.max())

    @property
    def degree(self) -> int:
        """The number of nodes, less one."""
        return self._x.size - 1

    def to_series(self) -> Series:
        """The same polynomial as a Chebyshev series on the interval of the nodes."""
        ends = wide_interval(self._x)
        return series_through(
            lambda u: self._rows_at_unit(u, ends), self.degree + 1, ends, self._values, self.extrapolate
        )

    def _rows_at_unit(self, u: np.ndarray, interval: tuple[float, float]) -> np.ndarray:
        """The values at points that an interval maps to u on [-1, 1]."""
        return polynomial_at(unit(self._x, interval), self._values.rows, u)

    def derivative(self, nu: int = 1) -> Interpolant:
        """The derivative of order nu, as a Chebyshev series."""
        return self.to_series().derivative(whole("nu", nu))

    def integral(self, a: Any = None, b: Any = None) -> Any:
        """The integral from a to b; without these, the polynomial that is the integral from the least node on."""
        return self._between(self.to_series().integral(), a, b)

    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        out = np.empty((len(self._values.rows), t.size), t.dtype)
        for piece in pieces(t.size):
            for index, found in enumerate(out):
                self._evaluate(index, t[piece], found[piece])
        return out

    @abstractmethod
    def _evaluate(self, index: int, t: np.ndarray, out: np.ndarray) -> None:
        """out (m,) = the values at points t (m,) of the row of data that the index names."""

    def __repr__(self) -> str:
        return in_words(self, f"polynomial of degree {self.degree}", f" in {self.form} form")


def data_of_a_polynomial(x: Any, y: Any) -> tuple[np.ndarray, Values]:
    """Different nodes and a value for each; warns where rounding errors of the values spoil the polynomial."""
    where, values = nodes_and_values(x, y)
    warn_of_growth(where)
    return where, values


def warn_of_growth(x: np.ndarray) -> None:
    """Warn where the Lebesgue constant, the condition number of interpolation, costs many digits."""
    bound = growth_bound(x)
    if bound * np.finfo(float).eps > MANY_DIGITS_LOST:
        warn(
            f"with these {x.size} nodes the condition number, the Lebesgue constant, is at least {bound:.1e}, and "
            "rounding errors grow as much; use chebyshev_nodes, cubic_spline, floater_hormann or least_squares"
        )


def growth_bound(x: np.ndarray) -> float:
    """A bound from below of the Lebesgue constant of n nodes: the spread of their barycentric weights over 2 n^2.

    >>> growth_bound(np.linspace(-1.0, 1.0, 50)) > 1e9, growth_bound(np.cos(np.linspace(0.0, np.pi, 50))) < 1.0
    (True, True)
    """
    # Berrut and Trefethen, Barycentric Lagrange interpolation, SIAM Review 46 (2004), equation (8.1)
    logarithms = np.zeros(x.size)
    for i, here in enumerate(x):
        distances = np.abs(x - here)
        distances[i] = 1.0
        logarithms[i] = np.log(distances).sum()
    with np.errstate(over="ignore"):
        return float(np.exp(np.ptp(logarithms)) / (2.0 * x.size**2))
