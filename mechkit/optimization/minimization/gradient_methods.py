"""Gradient descent and Nesterov's accelerated method: one body, and the momentum between them."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.vectors import dot
from mechkit.optimization.differences import GIVEN, bowl, bowl_jac, gradient
from mechkit.optimization.functions import OBJECTIVE, VECTOR, function
from mechkit.optimization.minimization.endings import CONVERGED, NO_DECREASE, NOT_FINITE, RUNNING, UNBOUNDED
from mechkit.optimization.minimization.line_search import NOISE, TRIALS, largest_element, move


@kernel(cache=True, error_model="numpy")
def downhill(f, x, fx, gg, step, p, trial):
    """A step along p = -g that lowers f by at least half of what the slope promises.

    Twice `step` is tried first, then its half, again and again. fx, gg : f at x and g'g. Returns the step, and leaves
    the point in trial. The step is 0 where no lower point was found. It is NaN where f was not finite at the nearest
    point that was tried.

    The work of two trials, the second a success, with 4n flops for each f:

    >>> from mechkit import law
    >>> law(downhill, n=range(1, 6)).flops
    Polynomial('12n + 12')
    """
    # Nesterov 1983: where the gradient of f has the Lipschitz constant L, every step of at most 1/L is short enough
    step, blocked = 2.0 * step, 0.0
    for _ in range(2 * TRIALS):
        move(x, step, p, trial)
        f_new = f(trial)
        if f_new <= fx - 0.5 * step * gg + NOISE * abs(fx):
            for i in range(x.size):
                if trial[i] != x[i]:
                    return step
            break  # the step is so short that x does not change
        blocked = 0.0 if math.isfinite(f_new) else math.nan
        step = 0.5 * step
    return blocked


@kernel(cache=True, error_model="numpy")
def descend(f, jac, how, x, g, length, accelerated, restart, gtol, state, work, fun, norms, xs):
    """Minimize f from x, whose gradient is g, both in place. Returns the steps taken and how it ended.

    f, jac, how : as in `differences.gradient`; length : of every step, as a multiple of the gradient, or 0 to look for
    one each time; accelerated : with Nesterov's momentum, else plain gradient descent; restart : begin the momentum
    anew where it leads uphill; fun, norms : f and the largest element of its gradient, at the start, which is given,
    and after each step; xs : the iterates, or without rows.

    state (3,) and work (5, n) are kept for a call that goes on where this one ends. The state, at first (1, 1, fun[0]),
    holds the momentum's t, the last step and the least f. Rows 1 and 2 of work are the point of the least f and the
    gradient there. Its first three rows are x, x and g at first.

    The steps that a problem takes follow no polynomial; the work of three with momentum, f and its gradient in it:

    >>> from mechkit import law
    >>> law(descend, n=range(2, 7)).flops
    Polynomial('45n + 24')
    """
    # Nesterov, A method of solving a convex programming problem with convergence rate O(1/k^2), 1983, with the t_k of
    # Beck and Teboulle, A fast iterative shrinkage-thresholding algorithm, SIAM J. Imaging Sciences 2 (2009)
    z, best, best_g = work[0], work[1], work[2]
    p, z_new = work[3], work[4]
    k = 0
    while k < fun.size - 1 and norms[k] > gtol:
        for i in range(x.size):
            p[i] = -g[i]
        if length > 0.0:  # 1  a step down the gradient, from x to z
            move(x, length, p, z_new)
        else:
            state[1] = downhill(f, x, fun[k], dot(g, g), state[1], p, z_new)
            if not state[1] > 0.0:
                return k, NOT_FINITE if math.isnan(state[1]) else NO_DECREASE
        momentum = 0.0
        if accelerated:  # 2  and on, the way that the last z has led
            uphill = 0.0
            for i in range(x.size):
                uphill = uphill + g[i] * (z_new[i] - z[i])
            t = 1.0 if restart and uphill > 0.0 else state[0]
            state[0] = (1.0 + math.sqrt(1.0 + 4.0 * t * t)) / 2.0
            momentum = (t - 1.0) / state[0]
        for i in range(x.size):
            x[i] = z_new[i] + momentum * (z_new[i] - z[i])
            z[i] = z_new[i]
        f_new = f(x)  # 3
        gradient(f, jac, how, x, f_new, g)
        k += 1
        fun[k], norms[k] = f_new, largest_element(g)
        if xs.size > 0:
            for i in range(x.size):
                xs[k, i] = x[i]
        if f_new < state[2]:
            state[2] = f_new
            for i in range(x.size):
                best[i] = x[i]
                best_g[i] = g[i]
        if f_new == -math.inf:
            return k, UNBOUNDED
        if not (math.isfinite(f_new) and math.isfinite(dot(g, g))):
            return k, NOT_FINITE
    return k, CONVERGED if norms[k] <= gtol else RUNNING


@downhill.example
def _(n):
    x, g = np.ones(n), bowl_jac(np.ones(n))
    return function(bowl, OBJECTIVE), x, bowl(x), float(g @ g), 1.0 / n, -g, np.empty(n)


@descend.example
def _(n):
    x, steps = np.ones(n), 3
    g = bowl_jac(x)
    f, jac = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR, "jac")
    fun, norms = np.full(steps + 1, bowl(x)), np.full(steps + 1, abs(g).max())
    state, work = np.array([1.0, 1.0, bowl(x)]), np.array([x, x, g, g, g])
    return f, jac, GIVEN, x, g, 0.4 / n, True, True, 1e-5, state, work, fun, norms, np.zeros((steps + 1, n))
