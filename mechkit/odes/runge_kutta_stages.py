"""The parts of a step of a Runge-Kutta method, driven by its table of nonzeros."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO


@kernel(cache=True, error_model="numpy")
def combine(y, h, K, columns, values, first, last, out):
    """out = y + h times the sum of values[j] K[columns[j]], j from first to last - 1: a stage, or the new state.

    K (s, n) holds the derivatives at the stages as rows. Here with two values:

    >>> from mechkit import law
    >>> law(combine, n=range(1, 6)).flops
    Polynomial('5n')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., (II.1.8)
    for i in range(y.size):
        s = values[first] * K[columns[first], i]
        for j in range(first + 1, last):
            s = s + values[j] * K[columns[j], i]
        out[i] = y[i] + h * s


@kernel(cache=True, error_model="numpy")
def weighted(h, K, columns, values, first, last, out):
    """out = h times the sum of values[j] K[columns[j]], j from first to last - 1. Here with two values:

    >>> from mechkit import law
    >>> law(weighted, n=range(1, 6)).flops
    Polynomial('4n')
    """
    for i in range(out.size):
        s = values[first] * K[columns[first], i]
        for j in range(first + 1, last):
            s = s + values[j] * K[columns[j], i]
        out[i] = h * s


@kernel(cache=True, error_model="numpy")
def scaled_norm(e, y, z, atol, rtol):
    """The root mean square of e[i] / (atol[i] + rtol max(|y[i]|, |z[i]|)).

    >>> from mechkit import law
    >>> law(scaled_norm, n=range(1, 6)).flops
    Polynomial('5n + 2')
    """
    # Hairer, Norsett and Wanner, (II.4.11)
    s = ZERO
    for i in range(e.size):
        r = e[i] / (atol[i] + rtol * max(abs(y[i]), abs(z[i])))
        s = s + r * r
    return math.sqrt(s / e.size)


@combine.example
def _(n):
    columns, values = np.array([0, 2], np.int64), np.array([0.5, 0.25])
    return np.ones(n), 0.1, np.ones((3, n)), columns, values, 0, 2, np.empty(n)


@weighted.example
def _(n):
    columns, values = np.array([0, 2], np.int64), np.array([0.5, 0.25])
    return 0.1, np.ones((3, n)), columns, values, 0, 2, np.empty(n)


@scaled_norm.example
def _(n):
    return np.ones(n), np.ones(n), np.full(n, 2.0), np.full(n, 1e-6), 1e-3
