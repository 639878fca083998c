"""Backward Euler's method and the trapezoidal rule, one formula with a number theta: 1 and 1/2.

y_new = y + h ((1 - theta) f(t, y) + theta f(t_new, y_new)).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.implicit_bundles import LEAST_SHARE, LEAST_STEP, STRETCH, Control, Trace, at_start, example_system
from mechkit.odes.newton import PSI, SCALE, START, D, R, Y, norm_by_scale, scale_of, solve_step
from mechkit.odes.problem import FINISHED, NOT_FINITE, NOT_SOLVED, RUNNING, STEP_TOO_SMALL

#: A step shrinks no more than this at once, and grows no more.
MIN_RATIO, MAX_RATIO = 0.2, 5.0
#: A step aims at this part of the length that the error allows.
SAFETY = 0.9
#: A step grows by at least this: otherwise the factors are worth more than the longer step.
WORTH = 1.2
#: A step whose Newton iterations fail is halved.
HALF = 0.5


class Work(NamedTuple):
    """Memory to work in: the last slopes (3, n), the newest last, and rows (6, n) as `newton.START` names them."""

    slopes: np.ndarray
    rows: np.ndarray


@kernel(cache=True, error_model="numpy")
def theta_start(theta, h, y, rtol, atol, work):
    """The rows of the equations of a step, for `solve_step`: where it starts, psi, and the scale. Returns their c.

    >>> from mechkit import law
    >>> law(theta_start, n=range(1, 5)).flops
    Polynomial('5n + 2')
    """
    slopes, rows = work
    start, psi, scale, slope, implicit_part = rows[START], rows[PSI], rows[SCALE], slopes[2], theta * h
    for i in range(y.size):
        start[i] = y[i] + h * slope[i]
        psi[i] = implicit_part * slope[i]
        scale[i] = atol[i] + rtol * abs(start[i])
    return 1.0 / implicit_part


@kernel(cache=True, error_model="numpy")
def next_slope(f, theta, t_new, h, y, work):
    """Keep the slope at the new point: f, or for backward Euler's method the change of y over h, which is smoother.

    >>> from mechkit import law
    >>> law(next_slope, n=range(1, 5)).flops  # theta = 1
    Polynomial('2n')
    """
    slopes, y_new, r = work.slopes, work.rows[Y], work.rows[R]
    if theta < 1.0:
        for i in range(y.size):
            r[i] = (y_new[i] - y[i]) / (theta * h) - (1.0 - theta) / theta * slopes[2, i]
    else:
        for i in range(y.size):
            r[i] = (y_new[i] - y[i]) / h
    for i in range(y.size):
        slopes[0, i] = slopes[1, i]
        slopes[1, i] = slopes[2, i]
        slopes[2, i] = r[i]


@kernel(cache=True, error_model="numpy")
def equal_theta_steps(system, theta, work, trace, tolerances, kept):
    """Rows 1, 2, ... of the states at given times. Returns how many there are, then as `solve_step`.

    tolerances : the step, rtol, atol (n,), and that of Newton's method.

    >>> from mechkit import law
    >>> law(equal_theta_steps, n=range(2, 9)).flops  # one step
    Polynomial('2n^3/3 + 13n^2/2 + 167n/6 + 14')
    """
    f, y_new = system.f, work.rows[Y]
    times, states, _ = trace
    h, rtol, atol, tolerance = tolerances
    bad = -1
    for k in range(times.size - 1):
        y = states[k]
        c = theta_start(theta, h, y, rtol, atol, work)
        iterations, c_kept, eta, njev, nlu, bad = solve_step(system, work.rows, (times[k + 1], c, tolerance), kept)
        kept = c_kept, eta, njev, nlu
        if iterations == 0:
            return k, kept, bad
        next_slope(f, theta, times[k + 1], h, y, work)
        for i in range(y.size):
            states[k + 1, i] = y_new[i]
    return times.size - 1, kept, bad


@kernel(cache=True, error_model="numpy")
def theta_error(theta, h, before, work):
    """r = the estimate of the error of a step; before : the length of the step before, 0 for none.

    By the second derivative for backward Euler's method, and by the third, a difference of slopes, for the other.

    >>> from mechkit import law
    >>> law(theta_error, n=range(1, 5)).flops  # theta = 1/2
    Polynomial('5n + 5')
    """
    slopes, d, r = work.slopes, work.rows[D], work.rows[R]
    last = h if before == 0.0 else before
    if theta == 1.0 or before == 0.0:
        share = h / (h + last)
        for i in range(d.size):
            r[i] = share * d[i]
        return
    # Shampine and Reichelt, The Matlab ODE suite, 1997, on ode23t
    share, ratio = h * h / (6.0 * (h + last)), h / last
    for i in range(d.size):
        r[i] = share * ((slopes[2, i] - slopes[1, i]) - ratio * (slopes[1, i] - slopes[0, i]))


@kernel(cache=True, error_model="numpy")
def theta_steps(system, theta, work, trace, control, progress):
    """A batch of steps that keep the error below the tolerance. Returns its Progress as a tuple.

    See implicit_bundles.py for the arguments. One step of y' = -2y by backward Euler's method:

    >>> from mechkit import law
    >>> law(theta_steps, n=range(2, 9)).loads.degree
    3
    """
    f = system.f
    slopes, memory = work
    y_new, psi, r, scale = memory[Y], memory[PSI], memory[R], memory[SCALE]
    times, states, rows = trace
    rtol, atol, tolerance, end, max_step = control
    _, _, h, order, equal, c_kept, eta, before, error_before, njev, nlu, rejected, age, bad, t_bad = progress
    limit, n, status, k = times.size - 1, y_new.size, RUNNING, 0
    failure, power = STEP_TOO_SMALL, -0.5 if theta == 1.0 else -1.0 / 3.0
    while k < limit:
        # 1  the step: not too long, not beyond the end, and not so small that t stays
        t, y = times[k], states[k]
        rest = abs(end - t)
        if abs(h) < max(LEAST_SHARE * abs(t), LEAST_STEP) and abs(h) < rest:
            status = failure
            break
        length = min(abs(h), max_step)
        length = rest if length * STRETCH >= rest else length
        h = math.copysign(length, h)
        t_new = end if length == rest else t + h

        # 2  solve for the new y
        c = theta_start(theta, h, y, rtol, atol, work)
        kept = c_kept, eta, njev, nlu
        iterations, c_kept, eta, njev, nlu, bad = solve_step(system, work.rows, (t_new, c, tolerance), kept)
        if iterations == 0:
            failure = NOT_FINITE if bad >= 0 else NOT_SOLVED
            t_bad, rejected = t_new, rejected + 1
            h = HALF * h
            continue

        # 3  its error
        for i in range(n):
            psi[i] = slopes[0, i]
        next_slope(f, theta, t_new, h, y, work)
        theta_error(theta, h, before, work)
        scale_of(y_new, rtol, atol, scale)
        error = norm_by_scale(r, scale)
        ratio = SAFETY * error**power
        if not error <= 1.0:
            failure, rejected = STEP_TOO_SMALL, rejected + 1
            for i in range(n):
                slopes[2, i] = slopes[1, i]
                slopes[1, i] = slopes[0, i]
                slopes[0, i] = psi[i]
            h = h * max(MIN_RATIO, ratio)
            continue

        # 4  accept, and choose the next step
        k += 1
        times[k] = t_new
        for i in range(n):
            states[k, i] = y_new[i]
            if rows.shape[0] > 0:
                rows[k - 1, 0, i] = y_new[i] - y[i]
                rows[k - 1, 1, i] = 0.0 if theta == 1.0 else HALF * h * (slopes[1, i] - slopes[2, i])
        if t_new == end:
            status = FINISHED
            break
        before = h
        if ratio < 1.0 or ratio >= WORTH:
            h = h * min(MAX_RATIO, ratio)
    return status, k, h, order, equal, c_kept, eta, before, error_before, njev, nlu, rejected, age, bad, t_bad


def theta_work(slope: np.ndarray) -> Work:
    """Memory to work in, from f at the start."""
    n = slope.size
    work = Work(np.zeros((3, n)), np.zeros((6, n)))
    work.slopes[2] = slope
    return work


def _example(n):
    return example_system(n), np.float64(1.0), theta_work(np.full(n, -2.0))


@theta_start.example
def _(n):
    return (
        np.float64(1.0),
        np.float64(0.01),
        np.ones(n),
        np.float64(1e-3),
        np.full(n, 1e-3),
        theta_work(np.full(n, -2.0)),
    )


@next_slope.example
def _(n):
    system, theta, work = _example(n)
    return system.f, theta, 0.1, np.float64(0.1), np.ones(n), work


@equal_theta_steps.example
def _(n):
    trace = Trace(np.array([0.0, 0.01]), np.ones((2, n)), np.zeros((0, 1, n)))
    return *_example(n), trace, (np.float64(0.01), 1e-3, np.full(n, 1e-3), 0.03), (0.0, 1.0, 0, 0)


@theta_error.example
def _(n):
    return np.float64(0.5), np.float64(0.1), 0.2, theta_work(np.ones(n))


@theta_steps.example
def _(n):
    trace = Trace(np.zeros(2), np.ones((2, n)), np.zeros((1, 2, n)))
    control = Control(1e-3, np.full(n, 1e-3), 0.03, 1.0, np.inf)
    return *_example(n), trace, control, at_start(0.01)
