"""How long the first step of an integration is."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.problem import Limits
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.runge_kutta_stages import scaled_norm


@kernel(cache=True, error_model="numpy")
def first_step(f, t, y, k, order, limits, work):
    """The length of the first step, from the sizes of y, of k = f(t, y), and of a difference that stands for y''.

    order : of the error in h; work (2, n). f is called once, not beyond the end.

    >>> from mechkit import law
    >>> law(first_step, n=range(1, 6)).flops
    Polynomial('19n + 16')
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section II.4, starting step size
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


@first_step.example
def _(n):
    y = np.ones(n)
    f = right_hand_side(_slow, 0.0, y)
    return f, 0.0, y, -0.5 * y, 5.0, Limits(10.0, np.inf, np.full(n, 1e-6), 1e-3), np.empty((2, n))
