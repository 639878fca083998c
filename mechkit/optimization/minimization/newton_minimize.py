"""Newton's method: second derivatives, and a factorization that keeps every step downhill."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.triangular import back_substitution_unit, forward_substitution_unit
from mechkit.linear_systems.vectors import dot
from mechkit.optimization.chosen_differences import gradient_kernel, hessian_kernel
from mechkit.optimization.differences import GIVEN, bowl, bowl_hess, bowl_jac
from mechkit.optimization.functions import MATRIX, OBJECTIVE, VECTOR, function
from mechkit.optimization.minimization.endings import CONVERGED, NO_DECREASE, NOT_FINITE, RUNNING, UNBOUNDED
from mechkit.optimization.minimization.line_search import largest_element, strong_wolfe
from mechkit.optimization.minimization.quasi_newton import CURVATURE, FALLING

EPS = 2.0**-52
ONE = np.float32(1)  # exact, and no float32 becomes a float64 by it


@kernel(cache=True, error_model="numpy")
def bounds_of_factors(A, eps, nu):
    """The least d, and the square of the largest element of sqrt(D) U, that `modified_cholesky` is to allow.

    A : (n, n) symmetric, of which the upper triangle is read; eps : the precision; nu : the root of n^2 - 1.

    >>> from mechkit import law
    >>> law(bounds_of_factors, n=range(2, 7)).compare
    Polynomial('n^2/2 + n/2 + 3')
    """
    # Gill, Murray and Wright, Practical Optimization, 1981, (4.11) and page 111
    n = A.shape[0]
    diagonal, other = abs(A[0, 0]), abs(A[0, 0]) * ZERO
    for i in range(n):
        diagonal = max(diagonal, abs(A[i, i]))
        for j in range(i + 1, n):
            other = max(other, abs(A[i, j]))
    return eps * max(diagonal + other, ONE), max(diagonal, max(other / nu, eps))


@kernel(cache=True, error_model="numpy")
def modified_cholesky(A, d, delta, beta2):
    """A + E = U'DU in place of A's upper triangle, U with a unit diagonal that is not stored, D = diag(d).

    E is diagonal: zero where A is positive definite enough, else what keeps every d above delta and every element of
    sqrt(D) U within sqrt(beta2). Returns whether E is other than zero.

    >>> from mechkit import law
    >>> law(modified_cholesky, n=range(2, 8)).flops
    Polynomial('n^3/3 + n^2 + 5n/3')
    """
    # Gill, Murray and Wright, Practical Optimization, 1981, section 4.4.2.2; Nocedal and Wright, 2nd ed., (3.49) on
    n, modified = A.shape[0], False
    for k in range(n):
        row = A[k]
        theta = abs(row[k]) * ZERO
        for j in range(k + 1, n):
            theta = max(theta, abs(row[j]))
        d[k] = abs(row[k])  # 1
        least = max(theta * theta / beta2, delta)
        if d[k] < least:  # a NaN stays
            d[k] = least
        if d[k] != row[k]:
            modified = True
        for i in range(k + 1, n):  # 2  take the outer product from the rest
            m, rest, u = row[i] / d[k], A[i, i:], row[i:]
            for j in range(rest.size):
                rest[j] = rest[j] - m * u[j]
        for j in range(k + 1, n):
            row[j] = row[j] / d[k]
    return modified


@kernel(cache=True, error_model="numpy")
def newton_direction(H, d, g, p, eps, nu):
    """p = -(H + E)^-1 g, with the factors of H + E in place of H and d. Returns whether E is other than zero.

    eps, nu : as in `bounds_of_factors`.

    The work is a third of n^3:

    >>> from mechkit import law
    >>> law(newton_direction, n=range(2, 8)).flops
    Polynomial('n^3/3 + 3n^2 + 2n/3 + 4')
    """
    delta, beta2 = bounds_of_factors(H, eps, nu)
    modified = modified_cholesky(H, d, delta, beta2)
    for i in range(g.size):
        p[i] = -g[i]
    forward_substitution_unit(H.T, p)
    for i in range(g.size):
        p[i] = p[i] / d[i]
    back_substitution_unit(H, p)
    return modified


@kernel(cache=True, error_model="numpy")
def is_indefinite(H, d, part, eps, nu):
    """Whether symmetric H has an eigenvalue below -part times its largest elements; its upper triangle is destroyed.

    >>> from mechkit import law
    >>> law(is_indefinite, n=range(2, 8)).flops
    Polynomial('n^3/3 + n^2 + 14n/3 + 4')
    """
    delta, beta2 = bounds_of_factors(H, eps, nu)
    for i in range(d.size):
        H[i, i] = H[i, i] + part * (delta / eps)
    return modified_cholesky(H, d, delta, beta2)


@kernel(cache=True, error_model="numpy")
def newton(f, jac, how, gradient_of, hess, hessian_of, x, g, H, work, gtol, lowest, fun, norms, xs):
    """Minimize f from x, whose gradient is g, both in place, by Newton's method.

    Returns the steps taken, how it ended, and whether the last Hessian was not positive definite.

    f, jac, how, gradient_of, hess, hessian_of : as in chosen_differences.py; H (n, n), work (4, n) : to work in;
    lowest : a function below it falls without end; fun, norms : one element for the start, where it is given, and one
    for each step: f and the largest element of its gradient; xs : the iterates, or without rows.

    Two steps, where the function is quadratic and one does:

    >>> from mechkit import law
    >>> law(newton, n=range(14, 20)).flops
    Polynomial('n^3/3 + 3n^2 + 35n/3 + 11')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 3.2
    p, d, trial = work[0], work[1], work[2]
    g_new = work[3]
    nu, k, modified = math.sqrt(float(max(x.size * x.size - 1, 1))), 0, False
    while k < fun.size - 1 and norms[k] > gtol:
        hessian_of(f, jac, hess, x, fun[k], g, H)  # 1
        modified = newton_direction(H, d, g, p, EPS, nu)  # 2
        slope = dot(g, p)
        if not math.isfinite(slope):
            return k, NOT_FINITE, modified
        step, f_new = strong_wolfe(f, jac, how, gradient_of, x, fun[k], slope, p, 1.0, CURVATURE, trial, g_new)  # 3
        if step == 0.0:
            return k, NOT_FINITE if math.isnan(f_new) else NO_DECREASE, modified
        k += 1
        for i in range(x.size):
            x[i] = trial[i]
            g[i] = g_new[i]
        fun[k], norms[k] = f_new, largest_element(g)
        if xs.size > 0:
            for i in range(x.size):
                xs[k, i] = x[i]
        if f_new == -math.inf or (f_new < lowest and f_new > FALLING * fun[k - 1]):  # it falls without end
            return k, UNBOUNDED, modified
    return k, CONVERGED if norms[k] <= gtol else RUNNING, modified


