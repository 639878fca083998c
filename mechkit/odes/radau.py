"""Radau IIA of order 5: three implicit stages, solved as one real and one complex system."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.implicit_bundles import (
    LEAST_SHARE,
    LEAST_STEP,
    STRETCH,
    Control,
    Pair,
    Trace,
    at_start,
    example_system,
)
from mechkit.odes.newton import CAUTION, first_not_finite, norm_by_scale
from mechkit.odes.pair_systems import pair_memory
from mechkit.odes.problem import EPS, FINISHED, NOT_FINITE, NOT_SOLVED, RUNNING, STEP_TOO_SMALL
from mechkit.odes.radau_stages import STAGE_MAXITER, extrapolate, newton_stages
from mechkit.odes.radau_table import ERROR_1, ERROR_2, ERROR_3, NODE_1, NODE_2, PAIR_IMAGINARY, PAIR_REAL, REAL

#: A step shrinks no more than this at once, and grows no more.
MIN_RATIO, MAX_RATIO = 0.2, 8.0
#: A step grows by at least this: otherwise the factors are worth more than the longer step.
WORTH = 1.2
#: Newton's method with an old Jacobian that gains less than this factor asks for a new one.
SLOW = 1e-3
#: A step whose Newton iterations fail is halved.
HALF = 0.5
#: The error is of order 4 in the step.
EXPONENT = -0.25
#: The largest product of the distances to the nodes 0, NODE_1, NODE_2 and 1 between 0 and 1.
LARGEST_PRODUCT = 0.0183
#: An error below this counts as this one, when the next step is chosen.
LEAST_ERROR = 1e-2


class Work(NamedTuple):
    """Memory to work in.

    stages (4, 3, n) : the stages Z, their transforms W, f there, and the stages of the step before.

    rows (5, n) : a point, the real side, the scale of errors, f at the start of the step, its end by the step before.

    z (2n,) : the complex side.
    """

    stages: np.ndarray
    rows: np.ndarray
    z: np.ndarray


@kernel(cache=True, error_model="numpy")
def weighted_stages(slope, Z, h, r):
    """r = the slope + the stages with the weights of the error, over h.

    >>> from mechkit import law
    >>> law(weighted_stages, n=range(1, 5)).flops
    Polynomial('6n + 3')
    """
    # Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., (IV.8.19)
    a, b, c = ERROR_1 / h, ERROR_2 / h, ERROR_3 / h
    for i in range(r.size):
        r[i] = slope[i] + (a * Z[0, i] + b * Z[1, i] + c * Z[2, i])


@kernel(cache=True, error_model="numpy")
def interpolation_error(guess, z, ratio, scale, r):
    """About how far the solution lies from the cubic of this step, by how far the last one missed its end.

    guess, z : the end of the step, less its start, by the polynomial of the step before and by this step; ratio : the
    length of this step by that of the last one. The errors of both are in proportion to the product of the distances to
    their four nodes. Where a solution is stiff, no other estimate sees what happens between the nodes.

    >>> from mechkit import law
    >>> law(interpolation_error, n=range(1, 5)).flops
    Polynomial('5n + 13')
    """
    there = (1.0 + ratio) * (1.0 - NODE_2 + ratio) * (1.0 - NODE_1 + ratio) * ratio
    square = ratio * ratio
    share = LARGEST_PRODUCT * square * square / there
    for i in range(r.size):
        r[i] = share * (guess[i] - z[i])
    return norm_by_scale(r, scale)


@kernel(cache=True, error_model="numpy")
def radau_steps(system, pair, work, trace, control, progress):
    """A batch of steps. Returns its Progress as a tuple.

    See implicit_bundles.py for the arguments. One step of y' = -2y:

    >>> from mechkit import law
    >>> law(radau_steps, n=range(2, 9)).loads.degree
    3
    """
    # Hairer and Wanner, section IV.8
    J, LU, piv, bands, memory, f, jacobian, factor, solve = system
    LU_pair, piv_pair, factor_pair, solve_pair = pair
    stages, vectors = work.stages, work.rows
    Z, F, kept = stages[0], stages[2], stages[3]
    point, r, scale, slope, guess = vectors[0], vectors[1], vectors[2], vectors[3], vectors[4]
    times, states, rows = trace
    rtol, atol, tolerance, end, max_step = control
    _, _, h, order, equal, c_kept, eta, before, error_before, njev, nlu, rejected, age, bad, t_bad = progress
    limit, n, status, k = times.size - 1, slope.size, RUNNING, 0
    failure, was_rejected = STEP_TOO_SMALL, before == 0.0
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

        # 2  the Jacobian, and the factors of both systems
        if age < 0:
            jacobian(f, t, y, memory, bands, J)
            njev, age, c_kept = njev + 1, 0, 0.0
        c, regular = REAL / h, True
        if c != c_kept:
            regular = factor(c, J, LU, piv, bands) == n
            a, b = PAIR_REAL / h, PAIR_IMAGINARY / h
            regular = factor_pair(a, b, J, LU_pair, piv_pair, bands) == n and regular
            nlu, c_kept, eta = nlu + 2, c, 1.0

        # 3  the stages
        if before == 0.0:
            for i in range(n):
                for j in range(3):
                    Z[j, i] = 0.0
        else:
            extrapolate(kept, h / before, Z)
            for i in range(n):
                guess[i] = Z[2, i]
        for i in range(n):
            scale[i] = atol[i] + rtol * abs(y[i])
        iterations, theta, bad = 0, 0.0, -1
        if regular:
            solves, factors = (0, solve, solve_pair), (LU, piv, LU_pair, piv_pair, bands)
            where = t, h, t_new, max(eta, EPS) ** CAUTION, tolerance
            iterations, eta, theta, bad = newton_stages(f, solves, factors, where, y, work)
        if iterations == 0:
            if age > 0:
                age = -1
                continue
            failure = NOT_FINITE if bad >= 0 else NOT_SOLVED
            t_bad, rejected, was_rejected = t_new, rejected + 1, True
            h = HALF * h
            continue

        # 4  the error
        for i in range(n):
            scale[i] = atol[i] + rtol * max(abs(y[i]), abs(y[i] + Z[2, i]))
        start, error = slope, 0.0
        for trial in range(2):  # the second time where the estimate may see what is stiff, and not there
            weighted_stages(start, Z, h, r)
            solve(LU, piv, bands, r)
            error = norm_by_scale(r, scale)
            if trial > 0 or not (was_rejected and error > 1.0):
                break
            for i in range(n):
                point[i] = y[i] + r[i]
            start = F[0]
            f(t, point, start)
        if before != 0.0:
            error = max(error, interpolation_error(guess, Z[2], h / before, scale, r))
        safety = 0.9 * (2 * STAGE_MAXITER + 1) / (2 * STAGE_MAXITER + iterations)
        ratio = safety * error**EXPONENT
        if not error <= 1.0:
            failure, rejected, was_rejected = STEP_TOO_SMALL, rejected + 1, True
            h = h * max(MIN_RATIO, ratio)
            continue

        # 5  accept
        k += 1
        times[k] = t_new
        for i in range(n):
            states[k, i] = y[i] + Z[2, i]
        for i in range(n):
            for j in range(3):
                kept[j, i] = Z[j, i]
        if rows.shape[0] > 0:
            for i in range(n):
                for j in range(3):
                    rows[k - 1, j, i] = Z[j, i]
        if t_new == end:
            status = FINISHED
            break
        f(t_new, states[k], slope)
        bad = first_not_finite(slope)
        if bad >= 0:
            t_bad, status = t_new, NOT_FINITE
            break

        # 6  the next step, and whether the Jacobian serves
        if error_before > 0.0:  # Gustafsson: the error changes as it did before
            ratio = min(ratio, ratio * h / before * (error_before / error) ** -EXPONENT)
        age = -1 if iterations > 2 and theta > SLOW else age + 1
        ratio = min(MAX_RATIO, max(MIN_RATIO, ratio))
        if age > 0 and 1.0 <= ratio < WORTH:
            ratio = 1.0
        before, error_before, was_rejected = h, max(error, LEAST_ERROR), False
        h = ratio * h
    return status, k, h, order, equal, c_kept, eta, before, error_before, njev, nlu, rejected, age, bad, t_bad


def radau_work(n: int) -> Work:
    """Memory to work in, for n unknowns."""
    return Work(np.zeros((4, 3, n)), np.zeros((5, n)), np.zeros(2 * n))


@weighted_stages.example
def _(n):
    return np.ones(n), np.ones((3, n)), np.float64(0.5), np.zeros(n)


@radau_steps.example
def _(n):
    work = radau_work(n)
    work.rows[3] = -2.0
    pair = Pair(*pair_memory(n, n, banded=False))
    trace = Trace(np.zeros(2), np.ones((2, n)), np.zeros((1, 3, n)))
    control = Control(1e-3, np.full(n, 1e-3), 0.03, 1.0, np.inf)
    return example_system(n), pair, work, trace, control, at_start(0.01)


@interpolation_error.example
def _(n):
    return np.ones(n), np.zeros(n), np.float64(0.5), np.ones(n), np.zeros(n)
