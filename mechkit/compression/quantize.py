"""Uniform quantization: a number becomes the nearest multiple of a step. What is lost is at most half a step."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import float_array, positive
from mechkit.counting import kernel


@kernel(cache=True, error_model="numpy")
def nearest_levels(x, steps, levels):
    """The nearest whole number of steps to each element of x (n, k), with a step for each column, into levels.

    >>> from mechkit import law
    >>> law(nearest_levels, n=range(1, 5)).div
    Polynomial('3n')
    """
    for i in range(x.shape[0]):
        row = x[i]
        level = levels[i]
        for j in range(row.size):
            level[j] = np.rint(row[j] / steps[j])


@nearest_levels.example
def _(n):
    return np.arange(3.0 * n).reshape(n, 3), np.array([1.0, 2.0, 4.0]), np.zeros((n, 3), np.int64)


@kernel(cache=True, error_model="numpy")
def levels_back(levels, steps, x):
    """The multiples of the steps that levels (n, k) tell of, into x.

    >>> from mechkit import law
    >>> law(levels_back, n=range(1, 5)).mul
    Polynomial('3n')
    """
    for i in range(x.shape[0]):
        row = x[i]
        level = levels[i]
        for j in range(row.size):
            row[j] = steps[j] * level[j]


@levels_back.example
def _(n):
    return np.ones((n, 3), np.int16), np.array([1.0, 2.0, 4.0]), np.zeros((n, 3))


def quantize(x: Any, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Replace each number by the nearest multiple of a step.

    Parameters
    ----------
    x : array of real, finite numbers, any shape, below 2^53 steps.
    step : above 0.

    Returns
    -------
    (levels, values)
        int64, the multiples; and the numbers that they stand for.

    Raises
    ------
    ValueError, TypeError
        for NaN and infinity, numbers above 2^53 steps, and a step that is not above 0.

    Operation count
    ---------------
    A division and a product a number.

    >>> from mechkit import law
    >>> law(lambda n: quantize(np.ones(n), 0.1), n=range(1, 5)).flops
    Polynomial('2n')

    References
    ----------
    Gray and Neuhoff, Quantization, IEEE Trans. Information Theory 44 (1998): the mean square error is near step^2 / 12.

    Examples
    --------
    >>> quantize([0.1, 0.26, -0.9], 0.5)
    (array([ 0,  1, -2]), array([ 0. ,  0.5, -1. ]))
    """
    array = float_array("x", x, tuple(range(33)), may_be_empty=True).astype(np.float64, copy=False)
    steps = np.array([positive("step", step)])
    if array.size and float(np.abs(array).max()) / float(steps[0]) >= 2.0**53:
        raise ValueError(f"x has numbers of 2^53 steps and more; give a step larger than {step}")
    levels = np.empty((array.size, 1), np.int64)
    values = np.empty((array.size, 1))
    nearest_levels(array.reshape(-1, 1), steps, levels)
    levels_back(levels, steps, values)
    return levels.reshape(array.shape), values.reshape(array.shape)
