"""Broyden's methods for F(x) = 0: the inverse of the Jacobian is corrected at each step, and never computed."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.differences import GIVEN
from mechkit.optimization.functions import MATRIX, VECTOR, function
from mechkit.optimization.proportional_differences import proportional_jacobian
from mechkit.optimization.roots.bundles import Corrections, Differences, Stop, Trace, factorization, work
from mechkit.optimization.roots.steps import (
    BAD_JACOBIAN,
    CONVERGED,
    DECREASE,
    MAXITER,
    NO_DECREASE,
    NOT_FINITE,
    SINGULAR,
    SMALL_STEP,
    backtrack,
    inner,
    size,
    solve_factored,
)


@kernel(cache=True, error_model="numpy")
def corrected_step(LU, piv, U, V, m, good, F, d):
    """d = -HF, where H is the inverse of what LU factors, after m corrections.

    The good method's is H = (I + uv') H, the bad one's H = H + uv'. Here m is one:

    >>> from mechkit import law
    >>> law(corrected_step, n=range(1, 6)).flops
    Polynomial('2n^2 + 3n - 1')
    """
    # Kelley, Iterative Methods for Linear and Nonlinear Equations, section 7.3: corrections are kept as vectors
    solve_factored(LU, piv, F, d)
    for j in range(m):
        u = U[j]
        t = inner(V[j], d) if good else -inner(V[j], F)  # the only difference, but for what v is
        for i in range(d.size):
            d[i] = d[i] + t * u[i]


@kernel(cache=True, error_model="numpy")
def broyden(f, jac, factor, differences, trace, work, corrections, good, stop):
    """Broyden's good method, or his bad one, with backtracking.

    By the formula of Sherman and Morrison, H + (s - Hy) v' / (v'y) takes y to s. Here v is H's for the good method and
    y for the bad. Where a step leads nowhere, the Jacobian is evaluated anew.

    factor : a kernel, by address, PJ = LU; differences, trace, work, corrections, stop : see bundles.py.

    Steps in full length, with 2n^3/3 - n^2/2 - n/6 flops for the first factors, and n for each f and the Jacobian:

    >>> from mechkit import law
    >>> from mechkit.optimization.roots.broyden import _steps
    >>> law(lambda n, k: broyden(*_steps(n, k, True)), n=range(2, 7), k=range(1, 5)).flops
    Polynomial('2n^3/3 + 2n^2k + 2nk^2 + 3n^2/2 + 15nk - k^2/2 - n/6 + 3k/2 + 1')
    """
    # Dennis and Schnabel, Numerical Methods for Unconstrained Optimization and Nonlinear Equations, algorithm A8.3.1
    how, sizes = differences
    points, values, squares = trace
    J, LU, piv, s = work
    U, V, d, state = corrections
    decrease, ftol, xtol, limit = stop
    n, k = d.size, 0
    m, fresh = state[0], state[1] == 0
    while True:
        x, F, square = points[k], values[k], squares[k]
        is_small = math.sqrt(square) <= ftol
        if is_small or k == limit:
            state[0], state[1] = m, 0 if fresh else 1
            return k, CONVERGED if is_small else MAXITER
        if fresh:  # 1  the Jacobian, without corrections
            proportional_jacobian(f, jac, how, x, sizes, 1.0, F, J)
            m = 0
            if factor(J, LU, piv) < n:
                return k, SINGULAR
            solve_factored(LU, piv, F, d)
        length = size(d)
        if not math.isfinite(length):
            return k, BAD_JACOBIAN
        small = length <= xtol * size(x)
        t, square_new = backtrack(f, x, square, d, -square, decrease, points[k + 1], values[k + 1])  # 2
        if (t == 0.0 or small) and not fresh:
            fresh = True
            continue
        if t == 0.0:
            if small:
                return k, SMALL_STEP
            return k, NO_DECREASE if math.isfinite(square_new) else NOT_FINITE
        k += 1
        squares[k] = square_new
        if small:
            return k, SMALL_STEP
        fresh = False
        F_new, u, v = values[k], U[m], V[m]
        corrected_step(LU, piv, U, V, m, good, F_new, s)  # 3  -HF_new is nearly the next step
        for i in range(n):
            hy = d[i] - s[i]  # as HF = -d
            u[i] = t * d[i] - hy
            v[i] = t * d[i] if good else F_new[i] - F[i]
            d[i] = hy if good else v[i]
        vy = inner(v, d)  # s'Hy or y'y
        if vy != 0.0:  # 4  one more correction, unless it would be infinite
            for i in range(n):
                v[i] = v[i] / vy
            m += 1
        part = 0.0 if vy == 0.0 else inner(v, s) if good else -inner(v, F_new)
        for i in range(n):
            d[i] = s[i] + part * u[i]


def _squares(x):
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = x[i] * x[i]
    return y


def _derivatives(x):
    J = np.zeros((x.size, x.size))
    for i in range(x.size):
        J[i, i] = x[i] + x[i]
    return J


def _steps(n, k, good):
    """The arguments for k steps towards a root of x_i^2, from x_i = 1: a double one, which is not reached."""
    points, values, squares = np.ones((k + 1, n)), np.ones((k + 1, n)), np.full(k + 1, float(n))
    f, jac = function(_squares, VECTOR, "f"), function(_derivatives, MATRIX, "jac")
    functions = f, jac, factorization(small=True), Differences(GIVEN, np.ones(n))
    corrections = Corrections(np.zeros((k, n)), np.zeros((k, n)), np.zeros(n), np.zeros(2, np.int64))
    return *functions, Trace(points, values, squares), work(n), corrections, good, Stop(DECREASE, 0.0, 0.0, k)


@corrected_step.example
def _(n):
    factors = np.eye(n) + 1.0, np.arange(n, dtype=np.int32)
    return *factors, np.ones((1, n)), np.ones((1, n)), 1, True, np.ones(n), np.zeros(n)


@broyden.example
def _(n):
    return _steps(n, 3, True)
