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
#: Where f is level on one side and changes its sign on the other, it is looked at so many times farther away: at a
#: jump it is still less than `GROWN` times as large there, and at a root, where it was level by rounding, it is not.
FARTHER, GROWN = 1e4, 2.0
#: The spacing of numbers near 1, of which that near x is a multiple.
EPS = 2.0**-52


@kernel(cache=True, error_model="numpy")
def is_near_root(f, args, x, xtol, rtol):
    """Whether f is zero at x, or changes its sign within `REACH` tolerances xtol + rtol |x|, or by its own size.

    By its own size it changes at a double root, and where it is all rounding. A function that is level on one side is
    not near a double root: it stops falling before it is zero. And where it also changes its sign on the other side,
    that is a jump, unless f has grown farther away. In three calls of f, here of one flop, and two more for a jump:

    >>> from mechkit import law
    >>> law(lambda n: is_near_root(*is_near_root.example_arguments(n)), n=range(1, 6)).flops
    Polynomial('12')
    """
    fx = f(x, *args)
    if fx == 0.0:
        return True
    distance = REACH * max(xtol + rtol * abs(x), EPS * abs(x))
    ahead, behind = f(x + distance, *args), f(x - distance, *args)
    rise, other = abs(ahead - fx), abs(behind - fx)
    least = SAME * abs(fx)
    changes_ahead = (fx < 0.0 <= ahead) or (ahead <= 0.0 < fx)
    changes_behind = (fx < 0.0 <= behind) or (behind <= 0.0 < fx)
    if changes_ahead or changes_behind:
        if not ((changes_ahead and other < least) or (changes_behind and rise < least)):
            return True
        far_ahead, far_behind = f(x + FARTHER * distance, *args), f(x - FARTHER * distance, *args)
        return abs(far_ahead) > GROWN * abs(ahead) or abs(far_behind) > GROWN * abs(behind)
    if not (rise >= abs(fx) or other >= abs(fx)):
        return False
    return not (rise < least or other < least)


@kernel(cache=True, error_model="numpy")
def are_near_roots(f, p, x, xtol, rtol, near):
    """`is_near_root` for each problem f(x, p) = 0.

    >>> from mechkit import law
    >>> law(are_near_roots, n=range(1, 6)).flops
    Polynomial('12n')
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
