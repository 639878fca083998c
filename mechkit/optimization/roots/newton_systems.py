"""Newton's method for F(x) = 0, and the chord method, which keeps the Jacobian: with a line search, or within a region
of trust.

factor : a kernel, by address, PJ = LU; differences, trace, work, stop : see bundles.py; state, at first zeros, and
radii (1,), the radius : kept for a call that goes on where this one ends. The kernels return the number of iterations
and how the search ended.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.differences import GIVEN
from mechkit.optimization.functions import MATRIX, VECTOR, function
from mechkit.optimization.proportional_differences import proportional_jacobian
from mechkit.optimization.roots.bundles import Differences, Stop, Trace, factorization, work
from mechkit.optimization.roots.steps import (
    BAD_JACOBIAN,
    CONVERGED,
    DECREASE,
    MAXITER,
    NO_DECREASE,
    NOT_FINITE,
    SHORTEST,
    SMALL_STEP,
    STATIONARY,
    backtrack,
    evaluate,
    inner,
    least_along_gradient,
    size,
    solve_factored,
)


@kernel(cache=True, error_model="numpy")
def step_along_gradient(J, F, s):
    """s = the step down the gradient of |F|^2 to where the linear model is least. Returns the slope of |F|^2 / 2 on it.

    >>> from mechkit import law
    >>> law(step_along_gradient, n=range(1, 6)).flops
    Polynomial('4n^2 + 6n - 2')
    """
    t = least_along_gradient(J, F, s)
    if size(s) == 0.0:
        return 0.0
    slope = -t * inner(s, s)
    for i in range(s.size):
        s[i] = -t * s[i]
    return slope


@kernel(cache=True, error_model="numpy")
def newton_with_line_search(f, jac, factor, differences, trace, work, state, keep, stop):
    """Newton's method with backtracking. The Jacobian serves `keep` steps: one in Newton's method, all in the chord's.

    A singular Jacobian, which has no Newton step, is left along the gradient of |F|^2, and so is one that is nearly so,
    whose step leads nowhere. A kept one that leads nowhere is evaluated anew. Here each f is of n flops, and each
    Jacobian of none; steps in full length cost:

    >>> from mechkit import law
    >>> law(newton_with_line_search, n=range(2, 9)).flops  # one step of Newton's
    Polynomial('2n^3/3 + 3n^2/2 + 35n/6 + 4')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 11.4; Kelley, Iterative Methods for Linear and
    # Nonlinear Equations, section 5.4 for the chord method
    how, sizes = differences
    points, values, squares = trace
    J, LU, piv, s = work
    decrease, ftol, xtol, limit = stop
    n, k = s.size, 0
    served = state[0]
    singular = state[1] > 0
    while True:
        x, F, square = points[k], values[k], squares[k]
        is_small = math.sqrt(square) <= ftol
        if is_small or k == limit:
            state[0], state[1] = served, 1 if singular else 0
            return k, CONVERGED if is_small else MAXITER
        if served == 0:  # 1  the Jacobian and its factors
            proportional_jacobian(f, jac, how, x, sizes, 1.0, F, J)
            singular = factor(J, LU, piv) < n
        slope = -square  # 2  the step
        if singular:
            slope = step_along_gradient(J, F, s)
            if slope == 0.0:
                return k, STATIONARY
        else:
            solve_factored(LU, piv, F, s)
        length = size(s)
        if not math.isfinite(length):
            return k, BAD_JACOBIAN
        small = length <= xtol * size(x) and not singular
        t, ahead = backtrack(f, x, square, s, slope, decrease, points[k + 1], values[k + 1])  # 3
        if t == 0.0 and served == 0 and not (singular or small):
            slope = step_along_gradient(J, F, s)
            t, ahead = backtrack(f, x, square, s, slope, decrease, points[k + 1], values[k + 1])
        if t == 0.0:
            if small:
                return k, SMALL_STEP
            if served == 0:
                return k, NO_DECREASE if math.isfinite(ahead) else NOT_FINITE
            served = 0
            continue
        k += 1
        squares[k] = ahead
        served = (served + 1) % keep
        if small:
            return k, SMALL_STEP


