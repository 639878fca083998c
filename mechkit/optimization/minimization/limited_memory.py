"""L-BFGS: the inverse of the Hessian from the last m steps alone, in 4mn operations a step."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.linear_systems.vectors import dot
from mechkit.optimization.chosen_differences import gradient_kernel
from mechkit.optimization.differences import FORWARD, GIVEN, ONE_SIDED, bowl, bowl_jac
from mechkit.optimization.functions import OBJECTIVE, VECTOR, function
from mechkit.optimization.minimization.endings import (
    CONVERGED,
    CONVERGED_IN_FUN,
    NO_DECREASE,
    NOT_FINITE,
    RUNNING,
    UNBOUNDED,
)
from mechkit.optimization.minimization.line_search import largest_element, strong_wolfe
from mechkit.optimization.minimization.quasi_newton import CURVATURE, FALLING, take_step


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def add_and_project(a, u, p, v):
    """p = p + a u. Returns v'p: the pass over p serves two lines of the recursion.

    >>> from mechkit import law
    >>> law(add_and_project, n=range(1, 6)).flops
    Polynomial('4n')
    """
    t = ZERO
    for i in range(p.size):
        p[i] = p[i] + a * u[i]
        t = t + v[i] * p[i]
    return t


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def two_loops(S, Y, rho, a, newest, count, gamma, g, p):
    """p = -Hg, where H starts as gamma I and takes in `count` pairs (s, y), rows of S and Y that end with `newest`.

    rho : 1 / s'y of each pair; a : (m,) to work in. Returns g'p. With all m pairs:

    >>> from mechkit import law
    >>> def run(n, m):
    ...     S = np.ones((m, n))
    ...     two_loops(S, S, np.ones(m), np.empty(m), m - 1, m, 1.0, np.ones(n), np.empty(n))
    >>> law(run, n=range(1, 5), m=range(1, 5)).flops
    Polynomial('8nm + 3n + 3m + 1')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.4, with p for -q and -r
    m, newest_s, projection = rho.size, S[newest], ZERO
    for i in range(p.size):
        p[i] = -g[i]
        projection = projection + newest_s[i] * p[i]
    for i in range(count):  # 1  from the newest pair to the oldest
        j, older = (newest + m - i) % m, (newest + m - i - 1) % m
        a[j] = rho[j] * projection
        projection = add_and_project(-a[j], Y[j], p, S[older] if i < count - 1 else Y[j])
    projection = gamma * projection
    for i in range(p.size):  # 2
        p[i] = gamma * p[i]
    for i in range(count):  # 3  and back
        j, newer = (newest + m - count + 1 + i) % m, (newest + m - count + 2 + i) % m
        b = rho[j] * projection
        projection = add_and_project(a[j] - b, S[j], p, Y[newer] if i < count - 1 else g)
    return projection


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def steepest(g, p):
    """p = -g. Returns g'p.

    >>> from mechkit import law
    >>> law(steepest, n=range(1, 6)).flops
    Polynomial('2n')
    """
    slope = ZERO
    for i in range(g.size):
        p[i] = -g[i]
        slope = slope + g[i] * p[i]
    return slope


@kernel(cache=True, error_model="numpy")
def lbfgs(f, jac, how, gradient_of, x, g, S, Y, c, pairs, reach, work, gtol, ftol, lowest, fun, norms, xs):
    """Minimize f from x, whose gradient is g, both in place, by L-BFGS. Returns the steps taken and how it ended.

    f, jac, how, gradient_of : as in chosen_differences.py; ftol : stop also where a step lowers f by less, relative to
    max(1, |f|); lowest : a function below it falls without end; fun, norms : f and the largest element of its gradient,
    at the start, which is given, and after each step; xs : the iterates, or without rows.

    S, Y (m, n), c (3, m), pairs (2,), reach (1,) and work (3, n) are kept for a call that goes on where this one ends.
    The pairs are integers, at first 0. The reach is how far the first step may lead, at first 1.

    The steps that a problem takes follow no polynomial; the work of two, with three calls of f and two of its gradient:

    >>> from mechkit import law
    >>> law(lbfgs, n=range(14, 20)).flops
    Polynomial('43n + 26')
    """
    # Nocedal and Wright, algorithm 7.5
    p, trial, g_new = work[0], work[1], work[2]
    rho, gamma, a = c[0], c[1], c[2]
    m, k = rho.size, 0
    while k < fun.size - 1 and norms[k] > gtol:
        newest = pairs[0]
        if pairs[1] > 0:  # 1
            slope, step = two_loops(S, Y, rho, a, newest, pairs[1], gamma[newest], g, p), 1.0
        else:
            slope = steepest(g, p)
            step = min(1.0, reach[0] / math.sqrt(-slope))  # move by no more than 1, or than the last step
        step, f_new = strong_wolfe(f, jac, how, gradient_of, x, fun[k], slope, p, step, CURVATURE, trial, g_new)  # 2
        if step == 0.0:
            if pairs[1] == 0:
                return k, NOT_FINITE if math.isnan(f_new) else NO_DECREASE
            pairs[1] = 0  # forget what was learned, and go downhill
            continue
        newest = (newest + 1) % m
        sy, yy = take_step(x, trial, g, g_new, S[newest], Y[newest])  # 3
        if sy > 0.0:
            rho[newest], gamma[newest] = 1.0 / sy, sy / yy
            pairs[0], pairs[1] = newest, min(pairs[1] + 1, m)
        else:  # the search ended early: this step teaches nothing
            pairs[1], reach[0] = 0, max(1.0, math.sqrt(dot(S[newest], S[newest])))
        k += 1
        fun[k], norms[k] = f_new, largest_element(g)
        if xs.size > 0:
            for i in range(x.size):
                xs[k, i] = x[i]
        if f_new == -math.inf or (f_new < lowest and f_new > FALLING * fun[k - 1]):  # it falls without end
            return k, UNBOUNDED
        if how == FORWARD and fun[k - 1] - f_new <= ONE_SIDED * abs(f_new):  # such differences are too coarse here
            return k, CONVERGED if norms[k] <= gtol else NO_DECREASE
        if fun[k - 1] - f_new <= ftol * max(1.0, max(abs(fun[k - 1]), abs(f_new))) and norms[k] > gtol:
            return k, CONVERGED_IN_FUN
    return k, CONVERGED if norms[k] <= gtol else RUNNING


@add_and_project.example
def _(n):
    return np.float64(2), np.ones(n), np.arange(float(n)), np.ones(n)


@two_loops.example
def _(n):
    S, g = np.arange(1.0, 3 * n + 1).reshape(3, n) / n, np.ones(n)
    rho = np.array([1.0 / (s @ s) for s in S])
    return S, S.copy(), rho, np.zeros(3), 1, 3, np.float64(1), g, np.zeros(n)


@steepest.example
def _(n):
    return np.ones(n), np.zeros(n)


@lbfgs.example
def _(n):
    x, m, steps = np.ones(n), 3, 2
    g = bowl_jac(x)
    f, jac = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR, "jac")
    fun, norms = np.full(steps + 1, bowl(x)), np.full(steps + 1, abs(g).max())
    S, Y, c, pairs, work = np.zeros((m, n)), np.zeros((m, n)), np.zeros((3, m)), np.zeros(2, np.int64), np.zeros((3, n))
    given, kept = (f, jac, GIVEN, gradient_kernel(GIVEN), x, g), (fun, norms, np.zeros((steps + 1, n)))
    return *given, S, Y, c, pairs, np.ones(1), work, 1e-5, 0.0, -1e30, *kept
