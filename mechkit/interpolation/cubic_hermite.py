"""Piecewise cubics from values and slopes; and PCHIP, whose slopes keep the shape of the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.interpolation.data import Values, largest, sorted_nodes_and_values, true_or_false
from mechkit.interpolation.piecewise import PiecewisePolynomial
from mechkit.linear_systems.flags import FUSED

#: Coefficients of degree 3 that are smaller may have lost digits to the end of the range.
LEAST = 1e-290


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def cubic_pieces(x, y, d, c):
    """c (n - 1, 4) = the cubics with values y (n,) and slopes d (n,) at nodes x (n,), the highest power first.

    >>> from mechkit import law
    >>> law(cubic_pieces, n=range(1, 6)).flops  # n pieces
    Polynomial('12n')
    """
    for i in range(x.size - 1):
        inverse = 1.0 / (x[i + 1] - x[i])
        s = inverse * (y[i + 1] - y[i])
        bend = inverse * (d[i] + d[i + 1] - 2.0 * s)
        c[i, 0] = inverse * bend
        c[i, 1] = inverse * (s - d[i]) - bend
        c[i, 2] = d[i]
        c[i, 3] = y[i]


@kernel(cache=True, error_model="numpy")
def end_slope(h0, h1, s0, s1):
    """The slope at an end beside intervals h0, h1 with secants s0, s1: a parabola's, unless that changes the shape.

    >>> from mechkit import law
    >>> law(end_slope, n=range(1, 4)).flops
    Polynomial('7')
    """
    # Moler, Numerical Computing with MATLAB, section 3.6, pchipend
    d = ((2.0 * h0 + h1) * s0 - h0 * s1) / (h0 + h1)
    if (d > 0.0) != (s0 > 0.0) or s0 == 0.0:
        return 0.0
    if (s0 > 0.0) != (s1 > 0.0) and abs(d) > 3.0 * abs(s0):
        return 3.0 * s0
    return d


@kernel(cache=True, error_model="numpy")
def pchip_slopes(x, y, d):
    """d (n,) = slopes at nodes x (n,), n > 2: 0 at an extremum of the values y, else a harmonic mean of the secants.

    >>> from mechkit import law
    >>> law(lambda n: pchip_slopes(np.arange(1.0 * n), np.arange(1.0 * n) ** 2, np.ones(n)), n=range(3, 9)).flops
    Polynomial('12n - 7')
    """
    # Fritsch and Butland, A method for constructing local monotone piecewise cubic interpolants, SIAM Journal on
    # Scientific and Statistical Computing 5 (1984); Moler, section 3.4
    n = x.size
    h0 = x[1] - x[0]
    s0 = (y[1] - y[0]) / h0
    h1 = h0
    s1 = s0
    for i in range(1, n - 1):
        h1 = x[i + 1] - x[i]
        s1 = (y[i + 1] - y[i]) / h1
        if i == 1:  # 1  the first slope
            d[0] = end_slope(h0, h1, s0, s1)
        if (s0 > 0.0 and s1 > 0.0) or (s0 < 0.0 and s1 < 0.0):  # 2  those inside
            w0 = 2.0 * h1 + h0
            w1 = h1 + 2.0 * h0
            d[i] = (w0 + w1) / (w0 / s0 + w1 / s1)
        else:
            d[i] = 0.0
        if i == n - 2:  # 3  the last slope
            d[n - 1] = end_slope(h1, h0, s1, s0)
        h0 = h1
        s0 = s1


@cubic_pieces.example
def _(n):
    x = np.arange(n + 1.0)
    return x, np.sin(x), np.cos(x), np.zeros((n, 4))


@end_slope.example
def _(n):
    one = np.ones(1)[0]
    return one, one, one, 1.5 * one


@pchip_slopes.example
def _(n):
    x = np.arange(n + 2.0) ** 1.5
    return x, np.sin(x), np.zeros(n + 2)


def cubic_hermite(x: Any, y: Any, dydx: Any, extrapolate: bool = True) -> PiecewisePolynomial:
    """The piecewise cubic with given values and slopes at the nodes, with a continuous first derivative.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, n > 1, in any order.
    y : array_like, (n,) or (n, ...)
        Real or complex values at the nodes.
    dydx : array_like, shaped like y
        The slopes at the nodes.
    extrapolate : bool
        Whether the outermost pieces are continued outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    PiecewisePolynomial
        Callable at points of any shape; with ``coefficients``, ``nodes``, ``values``, ``degree``, ``derivative()``,
        ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, a single one, what is not finite, and shapes that do not fit.

    Operation count, exact, n nodes, one value a node: the pieces; and those and a value at one point:

    >>> from mechkit import law
    >>> law(lambda n: cubic_hermite(np.arange(n), np.ones(n), np.ones(n)), n=range(2, 7)).flops
    Polynomial('12n - 12')
    >>> law(lambda n: cubic_hermite(np.arange(n), np.ones(n), np.ones(n))(0.5), n=range(4, 9)).flops
    Polynomial('12n - 3')

    References: de Boor, A Practical Guide to Splines, chapter IV; SciPy's CubicHermiteSpline.

    Examples
    --------
    >>> p = cubic_hermite([0.0, 1.0, 2.0], [0.0, 1.0, 8.0], [0.0, 3.0, 12.0])  # t^3
    >>> p, p([0.5, 1.5])
    (<piecewise cubic on [0, 2] with 3 nodes>, array([0.125, 3.375]))
    """
    where, values = sorted_nodes_and_values(x, y, 2, "a piecewise cubic needs")
    _, slopes = sorted_nodes_and_values(x, dydx)
    if slopes.shape != values.shape:
        raise ValueError(f"dydx has values of shape {slopes.shape} at each node; y has {values.shape}")
    if slopes.is_complex != values.is_complex:
        values, slopes = values.as_complex(), slopes.as_complex()
    return cubics(where, values, slopes.rows, true_or_false("extrapolate", extrapolate), "piecewise cubic")


def cubics(
    x: np.ndarray, values: Values, slopes: np.ndarray, extrapolate: bool, kind: str, periodic: bool = False
) -> PiecewisePolynomial:
    """The piecewise cubic of values and slopes (k, n) at nodes in ascending order."""
    pieces = np.empty((len(slopes), x.size - 1, 4))
    with np.errstate(all="ignore"):
        for y, d, c in zip(values.rows, slopes, pieces, strict=True):
            cubic_pieces(x, y, d, c)
    _require_range(x, values, slopes, pieces)
    gain = np.zeros(len(slopes)) if periodic else None
    return PiecewisePolynomial(x, values, pieces, extrapolate, kind, gain)


def _require_range(x: np.ndarray, values: Values, slopes: np.ndarray, pieces: np.ndarray) -> None:
    """Raise ValueError where coefficients of degree 3 are too large or too small to be numbers with all digits."""
    widths = np.diff(x)
    width, size = float(widths.max()), largest(values.rows)
    with np.errstate(all="ignore"):
        steepest = np.maximum(1.0, 1.0 / widths.min())
        bound = 6.0 * (largest(slopes) + size * steepest) * steepest * steepest  # no step of cubic_pieces is larger
        least = size / width / width / width
    if not (np.isfinite(bound) or np.isfinite(pieces).all()) or (size and least < LEAST):
        raise ValueError(
            f"x has pieces up to {width:.1e} wide, and y reaches {size:.1e}: coefficients of degree 3 leave the range "
            "of numbers; divide x by a power of two"
        )


def pchip(x: Any, y: Any, extrapolate: bool = True) -> PiecewisePolynomial:
    """The piecewise cubic that rises and falls where the data do, without overshooting.

    Parameters
    ----------
    x : array_like, (n,)
        Different nodes, n > 1, in any order.
    y : array_like, (n,) or (n, ...)
        Real values at the nodes.
    extrapolate : bool
        Whether the outermost pieces are continued outside the nodes; otherwise the values there are NaN.

    Returns
    -------
    PiecewisePolynomial
        Callable at points of any shape; with ``coefficients``, ``nodes``, ``values``, ``degree``, ``derivative()``,
        ``integral()``.

    Raises
    ------
    ValueError, TypeError
        for repeated nodes, a single one, what is not finite, shapes that do not fit, and complex values, which neither
        rise nor fall.

    Operation count, exact, n > 2 nodes with one value each, which rise; an extremum saves the harmonic mean:

    >>> from mechkit import law
    >>> law(lambda n: pchip(np.arange(n), np.arange(n) ** 2), n=range(3, 9)).flops
    Polynomial('24n - 19')

    References: Fritsch and Butland, SIAM Journal on Scientific and Statistical Computing 5 (1984) 300-304; Moler,
    Numerical Computing with MATLAB, section 3.4; SciPy's PchipInterpolator.

    Examples
    --------
    >>> step = pchip([0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 1.0])
    >>> step([0.5, 1.5, 2.5])
    array([0. , 0.5, 1. ])
    """
    where, values = sorted_nodes_and_values(x, y, 2, "a piecewise cubic needs")
    if values.is_complex:
        raise TypeError("y is complex; pchip keeps the rise and fall of real values: interpolate the parts")
    slopes = np.empty_like(values.rows)
    for row, d in zip(values.rows, slopes, strict=True):
        with np.errstate(all="ignore"):
            if where.size == 2:
                d[:] = (row[1] - row[0]) / (where[1] - where[0])
            else:
                pchip_slopes(where, row, d)
    return cubics(where, values, slopes, true_or_false("extrapolate", extrapolate), "monotone piecewise cubic")
