"""The methods for f(x) = 0, applied to many problems f(x, p) = 0 by one call of a kernel.

p : (n,), a number, or (n, k), a row of numbers, for each problem. Roots are written over the starts. steps and status
(n,) are the iterations and how each search ended. Of a bracket, values (3, n) are f at the root and at both ends.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.functions import function
from mechkit.optimization.inlined import WITH_NUMBER, newton_step
from mechkit.optimization.roots.bracketing import bisect, brentq
from mechkit.optimization.roots.open_methods import halley, newton, secant

#: A value of f that is so small a part of the one before it shows that the steps lead to a root.
FAR_BELOW = 0.01
#: And so small a part of the first: later values may be rounding, which falls no more.
NOTHING = 1e-10
#: Problems that Newton's method takes together: their numbers stay in the fastest cache.
BLOCK = 256


@kernel(cache=True, error_model="numpy")
def newton_in_blocks(step, p, x, xtol, rtol, limit, block, steps):
    """Newton's method without safeguards, a step of a whole block of problems at a time, until each has converged.

    step : from `newton_step`; block : how many problems are taken together. So LLVM can use wide vectors, which is
    several times as fast as one problem after the other, though a block makes the steps of its slowest. Returns how
    many ended as NaN or infinity, took more steps than the limit, or have not lowered |f| by far. These are for
    `newton_each`, and their steps are set beyond the limit.

    >>> from mechkit import law
    >>> law(newton_in_blocks, n=range(1, 6)).flops  # in five steps, with one and three flops for f' and f
    Polynomial('36n')
    """
    failed = 0
    first_values, values, last_values = np.empty(block), np.full(block, math.nan), np.full(block, math.nan)
    for first in range(0, x.size, block):
        xs, ps, taken = x[first : first + block], p[first : first + block], steps[first : first + block]
        for j in range(taken.size):
            taken[j] = 1
        last_values[:] = math.nan  # none yet of this block
        going = step(xs, ps, xtol, rtol, taken, first_values)
        for _ in range(1, limit):
            if going == 0:
                break
            values, last_values = last_values, values
            going = step(xs, ps, xtol, rtol, taken, last_values)
        for j in range(xs.size):
            last, before, first_value = abs(last_values[j]), abs(values[j]), abs(first_values[j])
            falls = (last <= FAR_BELOW * before and before < first_value) or last <= NOTHING * first_value
            if not (math.isfinite(xs[j]) and falls):
                taken[j] = limit + 1
            failed += 0 if taken[j] <= limit else 1
    return failed


@kernel(cache=True, error_model="numpy")
def bisect_each(f, p, a, b, xtol, rtol, limit, history, steps, status, values):
    """`bisect` for each pair of ends; the roots replace a.

    >>> from mechkit import law
    >>> law(bisect_each, n=range(1, 6)).flops
    Polynomial('210n')
    """
    for i in range(a.size):
        fa, fb = f(a[i], p[i]), f(b[i], p[i])
        a[i], steps[i], status[i] = bisect(f, (p[i],), a[i], fa, b[i], fb, xtol, rtol, limit, history)
        values[0, i], values[1, i], values[2, i] = history[steps[i], 1], fa, fb


@kernel(cache=True, error_model="numpy")
def brentq_each(f, p, a, b, xtol, rtol, limit, history, steps, status, values):
    """`brentq` for each pair of ends; the roots replace a.

    >>> from mechkit import law
    >>> law(brentq_each, n=range(1, 6)).flops
    Polynomial('161n')
    """
    for i in range(a.size):
        fa, fb = f(a[i], p[i]), f(b[i], p[i])
        a[i], steps[i], status[i] = brentq(f, (p[i],), a[i], fa, b[i], fb, xtol, rtol, limit, history)
        values[0, i], values[1, i], values[2, i] = history[steps[i], 1], fa, fb


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
    return 1e-10, 0.0, 50, np.zeros((51, 2)), np.zeros(n, np.int64), np.zeros(n, np.int8)


def _brackets(n):
    return function(_square_less, WITH_NUMBER), np.full(n, 2.0), np.full(n, 1.0), np.full(n, 2.0), *_example(n)


@bisect_each.example
@brentq_each.example
def _(n):
    return *_brackets(n), np.zeros((3, n))


@secant_each.example
def _(n):
    return _brackets(n)


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
    step, tolerances = newton_step(_square_less, _slope, WITH_NUMBER), (1e-10, 0.0, 50)
    return step, np.full(n, 2.0), np.ones(n), *tolerances, 8, np.zeros(n, np.int64)
