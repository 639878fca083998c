"""Chebyshev points, and the Chebyshev coefficients of the polynomial through values at them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.checking import one_of, whole
from mechkit.counting import kernel
from mechkit.interpolation.data import Values, interval_of
from mechkit.interpolation.series import Series

#: The kinds of Chebyshev points.
KINDS = ("roots", "extrema")


@kernel(cache=True, error_model="numpy")
def chebyshev_coefficients(f, cosines, c):
    """c (n,) = the Chebyshev coefficients of the polynomial with values f (n,) at the roots of T_n, from 1 down.

    cosines (4n,) : cos(k pi / 2n) for k = 0 ... 4n - 1.

    >>> from mechkit import law
    >>> law(chebyshev_coefficients, n=range(1, 6)).flops
    Polynomial('2n^2 + n + 2')
    """
    # Mason and Handscomb, Chebyshev Polynomials, section 6.3.1
    n = f.size
    scale = 2.0 / n
    for k in range(n):
        s = 0.0
        for j in range(n):
            s = s + f[j] * cosines[(k * (2 * j + 1)) % (4 * n)]
        c[k] = scale * s
    c[0] = 0.5 * c[0]


@chebyshev_coefficients.example
def _(n):
    return np.arange(1.0, n + 1.0), cosines_of(n), np.zeros(n)


def cosines_of(n: int) -> np.ndarray:
    """cos(k pi / 2n) for k = 0 ... 4n - 1, with exact zeros and symmetries.

    >>> cosines_of(1)
    array([ 1.,  0., -1.,  0.])
    """
    quarter = np.cos(np.pi * np.arange(n) / (2 * n))
    half = np.concatenate([quarter, [0.0], -quarter[:0:-1]])
    return np.concatenate([half, -half]) + 0.0


def chebyshev_nodes(n: int, kind: str = "extrema", interval: tuple[float, float] = (-1.0, 1.0)) -> np.ndarray:
    """Chebyshev points, in ascending order: with these nodes, polynomials of any degree interpolate well.

    Parameters
    ----------
    n : int
        Their number.
    kind : {"extrema", "roots"}
        Where T_(n-1) is 1 or -1, the ends among them; or where T_n is 0.
    interval : (float, float)
        Where they are wanted.

    Returns
    -------
    ndarray
        (n,)

    Raises
    ------
    ValueError, TypeError
        for n < 1, another kind, an empty interval; and for one point of the kind "extrema".

    Operation count: none; the points are computed with NumPy.

    References: Trefethen, Approximation Theory and Approximation Practice, chapter 2.

    Examples
    --------
    >>> chebyshev_nodes(3), chebyshev_nodes(2, "roots", (0.0, 2.0))
    (array([-1.,  0.,  1.]), array([0.29289322, 1.70710678]))
    """
    number = whole("n", n)
    a, b = interval_of("interval", interval)
    if one_of("kind", kind, KINDS) == "roots":
        angles = (2.0 * np.arange(number) - number + 1) / (2.0 * number)
    elif number == 1:
        raise ValueError("n is 1; there are at least 2 extrema: use the kind 'roots' for one point")
    else:
        angles = (2.0 * np.arange(number) - number + 1) / (2.0 * number - 2.0)
    points = from_unit(np.sin(np.pi * angles), (a, b))  # sines, so that the points are exactly symmetric
    if kind.lower() == "extrema":
        points[0], points[-1] = a, b
    return np.asarray(points)


def series_through(f: Any, n: int, interval: tuple[float, float], values: Values, extrapolate: bool) -> Series:
    """The polynomial of degree n - 1 that equals f at n Chebyshev points, as a Chebyshev series.

    f : takes points (n,) of the interval mapped to [-1, 1], where they are exact, and returns rows (k, n); values :
    what the rows stand for.
    """
    rows = f(np.ascontiguousarray(chebyshev_nodes(n, "roots")[::-1]))
    c = np.empty_like(rows)
    cosines = cosines_of(n)
    for row, found in zip(rows, c, strict=True):
        chebyshev_coefficients(row, cosines, found)
    return Series("chebyshev", interval, interval, extrapolate, values.like(c))


def unit(x: np.ndarray, interval: tuple[float, float]) -> np.ndarray:
    """Points of an interval on [-1, 1]. It is not counted.

    >>> unit(np.array([2.0, 3.0]), (2.0, 4.0))
    array([-1.,  0.])
    """
    a, b = interval
    return np.asarray(((x - a) - (b - x)) / (b - a))


def from_unit(u: np.ndarray, interval: tuple[float, float]) -> np.ndarray:
    """Points of [-1, 1] on an interval. It is not counted.

    >>> from_unit(np.array([-1.0, 0.0]), (2.0, 4.0))
    array([2., 3.])
    """
    a, b = interval
    return np.asarray(0.5 * ((1.0 - u) * a + (1.0 + u) * b))


def wide_interval(x: np.ndarray) -> tuple[float, float]:
    """The interval of the nodes; around a single node, one that is not empty.

    >>> wide_interval(np.array([3.0])), wide_interval(np.array([1.0, 0.0]))
    ((2.0, 4.0), (0.0, 1.0))
    """
    a, b = float(x.min()), float(x.max())
    if a < b:
        return a, b
    half = max(1.0, math.ulp(a))
    return a - half, a + half
