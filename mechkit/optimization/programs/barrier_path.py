"""The path of a logarithmic barrier: the kernels. The driver is log_barrier.py.

For each t, minimize t f(x) - the sum of log(-g(x)) by Newton's method; as t grows, the minima lead to that of f.
"""

from __future__ import annotations

import numpy as np
from numba import float64

from mechkit.counting import kernel
from mechkit.linear_systems.triangular import back_substitution, forward_substitution
from mechkit.optimization.differences import (
    GIVEN,
    ONE_SIDED,
    bowl,
    bowl_hess,
    bowl_jac,
    gradient,
    hessian,
    jacobian,
)
from mechkit.optimization.functions import MATRIX, OBJECTIVE, VECTOR, function
from mechkit.optimization.programs.quasidefinite import factorization

#: What the sum of the constraints' second derivatives, with weights, is compiled for; and where they come from.
WEIGHTED = float64[:, ::1](float64[::1], float64[::1])
BY_DIFFERENCES, BY_FUNCTION, LINEAR = 0, 1, 2
#: The step for differences of first derivatives that are differences themselves.
COARSE = 2.0**-13
#: Backtracking (Boyd and Vandenberghe, algorithm 9.2); half the squared decrement at which a center is near enough.
DECREASE, SHORTER, NEAR = 0.1, 0.5, 1e-8
#: So many shorter steps are tried; so many larger shifts of a Hessian that is not positive definite.
TRIES, SHIFTS = 60, 40
SOLVED, LIMIT, STUCK = 0, 1, 4
# How a shift grows, and begins; no float32 becomes a float64 by them.
TEN, TINY, SMALLEST = np.float32(10), np.float32(1e-10), np.float32(1e-30)


@kernel(cache=True, error_model="numpy")
def barrier(f, g, x, t, c):
    """t f(x) - the sum of log(-g(x)), and f(x); infinite outside; c takes g(x).

    Beside f and g, here of 4n and n flops:

    >>> from mechkit import law
    >>> found = law(barrier, n=range(1, 6))
    >>> found.log, found.flops
    (Polynomial('n'), Polynomial('6n + 1'))
    """
    fx, gx = f(x), g(x)
    if gx.size != c.size:
        raise ValueError("the vector that g returns has changed its length; it must be the same at every x")
    value = t * fx
    for i in range(c.size):
        c[i] = gx[i]
        if not c[i] < 0.0:
            return np.inf, fx
        value = value - np.log(-c[i])
    return (value if np.isfinite(value) else np.inf), fx


@kernel(cache=True, error_model="numpy")
def newton_matrix(t, c, J, slope, H):
    """From f's slope and H (or the Lagrangian's) make those of the barrier, in place; J is divided by c.

    c, J : the constraints and their derivatives; of H the upper triangle. m constraints, n unknowns:

    >>> from mechkit import law
    >>> def run(m, n):
    ...     newton_matrix(2.0, -np.ones(m), np.ones((m, n)), np.ones(n), np.eye(n))
    >>> law(run, m=range(1, 6), n=range(1, 6)).flops
    Polynomial('mn^2 + 3mn + n^2/2 + 3n/2')
    """
    # Boyd and Vandenberghe, Convex Optimization, section 11.2.1
    n = slope.size
    for i in range(n):
        slope[i] = t * slope[i]
        row = H[i, i:]
        for j in range(row.size):
            row[j] = t * row[j]
    for k in range(c.size):
        normal = J[k]
        for i in range(n):
            normal[i] = normal[i] / c[k]
            slope[i] = slope[i] - normal[i]
        for i in range(n):
            a, row, rest = normal[i], H[i, i:], normal[i:]
            for j in range(row.size):
                row[j] = row[j] + a * rest[j]


@newton_matrix.example
def _(n):
    return np.float64(2.0), -np.ones(n), np.full((n, n), 0.5), np.ones(n), np.eye(n)


