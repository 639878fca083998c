"""Whether a gradient is that of its function."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.checking import float_array
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.differences import TWO_SIDED, central_gradient
from mechkit.optimization.functions import OBJECTIVE, VECTOR, function

#: How far a right gradient may be from central differences: a part of itself, and rounding, a part of max(1, |f|).
RELATIVE, ABSOLUTE = 1e-5, 1e-8


def check_gradient(fun: Any, jac: Any, x: Any, args: Any = ()) -> float:
    """Compare a gradient with central differences of its function.

    Parameters
    ----------
    fun, jac : kernels or functions
        of a vector, to a number and to its gradient (n,).
    x : (n,)
        where to compare.
    args : tuple
        numbers and arrays that follow x in the calls of fun and jac.

    Returns
    -------
    float
        the 2-norm of the difference.

    Raises
    ------
    ValueError
        where they disagree, naming the element that is farthest off.

    Operation count: 2n calls of fun, and one of jac.

    References: Nocedal and Wright, Numerical Optimization, 2nd ed., section 8.1.

    Examples
    --------
    >>> def f(x):
    ...     return x[0] * x[0] * x[1]
    >>> def wrong(x):
    ...     return np.array([2.0 * x[0] * x[1], x[0]])
    >>> check_gradient(f, wrong, [3.0, 1.0])
    Traceback (most recent call last):
    ValueError: jac(x)[1] is 3, but by differences of fun it is 9; correct jac, or leave it out
    """
    point = float_array("x", x, (1,)).astype(np.float64)
    differences = np.empty_like(point)
    with closed_over(args, fun, jac) as (plain, gradient):
        f = function(plain, OBJECTIVE, "f")
        given = np.array(function(gradient, VECTOR, "jac")(point))
        if given.shape != point.shape:
            raise ValueError(f"jac(x) has shape {given.shape}; it must have that of x, {point.shape}")
        central_gradient(f, point, TWO_SIDED, differences)
        size = max(1.0, abs(f(point)))
    with np.errstate(all="ignore"):
        off = np.abs(given - differences)
        allowed = RELATIVE * np.maximum(np.abs(given), np.abs(differences)) + ABSOLUTE * size
        excess = off - allowed
    if not (excess <= 0.0).all():
        i = int(np.argmax(np.where(np.isnan(excess), math.inf, excess)))
        raise ValueError(
            f"jac(x)[{i}] is {given[i]:.9g}, but by differences of fun it is {differences[i]:.9g}; "
            "correct jac, or leave it out"
        )
    return float(np.linalg.norm(off))
