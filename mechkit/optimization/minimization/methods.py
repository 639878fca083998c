"""The methods of `minimize` by name: how each is run, its options and their defaults."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.checking import float_array
from mechkit.optimization.differences import GIVEN, TWO_SIDED
from mechkit.optimization.functions import NotFiniteAtStartError, first_call
from mechkit.optimization.minimization import endings
from mechkit.optimization.minimization.endings import CONVERGED, CONVERGED_IN_FUN, INDEFINITE
from mechkit.optimization.minimization.gradient_methods import descend
from mechkit.optimization.minimization.limited_memory import lbfgs
from mechkit.optimization.minimization.nelder_mead import first_values, nelder_mead
from mechkit.optimization.minimization.newton_minimize import EPS, is_indefinite, newton
from mechkit.optimization.minimization.problem import Problem
from mechkit.optimization.minimization.quasi_newton import bfgs
from mechkit.optimization.minimization.subgradient import subgradient_steps

#: How negative an eigenvalue is that makes a stationary point no minimum, relative to the Hessian's largest elements.
NEGATIVE, NEGATIVE_BY_DIFFERENCES = 1e-8, 1e-4


def _bfgs(p: Problem, gtol: float) -> int:
    n = p.x.size
    if p.hess_inv is None:
        p.hess_inv, p.kept["work"], p.kept["state"] = np.empty((n, n)), np.empty((6, n)), np.ones(2)
    else:  # another gradient has another direction
        p.kept["work"][0] = -p.hess_inv @ p.g
    H, work, state = p.hess_inv, p.kept["work"], p.kept["state"]
    return p.run(lambda taken, *history: bfgs(*p.objective, p.x, p.g, H, work, gtol, p.lowest, state, *history))


def _lbfgs(p: Problem, gtol: float, ftol: float, maxcor: int) -> int:
    n = p.x.size
    if not p.kept:
        p.kept["pairs"] = *np.empty((2, maxcor, n)), np.empty((3, maxcor)), np.zeros(2, np.int64)
    kept, reach, work = p.kept["pairs"], np.ones(1), np.empty((3, n))
    while True:
        ending = p.run(
            lambda taken, *history: lbfgs(*p.objective, p.x, p.g, *kept, reach, work, gtol, ftol, p.lowest, *history)
        )
        if ending != CONVERGED_IN_FUN or p.hardly_falls():  # beside a large constant every decrease is small
            return ending


def _newton(p: Problem, gtol: float) -> int:
    n = p.x.size
    H, work, modified = np.empty((n, n)), np.empty((4, n)), True

    def steps(taken: int, *history: np.ndarray) -> tuple[int, int]:
        nonlocal modified
        made, ending, now = newton(*p.objective, p.hess, p.hessian_of, p.x, p.g, H, work, gtol, p.lowest, *history)
        modified = now if made else modified
        return made, ending

    ending = p.run(steps)
    if ending == CONVERGED and modified:  # no step has shown that the Hessian is positive definite here
        p.hessian_of(p.f, p.jac, p.hess, p.x, p.fx, p.g, H)
        p.H = H.copy()
        if not np.isfinite(H).all():
            return ending
        part = NEGATIVE if p.how_hess == GIVEN else NEGATIVE_BY_DIFFERENCES
        if p.how_hess != GIVEN and p.how != GIVEN:  # differences of values: rounding of f over the square of a step
            part = max(part, 8.0 * EPS * abs(p.fx) / TWO_SIDED**2 / max(float(np.abs(H).max()), EPS))
        if is_indefinite(H, work[0], part, EPS, math.sqrt(max(n * n - 1, 1))):
            ending = INDEFINITE
    return ending


def _descend(p: Problem, accelerated: bool, gtol: float, step: float | None, restart: bool = False) -> int:
    state, work = np.array([1.0, 1.0, p.fx]), np.array([p.x, p.x, p.g, p.g, p.g])
    length = 0.0 if step is None else step
    ending = p.run(
        lambda taken, *history: descend(
            p.f, p.jac, p.how, p.x, p.g, length, accelerated, restart, gtol, state, work, *history
        )
    )
    p.keep_best(ending, state[2], work[1], work[2])
    return ending


def _gradient_descent(p: Problem, gtol: float, step: float | None) -> int:
    return _descend(p, False, gtol, step)


def _nesterov(p: Problem, gtol: float, step: float | None, restart: bool) -> int:
    return _descend(p, True, gtol, step, restart)


def _subgradient(p: Problem, step: float) -> int:
    state, work = np.array([p.fx]), np.array([p.x, p.g])
    ending = p.run(
        lambda taken, *history: subgradient_steps(p.f, p.jac, p.how, p.x, p.g, step, taken, state, work, *history)
    )
    p.keep_best(ending, state[0], work[0], work[1])
    return ending


def _nelder_mead(p: Problem, xatol: float, fatol: float, adaptive: bool, initial_simplex: Any) -> int:
    n = p.x.size
    # Gao and Han, Implementing the Nelder-Mead simplex algorithm with adaptive parameters, 2012
    coefficients = (1.0, 1.0 + 2.0 / n, 0.75 - 0.5 / n, 1.0 - 1.0 / n) if adaptive else (1.0, 2.0, 0.5, 0.5)
    if initial_simplex is None:
        simplex = np.tile(p.x, (n + 1, 1))
        for i in range(n):
            simplex[i + 1, i] = 1.05 * p.x[i] if p.x[i] else 0.00025
    else:
        simplex = float_array("initial_simplex", initial_simplex, (2,), copy=True).astype(np.float64)
        if simplex.shape != (n + 1, n):
            raise ValueError(f"initial_simplex has shape {simplex.shape}; it must have n + 1 vertices, {(n + 1, n)}")
    values, order, work = np.empty(n + 1), np.empty(n + 1, np.int64), np.empty((3, n))
    with np.errstate(all="ignore"):
        values[0] = first_call(p.f, simplex[0])
        first_values(p.f, simplex, values, order)
    p.x, p.fx = simplex[order[0]].copy(), values[order[0]]
    if p.fx == math.inf:
        raise NotFiniteAtStartError("fun is finite at no vertex of the first simplex; start where it is")

    def steps(taken: int, fun: np.ndarray, sizes: np.ndarray, xs: np.ndarray) -> tuple[int, int]:
        made, ending = nelder_mead(p.f, simplex, values, order, coefficients, work, xatol, fatol, fun, sizes, xs)
        p.x = simplex[order[0]].copy()
        return made, ending

    p.second = "size"
    return p.run(steps)


@dataclass(frozen=True)
class Method:
    """A method: what runs it, its options and their defaults, which of them tol sets, maxiter, and its own messages."""

    run: Callable[..., int]
    options: dict[str, Any]
    tol: tuple[str, ...] = ("gtol",)
    maxiter: Callable[[int], int] = lambda n: 200 * n
    messages: dict[int, str] = field(default_factory=dict)
    order: int = 1  # of the derivatives that it takes


#: The names, options and defaults are SciPy's where it has them.
METHODS = {
    "bfgs": Method(_bfgs, {"gtol": 1e-5}),
    "l-bfgs": Method(_lbfgs, {"gtol": 1e-5, "ftol": 1e7 * EPS, "maxcor": 10}, ("gtol", "ftol"), lambda n: 15_000),
    "newton": Method(_newton, {"gtol": 1e-5}, order=2),
    "gradient-descent": Method(_gradient_descent, {"gtol": 1e-5, "step": None}, maxiter=lambda n: 15_000),
    "nesterov": Method(_nesterov, {"gtol": 1e-5, "step": None, "restart": True}, maxiter=lambda n: 15_000),
    "nelder-mead": Method(
        _nelder_mead,
        {"xatol": 1e-4, "fatol": 1e-4, "adaptive": False, "initial_simplex": None},
        ("xatol", "fatol"),
        messages=endings.SIMPLEX,
        order=0,
    ),
    "subgradient": Method(_subgradient, {"step": 1.0}, (), lambda n: 15_000, messages=endings.SUBGRADIENT),
}