@kernel(cache=True, error_model="numpy")
def newton_direction(H, U, slope, step, factorize):
    """Solve H step = -slope; where H is not positive definite, with a multiple of the unit matrix added.

    Returns whether that was enough. H : its upper triangle is read; U : work, takes the factor; factorize : a kernel,
    by address, as `factorization` chooses it.

    >>> from mechkit import law
    >>> law(newton_direction, n=range(2, 25)).flops
    Polynomial('n^3/3 + 5n^2/2 + 7n/6 + 1')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 3.3
    n, shift, largest = slope.size, slope[0] - slope[0], abs(H[0, 0])
    for i in range(n):
        largest = max(largest, abs(H[i, i]))
    for _ in range(SHIFTS):
        for i in range(n):
            row, of = U[i, i:], H[i, i:]
            for j in range(row.size):
                row[j] = of[j]
            row[0] = row[0] + shift
        if factorize(U, n) == n:
            for i in range(n):
                step[i] = -slope[i]
            forward_substitution(U.T, step)
            back_substitution(U, step)
            return True
        shift = max(TEN * shift, TINY * largest, SMALLEST)
    return False


@newton_direction.example
def _(n):
    return np.eye(n) + 1.0, np.zeros((n, n)), np.ones(n), np.zeros(n), factorization(n)


@kernel(cache=True, error_model="numpy")
def add_curvature(g, g_jac, how_g, x, weights, J, near, J_near, H):
    """H += the sum of weights[k] times the second derivatives of g[k], by differences of J; the upper triangle only.

    J : the derivatives at x; near, J_near : work. Beside n calls of g_jac, here with m = n:

    >>> from mechkit import law
    >>> law(add_curvature, n=range(2, 9)).flops
    Polynomial('2n^3 + 2n^2 + 3n')
    """
    n, relative = x.size, ONE_SIDED if how_g == GIVEN else COARSE
    for j in range(n):
        here = x[j]
        x[j] = here + relative * max(1.0, abs(here))
        h = x[j] - here
        if how_g != GIVEN:
            value = g(x)
            for k in range(near.size):
                near[k] = value[k]
        jacobian(g, g_jac, how_g, x, near, J_near)
        x[j] = here
        for k in range(near.size):
            for i in range(j, n):
                H[j, i] += weights[k] * (J_near[k, i] - J[k, i]) / h


@add_curvature.example
def _(n):
    c, J = function(minus, VECTOR), function(minus_jac, MATRIX)
    return c, J, GIVEN, np.ones(n), np.ones(n), -np.eye(n), np.zeros(n), np.zeros((n, n)), np.zeros((n, n))


@kernel(cache=True, error_model="numpy")
def follow_path(
    f, jac, how, hess, how_hess, g, g_jac, how_g, g_hess, how_curved, factorize,
    t, factor, tol, maxiter, x, multipliers, history,
):  # fmt: skip
    """Minimize f subject to g <= 0 from x strictly inside, in place. Returns status, centers, Newton steps, t.

    factorize : as in `newton_direction`; t, factor : the first weight of f, and its growth from center to center.
    how_curved : BY_FUNCTION g_hess, BY_DIFFERENCES or LINEAR; history takes f(x), t and the steps so far at each
    center.

    Each step factors a matrix, n^3 / 3 flops, to which m constraints add mn^2. One step, with a bound for each unknown:

    >>> from mechkit import law
    >>> law(follow_path, n=range(2, 10)).flops
    Polynomial('4n^3/3 + 6n^2 + 71n/3 + 7')
    """
    # Boyd and Vandenberghe, Convex Optimization, algorithm 11.1, with algorithm 9.5 for the centers
    n, m = x.size, multipliers.size
    c = np.empty(m)
    slope, step, trial = np.empty(n), np.empty(n), np.empty(n)
    J, H, U = np.empty((m, n)), np.empty((n, n)), np.empty((n, n))
    near, J_near = np.empty(m), np.empty((m, n))
    taken, centers, status = 0, 0, SOLVED
    while True:
        value, fx = barrier(f, g, x, t, c)
        while True:  # 1  the center for this t
            if taken == maxiter:
                status = LIMIT
                break
            taken += 1
            gradient(f, jac, how, x, fx, slope)
            jacobian(g, g_jac, how_g, x, c, J)
            hessian(f, jac, how, hess, how_hess, x, fx, slope, H)
            for i in range(m):
                multipliers[i] = -1.0 / (t * c[i])
            if how_curved == BY_FUNCTION:
                G = g_hess(x, multipliers)
                for i in range(n):
                    for j in range(i, n):
                        H[i, j] += G[i, j]
            elif how_curved == BY_DIFFERENCES:
                add_curvature(g, g_jac, how_g, x, multipliers, J, near, J_near, H)
            newton_matrix(t, c, J, slope, H)
            if not newton_direction(H, U, slope, step, factorize):
                status = STUCK
                break
            decrement = 0.0
            for j in range(n):
                decrement -= slope[j] * step[j]
            if not decrement > NEAR + NEAR:
                break
            a = 1.0
            found = False
            for _ in range(TRIES):
                for j in range(n):
                    trial[j] = x[j] + a * step[j]
                lower, ft = barrier(f, g, trial, t, c)
                if lower < value and lower <= value - DECREASE * a * decrement:
                    found = True
                    break
                a *= SHORTER
            if not found:
                # where the decrease that is left to f is below tol, rounding or differences hide it: this is the center
                if decrement > t * tol:
                    status = STUCK
                barrier(f, g, x, t, c)
                break
            value, fx = lower, ft
            for j in range(n):
                x[j] = trial[j]
        centers += 1
        history[centers - 1, 0], history[centers - 1, 1], history[centers - 1, 2] = fx, t, taken
        for i in range(m):
            multipliers[i] = -1.0 / (t * c[i])
        if status != SOLVED or m <= tol * t or centers == history.shape[0]:  # 2  the gap is m / t
            return status, centers, taken, t
        t *= factor  # 3


def minus(x):
    """Constraints for examples: x >= 0."""
    c = np.empty_like(x)
    for i in range(x.size):
        c[i] = -x[i]
    return c


def minus_jac(x):
    """Their derivatives."""
    J = np.zeros((x.size, x.size))
    for i in range(x.size):
        J[i, i] = -1.0
    return J


def no_curvature(x, weights):
    """What stands in for the second derivatives of linear constraints."""
    return np.zeros((x.size, x.size))


@barrier.example
def _(n):
    return function(bowl, OBJECTIVE), function(minus, VECTOR), np.ones(n), 2.0, np.zeros(n)


@follow_path.example
def _(n):
    f = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR), GIVEN, function(bowl_hess, MATRIX), GIVEN
    g = function(minus, VECTOR), function(minus_jac, MATRIX), GIVEN, function(no_curvature, WEIGHTED), LINEAR
    return *f, *g, factorization(n), 1.0, 20.0, 1e-8, 1, np.ones(n), np.zeros(n), np.zeros((9, 3))
