"""Cubic splines: piecewise cubics whose second derivative is continuous too, by one tridiagonal system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import one_of
from mechkit.counting import kernel
from mechkit.interpolation.cubic_hermite import cubics
from mechkit.interpolation.data import Values, near_one, sorted_nodes_and_values, true_or_false, values_at
from mechkit.interpolation.piecewise import PiecewisePolynomial
from mechkit.linear_systems.tridiagonal import eliminate_from_both_ends

#: Conditions at an end; "periodic" is one at both.
ENDS = ("not-a-knot", "clamped", "natural")
#: Values at the ends of a period differ by rounding alone up to this, as a share of the largest value.
SAME_ENDS = 1e-14


@kernel(cache=True, error_model="numpy")
def spline_rows(x, y, h, d, r):
    """The equations of the slopes inside: row i is h[i + 1] m_(i-1) + d[i] m_i + h[i] m_(i+1) = r[i], 0 < i < n - 1.

    h (n + 1,) : the widths of the pieces in h[1] to h[n - 1], which stand above the diagonal and below it too.

    >>> from mechkit import law
    >>> law(spline_rows, n=range(1, 6)).flops  # n equations
    Polynomial('9n + 3')
    """
    # de Boor, A Practical Guide to Splines, chapter IV, equation (5)
    h0 = x[1] - x[0]
    s0 = (y[1] - y[0]) / h0
    h[1] = h0
    for i in range(1, x.size - 1):
        h1 = x[i + 1] - x[i]
        s1 = (y[i + 1] - y[i]) / h1
        h[i + 1] = h1
        d[i] = 2.0 * (h0 + h1)
        r[i] = 3.0 * (h1 * s0 + h0 * s1)
        h0 = h1
        s0 = s1


@kernel(cache=True, error_model="numpy")
def not_a_knot_row(x0, x1, x2, y0, y1, y2):
    """(diagonal, beside it, right-hand side) of the end at x0 where the pieces beside x1 are one cubic.

    >>> from mechkit import law
    >>> law(not_a_knot_row, n=range(1, 4)).flops
    Polynomial('15')
    """
    # de Boor, chapter IV, equation (7); at the right end all widths are negative, and the row is the same
    h0 = x1 - x0
    h1 = x2 - x1
    both = h0 + h1
    s0 = (y1 - y0) / h0
    s1 = (y2 - y1) / h1
    return h1, both, ((h0 + 2.0 * both) * h1 * s0 + h0 * h0 * s1) / both


@kernel(cache=True, error_model="numpy")
def second_derivative_row(x0, x1, y0, y1, bend):
    """(diagonal, beside it, right-hand side) of the end at x0 with a given second derivative.

    >>> from mechkit import law
    >>> law(second_derivative_row, n=range(1, 4)).flops
    Polynomial('7')
    """
    h = x1 - x0
    return 2.0, 1.0, 3.0 * ((y1 - y0) / h) - 0.5 * h * bend


@kernel(cache=True, error_model="numpy")
def parabola_row(x0, x1, y0, y1):
    """(diagonal, beside it, right-hand side) of the end at x0 of a single parabola.

    >>> from mechkit import law
    >>> law(parabola_row, n=range(1, 4)).flops
    Polynomial('4')
    """
    return 1.0, 1.0, 2.0 * ((y1 - y0) / (x1 - x0))


@kernel(cache=True, error_model="numpy")
def open_the_ring(low, high, d, u):
    """Make a cyclic system tridiagonal: A = T + u w', w = (1, 0 ... 0, ratio). Returns the ratio.

    low : the element in the last row and the first column; high : in the first row and the last column; d (n,) : the
    diagonal, of A and then of T; u (n,) is written.

    >>> from mechkit import law
    >>> law(open_the_ring, n=range(2, 7)).flops
    Polynomial('4')
    """
    # Press et al., Numerical Recipes, 3rd ed., section 2.7.2
    n = d.size
    ratio = high / -d[0]
    for i in range(n):
        u[i] = 0.0
    u[0] = -d[0]
    u[n - 1] = low
    d[0] = 2.0 * d[0]
    d[n - 1] = d[n - 1] - low * ratio
    return ratio


@kernel(cache=True, error_model="numpy")
def close_the_ring(m, v, ratio):
    """m (n,) = the solution of the cyclic system in place of that of T m = r; v (n,) : that of T v = u.

    >>> from mechkit import law
    >>> law(close_the_ring, n=range(1, 6)).flops
    Polynomial('2n + 6')
    """
    # Sherman and Morrison; Golub and Van Loan, Matrix Computations, 4th ed., section 2.1.4
    n = m.size
    share = (m[0] + ratio * m[n - 1]) / (1.0 + v[0] + ratio * v[n - 1])
    for i in range(n):
        m[i] = m[i] - share * v[i]


@spline_rows.example
def _(n):
    x = np.arange(n + 2.0)
    return x, np.sin(x), np.zeros(n + 3), np.zeros(n + 2), np.zeros(n + 2)


@not_a_knot_row.example
def _(n):
    one = np.ones(1)[0]
    return one, 2.0 * one, 4.0 * one, one, 1.5 * one, one


@second_derivative_row.example
def _(n):
    one = np.ones(1)[0]
    return one, 2.0 * one, one, one, one


@parabola_row.example
def _(n):
    one = np.ones(1)[0]
    return one, 2.0 * one, one, 3.0 * one


@open_the_ring.example
def _(n):
    return 1.0, 1.0, np.full(n, 4.0), np.zeros(n)


@close_the_ring.example
def _(n):
    return np.arange(1.0, n + 1.0), np.ones(n), 0.5


def cubic_spline(x: Any, y: Any, bc_type: Any = "not-a-knot", extrapolate: bool = True) -> PiecewisePolynomial:
    """The piecewise cubic through values at nodes with two continuous derivatives.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, n > 1, in any order.
    y : array_like, (n,) or (n, ...)
        Real or complex values at the nodes.
    bc_type : str or pair
        The condition at both ends, or a pair of one for each: "not-a-knot", the first two pieces are one cubic;
        "clamped", the slope is 0; "natural", the second derivative is 0; (1, v), the slope is v; (2, v), the second
        derivative is v. Or "periodic" for both, where the last value must be the first one.
    extrapolate : bool
        Whether the outermost pieces, or the periods, are continued outside the nodes; otherwise the values there are
        NaN.

    Returns
    -------
    PiecewisePolynomial
        Callable at points of any shape; with ``coefficients``, ``nodes``, ``values``, ``degree``, ``derivative()``,
        ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, a single one, what is not finite, shapes that do not fit, missing conditions, and ends of a
        period that differ.

    Operation count, exact, n nodes with one value each: equations, elimination of the slopes, and pieces. The ends
    differ by a constant; a periodic spline eliminates a second right-hand side:

    >>> from mechkit import law
    >>> def run(n, bc_type):
    ...     return cubic_spline(np.arange(n), np.ones(n), bc_type)
    >>> [law(lambda n: run(n, kind), n=range(5, 11)).flops for kind in ("clamped", "natural", "not-a-knot")]
    [Polynomial('29n - 34'), Polynomial('29n - 20'), Polynomial('29n - 4')]
    >>> law(lambda n: run(n, "periodic"), n=range(5, 11)).flops
    Polynomial('39n - 40')

    References: de Boor, A Practical Guide to Splines, chapter IV; SciPy's CubicSpline.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 4.0])
    >>> p = cubic_spline(x, x**3)
    >>> p(3.0), p.derivative(2)(3.0), p.integral(0.0, 2.0)
    (np.float64(27.0), np.float64(18.0), np.float64(4.0))
    >>> cubic_spline([0.0, 1.0, 2.0], [0.0, 1.0, 0.0], "natural")
    <cubic spline on [0, 2] with 3 nodes>
    """
    where, values = sorted_nodes_and_values(x, y, 2, "a cubic spline needs")
    extend = true_or_false("extrapolate", extrapolate)
    nodes, width = near_one(where)
    if isinstance(bc_type, str) and bc_type.lower() == "periodic":
        _require_period(values)
        rows, height = near_one(values.rows)
        slopes = _in_units(_periodic_slopes(nodes, rows), width, height)
        return cubics(where, values, slopes, extend, "cubic spline", periodic=True)
    first, last = _conditions(bc_type, values)
    at_ends = [first.value, last.value]
    if any(value.is_complex for value in at_ends):
        values, at_ends = values.as_complex(), [value.as_complex() for value in at_ends]
    slopes = np.empty_like(values.rows)
    rows, height = near_one(values.rows)
    left, right = (value.rows[:, 0] / height * width for value in at_ends)
    left = left * width if first.kind == 2 else left
    right = right * width if last.kind == 2 else right
    for k, (row, m) in enumerate(zip(rows, slopes, strict=True)):
        _slopes(nodes, row, (first.kind, left[k]), (last.kind, right[k]), m)
    return cubics(where, values, _in_units(slopes, width, height), extend, "cubic spline")


def _in_units(slopes: np.ndarray, width: float, height: float) -> np.ndarray:
    """The slopes of nodes in units of a width, and of values in units of a height; units of 1 change nothing."""
    with np.errstate(all="ignore"):
        return slopes if width == height == 1.0 else slopes / width * height


@dataclass(frozen=True)
class _End:
    """A condition at an end: "not-a-knot", or a derivative of order 1 or 2 and its value."""

    kind: Any
    value: Values


def _slopes(x: np.ndarray, y: np.ndarray, first: tuple[Any, float], last: tuple[Any, float], m: np.ndarray) -> None:
    """m (n,) = the slopes of a spline with a condition (kind, value) at each end."""
    n = x.size
    d, work = np.empty((2, n))
    h = np.empty(n + 1)
    above, below = h[:-2], h[2:]  # the diagonals beside the main one
    spline_rows(x, y, h, d, m)
    both_free = n == 3 and first[0] == last[0] == "not-a-knot"  # one parabola
    d[0], above[0], m[0] = _row(x, y, first, both_free)
    d[-1], below[-1], m[-1] = _row(x[::-1], y[::-1], last, both_free)
    eliminate_from_both_ends(below, d, above, work, m)


def _row(x: np.ndarray, y: np.ndarray, end: tuple[Any, float], parabola: bool) -> tuple[float, float, float]:
    """(diagonal, beside it, right-hand side) of a condition at x[0]."""
    kind, value = end
    if kind == 1:
        return 1.0, 0.0, value
    if kind == 2:
        return second_derivative_row(x[0], x[1], y[0], y[1], value)
    if x.size == 2:  # there is no other knot: a second derivative of 0 leaves a line, or a parabola
        return second_derivative_row(x[0], x[1], y[0], y[1], 0.0)
    if parabola:
        return parabola_row(x[0], x[1], y[0], y[1])
    return not_a_knot_row(x[0], x[1], x[2], y[0], y[1], y[2])


def _periodic_slopes(x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The slopes (k, n) of periodic splines: those of the nodes but the last, by a cyclic system."""
    n = x.size
    slopes = np.zeros((len(rows), n))
    if n == 2:
        return slopes
    around = np.concatenate([[x[0] - (x[-1] - x[-2])], x])
    d, r = np.empty((2, n + 1))
    h = np.empty(n + 2)
    above, below = h[:-2], h[2:]
    work, v = np.empty((2, n - 1))
    for y, m in zip(rows, slopes, strict=True):
        spline_rows(around, np.concatenate([[y[-2]], y]), h, d, r)
        ratio = open_the_ring(above[n - 1], below[0], d[1:n], v)
        for right in (r[1:n], v):
            eliminate_from_both_ends(below[1 : n - 1], d[1:n], above[1 : n - 1], work, right)
        m[:-1] = r[1:n]
        close_the_ring(m[:-1], v, ratio)
        m[-1] = m[0]
    return slopes