@kernel(cache=True, error_model="numpy")
def dogleg(g, t, newton_step, nonsingular, radius, s):
    """s = the step on the dogleg, within the radius: to -tg, where the model is least along -g, then Newton's step.

    >>> from mechkit import law
    >>> law(dogleg, n=range(1, 6)).flops
    Polynomial('16n + 10')
    """
    # Nocedal and Wright, (4.16)
    reach = t * math.sqrt(inner(g, g))
    if nonsingular and math.sqrt(inner(newton_step, newton_step)) <= radius:
        for i in range(s.size):
            s[i] = newton_step[i]
        return
    if reach >= radius or not nonsingular:
        part = t * min(radius / reach, 1.0)
        for i in range(s.size):
            s[i] = -part * g[i]
        return
    a = b = 0.0  # |-tg + part (newton_step + tg)| = radius, a quadratic in part
    for i in range(s.size):
        d = newton_step[i] + t * g[i]
        a = a + d * d
        b = b - d * t * g[i]
    c = radius * radius - reach * reach
    part = c / (b + math.sqrt(b * b + a * c)) if b > 0.0 else (math.sqrt(b * b + a * c) - b) / a
    for i in range(s.size):
        s[i] = part * newton_step[i] - (1.0 - part) * t * g[i]


@kernel(cache=True, error_model="numpy")
def newton_in_trust_region(f, jac, factor, differences, trace, work, newton_step, g, radii, stop):
    """Newton's method within a radius in which the linear model of F is trusted, by doglegs.

    Here f is of n flops and its Jacobian of none; where the first radius does:

    >>> from mechkit import law
    >>> law(newton_in_trust_region, n=range(2, 9)).flops  # one step
    Polynomial('2n^3/3 + 15n^2/2 + 95n/6 + 5')
    """
    # Nocedal and Wright, algorithm 11.5
    how, sizes = differences
    points, values, squares = trace
    J, LU, piv, s = work
    _, ftol, xtol, limit = stop
    n, radius = s.size, radii[0]
    for k in range(limit):
        x, F, square = points[k], values[k], squares[k]
        if math.sqrt(square) <= ftol:
            return k, CONVERGED
        proportional_jacobian(f, jac, how, x, sizes, 1.0, F, J)  # 1  the Jacobian, its factors, and both steps
        nonsingular = factor(J, LU, piv) == n
        if nonsingular:
            solve_factored(LU, piv, F, newton_step)
            nonsingular = math.isfinite(size(newton_step))
        t = least_along_gradient(J, F, g)
        if not math.isfinite(t):
            return k, STATIONARY if size(g) == 0.0 else BAD_JACOBIAN
        while True:
            dogleg(g, t, newton_step, nonsingular, radius, s)  # 2  a step, and what the model makes of it
            length = math.sqrt(inner(s, s))
            small = length <= xtol * math.sqrt(inner(x, x))
            model = 0.0
            for i in range(n):
                v = F[i] + inner(J[i], s)
                model = model + v * v
            for i in range(n):
                points[k + 1, i] = x[i] + s[i]
            square_new = evaluate(f, points[k + 1], values[k + 1])
            ratio = (square - square_new) / (square - model) if model < square else 0.0  # 3  a smaller or larger radius
            if not ratio >= 0.25:
                radius = 0.25 * length
            elif ratio > 0.75 and length > 0.8 * radius:
                radius = 2.0 * radius
            if ratio > DECREASE:
                break
            if small or radius <= SHORTEST * math.sqrt(inner(x, x)) or radius == 0.0:
                if small and nonsingular:
                    return k, SMALL_STEP
                return k, NO_DECREASE if math.isfinite(square_new) else NOT_FINITE
        squares[k + 1] = square_new
        radii[0] = radius
        if small and nonsingular:
            return k + 1, SMALL_STEP
    return limit, CONVERGED if math.sqrt(squares[limit]) <= ftol else MAXITER


def _shifted(x):
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = x[i] - 1.0
    return y


def _identity(x):
    return np.eye(x.size)


def _example(n, limit):
    """The arguments that these kernels share, at x = 0."""
    points, values, squares = np.zeros((limit + 1, n)), np.full((limit + 1, n), -1.0), np.full(limit + 1, float(n))
    f, jac = function(_shifted, VECTOR, "f"), function(_identity, MATRIX, "jac")
    functions = f, jac, factorization(small=True), Differences(GIVEN, np.ones(n))
    return *functions, Trace(points, values, squares), work(n)


@step_along_gradient.example
def _(n):
    return np.eye(n) + 1.0, np.ones(n), np.zeros(n)


@newton_with_line_search.example
def _(n):
    return *_example(n, 1), np.zeros(2, np.int64), 1, Stop(DECREASE, 1e-10, 1e-12, 1)


@dogleg.example
def _(n):
    return np.ones(n), np.float64(0.5), np.full(n, -2.0), True, np.sqrt(np.float64(n)), np.zeros(n)


@newton_in_trust_region.example
def _(n):
    return *_example(n, 1), np.zeros(n), np.zeros(n), np.full(1, 10.0 * n), Stop(DECREASE, 1e-10, 1e-12, 1)
