"""Roots of f(x) = 0 between two points where f has different signs: bisection, and Brent's method, which interpolates.

Both take f, a tuple of what follows x in its calls, and the ends of the bracket with the values of f there. Both stop
where the root is known within xtol + rtol |x|. They write each iterate and f there to a row of history, the start
first. They return the root, the number of iterations and a status. An infinite value of f has a sign, so it is one
like others.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.functions import SCALAR, function

#: How a search ends. JUMP: the bracket closed on a point where |f| is larger than at both ends, such as a pole.
#: NO_ROOT: a step was small, but not as a root is near.
CONVERGED, MAXITER, NOT_FINITE, LEVEL, NO_BRACKET, JUMP, NO_ROOT = range(7)


@kernel(cache=True, error_model="numpy")
def bisect(f, args, a, fa, b, fb, xtol, rtol, limit, history):
    """Halve the bracket: after k steps it is |b - a| / 2^k wide, whatever f is.

    Beside a call of f each (here one flop), k steps that neither hit the root nor are small enough:

    >>> from mechkit import law
    >>> law(lambda k: bisect(*bisect.example_arguments(k)), k=range(1, 6)).flops
    Polynomial('5k + 3')
    """
    # Burden and Faires, Numerical Analysis, 9th ed., algorithm 2.1
    history[0, 0], history[0, 1] = b, fb
    if fa == 0.0:
        history[0, 0], history[0, 1] = a, fa
        return a, 0, CONVERGED
    if fb == 0.0:
        return b, 0, CONVERGED
    if not (fa < 0.0 < fb or fb < 0.0 < fa):
        return b, 0, NO_BRACKET
    highest = max(abs(fa), abs(fb))
    x, half = b, 0.5 * b - 0.5 * a
    for k in range(1, limit + 1):
        x = a + half  # 1  the middle
        fx = f(x, *args)
        history[k, 0], history[k, 1] = x, fx
        if fx == 0.0:
            return x, k, CONVERGED
        if math.isnan(fx):
            return x, k, NOT_FINITE
        if abs(half) <= xtol + rtol * abs(x):
            return x, k, JUMP if abs(fx) > highest else CONVERGED
        if (fa < 0.0 and fx < 0.0) or (fa > 0.0 and fx > 0.0):  # 2  the half that holds the root
            a = x
        half = 0.5 * half
    return x, limit, MAXITER


@kernel(cache=True, error_model="numpy")
def brentq(f, args, a, fa, b, fb, xtol, rtol, limit, history):
    """Interpolate where that shrinks the bracket well enough, else halve it.

    b is the best point so far, a the one before it, and the root lies between b and c. What a step costs depends on
    how it is found: beside its call of f (here of 5 flops), 4 flops to 27.

    >>> from mechkit import growth
    >>> round(growth(lambda k: brentq(*brentq.example_arguments(k)), n=[5, 10, 20, 40]).exponent, 1)
    1.0
    """
    # Brent, Algorithms for Minimization without Derivatives, section 4.6, procedure zero
    history[0, 0], history[0, 1] = b, fb
    if not (fa <= 0.0 <= fb or fb <= 0.0 <= fa):
        return b, 0, NO_BRACKET
    highest = max(abs(fa), abs(fb))
    c, fc = a, fa
    step = last = b - a
    for k in range(limit + 1):
        if abs(fc) < abs(fb):  # 1  b is the better end of the bracket
            a, b, c = b, c, b
            fa, fb, fc = fb, fc, fb
        history[k, 0], history[k, 1] = b, fb
        tolerance = 0.5 * (xtol + rtol * abs(b))
        half = 0.5 * c - 0.5 * b
        if fb == 0.0:
            return b, k, CONVERGED
        if abs(half) <= tolerance:
            return b, k, JUMP if abs(fb) > highest else CONVERGED
        if k == limit:
            break
        before, last = last, step
        step = half  # 2  bisect, unless the root of an interpolant is near enough
        if abs(before) >= tolerance and abs(fa) > abs(fb):
            s = fb / fa
            if a == c:  # 3  the secant
                p, q = 2.0 * half * s, 1.0 - s
            else:  # 4  inverse quadratic interpolation
                u, v = fa / fc, fb / fc
                p = s * (2.0 * half * u * (u - v) - (b - a) * (v - 1.0))
                q = (u - 1.0) * (v - 1.0) * (s - 1.0)
            if p > 0.0:
                q = -q
            p = abs(p)
            if 2.0 * p < min(3.0 * half * q - abs(tolerance * q), abs(before * q)):
                step = p / q
        if step == half:
            last = half
        a, fa = b, fb
        b = b + (step if abs(step) > tolerance else math.copysign(tolerance, half))
        fb = f(b, *args)
        if math.isnan(fb):
            history[k + 1, 0], history[k + 1, 1] = b, fb
            return b, k + 1, NOT_FINITE
        if (fb < 0.0 and fc < 0.0) or (fb > 0.0 and fc > 0.0):  # 5  the root lies between b and a
            c, fc = a, fa
            step = last = b - a
    return b, limit, MAXITER


def _line(x):
    return x - 0.9999999


def _flat(x):
    return (x - 0.3) ** 9


@bisect.example
def _(n):
    f = function(_line, SCALAR, "f")
    return f, (), -1.0, -1.9999999, 1.0, 1e-7, 0.0, 0.0, n, np.zeros((n + 1, 2))


@brentq.example
def _(n):
    f = function(_flat, SCALAR, "f")
    return f, (), -1.0, -(1.3**9), 1.0, 0.7**9, 0.0, 0.0, n, np.zeros((n + 1, 2))
