"""Explicit Runge-Kutta methods that choose their steps: Bogacki-Shampine, Dormand-Prince, Tsitouras, DOP853."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.fastest_rate import fastest_rate
from mechkit.odes.first_step import first_step
from mechkit.odes.problem import EPS, FINISHED, NOT_FINITE, RUNNING, SHORTEST, STEP_TOO_SMALL, Batch, Limits, Problem
from mechkit.odes.runge_kutta_step import (
    Work,
    error_norm,
    example_step,
    interpolants,
    not_finite,
    step_at_address,
    table_step,
)
from mechkit.odes.tableaus import DOP853, RK45, TSIT5, Tableau
from mechkit.odes.written_out import dormand_prince, tsitouras
from mechkit.odes.written_out_dop853 import dop853

#: A step aims at this part of the length that the error allows, so that few steps are rejected.
SAFETY = 0.9
#: The next step is at least and at most so many times as long.
SHRINK, GROW = 0.2, 10.0
#: How much the error of the step before counts, relative to 1 / power: a PI controller (Hairer, volume II, IV.2).
MEMORY = 0.2
#: No error is taken to be smaller, so that the controller can take its logarithm.
LEAST_ERROR = 1e-10
#: The errors of the steps add up and grow, so each may be a part of the tolerance: at most this one, and this one at
#: the loose tolerance. In between it goes with this power, as an estimate sees less of the error of a long step.
MOST_OF_TOLERANCE, PART_WHERE_LOOSE, LOOSE, PART_POWER = 0.3, 0.05, 1e-4, -1.0 / 6.0
#: A step's relative tolerance is not made smaller than this: it would be lost in rounding.
LEAST_RTOL = 100.0 * EPS
#: A step of an explicit method, times the fastest rate, is not much longer: 2.5 to 6.4 where the rate is real.
STABLE = 1.5
#: What the kernel keeps between batches: the next step, or 0 for none yet; the last error; where and in which component
#: f was not finite; and whether f is known at the start.
STEP, ERROR, FAULT_TIME, FAULT_COMPONENT, BEGUN = range(5)

#: The methods whose steps are written out.
WRITTEN_OUT = {RK45.name: dormand_prince, TSIT5.name: tsitouras, DOP853.name: dop853}


@kernel(cache=True, error_model="numpy")
def explicit_steps(f, step, table, limits, state, counts, work, batch):
    """Fill the rows of a batch with steps. Returns how many were taken, and why it ends.

    f, step, table : the problem, a kernel of one step, the method; limits : what bounds the steps; state (5,) : see
    STEP; counts (1,) : rejected steps; work : once begun, with the derivative at the start in row 0 of K; batch : t, y,
    and the derivatives at the stages of each step (m, s + 1, n), or none (m, 0, n).

    The steps that a problem takes follow no polynomial. Here two of them, once begun:

    >>> from mechkit import law
    >>> law(explicit_steps, n=range(2, 6)).flops
    Polynomial('126n + 48')
    """
    # Hairer, Norsett and Wanner, section II.4
    K, z, e = work
    ts, ys, stages = batch
    end, longest, atol, rtol = limits
    s = table.stages
    k, grow = 0, GROW
    exponent = (1.0 - 0.75 * MEMORY) / table.power
    memory = MEMORY / table.power
    if state[BEGUN] == 0.0:  # 0  the derivative at the start, and the first length
        f(ts[0], ys[0], K[0])
        state[BEGUN], state[FAULT_COMPONENT] = 1.0, float(not_finite(ys[0], K, 1))
        if state[FAULT_COMPONENT] >= 0.0:
            return 0, NOT_FINITE
        if state[STEP] == 0.0:
            state[STEP] = first_step(f, ts[0], ys[0], K[0], table.power, limits, e)
    while k < ts.size - 1:
        t, y = ts[k], ys[k]
        h = min(state[STEP], longest)
        last = abs(end - t) <= h
        if last:
            h = abs(end - t)
        elif h <= SHORTEST * EPS * abs(t) or h <= 1e-300:
            return k, STEP_TOO_SMALL if state[FAULT_COMPONENT] < 0.0 else NOT_FINITE
        t_new = end if last else t + math.copysign(h, end - t)
        h = t_new - t
        step(f, table, t, t_new, y, K, z, e)  # 1  a trial
        error = error_norm(table.errors, e, y, z, atol, rtol)  # 2  its error
        if not error <= 1.0:  # 3  rejected, or NaN
            counts[0] += 1
            bad = -1 if math.isfinite(error) else not_finite(z, K, s + table.early)
            state[FAULT_TIME], state[FAULT_COMPONENT] = t_new, float(bad)
            shrink = SAFETY * error ** (-1.0 / table.power) if math.isfinite(error) else SHRINK
            state[STEP] = abs(h) * max(SHRINK, shrink)
            grow = 1.0
            continue
        if not table.early:
            f(t_new, z, K[s])
        for j in range(stages.shape[1]):
            for i in range(y.size):
                stages[k, j, i] = K[j, i]
        error = max(error, LEAST_ERROR)  # 4  the next length
        factor = SAFETY * error**-exponent * state[ERROR] ** memory
        state[STEP] = abs(h) * min(grow, max(SHRINK, factor))
        state[ERROR] = error
        grow = GROW
        k += 1
        ts[k] = t_new
        for i in range(y.size):
            ys[k, i] = z[i]
            K[0, i] = K[s, i]
        if last:
            return k, FINISHED
    return k, RUNNING


class ExplicitRungeKutta:
    """A pair of explicit Runge-Kutta methods at work on a problem.

    >>> from mechkit.odes.right_hand_side import right_hand_side
    >>> f = right_hand_side(lambda t, y: [-y[0]], 0.0, np.ones(1))
    >>> problem = Problem(f, 0.0, 9.0, np.ones(1), 1e-3, np.full(1, 1e-6))
    >>> batch = Batch.of(3, 1, 4, False)
    >>> batch.t[0], batch.y[0] = 0.0, 1.0
    >>> ExplicitRungeKutta(problem, RK45).advance(batch) == (3, RUNNING), bool(batch.y[3, 0] < 1.0)
    (True, True)
    """

    nlu = 0

    def __init__(self, problem: Problem, tableau: Tableau) -> None:
        n = problem.y0.size
        self.problem, self.table, self.limits = problem, tableau.table, step_limits(problem)
        self.step = step_at_address(WRITTEN_OUT.get(tableau.name, table_step))
        self.work = Work.of(tableau, n)
        self.state = np.array([problem.first_step, 1.0, problem.t0, -1.0, 0.0])
        self.counts = np.zeros(1, np.int64)

    @property
    def rejected(self) -> int:
        """Steps tried and not taken."""
        return int(self.counts[0])

    @property
    def fault(self) -> tuple[float, int]:
        """Where f was not finite: the time and the component."""
        return float(self.state[FAULT_TIME]), int(self.state[FAULT_COMPONENT])

    def is_stiff(self, t: float, y: np.ndarray) -> bool:
        """Whether stability, not accuracy, holds the steps short: the step times the fastest rate is near its limit."""
        return float(self.state[STEP]) * fastest_rate(self.problem.f, t, y) > STABLE

    def advance(self, batch: Batch) -> tuple[int, int]:
        """Fill a batch. Returns how many steps were taken, and why it ended."""
        p = self.problem
        kept = self.table.stages + 1 if batch.dense.size else 0
        stages = np.empty((batch.t.size - 1, kept, p.y0.size))
        arrays = batch.t, batch.y, stages
        steps = explicit_steps(p.f, self.step, self.table, self.limits, self.state, self.counts, self.work, arrays)
        if batch.dense.size:
            memory = np.empty_like(self.work.K)  # the row 0 of K itself begins the next step
            interpolants(p.f, self.table, batch.t, batch.y, stages, memory, steps[0], batch.dense)
        return steps


def step_limits(problem: Problem) -> Limits:
    """What bounds the steps, with the tolerances of a step, which are a part of those of the user.

    >>> limits = step_limits(Problem(None, 0.0, 1.0, np.ones(1), 1e-4, np.full(1, 1e-6)))
    >>> round(limits.rtol, 10), limits.atol
    (5e-06, array([5.e-08]))
    """
    part = min(MOST_OF_TOLERANCE, PART_WHERE_LOOSE * (problem.rtol / LOOSE) ** PART_POWER)
    part = max(part, min(1.0, LEAST_RTOL / problem.rtol))
    return Limits(problem.end, problem.max_step, part * problem.atol, part * problem.rtol)


def explicit(tableau: Tableau) -> Callable[[Problem], ExplicitRungeKutta]:
    """What makes the integrator of a problem, for the method of a table.

    >>> explicit(RK45).__name__
    'RK45'
    """

    def start(problem: Problem) -> ExplicitRungeKutta:
        return ExplicitRungeKutta(problem, tableau)

    start.__name__ = tableau.name
    return start


@explicit_steps.example
def _(n):
    f, table, _, _, y, *work = example_step(n, RK45)
    limits, step = Limits(10.0, np.inf, np.full(n, 1e-6), 1e-3), step_at_address(table_step)
    state, counts = np.array([0.01, 1.0, 0.0, -1.0, 1.0]), np.zeros(1, np.int64)
    ys = np.ones((3, n))
    ys[0] = y
    return f, step, table, limits, state, counts, Work(*work), (np.zeros(3), ys, np.empty((2, 7, n)))
