"""How far what came back is from what it was: the root of the mean square error, and the signal to noise ratio."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array, positive
from mechkit.counting import kernel


@kernel(cache=True, error_model="numpy")
def square_error(x, y):
    """The sum of the squares of the differences of x and y (n,).

    >>> from mechkit import law
    >>> law(square_error, n=range(1, 5)).flops
    Polynomial('3n - 1')
    """
    d = x[0] - y[0]
    total = d * d
    for i in range(1, x.size):
        d = x[i] - y[i]
        total = total + d * d
    return total


@square_error.example
def _(n):
    return np.ones(n), np.zeros(n)


def rmse(x: Any, y: Any) -> float:
    """The root of the mean square error: the distance of two arrays, a number.

    Parameters
    ----------
    x, y : arrays of the same shape, real and finite.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        for different shapes, empty arrays, NaN and infinity.

    Operation count
    ---------------
    >>> from mechkit import law
    >>> law(lambda n: rmse(np.ones(n), np.zeros(n)), n=range(1, 5)).flops
    Polynomial('3n - 1')

    Examples
    --------
    >>> rmse([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 6.0])
    1.0
    """
    a, b = (float_array(name, value, tuple(range(33))) for name, value in (("x", x), ("y", y)))
    if a.shape != b.shape:
        raise ValueError(f"x has shape {a.shape} and y has {b.shape}; they must be the same")
    first, second = a.reshape(-1).astype(np.float64), b.reshape(-1).astype(np.float64)
    size = max(np.abs(first).max(), np.abs(second).max())
    if not 1e-140 < size < 1e140:  # squares out of range
        return float(size) * float(np.sqrt(square_error(first / size, second / size) / first.size)) if size else 0.0
    return float(np.sqrt(square_error(first, second) / first.size))


def psnr(x: Any, y: Any, peak: float = 255.0) -> float:
    """The ratio of the largest value to the root of the mean square error, in decibels.

    Parameters
    ----------
    x, y : arrays of the same shape, real and finite.
    peak : the largest value that there can be: 255 for images of bytes.

    Returns
    -------
    float
        20 log10(peak / rmse); infinity where both are equal.

    Raises
    ------
    ValueError, TypeError
        as `rmse`, and for a peak that is not above 0.

    Operation count
    ---------------
    >>> from mechkit import law
    >>> law(lambda n: psnr(np.ones(n), np.zeros(n)), n=range(1, 5)).flops
    Polynomial('3n - 1')

    Examples
    --------
    >>> round(psnr([0, 255], [0, 0]), 2)
    3.01
    """
    error = rmse(x, y)
    ratio = positive("peak", peak) / error if error > 0.0 else float("inf")
    return float(20.0 * np.log10(ratio)) if ratio > 0.0 else float("-inf")
