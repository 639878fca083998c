"""Polynomial bases at points, as the columns of a matrix that are rows in memory; and the problem of a linear fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array, one_of, whole
from mechkit.counting import kernel
from mechkit.interpolation.data import Values, interval_of, read_only, values_at
from mechkit.interpolation.series import BASES, Series, to_unit_interval

#: So many points are taken at a time, so that their columns stay in the processor's second cache.
BLOCK = 512

#: Scaled coefficients that are larger are no rounding errors.
TINY = 1e-250


@kernel(cache=True, error_model="numpy")
def monomial_columns(u, V):
    """V (n, m) = the powers of points u (m,): V[k] = u^k.

    >>> from mechkit import law
    >>> law(lambda n, m: monomial_columns(np.ones(m), np.ones((n, m))), n=range(1, 6), m=range(1, 6)).flops
    Polynomial('nm - m')
    """
    for i in range(u.size):
        V[0, i] = 1.0
    for k in range(1, V.shape[0]):
        last, here = V[k - 1], V[k]
        for i in range(u.size):
            here[i] = u[i] * last[i]


@kernel(cache=True, error_model="numpy")
def chebyshev_columns(u, V):
    """V (n, m) = the Chebyshev polynomials at points u (m,): V[k] = T_k(u); n > 1.

    >>> from mechkit import law
    >>> law(lambda n, m: chebyshev_columns(np.ones(m), np.ones((n, m))), n=range(2, 7), m=range(1, 6)).flops
    Polynomial('3nm - 6m')
    """
    for i in range(u.size):
        V[0, i] = 1.0
        V[1, i] = u[i]
    for k in range(2, V.shape[0]):
        before, last, here = V[k - 2], V[k - 1], V[k]
        for i in range(u.size):
            here[i] = 2.0 * u[i] * last[i] - before[i]


@kernel(cache=True, error_model="numpy")
def legendre_columns(u, V):
    """V (n, m) = the Legendre polynomials at points u (m,): V[k] = P_k(u); n > 1.

    >>> from mechkit import law
    >>> law(lambda n, m: legendre_columns(np.ones(m), np.ones((n, m))), n=range(2, 7), m=range(1, 6)).flops
    Polynomial('4nm + 5n - 8m - 10')
    """
    for i in range(u.size):
        V[0, i] = 1.0
        V[1, i] = u[i]
    for k in range(2, V.shape[0]):
        before, last, here = V[k - 2], V[k - 1], V[k]
        alpha = (2.0 * k - 1.0) / k
        beta = (k - 1.0) / k
        for i in range(u.size):
            here[i] = alpha * u[i] * last[i] - beta * before[i]


@monomial_columns.example
@chebyshev_columns.example
@legendre_columns.example
def _(n):
    return np.linspace(-1.0, 1.0, n), np.zeros((n + 1, n))


COLUMNS = {"monomial": monomial_columns, "chebyshev": chebyshev_columns, "legendre": legendre_columns}


def columns_at(basis: str, domain: tuple[float, float], t: np.ndarray, V: np.ndarray) -> None:
    """V (n, m) = the basis at points t (m,)."""
    u = t
    if domain != (-1.0, 1.0):
        u = np.empty_like(t)
        to_unit_interval(t, *domain, u)
    if V.shape[0] == 1:
        V[:] = 1.0
    else:
        COLUMNS[basis](u, V)


@dataclass(frozen=True, repr=False, eq=False)
class LinearModel:
    """A constant and a linear function of several variables; ``coefficients`` holds the constant first.

    >>> LinearModel(Values(np.array([[1.0, 2.0, 0.0]]), (), False))([[1.0, 5.0], [2.0, 7.0]])
    array([3., 5.])
    """

    _values: Values

    @property
    def coefficients(self) -> np.ndarray:
        """The constant, and one coefficient a variable (p + 1, ...)."""
        return read_only(self._values.coefficients())

    @property
    def degree(self) -> int:
        """1, the degree of a linear function."""
        return 1

    def __call__(self, t: Any) -> Any:
        """The values at points (..., p)."""
        points = float_array("t", t, tuple(range(1, np.ndim(t) + 1)), check_finite=False).astype(np.float64)
        p = self._values.rows.shape[1] - 1
        if points.shape[-1] != p:
            raise ValueError(f"t has shape {points.shape}; its last axis must hold the {p} variables")
        rows = self._values.rows[:, :1] + self._values.rows[:, 1:] @ points.reshape(-1, p).T
        return self._values.unfold(rows, points.shape[:-1])

    def __repr__(self) -> str:
        return f"<linear function of {self._values.rows.shape[1] - 1} variables>"


@dataclass(frozen=True)
class LinearFit:
    """What a fit is given: m points, values there, and n functions of which it takes a combination."""

    m: int
    n: int
    values: Values
    #: Writes the columns (n, stop - start) of the points of a slice into an array.
    columns: Callable[[slice, np.ndarray], None]
    #: The interpolant or model of coefficients (k, n).
    found: Callable[[np.ndarray], Any]
    basis: str

    def blocks(self, size: int = BLOCK, more: int = 0) -> Iterator[tuple[slice, np.ndarray]]:
        """The columns of each block of points, and room for more, in memory that the next block overwrites."""
        V = np.empty((self.n + more, min(size, self.m)))
        for first in range(0, self.m, size):
            part = slice(first, min(first + size, self.m))
            if part.stop - part.start < V.shape[1]:
                V = np.empty((self.n + more, part.stop - part.start))
            self.columns(part, V[: self.n])
            yield part, V


def linear_fit(x: Any, y: Any, degree: Any, basis: Any, domain: Any, extrapolate: bool) -> LinearFit:
    """The fit of a polynomial in one variable, or of a linear function of several.

    Raises ValueError where there are fewer points than coefficients, with the reason.
    """
    name = one_of("basis", basis, BASES)
    number = whole("degree", degree, 0)
    points = float_array("x", x, (1, 2)).astype(np.float64)
    if points.ndim == 2:
        return _in_several_variables(points, y, number)
    m = points.size
    values = values_at("y", y, m, each="point")
    different = _different(points, number + 1)
    if number >= different:
        raise ValueError(
            f"degree is {number}; {different} different point{'s' * (different > 1)} determine"
            f"{'s' * (different == 1)} a polynomial of degree {different - 1} at most: lower the degree"
        )
    ends = (float(points.min()), float(points.max()))
    if domain is not None:
        where = interval_of("domain", domain)
    elif name == "monomial" or ends[0] == ends[1]:
        where = (-1.0, 1.0)
    else:
        where = ends

    def columns(part: slice, V: np.ndarray) -> None:
        columns_at(name, where, points[part], V)

    def found(c: np.ndarray) -> Series:
        return Series(name, where, ends, extrapolate, values.like(c))

    return LinearFit(m, number + 1, values, columns, found, name)


def _in_several_variables(points: np.ndarray, y: Any, degree: int) -> LinearFit:
    m, p = points.shape
    if degree != 1:
        raise ValueError(f"degree is {degree}; x has shape {points.shape}, and in several variables it must be 1")
    values = values_at("y", y, m, each="point")
    if m < p + 1:
        raise ValueError(f"x has {m} points; a constant and {p} variables need at least {p + 1}")
    variables = np.concatenate([np.ones((1, m)), points.T])

    def columns(part: slice, V: np.ndarray) -> None:
        V[:] = variables[:, part]

    return LinearFit(m, p + 1, values, columns, lambda c: LinearModel(values.like(c)), "variables")


def _different(points: np.ndarray, enough: int) -> int:
    """How many points differ; or that there are enough, which a few of them may show."""
    few = np.unique(points[: 4 * enough]).size
    return few if few >= enough else np.unique(points).size


def in_units_of_the_points(c: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The coefficients (k, n) of columns that were multiplied by a scale (n,). Raises ValueError where they overflow.

    >>> in_units_of_the_points(np.array([[1.0, 3.0]]), np.array([1.0, 0.5]))
    array([[1. , 1.5]])
    """
    with np.errstate(over="ignore", under="ignore"):
        found = c * scale
    if not np.isfinite(found).all() or ((np.abs(found) < np.finfo(float).tiny) & (np.abs(c) > TINY)).any():
        raise ValueError("coefficients leave the range of numbers: use basis='chebyshev', or give a domain")
    return np.asarray(found)