@bounds_of_factors.example
def _(n):
    return np.arange(1.0, n * n + 1).reshape(n, n), np.float64(EPS), np.float64(n)


@modified_cholesky.example
def _(n):
    A = np.random.default_rng(0).standard_normal((n, n))
    return A + A.T, np.zeros(n), np.float64(1e-6), np.float64(2.0)


@newton_direction.example
def _(n):
    return np.eye(n) + np.ones((n, n)), np.zeros(n), np.ones(n), np.zeros(n), np.float64(EPS), np.float64(n)


@is_indefinite.example
def _(n):
    return np.eye(n), np.zeros(n), np.float64(1e-3), np.float64(EPS), np.float64(n)


@newton.example
def _(n):
    x, steps = np.ones(n), 2
    g = bowl_jac(x)
    f, jac, hess = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR, "jac"), function(bowl_hess, MATRIX, "hess")
    fun, norms = np.full(steps + 1, bowl(x)), np.full(steps + 1, abs(g).max())
    H, work = np.zeros((n, n)), np.zeros((4, n))
    given = f, jac, GIVEN, gradient_kernel(GIVEN), hess, hessian_kernel(GIVEN, GIVEN), x, g
    return *given, H, work, 1e-5, -1e30, fun, norms, np.zeros((steps + 1, n))
