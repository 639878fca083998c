"""B-splines: de Boor's triangle for the values, and the banded system of interpolation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, whole
from mechkit.counting import kernel
from mechkit.interpolation.data import Values, read_only, sorted_nodes_and_values, true_or_false, values_at
from mechkit.interpolation.interpolant import Interpolant, in_words
from mechkit.interpolation.piecewise import piece_of
from mechkit.linear_systems import solve_banded


@kernel(cache=True, error_model="numpy")
def de_boor_values(knots, p, c, t, d, out):
    """out (m,) = the spline of degree p with coefficients c (n,) at points t (m,); knots (n + p + 1,), d (p + 1,) work.

    >>> from mechkit import law
    >>> def run(p):
    ...     de_boor_values(np.arange(2.0 * p + 2), p, np.ones(p + 1), np.full(1, p + 0.5), np.ones(p + 1), np.ones(1))
    >>> law(run, p=range(1, 6)).flops
    Polynomial('7p^2/2 + 7p/2')
    """
    # de Boor, A Practical Guide to Splines, chapter X, equation (11)
    inner = knots[p : c.size + 1]
    for j in range(t.size):
        i = piece_of(inner, t[j])  # 1  knots[i + p] <= t[j]: the coefficients from i to i + p count
        for k in range(p + 1):
            d[k] = c[i + k]
        for r in range(1, p + 1):  # 2  averages of neighbors, p times
            for k in range(p + 1 - r):
                low = knots[i + k + r]
                alpha = (t[j] - low) / (knots[i + k + p + 1] - low)
                d[k] = (1.0 - alpha) * d[k] + alpha * d[k + 1]
        out[j] = d[0]


@kernel(cache=True, error_model="numpy")
def basis_values(knots, p, i, t, b):
    """b (p + 1,) = the B-splines i to i + p of degree p at a point t with knots[i + p] <= t <= knots[i + p + 1].

    >>> from mechkit import law
    >>> law(lambda p: basis_values(np.arange(2.0 * p + 2), p, 0, p + 0.5, np.ones(p + 1)), p=range(1, 6)).flops
    Polynomial('7p^2/2 + 7p/2')
    """
    # de Boor, chapter X, the recurrence (14)
    b[0] = 1.0
    for r in range(1, p + 1):
        carried = 0.0
        for k in range(r):
            high = knots[i + p + 1 + k]
            low = knots[i + p + 1 + k - r]
            share = b[k] / (high - low)
            b[k] = carried + (high - t) * share
            carried = (t - low) * share
        b[r] = carried


@kernel(cache=True, error_model="numpy")
def collocation(knots, p, x, b, ab):
    """ab (2p + 1, n) = the band of the matrix of all B-splines at nodes x (n,); b (p + 1,) work.

    >>> from mechkit import law
    >>> law(collocation, n=range(10, 16)).flops  # n + 2 nodes, p = 2
    Polynomial('21n + 42')
    """
    # de Boor, chapter XIII, equation (4)
    n = x.size
    inner = knots[p : n + 1]
    for row in range(n):
        i = piece_of(inner, x[row])
        basis_values(knots, p, i, x[row], b)
        for column in range(max(i, row - p), min(i + p, row + p) + 1):
            ab[p + row - column, column] = b[column - i]


@collocation.example
def _(n):
    p = 2
    x = np.linspace(0.0, 1.0, n + p)
    knots = np.concatenate([np.zeros(p), np.linspace(0.0, 1.0, n + 1), np.ones(p)])
    return knots, p, x, np.zeros(p + 1), np.zeros((2 * p + 1, n + p))


@de_boor_values.example
def _(n):
    p = 3
    knots = np.arange(n + 2.0 * p + 1)
    return knots, p, np.arange(n + 1.0 * p), np.linspace(0.0, n + 6.0, 7), np.zeros(p + 1), np.zeros(7)


@basis_values.example
def _(n):
    return np.arange(2.0 * n + 2), n, 0, n + 0.5, np.zeros(n + 1)


@dataclass(frozen=True, repr=False, eq=False)
class BSpline(Interpolant):
    """A piecewise polynomial as a sum of B-splines, by SciPy's names: knots t, coefficients c, degree k."""

    _knots: np.ndarray
    _values: Values
    _degree: int
    extrapolate: bool
    _complex_points: ClassVar[bool] = False

    @property
    def t(self) -> np.ndarray:
        """The knots (n + degree + 1,)."""
        return read_only(self._knots)

    @property
    def nodes(self) -> np.ndarray:
        """The different knots between the ends: where the pieces meet."""
        return np.unique(self._knots[self._degree : self._values.rows.shape[1] + 1])

    @property
    def coefficients(self) -> np.ndarray:
        """The coefficients (n, ...) of the B-splines."""
        return read_only(self._values.coefficients())

    @property
    def c(self) -> np.ndarray:
        """The coefficients, by SciPy's name."""
        return self.coefficients

    @property
    def degree(self) -> int:
        """The degree of the pieces."""
        return self._degree

    @property
    def k(self) -> int:
        """The degree, by SciPy's name."""
        return self._degree

    @property
    def interval(self) -> tuple[float, float]:  # type: ignore[override]
        """Where the B-splines sum to 1: knots k to n."""
        return float(self._knots[self._degree]), float(self._knots[self._values.rows.shape[1]])

    def derivative(self, nu: int = 1) -> BSpline:
        """The derivative of order nu: a spline of lower degree on the same knots. It is not counted."""
        knots, c, p = self._knots, self._values.rows, self._degree
        for _ in range(whole("nu", nu)):
            if p == 0:
                c = np.zeros_like(c)
                break
            widths = knots[p + 1 : -1] - knots[1 : -p - 1]
            c = p * np.divide(np.diff(c), widths, out=np.zeros((len(c), c.shape[1] - 1)), where=widths > 0.0)
            knots, p = knots[1:-1], p - 1
        return BSpline(np.ascontiguousarray(knots), self._values.like(np.ascontiguousarray(c)), p, self.extrapolate)

    def integral(self, a: Any = None, b: Any = None) -> Any:
        """The integral from a to b; without these, the spline that is the integral from the interval's left end."""
        knots, c, p = self._knots, self._values.rows, self._degree
        areas = c * (knots[p + 1 :] - knots[: -p - 1]) / (p + 1)
        sums = np.concatenate([np.zeros((len(c), 1)), np.cumsum(areas, axis=1)], axis=1)
        longer = np.concatenate([knots[:1], knots, knots[-1:]])
        new = BSpline(longer, self._values.like(sums), p + 1, self.extrapolate)
        start = new._rows_at(np.array([self.interval[0]]))
        return self._between(BSpline(longer, self._values.like(sums - start), p + 1, self.extrapolate), a, b)

    def _rows_at(self, t: np.ndarray) -> np.ndarray:
        out = np.empty((len(self._values.rows), t.size))
        work = np.empty(self._degree + 1)
        knots, rows = self._without_empty_ends()
        for c, found in zip(rows, out, strict=True):
            de_boor_values(knots, self._degree, c, t, work, found)
        return out

    def _without_empty_ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The knots and rows of coefficients between the first and the last piece that has a length."""
        p, n = self._degree, self._values.rows.shape[1]
        if p == 0:  # no average divides by a length, and the last end keeps its value
            return self._knots, self._values.rows
        inner = self._knots[p : n + 1]
        first = int(np.searchsorted(inner, inner[0], side="right")) - 1
        last = int(np.searchsorted(inner, inner[-1], side="left"))
        if first == 0 and last == n - p:
            return self._knots, self._values.rows
        rows = np.ascontiguousarray(self._values.rows[:, first : last + p])
        return self._knots[first : last + 2 * p + 1], rows

    def __repr__(self) -> str:
        return in_words(self, f"spline of degree {self._degree}", f" with {self._values.rows.shape[1]} B-splines")


def bspline(t: Any, c: Any, k: int = 3, extrapolate: bool = True) -> BSpline:
    """A spline of given knots and coefficients of B-splines.

    Parameters
    ----------
    t : array_like, (n + k + 1,)
        Knots that do not fall.
    c : array_like, (n,) or (n, ...)
        Coefficients, n > k.
    k : int
        The degree.
    extrapolate : bool
        Whether the outermost pieces are continued outside [t[k], t[n]]; otherwise the values there are NaN.

    Returns
    -------
    BSpline
        Callable at points of any shape; with ``coefficients``, ``nodes``, ``degree``, ``derivative()``, ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for knots that fall, too few of them, an empty interval [t[k], t[n]], and what is not finite.

    Operation count of a value, exact, by the degree k, besides a search for the knots around it:

    >>> from mechkit import law
    >>> law(lambda k: bspline(np.arange(2 * k + 2), np.ones(k + 1), k)(k + 0.5), k=range(1, 6)).flops
    Polynomial('7k^2/2 + 7k/2')

    References: de Boor, A Practical Guide to Splines, chapters IX and X; SciPy's BSpline.

    Examples
    --------
    >>> hat = bspline([0.0, 1.0, 2.0], [1.0], 1, extrapolate=False)
    Traceback (most recent call last):
    ValueError: c has 1 coefficients; degree 1 needs at least 2
    >>> bspline([0, 0, 1, 2, 2], [0, 1, 0], 1)([0.5, 1.0, 1.5])
    array([0.5, 1. , 0.5])
    """
    degree = whole("k", k, 0)
    knots = float_array("t", t, (1,)).astype(np.float64)
    falls = np.flatnonzero(np.diff(knots) < 0.0)
    if falls.size:
        i = int(falls[0])
        raise ValueError(f"t[{i + 1}] is {knots[i + 1]:g}, less than t[{i}], {knots[i]:g}; knots must not fall")
    n = knots.size - degree - 1
    given = np.shape(c)
    if given and given[0] <= degree:
        raise ValueError(f"c has {given[0]} coefficients; degree {degree} needs at least {degree + 1}")
    if not given or given[0] != n:
        raise ValueError(f"c has shape {given}; {knots.size} knots and degree {degree} need {n} coefficients")
    values = values_at("c", c, n, each="B-spline")
    if not knots[degree] < knots[n]:
        raise ValueError(f"t[{degree}] and t[{n}] are both {knots[n]:g}; they are the ends, and must differ")
    return BSpline(knots, values, degree, true_or_false("extrapolate", extrapolate))


def make_interp_spline(x: Any, y: Any, k: int = 3, t: Any = None, extrapolate: bool = True) -> BSpline:
    """The spline of degree k through values at nodes, by one banded system.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, n > k, in any order.
    y : array_like, (n,) or (n, ...)
        Real or complex values at the nodes.
    k : int
        The degree.
    t : array_like, (n + k + 1,), optional
        Knots; by default those of SciPy: the nodes, or the middles between them where k is even, without those next to
        the ends ("not-a-knot").
    extrapolate : bool
        Whether the outermost pieces are continued outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    BSpline
        Callable at points of any shape; with ``coefficients``, ``nodes``, ``degree``, ``derivative()``, ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, too few of them, what is not finite, and knots that leave a B-spline without a node.

    Operation count, exact, n nodes with one value each, k = 3, where elimination interchanges no rows: the B-splines at
    the nodes, and the system.

    >>> from mechkit import law
    >>> law(lambda n: make_interp_spline(np.arange(n), np.ones(n)), n=range(14, 20)).flops
    Polynomial('82n - 104')

    References: de Boor, A Practical Guide to Splines, chapter XIII; SciPy's make_interp_spline.

    Examples
    --------
    >>> x = np.arange(6.0)
    >>> p = make_interp_spline(x, x**3)
    >>> p, round(p(2.5), 12)
    (<spline of degree 3 on [0, 5] with 6 B-splines>, np.float64(15.625))
    """
    degree = whole("k", k, 0)
    where, values = sorted_nodes_and_values(x, y, degree + 1, f"a spline of degree {degree} needs")
    n = where.size
    if t is None:
        knots = _not_a_knot(where, degree)
    else:
        if np.size(t) != n + degree + 1:
            raise ValueError(f"t has {np.size(t)} knots; {n} nodes and degree {degree} need {n + degree + 1}")
        knots = bspline(t, np.zeros(n), degree).t.copy()
    if degree == 0:
        return BSpline(knots, values, 0, true_or_false("extrapolate", extrapolate))
    # Schoenberg and Whitney: each B-spline has a node inside its support, one node each in order
    outside = (where < knots[:n]) | (where > knots[degree + 1 :])
    inside = (where > knots[:n]) & (where < knots[degree + 1 :])
    at_an_end = np.isin(np.arange(n), [0, n - 1]) & ~outside
    bad = np.flatnonzero(~(inside | at_an_end))
    if bad.size:
        i = int(bad[0])
        raise ValueError(
            f"node {i}, {where[i]:g}, is not between knots {i} and {i + degree + 1}, {knots[i]:g} and "
            f"{knots[i + degree + 1]:g}, where B-spline {i} lives: move the knots"
        )
    ab = np.zeros((2 * degree + 1, n))
    collocation(knots, degree, where, np.empty(degree + 1), ab)
    try:
        c = solve_banded((degree, degree), ab, values.rows.T)
    except LinAlgError as error:
        raise ValueError(f"these knots do not determine the spline: {error}") from None
    return BSpline(knots, values.like(np.ascontiguousarray(c.T)), degree, true_or_false("extrapolate", extrapolate))


def _not_a_knot(x: np.ndarray, k: int) -> np.ndarray:
    """The nodes, or the middles between them, without the outermost, and each end k + 1 times."""
    if k == 0:
        return np.concatenate([x, x[-1:]])
    if k % 2:
        inner = x[(k + 1) // 2 : x.size - (k + 1) // 2]
    else:
        middles = 0.5 * (x[1:] + x[:-1])
        inner = middles[k // 2 : middles.size - k // 2]
    return np.concatenate([np.full(k + 1, x[0]), inner, np.full(k + 1, x[-1])])
