"""The fastest rate of a system: how large the largest eigenvalue of its Jacobian is, from calls of f alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: Calls of f that bring the estimate near; the eigenvalues of stiff problems lie far apart.
CALLS = 20
#: Of a difference, relative to y: the root of the spacing of numbers.
DIFFERENCE = 2.0**-26


def fastest_rate(f: Any, t: float, y: np.ndarray, direction: np.ndarray | None = None) -> float:
    """The modulus of the largest eigenvalue of the Jacobian of f at (t, y), nearly, by the power method.

    f : kernel f(t, y, out) by address, called at t only; direction : (n,) where to begin, and where it ended.

    >>> from mechkit.odes.right_hand_side import right_hand_side
    >>> f = right_hand_side(lambda t, y: [-3.0 * y[0], -1000.0 * y[1]], 0.0, np.ones(2))
    >>> round(fastest_rate(f, 0.0, np.ones(2)))
    1000
    """
    # Sommeijer, Shampine and Verwer, RKC: an explicit solver for parabolic PDEs, 1998, section 2.2
    here, there = np.empty(y.size), np.empty(y.size)
    f(t, y, here)
    v = here.copy() if direction is None else direction
    if not np.isfinite(v).all() or not v.any():
        v = np.ones(y.size)
    size = DIFFERENCE * max(float(np.linalg.norm(y)), DIFFERENCE)
    rate = 0.0
    with np.errstate(all="ignore"):
        for _ in range(CALLS):
            v = v * (size / float(np.linalg.norm(v)))
            f(t, y + v, there)
            change = there - here
            rate = float(np.linalg.norm(change)) / size
            if not math.isfinite(rate) or rate == 0.0:
                return 0.0
            v = change
    if direction is not None:
        direction[:] = v
    return rate
