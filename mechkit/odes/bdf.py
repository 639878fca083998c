"""Backward differentiation formulas of order 1 to 5, with a step and an order that vary."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.backward_differences import GAMMA, MAX_ORDER, advance, predict, rescale
from mechkit.odes.implicit_bundles import LEAST_SHARE, LEAST_STEP, STRETCH, Control, Trace, at_start, example_system
from mechkit.odes.newton import MAXITER, norm_by_scale, scale_of, solve_step
from mechkit.odes.problem import FINISHED, NOT_FINITE, NOT_SOLVED, RUNNING, STEP_TOO_SMALL

#: What makes numerical differentiation formulas of backward ones: their error is smaller, their region little less.
KAPPA = np.array([0.0, -0.1850, -1.0 / 9.0, -0.0823, -0.0415, 0.0])
ALPHA = (1.0 - KAPPA) * GAMMA
#: The error of a step of order k is ERROR[k] times the difference k + 1.
ERROR = np.array([*(KAPPA * GAMMA + 1.0 / np.arange(1, MAX_ORDER + 2)), 0.0])
#: A rejected step shrinks no more than this at once, and an accepted one grows no more.
MIN_RATIO, MAX_RATIO = 0.2, 10.0
#: A step of the same order grows by at least this: otherwise the factors are worth more than the longer step.
WORTH = 1.2
#: A step whose Newton iterations fail is halved.
HALF = 0.5


class Work(NamedTuple):
    """Memory to work in: the differences D (8, n), rows (6, n) as `newton.START` names them, M (6, 6) to rescale D."""

    D: np.ndarray
    rows: np.ndarray
    M: np.ndarray


@kernel(cache=True, error_model="numpy")
def next_order(D, order, error, scale, r, safety):
    """The order whose next step is the longest, and how many times this step it is.

    >>> from mechkit import law
    >>> law(next_order, n=range(1, 5)).flops
    Polynomial('8n + 9')
    """
    # Shampine and Reichelt, section 2.3
    best, ratio = order, error ** (-1.0 / (order + 1))
    if order > 1:
        for i in range(r.size):
            r[i] = ERROR[order - 1] * D[order, i]
        lower = norm_by_scale(r, scale) ** (-1.0 / order)
        if lower > ratio:
            best, ratio = order - 1, lower
    if order < MAX_ORDER:
        for i in range(r.size):
            r[i] = ERROR[order + 1] * D[order + 2, i]
        higher = norm_by_scale(r, scale) ** (-1.0 / (order + 2))
        if higher > ratio:
            best, ratio = order + 1, higher
    return best, min(MAX_RATIO, safety * ratio)


@kernel(cache=True, error_model="numpy")
def keep_differences(D, order, rows):
    """rows = the differences from the first on, as many as the order, then zeros.

    >>> from mechkit import law
    >>> law(keep_differences, n=range(1, 5)).stores
    Polynomial('5n')
    """
    for j in range(rows.shape[0]):
        row, of = rows[j], D[j + 1]
        for i in range(row.size):
            row[i] = of[i] if j < order else 0.0


@kernel(cache=True, error_model="numpy")
def bdf_steps(system, work, trace, control, progress):
    """A batch of steps, of a length that stays the same for a while. Returns its Progress as a tuple.

    See implicit_bundles.py for the arguments. One step of y' = -2y, by order 1:

    >>> from mechkit import law
    >>> law(bdf_steps, n=range(2, 9)).flops
    Polynomial('2n^3/3 + 13n^2/2 + 197n/6 + 21')
    """
    # Shampine and Reichelt, The Matlab ODE suite, SIAM J. Sci. Comput. 18, 1997, section 2
    D, memory, M = work
    start, y, psi, d, r, scale = memory[0], memory[1], memory[2], memory[3], memory[4], memory[5]
    times, states, rows = trace
    rtol, atol, tolerance, end, max_step = control
    _, _, h, order, equal, c_kept, eta, _, _, njev, nlu, rejected, _, bad, t_bad = progress
    limit, n, status, k = times.size - 1, y.size, RUNNING, 0
    failure = STEP_TOO_SMALL
    while k < limit:
        # 1  the step: not too long, not beyond the end, and not so small that t stays
        t = times[k]
        if abs(h) < max(LEAST_SHARE * abs(t), LEAST_STEP) and abs(h) < abs(end - t):
            status = failure
            break
        rest = abs(end - t)
        length = min(abs(h), max_step)
        length = rest if length * STRETCH >= rest else length
        if length != abs(h):
            rescale(D, order, length / abs(h), M)
            h, equal = math.copysign(length, h), 0
        t_new = end if length == rest else t + h

        # 2  solve for the new y
        predict(D, order, ALPHA[order], start, psi)
        scale_of(start, rtol, atol, scale)
        where = t_new, ALPHA[order] / h, tolerance
        iterations, c_kept, eta, njev, nlu, bad = solve_step(system, memory, where, (c_kept, eta, njev, nlu))
        if iterations == 0:
            failure = NOT_FINITE if bad >= 0 else NOT_SOLVED
            t_bad, equal, rejected = t_new, 0, rejected + 1
            rescale(D, order, HALF, M)
            h = HALF * h
            continue

        # 3  its error
        scale_of(y, rtol, atol, scale)
        error = abs(ERROR[order]) * norm_by_scale(d, scale)
        safety = 0.9 * (2 * MAXITER + 1) / (2 * MAXITER + iterations)
        if not error <= 1.0:
            failure, rejected = STEP_TOO_SMALL, rejected + 1
            ratio = max(MIN_RATIO, safety * error ** (-1.0 / (order + 1)))
            rescale(D, order, ratio, M)
            h, equal = ratio * h, 0
            continue

        # 4  accept
        advance(D, order, d)
        equal += 1
        k += 1
        times[k] = t_new
        for i in range(n):
            states[k, i] = y[i]
        if rows.shape[0] > 0:
            keep_differences(D, order, rows[k - 1])
        if t_new == end:
            status = FINISHED
            break

        # 5  the next order and step
        if equal > order:
            best, ratio = next_order(D, order, error, scale, r, safety)
            if best != order or ratio >= WORTH or ratio < 1.0:
                order, equal = best, 0
                rescale(D, order, ratio, M)
                h = ratio * h
    return status, k, h, order, equal, c_kept, eta, 0.0, 0.0, njev, nlu, rejected, 0, bad, t_bad


@next_order.example
def _(n):
    return np.ones((8, n)), 2, np.float64(0.5), np.ones(n), np.zeros(n), 0.9


def bdf_work(n: int) -> Work:
    """Memory to work in, for n unknowns."""
    return Work(np.zeros((MAX_ORDER + 3, n)), np.zeros((6, n)), np.zeros((6, 6)))


@keep_differences.example
def _(n):
    return np.ones((8, n)), 2, np.zeros((5, n))


@bdf_steps.example
def _(n):
    work = bdf_work(n)
    work.D[0], work.D[1] = 1.0, -0.02
    trace = Trace(np.zeros(2), np.ones((2, n)), np.zeros((1, MAX_ORDER, n)))
    control = Control(1e-3, np.full(n, 1e-3), 0.03, 1.0, np.inf)
    return example_system(n), work, trace, control, at_start(0.01)
