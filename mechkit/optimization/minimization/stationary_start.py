"""Whether a start with a small gradient is a minimum: no step has shown that the gradient is that of the function."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.optimization.differences import TWO_SIDED
from mechkit.optimization.minimization.endings import CONVERGED, INDEFINITE, WRONG_JACOBIAN

#: Changes of f below this part of it may be rounding.
ROUNDING = 2.0**-46
#: What short steps show must show in steps so many times as long, or it is noise of f.
LONGER = 256.0


def ending_at_start(f: Any, x: np.ndarray, fx: float, g: np.ndarray, gtol: float) -> tuple[int, float]:
    """How a search ends whose gradient g is small at the start: CONVERGED, or INDEFINITE or WRONG_JACOBIAN.

    f is called twice, a short step in a direction in all unknowns from x, to both sides, and twice more where a value
    is lower. Returns the slope in that direction as well.

    >>> f, x = lambda x: (x[0] - 3.0) ** 2, np.zeros(1)
    >>> ending_at_start(f, x, 9.0, np.zeros(1), 1e-5)[0] == WRONG_JACOBIAN
    True
    """
    rng = np.random.default_rng(0)
    direction = np.maximum(1.0, np.abs(x)) * rng.choice((-1.0, 1.0), x.size) * rng.uniform(0.5, 1.0, x.size)
    allowed = 2.0 * gtol * float(np.abs(direction).sum())
    noise = ROUNDING * abs(fx)
    endings, slopes = [], []
    for h in (TWO_SIDED, LONGER * TWO_SIDED):
        rise = float(f(x + h * direction)) - fx
        other = float(f(x - h * direction)) - fx
        slope = 0.5 * (rise - other) / h
        off = abs(slope - float(g @ direction))
        slopes.append(slope)
        if min(rise, other) < -(allowed * h + noise) and off > allowed + noise / h:
            endings.append(WRONG_JACOBIAN)
        elif max(rise, other) < -noise and h * off <= noise + 0.1 * abs(rise):
            endings.append(INDEFINITE)
        else:
            return CONVERGED, 0.0
    if endings[0] != endings[1] or (endings[0] == WRONG_JACOBIAN and abs(slopes[1] - slopes[0]) > abs(slopes[0])):
        return CONVERGED, 0.0
    return endings[0], abs(slopes[0]) / float(np.linalg.norm(direction))
