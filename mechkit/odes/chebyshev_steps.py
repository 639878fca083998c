"""Runge-Kutta-Chebyshev: explicit methods whose s stages reach 0.65 s^2 (order 2) or 1.93 s^2 (order 1).

That is along the negative real axis. Without damping, order 1 would reach 2 s^2, which is the most that there can be.

A stiff problem with real rates, such as diffusion, needs about the root of the steps that other explicit methods take.
And it solves no equations: a way of its own between explicit and implicit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.chebyshev_tables import RKC2, Chebyshev
from mechkit.odes.fastest_rate import fastest_rate
from mechkit.odes.first_step import first_step
from mechkit.odes.problem import EPS, FINISHED, NOT_FINITE, RUNNING, SHORTEST, STEP_TOO_SMALL, Batch, Problem
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.odes.runge_kutta import FAULT_COMPONENT, FAULT_TIME
from mechkit.odes.runge_kutta_stages import scaled_norm
from mechkit.odes.runge_kutta_step import not_finite

#: The estimate of the fastest rate may be this much too small.
MARGIN = 1.2
#: Steps between two estimates of the fastest rate.
RENEW = 25
#: Stages that a step may have.
MOST = 1000
#: How long a step is relative to what the error allows.
SAFETY = 0.8


@kernel(cache=True, error_model="numpy")
def chebyshev_step(f, t, t_new, y, k, numbers, work):
    """A step of s stages from y, k = f(t, y), into row 2 of work (5, n); the derivative there into row 3.

    numbers (5, s + 1) : see chebyshev_tables.py. Stages take turns in rows 0, 1 and 2. Beside s calls, here s = 3 and n
    flops a call:

    >>> from mechkit import law
    >>> law(chebyshev_step, n=range(1, 6)).flops
    Polynomial('20n + 14')
    """
    # Sommeijer, Shampine and Verwer, (2.2) to (2.5)
    h, s = t_new - t, numbers.shape[1] - 1
    slope = work[4]
    last = (2 - s) % 3  # stage j lies in row (j + last) % 3, stage s in row 2
    before, here = work[last % 3], work[(1 + last) % 3]
    first = numbers[2, 1] * h
    for i in range(y.size):
        before[i] = y[i]
        here[i] = y[i] + first * k[i]
    for j in range(2, s + 1):
        before, here, there = work[(j - 2 + last) % 3], work[(j - 1 + last) % 3], work[(j + last) % 3]
        mu, nu = numbers[0, j], numbers[1, j]
        rest, mu_f, gamma_f = 1.0 - mu - nu, numbers[2, j] * h, numbers[3, j] * h
        f(t + numbers[4, j - 1] * h, here, slope)
        for i in range(y.size):
            there[i] = rest * y[i] + mu * here[i] + nu * before[i] + mu_f * slope[i] + gamma_f * k[i]
    f(t_new, work[2], work[3])


@kernel(cache=True, error_model="numpy")
def chebyshev_error(h, y, k, work, weights, atol, rtol):
    """The estimate of the error of a step, relative to the tolerance; row 4 of work becomes the estimate itself.

    weights : three, see `chebyshev_tables.Chebyshev`.

    >>> from mechkit import law
    >>> law(chebyshev_error, n=range(1, 6)).flops
    Polynomial('11n + 4')
    """
    z, slope, e = work[2], work[3], work[4]
    a, b, c = weights[0], weights[1] * h, weights[2] * h
    for i in range(y.size):
        e[i] = a * (y[i] - z[i]) + (b * k[i] + c * slope[i])
    return scaled_norm(e, y, z, atol, rtol)


class RungeKuttaChebyshev:
    """A method at work on a problem; the number of stages follows from the step and the fastest rate.

    >>> f = right_hand_side(lambda t, y: [-1000.0 * y[0]], 0.0, np.ones(1))
    >>> method = RungeKuttaChebyshev(Problem(f, 0.0, 1.0, np.ones(1), 1e-3, np.full(1, 1e-6)), RKC2)
    >>> batch = Batch.of(9, 1, 3, False)
    >>> batch.t[0], batch.y[0] = 0.0, 1.0
    >>> method.advance(batch) == (9, RUNNING), bool(abs(batch.y[9, 0]) < 1.0)
    (True, True)
    """

    nlu = 0

    def __init__(self, problem: Problem, method: Chebyshev) -> None:
        n, self.method, self.power = problem.y0.size, method, 1.0 / (method.order + 1)
        self.limits = problem.limits._replace(atol=method.part * problem.atol, rtol=method.part * problem.rtol)
        self.problem, self.rejected = problem, 0
        self.state = np.array([0.0, 1.0, problem.t0, -1.0])
        self.k, self.work, self.direction = np.empty(n), np.zeros((5, n)), np.zeros(n)
        self.numbers: dict[int, tuple[np.ndarray, tuple[float, float, float]]] = {}
        self.h, self.last_error, self.last_h, self.rate, self.age = 0.0, 0.0, 0.0, 0.0, RENEW

    @property
    def fault(self) -> tuple[float, int]:
        """Where f was not finite: the time and the component."""
        return float(self.state[FAULT_TIME]), int(self.state[FAULT_COMPONENT])

    def is_stiff(self, t: float, y: np.ndarray) -> bool:
        """Whether stability, not accuracy, holds the steps short: only the limit of stages does."""
        return self.h * self.rate > 0.5 * self.method.reach(MOST)

    def advance(self, batch: Batch) -> tuple[int, int]:
        """Fill a batch. Returns how many steps were taken, and why it ended."""
        p, done = self.problem, 0
        if self.h == 0.0:
            p.f(p.t0, p.y0.copy(), self.k)
            self.state[FAULT_COMPONENT] = not_finite(p.y0, self.k[np.newaxis], 1)
            if self.state[FAULT_COMPONENT] >= 0.0:
                return 0, NOT_FINITE
            self.h = p.first_step or first_step(
                p.f, p.t0, p.y0, self.k, 1.0 / self.power, self.limits, self.work[:2].copy()
            )
        while done < batch.t.size - 1:
            t, y = float(batch.t[done]), batch.y[done]
            if self.age >= RENEW:
                self.rate, self.age = MARGIN * fastest_rate(p.f, t, y, self.direction), 0
            h = min(self.h, p.max_step, self.method.reach(MOST) / max(self.rate, 1e-300))
            last = abs(p.end - t) <= h
            if last:
                h = abs(p.end - t)
            elif h <= SHORTEST * EPS * abs(t) or h <= 1e-300:
                return done, STEP_TOO_SMALL if self.state[FAULT_COMPONENT] < 0.0 else NOT_FINITE
            t_new = p.end if last else t + math.copysign(h, p.end - t)
            stages = self.method.stages(h * self.rate)
            if stages not in self.numbers:
                self.numbers[stages] = self.method.coefficients(stages), self.method.weights(stages)
            numbers, weights = self.numbers[stages]
            chebyshev_step(p.f, t, t_new, y, self.k, numbers, self.work)
            error = chebyshev_error(t_new - t, y, self.k, self.work, weights, self.limits.atol, self.limits.rtol)
            if not error <= 1.0:
                self.rejected += 1
                bad = -1 if math.isfinite(error) else not_finite(self.work[2], self.work[3:4], 1)
                self.state[FAULT_TIME], self.state[FAULT_COMPONENT] = t_new, bad
                self.h = h * (max(0.1, SAFETY * error**-self.power) if math.isfinite(error) else 0.1)
                self.age = RENEW if self.age else 1
                self.last_error = 0.0
                continue
            done, self.age = done + 1, self.age + 1
            batch.t[done], batch.y[done] = t_new, self.work[2]
            if batch.dense.size:
                _cubic(batch.dense[done - 1], t_new - t, y, batch.y[done], self.k, self.work[3])
            self.k[:] = self.work[3]
            self.h = h * self._factor(error, h)
            if last:
                return done, FINISHED
        return done, RUNNING

    def _factor(self, error: float, h: float) -> float:
        """How much longer the next step is, from the errors of this one and of the one before."""
        # Sommeijer, Shampine and Verwer, (2.9)
        error = max(error, 1e-10)
        factor = error**-self.power
        if self.last_error > 0.0:
            factor = min(factor, (self.last_error / error) ** self.power * h / self.last_h * factor)
        self.last_error, self.last_h = error, h
        return min(10.0, max(0.1, SAFETY * factor))


def stabilized(method: Chebyshev) -> Callable[[Problem], RungeKuttaChebyshev]:
    """What makes the integrator of a problem.

    >>> stabilized(RKC2) is stabilized(RKC2)
    False
    """
    return lambda problem: RungeKuttaChebyshev(problem, method)


def _cubic(F: np.ndarray, h: float, y: np.ndarray, z: np.ndarray, k: np.ndarray, slope: np.ndarray) -> None:
    """The dense output through values and slopes at both ends."""
    F[0] = z - y
    F[1] = h * k - F[0]
    F[2] = F[0] - h * slope - F[1]


def _diffusion(t, y, out):
    for i in range(y.size):
        out[i] = -y[i]


@chebyshev_step.example
def _(n):
    y = np.ones(n)
    return right_hand_side(_diffusion, 0.0, y), 0.0, 0.125, y, -y, RKC2.coefficients(3), np.zeros((5, n))


@chebyshev_error.example
def _(n):
    y = np.ones(n)
    return 0.125, y, -y, np.ones((5, n)), (0.8, 0.4, 0.4), np.full(n, 1e-6), 1e-3
