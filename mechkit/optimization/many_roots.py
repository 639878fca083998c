"""The methods for f(x) = 0, applied to many problems f(x, p) = 0 by one call of a kernel.

p : (n,), a number, or (n, k), a row of numbers, for each problem. Roots are written over the starts; steps and status
(n,) are the iterations and how each search ended.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.bracketing import bisect, brentq
from mechkit.optimization.functions import function
from mechkit.optimization.inlined import WITH_NUMBER, over_block
from mechkit.optimization.open_methods import halley, newton, secant

#: Problems that Newton's method takes together: their numbers stay in the fastest cache.
BLOCK = 256


@kernel(cache=True, error_model="numpy")
def newton_in_blocks(f, fprime, p, x, xtol, rtol, limit, fx, slope, steps):
    """Newton's method without safeguards, a step of a whole block of problems at a time, until each has converged.

    f, fprime : from `over_block`; fx, slope : work space of the length of a block. So LLVM can use wide vectors, which
    is several times as fast as one problem after the other, though a block makes the steps of its slowest. What ends as
    NaN, or after as many steps as the limit, is for `newton_each`.

    >>> from mechkit import law
    >>> law(newton_in_blocks, n=range(1, 6)).flops  # in five steps, with one and three flops for f' and f
    Polynomial('35n')
    """
    for first in range(0, x.size, fx.size):
        xs, ps, taken = x[first : first + fx.size], p[first : first + fx.size], steps[first : first + fx.size]
        for j in range(taken.size):
            taken[j] = 1
        for _ in range(limit):
            f(xs, ps, fx)
            fprime(xs, ps, slope)
            going = 0
            for j in range(xs.size):
                here = xs[j]
                step = fx[j] / slope[j]
                xs[j] = here - step
                far = 1 if abs(step) > xtol + rtol * abs(here) else 0
                taken[j] += far
                going += far
            if going == 0:
                break


@kernel(cache=True, error_model="numpy")
def bisect_each(f, p, a, b, xtol, rtol, limit, history, steps, status):
    """`bisect` for each pair of ends; the roots replace a.

    >>> from mechkit import law
    >>> law(bisect_each, n=range(1, 6)).flops
    Polynomial('210n')
    """
    for i in range(a.size):
        fa, fb = f(a[i], p[i]), f(b[i], p[i])
        a[i], steps[i], status[i] = bisect(f, (p[i],), a[i], fa, b[i], fb, xtol, rtol, limit, history)


@kernel(cache=True, error_model="numpy")
def brentq_each(f, p, a, b, xtol, rtol, limit, history, steps, status):
    """`brentq` for each pair of ends; the roots replace a.

    >>> from mechkit import law
    >>> law(brentq_each, n=range(1, 6)).flops
    Polynomial('161n')
    """
    for i in range(a.size):
        fa, fb = f(a[i], p[i]), f(b[i], p[i])
        a[i], steps[i], status[i] = brentq(f, (p[i],), a[i], fa, b[i], fb, xtol, rtol, limit, history)


@kernel(cache=True, error_model="numpy")
def secant_each(f, p, x, x1, xtol, rtol, limit, history, steps, status):
    """`secant` for each pair of starts; the roots replace x.

    >>> from mechkit import law
    >>> law(secant_each, n=range(1, 6)).flops
    Polynomial('65n')
    """
    for i in range(x.size):
        x[i], steps[i], status[i] = secant(f, (p[i],), x[i], x1[i], xtol, rtol, limit, history)


@kernel(cache=True, error_model="numpy")
def newton_each(f, fprime, p, x, xtol, rtol, limit, history, steps, status):
    """`newton` for each start; the roots replace x.

    >>> from mechkit import law
    >>> law(newton_each, n=range(1, 6)).flops
    Polynomial('35n')
    """
    for i in range(x.size):
        x[i], steps[i], status[i] = newton(f, fprime, (p[i],), x[i], xtol, rtol, limit, history)


@kernel(cache=True, error_model="numpy")
def halley_each(f, fprime, fprime2, p, x, xtol, rtol, limit, history, steps, status):
    """`halley` for each start; the roots replace x.

    >>> from mechkit import law
    >>> law(halley_each, n=range(1, 6)).flops
    Polynomial('48n')
    """
    for i in range(x.size):
        x[i], steps[i], status[i] = halley(f, fprime, fprime2, (p[i],), x[i], xtol, rtol, limit, history)


def _square_less(x, p):
    return x * x - p


def _slope(x, p):
    return 2.0 * x


def _bend(x, p):
    return 2.0


def _example(n):
    return 1e-10, 0.0, 50, np.zeros((51, 2)), np.zeros(n, np.int64), np.zeros(n, np.int64)


@bisect_each.example
@brentq_each.example
@secant_each.example
def _(n):
    return function(_square_less, WITH_NUMBER), np.full(n, 2.0), np.full(n, 1.0), np.full(n, 2.0), *_example(n)


@newton_each.example
def _(n):
    f, fprime = function(_square_less, WITH_NUMBER), function(_slope, WITH_NUMBER, "jac")
    return f, fprime, np.full(n, 2.0), np.full(n, 1.0), *_example(n)


@halley_each.example
def _(n):
    f, fprime = function(_square_less, WITH_NUMBER), function(_slope, WITH_NUMBER, "jac")
    return f, fprime, function(_bend, WITH_NUMBER, "hess"), np.full(n, 2.0), np.full(n, 1.0), *_example(n)


@newton_in_blocks.example
def _(n):
    f, fprime = over_block(_square_less, WITH_NUMBER, "f"), over_block(_slope, WITH_NUMBER, "jac")
    tolerances = 1e-10, 0.0, 50
    return f, fprime, np.full(n, 2.0), np.ones(n), *tolerances, np.zeros(8), np.zeros(8), np.zeros(n, np.int64)
