"""Whether a small step has led to a root: a step is small too where a slope is large, or taken from far away."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.functions import SCALAR, function
from mechkit.optimization.inlined import WITH_NUMBER

#: How far from x a root may be, in tolerances: a step that was one is not the distance where f is flat or bent.
REACH = 16.0
#: A change of f by a smaller part of it is none.
SAME = 2.0**-10
#: The spacing of numbers near 1, of which that near x is a multiple.
EPS = 2.0**-52


@kernel(cache=True, error_model="numpy")
def is_near_root(f, args, x, xtol, rtol):
    """Whether f is zero at x, or changes its sign within `REACH` tolerances xtol + rtol |x|, or by its own size.

    So it does at a double root, and where it is all rounding. It does not where it is level on one side: there it ends
    to fall before it is zero. In up to three calls of f, here of one flop:

    >>> from mechkit import law
    >>> law(lambda n: is_near_root(*is_near_root.example_arguments(n)), n=range(1, 6)).flops
    Polynomial('9')
    """
    fx = f(x, *args)
    if fx == 0.0:
        return True
    distance = REACH * max(xtol + rtol * abs(x), EPS * abs(x))
    ahead, behind = f(x + distance, *args), f(x - distance, *args)
    if (fx < 0.0 <= ahead) or (ahead <= 0.0 < fx) or (fx < 0.0 <= behind) or (behind <= 0.0 < fx):
        return True
    rise, other = abs(ahead - fx), abs(behind - fx)
    if not (rise >= abs(fx) or other >= abs(fx)):
        return False
    return not (rise < SAME * abs(fx) or other < SAME * abs(fx))


@kernel(cache=True, error_model="numpy")
def are_near_roots(f, p, x, xtol, rtol, near):
    """`is_near_root` for each problem f(x, p) = 0.

    >>> from mechkit import law
    >>> law(are_near_roots, n=range(1, 6)).flops
    Polynomial('9n')
    """
    for i in range(x.size):
        near[i] = is_near_root(f, (p[i],), x[i], xtol, rtol)


def _shifted(x):
    return x - 1.0


def _less(x, p):
    return x - p


@is_near_root.example
def _(n):
    return function(_shifted, SCALAR), (), 1.0 + 1e-9 * n, 1e-8, 0.0


@are_near_roots.example
def _(n):
    return function(_less, WITH_NUMBER), np.ones(n), np.full(n, 1.0 + 1e-9), 1e-8, 0.0, np.zeros(n, np.bool_)
