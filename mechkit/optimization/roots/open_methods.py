"""Roots of f(x) = 0 from a start: the secant method, Newton's, and Halley's, with no, one and two derivatives.

All take f, its derivatives, a tuple of what follows x in their calls, and the start. They stop where a step is within
xtol + rtol |x|, or f is zero. They write each iterate and f there to a row of history, the start first, with NaN for an
f that was not called any more. They return the root, the number of iterations and a status. A step to where f is not
finite is halved until f is.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.functions import SCALAR, function
from mechkit.optimization.roots.bracketing import CONVERGED, LEVEL, MAXITER, NOT_FINITE

#: How often a step to where f is not finite is halved.
HALVINGS = 60


@kernel(cache=True, error_model="numpy")
def value_ahead(f, args, x, new):
    """f at new, or where that is not finite, at the first point half as far from x where it is. Returns point and f.

    >>> from mechkit import law
    >>> law(value_ahead, n=range(1, 6)).flops  # f is finite there, and has no flop
    Polynomial('0')
    """
    f_new = f(new, *args)
    for _ in range(HALVINGS):
        if math.isfinite(f_new) and math.isfinite(new):
            break
        new = 0.5 * x + 0.5 * new
        f_new = f(new, *args)
    return new, f_new


@kernel(cache=True, error_model="numpy")
def secant(f, args, x, new, xtol, rtol, limit, history):
    """The root of the line through the last two points, x and new at the start; of order (1 + sqrt 5) / 2.

    Beside one call of f each (here of one flop), k steps, and one call more:

    >>> from mechkit import law
    >>> law(lambda k: secant(*secant.example_arguments(k)), k=range(1, 6)).flops
    Polynomial('8k + 2')
    """
    # Burden and Faires, Numerical Analysis, 9th ed., algorithm 2.4
    fx, f_new = f(x, *args), f(new, *args)
    history[0, 0], history[0, 1] = new, f_new
    if not (math.isfinite(fx) and math.isfinite(f_new)):
        return new, 0, NOT_FINITE
    for k in range(limit):
        if f_new == 0.0:
            return new, k, CONVERGED
        if f_new == fx:
            return new, k, LEVEL
        step = f_new * (new - x) / (f_new - fx)
        x, fx = new, f_new
        new = x - step
        history[k + 1, 0], history[k + 1, 1] = new, math.nan
        if abs(step) <= xtol + rtol * abs(x):
            return new, k + 1, CONVERGED
        new, f_new = value_ahead(f, args, x, new)
        history[k + 1, 0], history[k + 1, 1] = new, f_new
        if not math.isfinite(f_new):
            return x, k + 1, NOT_FINITE
    return new, limit, CONVERGED if f_new == 0.0 else MAXITER


@kernel(cache=True, error_model="numpy")
def newton(f, fprime, args, x, xtol, rtol, limit, history):
    """The root of the tangent; of order 2.

    Beside a call of f and of fprime each (here of one flop), k steps, and a call of f at the start:

    >>> from mechkit import law
    >>> law(lambda k: newton(*newton.example_arguments(k)), k=range(1, 6)).flops
    Polynomial('6k + 1')
    """
    # Burden and Faires, Numerical Analysis, 9th ed., algorithm 2.3
    fx = f(x, *args)
    history[0, 0], history[0, 1] = x, fx
    if not math.isfinite(fx):
        return x, 0, NOT_FINITE
    for k in range(limit):
        if fx == 0.0:
            return x, k, CONVERGED
        slope = fprime(x, *args)
        if slope == 0.0 or not math.isfinite(slope):
            return x, k, LEVEL
        step = fx / slope
        new = x - step
        history[k + 1, 0], history[k + 1, 1] = new, math.nan
        if abs(step) <= xtol + rtol * abs(x):
            return new, k + 1, CONVERGED
        new, fx = value_ahead(f, args, x, new)
        history[k + 1, 0], history[k + 1, 1] = new, fx
        if not math.isfinite(fx):
            return x, k + 1, NOT_FINITE
        x = new
    return x, limit, CONVERGED if fx == 0.0 else MAXITER


@kernel(cache=True, error_model="numpy")
def halley(f, fprime, fprime2, args, x, xtol, rtol, limit, history):
    """Newton's step, corrected by the curvature; of order 3.

    Beside a call of each function (here of one flop, one and none), k steps, and a call of f at the start:

    >>> from mechkit import law
    >>> law(lambda k: halley(*halley.example_arguments(k)), k=range(1, 6)).flops
    Polynomial('11k + 1')
    """
    # Gander, On Halley's iteration method, Amer. Math. Monthly 92 (1985), (5)
    fx = f(x, *args)
    history[0, 0], history[0, 1] = x, fx
    if not math.isfinite(fx):
        return x, 0, NOT_FINITE
    for k in range(limit):
        if fx == 0.0:
            return x, k, CONVERGED
        slope = fprime(x, *args)
        if slope == 0.0 or not math.isfinite(slope):
            return x, k, LEVEL
        step = fx / slope
        bend = 0.5 * step * fprime2(x, *args) / slope
        if abs(bend) < 1.0:  # else it would turn the step around; a NaN is left out as well
            step = step / (1.0 - bend)
        new = x - step
        history[k + 1, 0], history[k + 1, 1] = new, math.nan
        if abs(step) <= xtol + rtol * abs(x):
            return new, k + 1, CONVERGED
        new, fx = value_ahead(f, args, x, new)
        history[k + 1, 0], history[k + 1, 1] = new, fx
        if not math.isfinite(fx):
            return x, k + 1, NOT_FINITE
        x = new
    return x, limit, CONVERGED if fx == 0.0 else MAXITER


def _parabola(x):
    return x * x  # a double root, which takes many steps


def _parabola_prime(x):
    return 2.0 * x


def _parabola_prime2(x):
    return 2.0


def _identity(x):
    return x


@value_ahead.example
def _(n):
    return function(_identity, SCALAR), (), 1.0, 2.0


@secant.example
def _(n):
    return function(_parabola, SCALAR), (), 3.0, 2.0, 0.0, 0.0, n, np.zeros((n + 1, 2))


@newton.example
def _(n):
    f, fprime = function(_parabola, SCALAR), function(_parabola_prime, SCALAR, "jac")
    return f, fprime, (), 2.0, 0.0, 0.0, n, np.zeros((n + 1, 2))


@halley.example
def _(n):
    f, fprime = function(_parabola, SCALAR), function(_parabola_prime, SCALAR, "jac")
    return f, fprime, function(_parabola_prime2, SCALAR, "hess"), (), 2.0, 0.0, 0.0, n, np.zeros((n + 1, 2))
