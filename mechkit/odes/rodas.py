"""Rodas4: six stages, each of one linear system with the same matrix, and no iteration at all."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.odes import rodas_table as table
from mechkit.odes.implicit_bundles import LEAST_SHARE, LEAST_STEP, STRETCH, Control, Trace, at_start, example_system
from mechkit.odes.jacobians import CENTRAL_SHARE, decay
from mechkit.odes.newton import first_not_finite, norm_by_scale
from mechkit.odes.problem import FINISHED, NOT_FINITE, NOT_SOLVED, RUNNING, STEP_TOO_SMALL

#: A step shrinks no more than this at once, and grows no more.
MIN_RATIO, MAX_RATIO = 0.2, 6.0
#: The part of the step that the error allows for, and the error's power: it is of order 4 in the step.
SAFETY, EXPONENT = 0.9, -0.25
#: An error below this counts as this one, when the next step is chosen.
LEAST_ERROR = 1e-2
#: A step in which f is not finite, or whose matrix is singular, is halved.
HALF = 0.5
#: The least time, relative to which df/dt is a difference.
LEAST_TIME = 1e-3


class Work(NamedTuple):
    """Memory to work in: the stages U (6, n), the dense output F of the step before and of this one (2, 3, n), vectors.

    rows (5, n) : f at the start; df/dt; the point where f is evaluated; f there; the scale of errors.
    """

    U: np.ndarray
    F: np.ndarray
    rows: np.ndarray


@kernel(cache=True, error_model="numpy")
def time_derivative(f, t, longest, y, slope, drift, r):
    """drift = df/dt, by two differences over times up to `longest` ahead, which is negative backwards; slope : f(t, y).

    >>> from mechkit import law
    >>> law(time_derivative, n=range(1, 5)).flops  # f of n flops
    Polynomial('8n + 5')
    """
    # the quadratic through f at t, t + step and t + 2 step
    step = math.copysign(min(CENTRAL_SHARE * max(abs(t), LEAST_TIME), 0.5 * abs(longest)), longest)
    near = t + step
    step = near - t
    f(near, y, drift)
    f(near + step, y, r)
    for i in range(y.size):
        drift[i] = (4.0 * (drift[i] - slope[i]) - (r[i] - slope[i])) / (2.0 * step)


@kernel(cache=True, error_model="numpy")
def rodas_stages(f, solve, factors, where, y, work):
    """The six stages U, and the new state as the point. Returns the element of f that is not finite, or -1.

    solve : the kernel by address; factors : LU, piv, bands of I / (GAMMA h) - J; where : t, h, end of the step.

    >>> from mechkit import law
    >>> law(rodas_stages, n=range(2, 7)).flops  # f of n flops
    Polynomial('12n^2 + 64n + 11')
    """
    # Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., (IV.7.25)
    LU, piv, bands = factors
    t, h, end = where
    U, rows = work.U, work.rows
    slope, drift, point, r = rows[0], rows[1], rows[2], rows[3]
    n, per_h, d1 = y.size, 1.0 / h, h * table.D[0]
    for i in range(n):  # stage 1
        U[0, i] = slope[i] + d1 * drift[i]
    solve(LU, piv, bands, U[0])

    for j in range(1, 6):
        if j == 5:  # 1  where f is evaluated: the last stage is the error
            for i in range(n):
                point[i] = point[i] + U[4, i]
        else:
            for i in range(n):
                s = table.A[j, 0] * U[0, i]
                for k in range(1, j):
                    s = s + table.A[j, k] * U[k, i]
                point[i] = y[i] + s
        f(t + table.ALPHA[j] * h if j < 4 else end, point, r)
        bad = first_not_finite(r)
        if bad >= 0:
            return bad

        if j < 4:  # 2  the stage
            d = h * table.D[j]
            for i in range(n):
                r[i] = r[i] + d * drift[i]
        for i in range(n):
            s = table.C[j, 0] * U[0, i]
            for k in range(1, j):
                s = s + table.C[j, k] * U[k, i]
            U[j, i] = r[i] + per_h * s
        solve(LU, piv, bands, U[j])
    for i in range(n):
        point[i] = point[i] + U[5, i]
    return -1


@kernel(cache=True, error_model="numpy")
def dense_rows(U, y, new, F):
    """F (3, n) = the coefficients of the dense output, in the form of dense_output.py.

    >>> from mechkit import law
    >>> law(dense_rows, n=range(1, 5)).flops
    Polynomial('19n')
    """
    for i in range(y.size):
        a, b, c, d, e = U[0, i], U[1, i], U[2, i], U[3, i], U[4, i]
        F[0, i] = new[i] - y[i]
        F[1, i] = table.P21 * a + table.P22 * b + table.P23 * c + table.P24 * d + table.P25 * e
        F[2, i] = table.P31 * a + table.P32 * b + table.P33 * c + table.P34 * d + table.P35 * e


@kernel(cache=True, error_model="numpy")
def interpolation_error(before, F, ratio, scale, r):
    """About how far the solution lies from the cubic of this step, by how far the last one missed its end.

    before, F : the dense output of the step before, and of this one; ratio : the length of this step by that of the
    last one. The errors of both cubics are in proportion to x^2 (1 - x)^2, which is at most 1/16 within the step. Where
    a solution is stiff, no other estimate sees what happens there.

    >>> from mechkit import law
    >>> law(interpolation_error, n=range(1, 5)).flops
    Polynomial('11n + 6')
    """
    x = 1.0 + ratio
    share = 0.0625 * ratio * ratio / (x * x)
    for i in range(r.size):
        there = x * (before[0, i] - ratio * (before[1, i] + x * before[2, i])) - before[0, i]
        r[i] = share * (there - F[0, i])
    return norm_by_scale(r, scale)


@kernel(cache=True, error_model="numpy")
def rodas_steps(system, work, trace, control, progress):
    """A batch of steps. Returns its Progress as a tuple.

    See implicit_bundles.py for the arguments. One step of y' = -2y:

    >>> from mechkit import law
    >>> law(rodas_steps, n=range(2, 9)).loads.degree
    3
    """
    # Hairer and Wanner, section IV.7
    J, LU, piv, bands, memory, f, jacobian, factor, solve = system
    U, cubics, vectors = work
    F_before, F = cubics[0], cubics[1]
    slope, drift, point, r, scale = vectors[0], vectors[1], vectors[2], vectors[3], vectors[4]
    times, states, rows = trace
    rtol, atol, _, end, max_step = control
    _, _, h, order, equal, c_kept, eta, before, error_before, njev, nlu, rejected, age, bad, t_bad = progress
    limit, n, status, k = times.size - 1, slope.size, RUNNING, 0
    failure, was_rejected = STEP_TOO_SMALL, False
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

        # 2  the derivatives of f, and the factors
        if age < 0:
            jacobian(f, t, y, memory, bands, J)
            njev, age = njev + 1, 0
            f(t, y, slope)
            time_derivative(f, t, t_new - t, y, slope, drift, r)
        nlu += 1
        bad, solved = first_not_finite(drift), False
        if bad < 0 and factor(1.0 / (table.GAMMA * h), J, LU, piv, bands) == n:
            bad = rodas_stages(f, solve, (LU, piv, bands), (t, h, t_new), y, work)
            solved = bad < 0 and first_not_finite(point) < 0
        if not solved:  # perhaps a difference leads out of where f is defined: a shorter one may not
            age = -1
            failure = NOT_FINITE if bad >= 0 else NOT_SOLVED
            t_bad, rejected, was_rejected = t_new, rejected + 1, True
            h = HALF * h
            continue

        # 3  the error
        for i in range(n):
            scale[i] = atol[i] + rtol * max(abs(y[i]), abs(point[i]))
        error = norm_by_scale(U[5], scale)
        dense_rows(U, y, point, F)
        if before != 0.0:
            error = max(error, interpolation_error(F_before, F, h / before, scale, r))
        ratio = SAFETY * error**EXPONENT
        if not error <= 1.0:
            failure, rejected, was_rejected = STEP_TOO_SMALL, rejected + 1, True
            h = h * max(MIN_RATIO, ratio)
            continue

        # 4  accept, and choose the next step
        k += 1
        times[k], age = t_new, -1
        for i in range(n):
            states[k, i] = point[i]
        for i in range(n):
            for j in range(3):
                F_before[j, i] = F[j, i]
        if rows.shape[0] > 0:
            for i in range(n):
                for j in range(3):
                    rows[k - 1, j, i] = F[j, i]
        if t_new == end:
            status = FINISHED
            break
        if error_before > 0.0:  # Gustafsson: the error changes as it did before
            ratio = min(ratio, ratio * h / before * (error_before / error) ** -EXPONENT)
        ratio = min(1.0 if was_rejected else MAX_RATIO, max(MIN_RATIO, ratio))
        before, error_before, was_rejected = h, max(error, LEAST_ERROR), False
        h = ratio * h
    return status, k, h, order, equal, c_kept, eta, before, error_before, njev, nlu, rejected, age, bad, t_bad


def rodas_work(n: int) -> Work:
    """Memory to work in, for n unknowns."""
    return Work(np.zeros((6, n)), np.zeros((2, 3, n)), np.zeros((5, n)))


@time_derivative.example
def _(n):
    return decay(), 0.0, 0.1, np.ones(n), *np.zeros((3, n))


@rodas_stages.example
def _(n):
    LU = np.eye(n) * 42.0
    factors = LU, np.arange(n, dtype=np.int32), np.zeros(2, np.int64)
    work = rodas_work(n)
    work.rows[0] = -2.0
    system = example_system(n)
    return system.f, system.solve, factors, (0.0, 0.1, 0.1), np.ones(n), work


@dense_rows.example
def _(n):
    return np.ones((6, n)), np.ones(n), np.zeros(n), np.zeros((3, n))


@rodas_steps.example
def _(n):
    trace = Trace(np.zeros(2), np.ones((2, n)), np.zeros((1, 3, n)))
    control = Control(1e-3, np.full(n, 1e-3), 0.03, 1.0, np.inf)
    return example_system(n), rodas_work(n), trace, control, at_start(0.01)


@interpolation_error.example
def _(n):
    return np.ones((3, n)), np.ones((3, n)), np.float64(0.5), np.ones(n), np.zeros(n)
