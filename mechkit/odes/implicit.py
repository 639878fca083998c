"""Implicit methods at work on a problem: the Jacobian that it asks for, memory, and batches of steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.backward_differences import MAX_ORDER
from mechkit.odes.bdf import bdf_steps, bdf_work
from mechkit.odes.dense_output import newton_from_powers
from mechkit.odes.first_step import first_step
from mechkit.odes.implicit_bundles import Control, Progress, Trace, at_start
from mechkit.odes.jacobian_choice import ONE_SIDED, TWO_SIDED, JacobianChoice
from mechkit.odes.newton import first_not_finite
from mechkit.odes.problem import EPS, NOT_FINITE, NOT_SOLVED, Batch, Problem
from mechkit.odes.radau import radau_steps, radau_work
from mechkit.odes.radau_table import POWERS
from mechkit.odes.rodas import rodas_steps, rodas_work
from mechkit.odes.theta import theta_steps, theta_work

#: Newton's method stops at this part of a step's tolerance, or at this multiple of rounding.
NEWTON_PART, ROUNDING_PART = 0.03, 10.0
#: A step's relative tolerance is never smaller: it would be lost in rounding.
LEAST_RTOL = 100.0 * EPS
#: The errors of the steps add up: each may be this part of the tolerance.
PART_OF_STEP = 0.03
#: BDF takes the most steps: its part is this one at the loose tolerance, and falls with this power of the tolerance.
BDF_PART, LOOSE, BDF_POWER = 0.01, 1e-4, 1.0 / 8.0
#: The error of Radau IIA is estimated with order 3 and is of order 5: it is held below PART_OF_STEP rtol^(2/3).
LOOSE_POWER = 2.0 / 3.0


@kernel(cache=True, error_model="numpy")
def change_basis(P, skip, dense, steps):
    """dense[k] = P dense[k] for the first steps, P (w, w), dense (m, w, n); skip : 1 if P is upper triangular, else 0.

    >>> from mechkit import law
    >>> law(change_basis, n=range(1, 5)).flops  # two steps, w = 3, triangular
    Polynomial('18n')
    """
    width = P.shape[0]
    column = np.empty_like(P[0])
    for k in range(steps):
        rows = dense[k]
        for i in range(rows.shape[1]):
            for j in range(width):
                column[j] = rows[j, i]
            for j in range(width):
                first = skip * j
                s = P[j, first] * column[first]
                for m in range(first + 1, width):
                    s = s + P[j, m] * column[m]
                rows[j, i] = s


@dataclass(frozen=True)
class Scheme:
    """An implicit method: its kernel, the memory that it needs, and how it begins.

    begin(choice, slope, h) : what the kernel takes between the system and the trace; order : the power of the step
    that its error follows at first; basis : the matrix that makes its rows coefficients of the dense output, or None;
    tolerance : that of a step's error, by the user's; differences : how it finds a Jacobian that is not given;
    by_time : calls of f for df/dt beside each Jacobian; newton_power : of rtol, the part of a step's tolerance at
    which Newton's method stops, if it is below NEWTON_PART.
    """

    steps: Any
    begin: Callable[..., tuple[Any, ...]]
    order: float
    basis: np.ndarray | None = None
    tolerance: Callable[[float], float] = float
    differences: str = ONE_SIDED
    by_time: int = 0
    newton_power: float = 0.0


class ImplicitIntegrator:
    """An implicit method at work on a problem; see `problem.Integrator`.

    njev, nfev_jac : Jacobians, and calls of f that were made for derivatives.
    """

    def __init__(self, problem: Problem, scheme: Scheme) -> None:
        self.problem, self.scheme = problem, scheme
        self.choice = JacobianChoice(problem, scheme.differences)
        self.progress = at_start(0.0)
        self.rejected = self.nlu = self.njev = self.nfev_jac = 0
        self.fault = problem.t0, -1
        self.arguments: tuple[Any, ...] | None = None

    def advance(self, batch: Batch) -> tuple[int, int]:
        """Fill a batch. Returns how many steps were taken, and why it ended."""
        p = self.problem
        if self.arguments is None:
            slope = np.empty_like(p.y0)
            p.f(p.t0, p.y0.copy(), slope)
            bad = first_not_finite(slope)
            if bad >= 0:
                self.fault = p.t0, int(bad)
                return 0, NOT_FINITE
            self._begin(slope)
        assert self.arguments is not None
        *before, control = self.arguments
        trace = Trace(batch.t, batch.y, batch.dense)
        reached = self.progress = Progress(*self.scheme.steps(*before, trace, control, self.progress))
        self.rejected, self.nlu, self.njev = reached.rejected, reached.nlu, reached.njev
        self.nfev_jac = (self.choice.calls_each + self.scheme.by_time) * reached.njev
        self.fault = reached.t_bad, reached.bad
        status = reached.status
        if status == NOT_SOLVED and self.choice.bad_row() >= 0:
            status, self.fault = NOT_FINITE, (reached.t_bad, self.choice.bad_row())
        basis = self.scheme.basis
        if batch.dense.size and basis is not None:
            change_basis(basis, 0 if np.tril(basis, -1).any() else 1, batch.dense, reached.steps)
        return reached.steps, status

    def is_stiff(self, t: float, y: np.ndarray) -> bool:
        """False: no step of an implicit method is short for the sake of stability."""
        return False

    def _begin(self, slope: np.ndarray) -> None:
        p = self.problem
        rtol = max(self.scheme.tolerance(p.rtol), LEAST_RTOL)
        atol = p.atol * (rtol / p.rtol)
        newton = max(ROUNDING_PART * EPS / rtol, min(NEWTON_PART, rtol**self.scheme.newton_power))
        limits = p.limits._replace(rtol=rtol, atol=atol)
        h = p.first_step
        if h == 0.0:
            h = first_step(p.f, p.t0, p.y0, slope, self.scheme.order, limits, np.empty((2, slope.size)))
        h = min(h, p.max_step) * p.direction
        control = Control(rtol, atol, newton, p.end, p.max_step)
        self.arguments = self.choice.system(slope, h), *self.scheme.begin(self.choice, slope, h), control
        self.progress = at_start(h)


def _begin_bdf(choice: JacobianChoice, slope: np.ndarray, h: float) -> tuple[Any, ...]:
    work = bdf_work(slope.size)
    work.D[0], work.D[1] = choice.problem.y0, h * slope
    return (work,)


def _begin_radau(choice: JacobianChoice, slope: np.ndarray, h: float) -> tuple[Any, ...]:
    work = radau_work(slope.size)
    work.rows[3] = slope
    return choice.pair(), work


def _begin_rodas(choice: JacobianChoice, slope: np.ndarray, h: float) -> tuple[Any, ...]:
    return (rodas_work(slope.size),)


def _begin_theta(theta: float) -> Callable[..., tuple[Any, ...]]:
    return lambda choice, slope, h: (theta, theta_work(slope))


def _difference_basis() -> np.ndarray:
    """The powers of x in (x - 1) x (x + 1) ... (x + j - 2) / j!, by which D[j] is multiplied, from the first on."""
    P = np.zeros((MAX_ORDER, MAX_ORDER))
    product = np.polynomial.Polynomial([1.0])
    for j in range(MAX_ORDER):
        product = product * np.polynomial.Polynomial([j - 1.0, 1.0]) / (j + 1.0)
        P[: j + 1, j] = product.coef[1:]
    return P


def _in_newtons_form(powers: np.ndarray) -> np.ndarray:
    """A matrix whose columns hold powers of x, from the first on, in the form of dense_output.py."""
    basis = powers.copy()
    newton_from_powers.py_func(basis)
    return basis


def _tighter(rtol: float) -> float:
    return PART_OF_STEP * rtol


def _falling(rtol: float) -> float:
    return BDF_PART * (rtol / LOOSE) ** BDF_POWER * rtol


def _loose(rtol: float) -> float:
    # Hairer and Wanner, Solving Ordinary Differential Equations II, code RADAU5
    return float(PART_OF_STEP * rtol**LOOSE_POWER)


BDF = Scheme(bdf_steps, _begin_bdf, 2.0, _in_newtons_form(_difference_basis()), _falling)
RADAU = Scheme(radau_steps, _begin_radau, 4.0, _in_newtons_form(POWERS), _loose, newton_power=0.5)
RODAS4 = Scheme(rodas_steps, _begin_rodas, 4.0, differences=TWO_SIDED, by_time=2)
#: The errors of these add up too.
BACKWARD_EULER = Scheme(theta_steps, _begin_theta(1.0), 2.0, tolerance=_tighter)
TRAPEZOID = Scheme(theta_steps, _begin_theta(0.5), 3.0, tolerance=_tighter)


def implicit(scheme: Scheme) -> Callable[[Problem], ImplicitIntegrator]:
    """What makes the integrator of a problem by an implicit method.

    >>> from mechkit.odes.right_hand_side import right_hand_side
    >>> from mechkit.odes.problem import FINISHED
    >>> f = right_hand_side(lambda t, y: [-1e6 * y[0]], 0.0, np.ones(1))
    >>> problem = Problem(f, 0.0, 9.0, np.ones(1), 1e-3, np.full(1, 1e-6))
    >>> batch = Batch.of(999, 1, 5, False)
    >>> batch.t[0], batch.y[0] = 0.0, 1.0
    >>> steps, why = implicit(BDF)(problem).advance(batch)
    >>> batch.t[steps], why == FINISHED
    (np.float64(9.0), True)
    """

    def start(problem: Problem) -> ImplicitIntegrator:
        return ImplicitIntegrator(problem, scheme)

    return start


@change_basis.example
def _(n):
    return np.triu(np.ones((3, 3))), 1, np.ones((2, 3, n)), 2
