"""The gradient by differences, with what is known of its error: where a small one may be rounding of the function."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.optimization.chosen_differences import gradient_kernel
from mechkit.optimization.differences import CENTRAL, SHARES

EPS = 2.0**-52


def rounding_hides(f: Any, x: np.ndarray, fx: float, g: np.ndarray, gtol: float) -> bool:
    """Whether differences to both sides, which gave g, may be rounding of f: by its size, or as f does not change.

    >>> from mechkit.optimization.functions import OBJECTIVE, function
    >>> f = function(lambda x: 1e9 + x[0] * x[0], OBJECTIVE)
    >>> rounding_hides(f, np.ones(1), 1e9 + 1.0, np.array([2.0]), 1e-5)
    True
    """
    steps = SHARES[0] * np.maximum(1.0, np.abs(x))
    if (2.0 * EPS * abs(fx) / steps > gtol).any():
        return True
    for i in np.flatnonzero(g == 0.0):
        beside = x.copy()
        beside[i] += steps[i]
        if f(beside) == fx:
            return True
    return False


def trusted_gradient(f: Any, jac: Any, x: np.ndarray, fx: float) -> tuple[np.ndarray, float, int]:
    """The gradient by the steps of differences that are best here, how far it may be off, and which steps they are.

    jac : what stands for the derivative in kernels. What is cut off grows with the square of the steps, and rounding
    falls with them: differences by steps of two lengths differ by both. The steps are among `SHARES`, in all of
    which f is called 2n times each.

    >>> from mechkit.optimization.differences import derivative
    >>> from mechkit.optimization.functions import OBJECTIVE, VECTOR, function
    >>> f = function(lambda x: 1e9 + x[0] * x[0], OBJECTIVE)
    >>> g, error, how = trusted_gradient(f, derivative("jac", None, VECTOR, "jac")[0], np.ones(1), 1e9 + 1.0)
    >>> bool(abs(g[0] - 2.0) <= error < 1e-3)
    True
    """
    found = np.empty((len(SHARES), x.size))
    for k in range(len(SHARES)):
        gradient_kernel(CENTRAL)(f, jac, CENTRAL + k, x, fx, found[k])
    errors = np.full(len(SHARES), np.inf)
    with np.errstate(all="ignore"):
        errors[1:] = np.nanmax(np.abs(np.diff(found, axis=0)), axis=1) + EPS * abs(fx) / np.array(SHARES[1:])
        flat = (found[:-1] == 0.0).all(axis=1) & (found[1:] == 0.0).all(axis=1)
    errors[1:][flat & (np.arange(1, len(SHARES)) < len(SHARES) - 1)] = np.inf  # all zero: no step is known to be felt
    errors[~np.isfinite(errors)] = np.inf
    best = int(np.argmin(errors))
    if not np.isfinite(errors[best]):
        best = 0
    return found[best], float(errors[best]), CENTRAL + best
