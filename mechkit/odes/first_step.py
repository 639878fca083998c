"""How long the first step of an integration is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.odes.problem import Limits

#: Sizes of y and f, relative to the tolerance, below which they tell nothing, and the step that is tried then.
LEAST_SIZE, LEAST_TRIAL = 1e-5, 1e-6


def first_step(f: Any, t: float, y: np.ndarray, k: np.ndarray, order: float, limits: Limits) -> float:
    """The length of the first step, from the sizes of y, of k = f(t, y), and of a difference that stands for y''.

    f : kernel f(t, y, out) by address, called once, not beyond the end; order : of the error in the step.

    >>> from mechkit.odes.right_hand_side import right_hand_side
    >>> f = right_hand_side(lambda t, y: [-100.0 * y[0]], 0.0, np.ones(1))
    >>> round(first_step(f, 0.0, np.ones(1), np.array([-100.0]), 2.0, Limits(9.0, np.inf, np.ones(1), 1.0)), 5)
    0.00141
    """
    # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section II.4, starting step size
    end, max_step, atol, rtol = limits
    scale, span = atol + rtol * np.abs(y), abs(end - t)
    with np.errstate(all="ignore"):
        size, slope = _norm(y / scale), _norm(k / scale)
        h = 0.01 * size / slope if size >= LEAST_SIZE and slope >= LEAST_SIZE else LEAST_TRIAL  # 1
        h = min(h, span)
        step, there = math.copysign(h, end - t), np.empty_like(y)
        f(end if h == span else t + step, y + step * k, there)  # 2  a step of Euler's method
        bend = _norm((there - k) / scale) / h  # 3
        largest = max(slope, bend)
        guess = max(LEAST_TRIAL, 1e-3 * h) if largest <= 1e-15 else (0.01 / largest) ** (1.0 / order)
    if not guess > 0.0:  # y'' is infinite or NaN there
        guess = 1e-3 * h
    return min(100.0 * h, guess, span, max_step)


def _norm(v: np.ndarray) -> float:
    return math.sqrt(float(np.mean(v * v)))