def _require_period(values: Values) -> None:
    rows = values.rows
    off = np.abs(rows[:, -1] - rows[:, 0])
    if (off > SAME_ENDS * np.abs(rows).max(axis=1)).any():
        ends = values.coefficients()[[0, -1]]
        raise ValueError(
            f"a periodic spline needs equal values at its ends; they are {ends[0]} and {ends[1]}: "
            "repeat the first value at the end of the period"
        )


def _conditions(bc_type: Any, values: Values) -> tuple[_End, _End]:
    """The conditions at the two ends."""
    pair = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ValueError(f"bc_type is {bc_type!r}; it must be one of {', '.join(ENDS)}, periodic, or a pair")
    return _condition("bc_type[0]", pair[0], values), _condition("bc_type[1]", pair[1], values)


def _condition(name: str, end: Any, values: Values) -> _End:
    zero = Values(np.zeros((len(values.rows), 1)), values.shape, values.is_complex)
    if isinstance(end, str):
        if end.lower() == "periodic":
            raise ValueError(f"{name} is 'periodic'; a period has no ends: give bc_type='periodic'")
        kind = one_of(name, end, ENDS)
        return _End({"clamped": 1, "natural": 2}.get(kind, kind), zero)
    if not isinstance(end, list | tuple) or len(end) != 2 or end[0] not in (1, 2):
        raise ValueError(
            f"{name} is {end!r}; it must be one of {', '.join(ENDS)}, (1, slope) or (2, second derivative)"
        )
    order, value = end
    given = np.asarray(value)
    if given.shape != values.shape:
        raise ValueError(f"{name} has a value of shape {given.shape}; y has {values.shape} at each node")
    found = values_at(name, given[np.newaxis], 1)
    return _End(order, found.as_complex() if values.is_complex else found)
