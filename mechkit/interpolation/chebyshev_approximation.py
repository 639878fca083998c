"""The cheap neighbors of the best approximation: Chebyshev interpolation, and the truncated Chebyshev series."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.interpolation.chebyshev import from_unit, series_through
from mechkit.interpolation.data import Values, interval_of
from mechkit.interpolation.series import Series
from mechkit.interpolation.targets import Function


def chebyshev_interpolation(f: Any, degree: Any, interval: tuple[float, float] = (-1.0, 1.0)) -> Series:
    """The polynomial that equals a function at Chebyshev points: close to the best, without a search.

    Parameters
    ----------
    f : callable
        A real function of points, of one number or of arrays.
    degree : int
        The degree n; the points are the roots of T_(n+1).
    interval : (float, float)
        Where the function is approximated.

    Returns
    -------
    Series
        Callable at points of any shape; its largest error is at most 2 + (2 / pi) log(n + 1) times the least possible.

    Raises
    ------
    ValueError, TypeError
        for an empty interval, and a function that is not real and finite there.

    Operation count, exact, n coefficients, besides the values of f:

    >>> from mechkit import law
    >>> law(lambda n: chebyshev_interpolation(np.exp, n - 1), n=range(1, 6)).flops
    Polynomial('2n^2 + n + 2')

    References: Trefethen, Approximation Theory and Approximation Practice, chapters 4 and 16.

    Examples
    --------
    >>> p = chebyshev_interpolation(np.exp, 5)
    >>> abs(p(0.3) - np.exp(0.3)) < 1e-4
    np.True_
    """
    n = whole("degree", degree, 0)
    ends = interval_of("interval", interval)
    target = Function(f, ends)
    one = Values(np.empty((1, 0)), (), False)
    return series_through(lambda u: target(from_unit(u, ends))[np.newaxis], n + 1, ends, one, True)


def chebyshev_truncation(f: Any, degree: Any, interval: tuple[float, float] = (-1.0, 1.0)) -> Series:
    """The first terms of a function's Chebyshev series: close to the best polynomial, without a search.

    Parameters
    ----------
    f : callable
        A real function of points, of one number or of arrays.
    degree : int
        The degree of the last term that is kept.
    interval : (float, float)
        Where the function is approximated.

    Returns
    -------
    Series
        Callable at points of any shape. Its coefficients are those of the polynomial at 8 times as many Chebyshev
        points, at least 64.

    Raises
    ------
    ValueError, TypeError
        for an empty interval, and a function that is not real and finite there.

    Operation count, exact, n coefficients, n > 7, besides the values of f: those of all coefficients at 8n points.

    >>> from mechkit import law
    >>> law(lambda n: chebyshev_truncation(np.exp, n - 1), n=range(8, 13)).flops
    Polynomial('128n^2 + 8n + 2')

    References: Trefethen, Approximation Theory and Approximation Practice, chapters 4 and 16.

    Examples
    --------
    >>> chebyshev_truncation(np.abs, 2).coefficients.round(3) + 0.0  # 2/pi, 0, 4/(3 pi)
    array([0.637, 0.   , 0.424])
    """
    n = whole("degree", degree, 0)
    longer = chebyshev_interpolation(f, max(8 * (n + 1), 64) - 1, interval)
    c = np.ascontiguousarray(longer._values.rows[:, : n + 1])
    return Series("chebyshev", longer.domain, longer.interval, True, longer._values.like(c))
