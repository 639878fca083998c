"""Explicit Runge-Kutta methods that choose their steps: Bogacki-Shampine, Dormand-Prince, Tsitouras, DOP853."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.fastest_rate import fastest_rate
from mechkit.odes.problem import EPS, FINISHED, NOT_FINITE, RUNNING, SHORTEST, STEP_TOO_SMALL, Batch, Limits, Problem
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.runge_kutta_stages import combine, first_step, scaled_norm, weighted
from mechkit.odes.tableaus import RK45, Tableau

#: A step aims at this part of the length that the error allows, so that few steps are rejected.
SAFETY = 0.9
#: The next step is at least and at most so many times as long.
SHRINK, GROW = 0.2, 10.0
#: How much the error of the step before counts, relative to 1 / power: a PI controller (Hairer, volume II, IV.2).
MEMORY = 0.2
#: No error is taken to be smaller, so that the controller can take its logarithm.
LEAST_ERROR = 1e-10
#: A step of an explicit method, times the fastest rate, is not much longer: 2.5 to 6.4 where the rate is real.
STABLE = 1.5
#: What the kernel keeps between batches: the next step, the last error, where and in which component f was not finite.
STEP, ERROR, FAULT_TIME, FAULT_COMPONENT = range(4)


@kernel(cache=True, error_model="numpy")
def stages(f, table, t, t_new, y, h, K, trial):
    """The derivatives at stages 1, 2, ... into the rows of K, whose row 0 is given; then trial = the new state.

    Beside the calls of f, for Dormand and Prince's method with its 20 nonzeros (here f has n flops):

    >>> from mechkit import law
    >>> law(stages, n=range(1, 6)).flops
    Polynomial('46n + 8')
    """
    for s in range(1, table.stages):
        first, last = table.first[s - 1], table.first[s]
        combine(y, h, K, table.columns, table.values, first, last, trial)
        f(t_new if table.nodes[s] == 1.0 else t + table.nodes[s] * h, trial, K[s])
    first, last = table.first[table.stages - 1], table.first[table.stages]
    combine(y, h, K, table.columns, table.values, first, last, trial)


@kernel(cache=True, error_model="numpy")
def error_of(table, y, trial, h, K, limits, work):
    """The estimate of a step's error, relative to the tolerance: the step is good enough where it is at most 1.

    >>> from mechkit import law
    >>> law(error_of, n=range(1, 6)).flops
    Polynomial('17n + 2')
    """
    row, e = table.stages, work[0]
    first, last = table.first[row], table.first[row + 1]
    weighted(h, K, table.columns, table.values, first, last, e)
    error = scaled_norm(e, y, trial, limits.atol, limits.rtol)
    if table.errors > 1:  # Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, (II.10.17)
        first, last = table.first[row + 1], table.first[row + 2]
        weighted(h, K, table.columns, table.values, first, last, e)
        second = scaled_norm(e, y, trial, limits.atol, limits.rtol)
        if error > 0.0:
            error = error * error / math.sqrt(error * error + 0.01 * (second * second))
    return error


@kernel(cache=True, error_model="numpy")
def interpolant(f, table, t, y, y_new, h, K, F):
    """The coefficients F (w, n) of a step's dense output; K has the derivatives at all stages and at both ends.

    >>> from mechkit import law
    >>> law(interpolant, n=range(1, 6)).flops
    Polynomial('18n')
    """
    row = table.stages + table.errors
    for s in range(table.extra):  # 1  more stages, where the method needs some
        first, last = table.first[row + s], table.first[row + s + 1]
        combine(y, h, K, table.columns, table.values, first, last, F[0])
        here = table.stages + 1 + s
        f(t + table.nodes[here] * h, F[0], K[here])
    start, end = K[0], K[table.stages]
    for i in range(y.size):  # 2  values and slopes at both ends
        F[0, i] = y_new[i] - y[i]
        F[1, i] = h * start[i] - F[0, i]
        F[2, i] = F[0, i] - h * end[i] - F[1, i]
    row += table.extra
    for s in range(table.dense):  # 3  what the stages add
        first, last = table.first[row + s], table.first[row + s + 1]
        weighted(h, K, table.columns, table.values, first, last, F[3 + s])


@kernel(cache=True, error_model="numpy")
def not_finite(y, K, rows):
    """The first component where a state, or a derivative among the first rows of K, is NaN or infinite; -1 without one.

    >>> from mechkit import law
    >>> law(not_finite, n=range(1, 6)).flops
    Polynomial('0')
    """
    for i in range(y.size):
        for s in range(rows):
            if not math.isfinite(K[s, i]):
                return i
        if not math.isfinite(y[i]):
            return i
    return -1


@kernel(cache=True, error_model="numpy")
def explicit_steps(f, table, limits, state, counts, work, batch):
    """Fill the rows of a batch with steps. Returns how many were taken, and why it ends.

    f, table : the problem and the method; limits : what bounds the steps; state (4,) : see STEP; counts (1,) : rejected
    steps; work : (K, trial, e), K (s, n) with the derivative at the start in row 0; batch : (t, y, F).

    The steps that a problem takes follow no polynomial. Here two of them, with dense output:

    >>> from mechkit import law
    >>> law(explicit_steps, n=range(2, 6)).flops
    Polynomial('162n + 44')
    """
    # Hairer, Norsett and Wanner, section II.4
    K, trial, e = work
    ts, ys, F = batch
    end = limits.end
    k, grow = 0, GROW
    exponent = (1.0 - 0.75 * MEMORY) / table.power
    memory = MEMORY / table.power
    while k < ts.size - 1:
        t, y = ts[k], ys[k]
        h = min(state[STEP], limits.max_step)
        last = abs(end - t) <= h
        if last:
            h = abs(end - t)
        elif h <= SHORTEST * EPS * abs(t) or h <= 1e-300:
            return k, STEP_TOO_SMALL if state[FAULT_COMPONENT] < 0.0 else NOT_FINITE
        h = math.copysign(h, end - t)
        t_new = end if last else t + h
        stages(f, table, t, t_new, y, h, K, trial)  # 1  a trial
        if table.early:
            f(t_new, trial, K[table.stages])
        error = error_of(table, y, trial, h, K, limits, e)  # 2  its error
        if not error <= 1.0:  # 3  rejected, or NaN
            counts[0] += 1
            bad = -1 if math.isfinite(error) else not_finite(trial, K, table.stages + table.early)
            state[FAULT_TIME], state[FAULT_COMPONENT] = t_new, float(bad)
            shrink = SAFETY * error ** (-1.0 / table.power) if math.isfinite(error) else SHRINK
            state[STEP] = abs(h) * max(SHRINK, shrink)
            grow = 1.0
            continue
        if not table.early:
            f(t_new, trial, K[table.stages])
        if F.size > 0:
            interpolant(f, table, t, y, trial, h, K, F[k])
        error = max(error, LEAST_ERROR)  # 4  the next length
        factor = SAFETY * error**-exponent * state[ERROR] ** memory
        state[STEP] = abs(h) * min(grow, max(SHRINK, factor))
        state[ERROR] = error
        grow = GROW
        k += 1
        ts[k] = t_new
        for i in range(y.size):
            ys[k, i] = trial[i]
            K[0, i] = K[table.stages, i]
        if last:
            return k, FINISHED
    return k, RUNNING


class ExplicitRungeKutta:
    """A pair of explicit Runge-Kutta methods at work on a problem.

    >>> from mechkit.odes.problem import RUNNING
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
        self.problem, self.table, self.limits = problem, tableau.table, problem.limits
        self.work = np.empty((len(tableau.nodes), n)), np.empty(n), np.empty((2, n))
        self.state, self.counts, self.begun = np.array([0.0, 1.0, problem.t0, -1.0]), np.zeros(1, np.int64), False

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
        if not self.begun:
            self.begun = True
            K = self.work[0]
            p.f(p.t0, p.y0.copy(), K[0])
            self.state[FAULT_COMPONENT] = not_finite(p.y0, K, 1)
            if self.state[FAULT_COMPONENT] >= 0.0:
                return 0, NOT_FINITE
            self.state[STEP] = p.first_step or first_step(
                p.f, p.t0, p.y0, K[0], self.table.power, self.limits, self.work[2]
            )
        arrays = batch.t, batch.y, batch.dense
        return explicit_steps(p.f, self.table, self.limits, self.state, self.counts, self.work, arrays)


