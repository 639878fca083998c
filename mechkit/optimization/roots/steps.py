"""What the methods for F(x) = 0 share: values, factors, steps and how far to go, and how they end."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.blocked import eliminate_in_blocks
from mechkit.linear_systems.dense import eliminate, interchange
from mechkit.linear_systems.flags import ANY_ORDER
from mechkit.linear_systems.triangular import back_substitution, forward_substitution_unit
from mechkit.optimization.functions import VECTOR, function

#: How a search ends. SMALL_STEP: x is known to the tolerance, though F is not zero to its own.
#: NO_ROOT: the steps are that small, and yet F is not zero near x.
CONVERGED, MAXITER, NOT_FINITE, NO_DECREASE, STATIONARY, SINGULAR, BAD_JACOBIAN, NO_ROOT = range(8)
SMALL_STEP = -1
#: The part of the predicted decrease that a step must achieve; the shortest part of a step that is tried.
DECREASE, SHORTEST = 1e-4, 1e-12


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def inner(x, y):
    """x'y.

    >>> from mechkit import law
    >>> law(inner, n=range(1, 6)).flops
    Polynomial('2n - 1')
    """
    s = x[0] * y[0]
    for i in range(1, x.size):
        s = s + x[i] * y[i]
    return s


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def size(x):
    """The sum of the absolute values: NaN or infinite where an element is.

    >>> from mechkit import law
    >>> law(size, n=range(1, 6)).flops
    Polynomial('n - 1')
    """
    s = abs(x[0])
    for i in range(1, x.size):
        s = s + abs(x[i])
    return s


@kernel(cache=True, error_model="numpy")
def evaluate(f, x, F):
    """F = f(x). Returns F'F.

    >>> from mechkit import law
    >>> law(evaluate, n=range(1, 6)).flops  # f has no flop
    Polynomial('2n - 1')
    """
    value = f(x)
    if value.size != F.size:
        raise ValueError("fun returned a vector of another length than at x0; it must be that of x everywhere")
    for i in range(F.size):  # a copy: f may have returned x itself
        F[i] = value[i]
    return inner(F, F)


@kernel(cache=True, error_model="numpy")
def factor(J, LU, piv):
    """PJ = LU, in blocks; J is kept. Returns the number of pivots that are not zero.

    The operations are those of `factor_by_columns`:

    >>> from mechkit import law
    >>> law(factor, n=range(2, 24)).flops
    Polynomial('2n^3/3 - n^2/2 - n/6')
    """
    for i in range(J.shape[0]):
        row, of = LU[i], J[i]
        for j in range(row.size):
            row[j] = of[j]
    return eliminate_in_blocks(LU, piv)


@kernel(cache=True, error_model="numpy")
def factor_by_columns(J, LU, piv):
    """PJ = LU, a column after the other; J is kept. Returns the number of the first pivot that is zero, or n.

    >>> from mechkit import law
    >>> law(factor_by_columns, n=range(2, 24)).flops
    Polynomial('2n^3/3 - n^2/2 - n/6')
    """
    for i in range(J.shape[0]):
        row, of = LU[i], J[i]
        for j in range(row.size):
            row[j] = of[j]
    return eliminate(LU, piv)


@kernel(cache=True, error_model="numpy")
def solve_factored(LU, piv, F, s):
    """s : LU s = -PF.

    >>> from mechkit import law
    >>> law(solve_factored, n=range(1, 6)).flops
    Polynomial('2n^2 - n')
    """
    for i in range(s.size):
        s[i] = -F[i]
    interchange(piv, s)
    forward_substitution_unit(LU, s)
    back_substitution(LU, s)


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def least_along_gradient(J, F, g):
    """g = J'F, along which |F|^2 / 2 rises fastest. Returns t for which the linear model F - t Jg is smallest, or NaN.

    >>> from mechkit import law
    >>> law(least_along_gradient, n=range(1, 6)).flops
    Polynomial('4n^2 + 2n - 1')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (11.46)
    for j in range(g.size):
        g[j] = F[0] * J[0, j]
    for i in range(1, F.size):
        row, m = J[i], F[i]
        for j in range(row.size):
            g[j] = g[j] + m * row[j]
    v = inner(J[0], g)
    bend = v * v
    for i in range(1, F.size):
        v = inner(J[i], g)
        bend = bend + v * v
    return inner(g, g) / bend if bend > 0.0 else math.nan


@kernel(cache=True, error_model="numpy")
def backtrack(f, x, square, s, slope, decrease, x_new, F_new):
    """x_new = x + ts, F_new = f(x_new) for the first t of 1, ... that lowers |F|^2 enough. Returns t and |F_new|^2.

    square, slope : |F|^2 at x, and the derivative of |F|^2 / 2 along s; the decrease asked for is a part of what this
    slope promises. t is 0 where none does it. Where the first does:

    >>> from mechkit import law
    >>> law(backtrack, n=range(1, 6)).flops
    Polynomial('4n + 3')
    """
    # Dennis and Schnabel, Numerical Methods for Unconstrained Optimization and Nonlinear Equations, algorithm A6.3.1
    t, square_new = 1.0, square
    while t >= SHORTEST:
        for i in range(x.size):
            x_new[i] = x[i] + t * s[i]
        square_new = evaluate(f, x_new, F_new)
        if not math.isfinite(square_new):  # back off
            t = 0.25 * t
            continue
        rise = square_new - square
        if rise <= 2.0 * decrease * t * slope:
            return t, square_new
        t = t * min(max(-slope * t / (rise - 2.0 * t * slope), 0.1), 0.5)  # where a parabola is least
    return 0.0, square_new


def _same(x):
    return x


@inner.example
def _(n):
    return np.ones(n), np.arange(float(n))


@size.example
def _(n):
    return (np.arange(float(n)),)


@evaluate.example
def _(n):
    return function(_same, VECTOR, "f"), np.ones(n), np.zeros(n)


@factor.example
@factor_by_columns.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), np.zeros((n, n)), np.zeros(n, np.int32)


@solve_factored.example
def _(n):
    return np.eye(n) + np.triu(np.ones((n, n))), np.arange(n, dtype=np.int32), np.ones(n), np.zeros(n)


@least_along_gradient.example
def _(n):
    return np.eye(n) + 1.0, np.ones(n), np.zeros(n)


@backtrack.example
def _(n):
    f = function(_same, VECTOR, "f")
    return f, np.ones(n), float(n), np.full(n, -0.5), -0.5 * n, 1e-4, np.zeros(n), np.zeros(n)
