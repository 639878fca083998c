"""The subgradient method: steps of lengths fixed beforehand, where no gradient tells how near the minimum is."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.vectors import dot
from mechkit.optimization.differences import GIVEN, bowl, bowl_jac, gradient
from mechkit.optimization.functions import OBJECTIVE, VECTOR, function
from mechkit.optimization.minimization.bundles import best, trace
from mechkit.optimization.minimization.endings import CONVERGED, NOT_FINITE, RUNNING, UNBOUNDED
from mechkit.optimization.minimization.line_search import largest_element


@kernel(cache=True, error_model="numpy")
def subgradient_steps(f, jac, how, x, g, length, taken, best, trace):
    """Take fun.size - 1 steps from x, whose subgradient is g, both in place. Returns the steps taken and how it ended.

    f, jac, how : as in `differences.gradient`, jac a subgradient; length : of the first step, the k-th is
    length / sqrt(k); taken : steps before this call; best, trace : see bundles.py. best is kept for a call that goes on
    where this one ends.

    Three steps, f and its gradient in them:

    >>> from mechkit import law
    >>> law(subgradient_steps, n=range(1, 6)).flops
    Polynomial('33n + 12')
    """
    # Shor, Minimization Methods for Non-differentiable Functions, 1985, chapter 2; Boyd, Subgradient methods, 2014
    best_x, best_g, best_value = best
    fun, norms, xs = trace
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
        if f_new < best_value[0]:
            best_value[0] = f_new
            for i in range(x.size):
                best_x[i] = x[i]
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
    return f, jac, GIVEN, x, g, 0.1, 0, best(x, g, bowl(x)), trace(steps, bowl(x), abs(g).max(), x)