def explicit(tableau: Tableau) -> Callable[[Problem], ExplicitRungeKutta]:
    """What makes the integrator of a problem, for the method of a table.

    >>> explicit(RK45).__name__
    'RK45'
    """

    def start(problem: Problem) -> ExplicitRungeKutta:
        return ExplicitRungeKutta(problem, tableau)

    start.__name__ = tableau.name
    return start


def _decay(t, y, out):
    for i in range(y.size):
        out[i] = -y[i]


def _example(n):
    y = np.ones(n)
    f, K = right_hand_side(_decay, 0.0, y), np.ones((7, n))
    K[0] = -1.0
    return f, RK45.table, y, K, Limits(10.0, np.inf, np.full(n, 1e-6), 1e-3)


@stages.example
def _(n):
    f, table, y, K, _ = _example(n)
    return f, table, 0.0, 0.1, y, 0.1, K, np.empty(n)


@error_of.example
def _(n):
    _, table, y, K, limits = _example(n)
    return table, y, y + 0.1, 0.1, K, limits, np.empty((2, n))


@interpolant.example
def _(n):
    f, table, y, K, _ = _example(n)
    return f, table, 0.0, y, y + 0.1, 0.1, K, np.empty((4, n))


@not_finite.example
def _(n):
    return np.ones(n), np.ones((3, n)), 2


@explicit_steps.example
def _(n):
    f, table, _, K, limits = _example(n)
    batch, work = (np.zeros(3), np.ones((3, n)), np.empty((2, 4, n))), (K, np.empty(n), np.empty((2, n)))
    return f, table, limits, np.array([0.01, 1.0, 0.0, -1.0]), np.zeros(1, np.int64), work, batch
