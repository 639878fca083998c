"""BFGS: the inverse of the Hessian learned from gradients, in n^2 operations a step."""

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
from mechkit.optimization.minimization.endings import CONVERGED, NO_DECREASE, NOT_FINITE, RUNNING, UNBOUNDED
from mechkit.optimization.minimization.line_search import largest_element, strong_wolfe

#: How much of the slope a line search for a quasi-Newton or Newton step may leave (Nocedal and Wright, page 62).
CURVATURE = 0.9
#: A function that is very low and falls by less than this factor in a step will not be at minus infinity soon.
FALLING = 1e10
#: After so many steps that lowered neither the function nor, by half, its gradient, there is no lower point to be had.
STUCK = 50


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def take_step(x, trial, g, g_new, s, y):
    """s = trial - x and y = g_new - g; then x = trial and g = g_new. Returns s'y and y'y.

    >>> from mechkit import law
    >>> law(take_step, n=range(1, 6)).flops
    Polynomial('6n')
    """
    sy, yy = ZERO, ZERO
    for i in range(x.size):
        s[i] = trial[i] - x[i]
        y[i] = g_new[i] - g[i]
        sy = sy + s[i] * y[i]
        yy = yy + y[i] * y[i]
        x[i] = trial[i]
        g[i] = g_new[i]
    return sy, yy


@kernel(cache=True, error_model="numpy")
def start_inverse(scale, g, H, p):
    """H = scale I, p = -Hg.

    >>> from mechkit import law
    >>> law(start_inverse, n=range(1, 6)).flops
    Polynomial('n')
    """
    for i in range(g.size):
        row = H[i]
        for j in range(row.size):
            row[j] = ZERO
        row[i] = scale
        p[i] = -scale * g[i]


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def update_inverse(H, s, y, sy, u, g, p):
    """BFGS update of H, the inverse of the Hessian, from the pair s, y; then p = -Hg.

    s : the step; y : what it changed the gradient by; sy : s'y, which is not 0; u : (n,) work.

    >>> from mechkit import law
    >>> law(update_inverse, n=range(1, 6)).flops
    Polynomial('8n^2 + 5n + 4')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (6.17), multiplied out: H + u s' + s u'
    yHy = ZERO
    for i in range(s.size):  # 1  u = Hy
        row, t = H[i], ZERO
        for j in range(row.size):
            t = t + row[j] * y[j]
        u[i] = t
        yHy = yHy + y[i] * t
    c = (sy + yHy) / (sy * (sy + sy))
    for i in range(s.size):
        u[i] = c * s[i] - u[i] / sy
    for i in range(s.size):  # 2  the new H, and what the next step needs of it
        row, si = H[i], s[i]
        ui, t = u[i], ZERO
        for j in range(row.size):
            row[j] = row[j] + (si * u[j] + ui * s[j])
            t = t - row[j] * g[j]
        p[i] = t


@kernel(cache=True, error_model="numpy")
def bfgs(f, jac, how, gradient_of, x, g, H, work, gtol, lowest, state, fun, norms, xs):
    """Minimize f from x, whose gradient is g, both in place, by BFGS. Returns the steps taken and how it ended.

    f, jac, how, gradient_of : as in chosen_differences.py; lowest : a function below it falls without end; fun,
    norms : f and the largest element of its gradient, at the start, which is given, and after each step; xs : the
    iterates, or without rows.

    H (n, n), work (6, n) and state (2,) are kept for a call that goes on where this one ends. Row 0 of work is the
    direction. The state, at first (1, 1), tells whether nothing is known of curvature, and how far the first step may
    lead.

    The steps that a problem takes follow no polynomial; the work of two, with three calls of f and two of its gradient:

    >>> from mechkit import law
    >>> law(bfgs, n=range(14, 20)).flops
    Polynomial('16n^2 + 48n + 23')
    """
    # Nocedal and Wright, algorithm 6.1
    p, s, y = work[0], work[1], work[2]
    u, trial, g_new = work[3], work[4], work[5]
    fresh, k = state[0] > 0.0, 0
    if fresh:
        start_inverse(1.0, g, H, p)
    while k < fun.size - 1 and norms[k] > gtol:
        step = 1.0
        if fresh:  # nothing is known of curvature: move by no more than 1, or than the last step
            step = min(1.0, state[1] / math.sqrt(dot(g, g)))
        slope = dot(g, p)
        step, f_new = strong_wolfe(f, jac, how, gradient_of, x, fun[k], slope, p, step, CURVATURE, trial, g_new)  # 1
        if step == 0.0:
            if fresh:
                return k, NOT_FINITE if math.isnan(f_new) else NO_DECREASE
            fresh, state[0] = True, 1.0  # forget what was learned, and go downhill
            start_inverse(1.0, g, H, p)
            continue
        sy, yy = take_step(x, trial, g, g_new, s, y)  # 2
        k += 1
        fun[k], norms[k] = f_new, largest_element(g)
        if xs.size > 0:
            for i in range(x.size):
                xs[k, i] = x[i]
        if f_new == -math.inf or (f_new < lowest and f_new > FALLING * fun[k - 1]):  # it falls without end
            return k, UNBOUNDED
        if k >= STUCK and fun[k] >= fun[k - STUCK] and norms[k] + norms[k] >= norms[k - STUCK]:
            return k, NO_DECREASE
        if how == FORWARD and fun[k - 1] - f_new <= ONE_SIDED * abs(f_new):  # such differences are too coarse here
            return k, CONVERGED if norms[k] <= gtol else NO_DECREASE
        if not sy > 0.0:  # the search ended early: this step teaches nothing
            fresh, state[0], state[1] = True, 1.0, max(1.0, math.sqrt(dot(s, s)))
            start_inverse(1.0, g, H, p)
            continue
        if fresh:
            start_inverse(sy / yy, g, H, p)  # (6.20)
            fresh, state[0] = False, 0.0
        update_inverse(H, s, y, sy, u, g, p)  # 3
    return k, CONVERGED if norms[k] <= gtol else RUNNING


@take_step.example
def _(n):
    x = np.arange(float(n))
    return np.ones(n), x, np.ones(n), x + 2.0, np.zeros(n), np.zeros(n)


@start_inverse.example
def _(n):
    return np.float64(2), np.ones(n), np.zeros((n, n)), np.zeros(n)


@update_inverse.example
def _(n):
    s = np.arange(1.0, n + 1)
    return np.eye(n), s, s + 1.0, np.float64(s @ (s + 1.0)), np.zeros(n), np.ones(n), np.zeros(n)


@bfgs.example
def _(n):
    x, steps = np.ones(n), 2
    g = bowl_jac(x)
    f, jac = function(bowl, OBJECTIVE), function(bowl_jac, VECTOR, "jac")
    fun, norms = np.full(steps + 1, bowl(x)), np.full(steps + 1, abs(g).max())
    work, kept = (np.zeros((n, n)), np.zeros((6, n))), (fun, norms, np.zeros((steps + 1, n)))
    return f, jac, GIVEN, gradient_kernel(GIVEN), x, g, *work, 1e-5, -1e30, np.ones(2), *kept
