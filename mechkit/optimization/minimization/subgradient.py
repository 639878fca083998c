"""The subgradient method: steps of lengths fixed beforehand, where no gradient tells how near the minimum is."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.vectors import dot
from mechkit.optimization.differences import GIVEN, bowl, bowl_jac, gradient
from mechkit.optimization.functions import OBJECTIVE, VECTOR, function
from mechkit.optimization.minimization.endings import CONVERGED, NOT_FINITE, RUNNING, UNBOUNDED
from mechkit.optimization.minimization.line_search import largest_element


@kernel(cache=True, error_model="numpy")
def subgradient_steps(f, jac, how, x, g, length, taken, state, work, fun, norms, xs):
    """Take fun.size - 1 steps from x, whose subgradient is g, both in place. Returns the steps taken and how it ended.

    f, jac, how : as in `differences.gradient`, jac a subgradient; length : of the first step, the k-th is
    length / sqrt(k); taken : steps before this call; state (1,), work (2, n) : the least f, where it was and its
    subgradient, to be kept; fun, norms : one element for the start, where it is given, and one for each step: f and the
    largest element of the subgradient; xs : the iterates, or without rows.

    Three steps, f and its gradient in them:

    >>> from mechkit import law
    >>> law(subgradient_steps, n=range(1, 6)).flops
    Polynomial('33n + 12')
    """
    # Shor, Minimization Methods for Non-differentiable Functions, 1985, chapter 2; Boyd, Subgradient methods, 2014
    best, best_g = work[0], work[1]
    for k in range(1, fun.size):
        size = math.sqrt(dot(g, g))
        if size == 0.0:
            return k - 1, CONVERGED
        step = length / (size * math.sqrt(float(taken + k)))
        for i in range(x.size):
            x[i] = x[i] - step * g[i]
        f_new = f(x)
        gradient(f, jac, how, x, f_new, g)
        fun[k], norms[k] = f_new, largest_element(g)
        if xs.size > 0:
            for i in range(x.size):
                xs[k, i] = x[i]
        if f_new < state[0]:
            state[0] = f_new
            for i in range(x.size):
                best[i] = x[i]
                best_g[i] = g[i]
        if f_new == -math.inf:
            return k, UNBOUNDED
        if not (math.isfinite(f_new) and math.isfinite(dot(g, g))):
            return k, NOT_FINITE
    return fun.size - 1, RUNNING


@subgradient_steps.example
def _(n):
    x, steps = np.ones(n), 3
    g = bowl_jac(x)
    f, jac = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR, "jac")
    fun, norms = np.full(steps + 1, bowl(x)), np.full(steps + 1, abs(g).max())
    return f, jac, GIVEN, x, g, 0.1, 0, np.array([bowl(x)]), np.array([x, g]), fun, norms, np.zeros((steps + 1, n))
