"""The parts of a step of a Runge-Kutta method, driven by its table of nonzeros."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.odes.problem import Limits
from mechkit.odes.right_hand_side import right_hand_side


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


@kernel(cache=True, error_model="numpy")
def first_step(f, t, y, k, order, limits, work):
    """The length of the first step, from the sizes of y, of k = f(t, y), and of a difference that stands for y''.

    order : of the error in h; work (2, n). f is called once, not beyond the end.

    >>> from mechkit import law
    >>> law(first_step, n=range(1, 6)).flops
    Polynomial('19n + 16')
    """
    # Hairer, Norsett and Wanner, section II.4, starting step size
    end, max_step, atol, rtol = limits
    span = abs(end - t)
    size = scaled_norm(y, y, y, atol, rtol)
    slope = scaled_norm(k, y, y, atol, rtol)
    h = 0.01 * size / slope if size >= 1e-5 and slope >= 1e-5 else 1e-6  # 1
    h = min(h, span)
    step = math.copysign(h, end - t)
    trial, difference = work[0], work[1]
    for i in range(y.size):  # 2  a step of Euler's method
        trial[i] = y[i] + step * k[i]
    f(end if h == span else t + step, trial, difference)
    for i in range(y.size):
        difference[i] = difference[i] - k[i]
    bend = scaled_norm(difference, y, y, atol, rtol) / h  # 3
    largest = max(slope, bend)
    guess = max(1e-6, 1e-3 * h) if largest <= 1e-15 else (0.01 / largest) ** (1.0 / order)
    if not guess > 0.0:  # y'' is infinite or NaN there
        guess = 1e-3 * h
    return min(min(100.0 * h, guess), min(span, max_step))


def _slow(t, y, out):
    for i in range(y.size):
        out[i] = -0.5 * y[i]


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


@first_step.example
def _(n):
    y = np.ones(n)
    f = right_hand_side(_slow, 0.0, y)
    return f, 0.0, y, -0.5 * y, 5.0, Limits(10.0, np.inf, np.full(n, 1e-6), 1e-3), np.empty((2, n))
