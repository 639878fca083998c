"""C1. Newton's method converges quadratically near the solution; it needs second derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mechkit.counting import OpCounts
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, below, between
from mechkit.mechanisms.shared.runs import counted
from mechkit.mechanisms.shared.smooth_functions import (
    TERMS,
    Equations,
    Objective,
    cubic,
    double_root,
    exponential,
    integral_equation,
    powell_singular,
    quartic,
)
from mechkit.optimization import minimize, order_of_convergence, root, root_scalar

QUADRATIC = "Newton's method converges quadratically near the solution"
NEEDS = "it needs second derivatives"

TASKS = ("equation", "system", "minimum")
#: Order 2, within a tenth.
SECOND_ORDER = between(1.9, 2.1)
#: Problems without a simple root, or a regular Jacobian or Hessian at the solution: theory promises less there.
DEGENERATE = ("double root", "singular Jacobian", "singular Hessian")
#: Unknowns of the systems and minima.
_N = 10
#: Enough for a linear method to show its order, too few for rounding to spoil it.
_STEPS = 40
#: Enough for the slower ones to end.
_MOST = 500
#: Errors in the figure.
_SHOWN = 16
_COLUMNS = ("order", "steps", "f", "1st derivatives", "2nd", "flops", "last error")


def measure() -> Evidence:
    """Orders of convergence and calls of Newton's method on six problems, and of others on the regular three."""
    newton, others = _by_newton(), _without()
    regular = {task: next(run for (of, _), run in newton.items() if of == task) for task in TASKS}
    orders = {key: run.order if key[0] == "equation" else run.mean_order for key, run in others.items()}
    without = {**orders, **{(task, "Newton"): run.order for task, run in regular.items() if run.calls[2] == 0}}
    highest = {task: max(p for (of, _), p in without.items() if of == task) for task in TASKS}
    simple, objective = cubic(), exponential()
    halley = _equation(simple, "halley", x0=simple.x0)
    differences = _minimum(objective, "newton", "2-point")
    rows = [
        *((task, f"Newton, {problem}", *run.row(run.order)) for (task, problem), run in newton.items()),
        *((*key, *run.row(orders[key])) for key, run in others.items()),
        ("equation", "Halley", *halley.row(halley.order)),
        ("minimum", "Newton, Hessian by differences", *differences.row(differences.order)),
    ]
    minimum = regular["minimum"]
    return Evidence(
        checks=[
            *(
                Check(QUADRATIC, f"{task}, {problem}", run.order, SECOND_ORDER, problem not in DEGENERATE)
                for (task, problem), run in newton.items()
            ),
            Check(NEEDS, "minimum", highest["minimum"], below(SECOND_ORDER.low)),
            Check(NEEDS, "root of an equation", highest["equation"], below(SECOND_ORDER.low), within=False),
            Check(NEEDS, "root of a system", highest["system"], below(SECOND_ORDER.low), within=False),
            Check(NEEDS, "minimum, Hessian by differences", differences.order, below(SECOND_ORDER.low), within=False),
        ],
        headline=Headline(
            "Newton's method finds a minimum with order {:.2f}: near it, each step doubles the digits.", minimum.order
        ),
        gain=Gain(
            f"a minimum in {_N} unknowns, to rounding, BFGS and then Newton's method",
            others["minimum", "BFGS"].ops.flops,
            minimum.ops.flops,
        ),
        tables=[
            Table(
                f"Order, steps, calls of each function, and last error above rounding; systems and minima with {_N} "
                "unknowns, the one with the singular Jacobian with 4",
                ("task", "method", *_COLUMNS),
                sorted(rows, key=lambda row: TASKS.index(row[0])),
            ),
        ],
        figures=[
            Figure(
                "Newton's method: the error by steps. On a regular problem each step doubles the digits. On a "
                "degenerate one each step gains about as many digits as the step before.",
                partial(_draw_newton, newton),
            ),
            Figure(
                "Each error against the one before it: the slope is the order. Newton's method has slope 2 for a "
                "minimum, where it calls second derivatives, and for a root, where it calls none.",
                partial(
                    _draw_orders,
                    {
                        "Newton, equation": regular["equation"],
                        "Newton, minimum": regular["minimum"],
                        "secant, equation": others["equation", "secant"],
                        "BFGS, minimum": others["minimum", "BFGS"],
                        "gradient descent, minimum": others["minimum", "gradient descent"],
                    },
                ),
            ),
        ],
        notes=[
            "Orders are those of the last three errors, log(e''/e') / log(e'/e). The errors of Broyden, chord, BFGS "
            "and gradient descent fall by leaps: their order is the slope of a line through log e' over log e. "
            "Errors are distances from the solution, or, for bisection and the regular system, the steps.",
            "A minimum is a root of the gradient, and Newton's method for it takes the same steps either way. What "
            "is called the Hessian there is the Jacobian of the gradient. It holds the second derivatives of the "
            "function to be minimized, which are the first derivatives of the gradient, whose root is sought.",
            "For a root, second derivatives raise the order, by Halley's method. For a minimum, differences of "
            f"{_N} further gradients a step can replace them: the order stays 2.",
            "The equation is x³ - 2x - 5 = 0, Newton's own; the double root is that of (x - 1)² exp(x). The systems "
            "are problems 29 (from 30 times its start) and 13 of Moré, Garbow and Hillstrom.",
            f"The regular minimum is that of {TERMS * _N} terms exp(r) - r, r linear in x with random coefficients "
            "(seed 0), as in a Poisson regression. The singular one is that of the sum of (x - 1)⁴. Both searches "
            "begin at a random point at distance 1.",
        ],
    )


@dataclass(frozen=True)
class Run:
    """What a method did: its errors, the last of them above rounding, their orders, and what it called."""

    errors: np.ndarray
    orders: np.ndarray
    steps: int
    calls: tuple[int, int, int]
    ops: OpCounts

    @staticmethod
    def of(solve: Callable[[], Any], solution: Any) -> Run:
        """Run and measure. solution : None where the steps stand for the errors."""
        found, ops = counted(solve)
        measured = order_of_convergence(found.history["x"], solution)
        steps = len(found.history["x"]) - 1
        return Run(measured.errors, measured.orders, steps, (found.nfev, found.njev, found.nhev), ops)

    @property
    def order(self) -> float:
        """Of the last three errors."""
        return float(self.orders[-1])

    @property
    def mean_order(self) -> float:
        """The slope of log e_(k+1) over log e_k, for methods whose errors fall by leaps."""
        logs = np.log(self.errors)
        return float(np.polyfit(logs[:-1], logs[1:], 1)[0])

    def row(self, order: float) -> tuple[Any, ...]:
        """Its cells, by `_COLUMNS`."""
        return (order, self.steps, *self.calls, self.ops.flops, float(self.errors[-1]))


def _equation(given: Equations, method: str, **start: Any) -> Run:
    options = {"xtol": 0.0, "rtol": 1e-15, "maxiter": _STEPS, "fprime": given.jac, "fprime2": given.hess}
    solution = None if method == "bisect" else given.solution
    return Run.of(lambda: root_scalar(given.f, method=method, **options, **start), solution)


def _system(given: Equations, method: str) -> Run:
    options = {"maxiter": _MOST}
    return Run.of(
        lambda: root(given.f, given.x0, method=method, jac=given.jac, tol=1e-13, options=options), given.solution
    )


def _minimum(given: Objective, method: str, hess: Any = None, **options: float) -> Run:
    options = {"gtol": 1e-14, "maxiter": _STEPS, **options}
    start = given.start(_N)
    return Run.of(
        lambda: minimize(given.f, start, jac=given.jac, hess=hess, method=method, options=options), np.ones(_N)
    )


def _safe_step(given: Objective) -> float:
    """The inverse of the largest eigenvalue of the Hessian, at the start or at the minimum."""
    return float(1.0 / max(np.linalg.norm(given.hess(x), 2) for x in (given.start(_N), np.ones(_N))))


def _by_newton() -> dict[tuple[str, str], Run]:
    """Newton's method by task and problem, the regular one first."""
    simple, system, objective = cubic(), integral_equation(_N), exponential()
    singular, flat = powell_singular(), quartic()
    return {
        ("equation", "simple root"): _equation(simple, "newton", x0=simple.x0),
        ("equation", "double root"): _equation(double_root(), "newton", x0=2.0),
        ("system", "regular Jacobian"): _system(system, "newton"),
        ("system", "singular Jacobian"): _system(singular, "newton"),
        ("minimum", "regular Hessian"): _minimum(objective, "newton", objective.hess),
        ("minimum", "singular Hessian"): _minimum(flat, "newton", flat.hess),
    }


def _without() -> dict[tuple[str, str], Run]:
    """Other methods on the regular problems; none of them calls a second derivative."""
    simple, system, objective = cubic(), integral_equation(_N), exponential()
    return {
        ("equation", "secant"): _equation(simple, "secant", x0=3.0, x1=2.5),
        ("equation", "bisection"): _equation(simple, "bisect", bracket=(2.0, 3.0)),
        ("system", "Broyden"): _system(system, "broyden1"),
        ("system", "chord"): _system(system, "chord"),
        ("minimum", "BFGS"): _minimum(objective, "bfgs", gtol=1e-12),
        ("minimum", "gradient descent"): _minimum(
            objective, "gradient-descent", maxiter=_MOST, step=_safe_step(objective)
        ),
    }


def _draw_newton(newton: Mapping[tuple[str, str], Run], axes: Any) -> None:
    for (task, problem), run in newton.items():
        errors = run.errors[:_SHOWN]
        axes.semilogy(range(errors.size), errors, label=f"{task}, {problem}")
    axes.set_xlabel("steps")
    axes.set_ylabel("error")
    axes.legend(loc="lower right", fontsize=12)


def _draw_orders(runs: Mapping[str, Run], axes: Any) -> None:
    for name, run in runs.items():
        axes.loglog(run.errors[:-1], run.errors[1:], markevery=1 + run.errors.size // 50, label=name)
    axes.set_xlabel("error")
    axes.set_ylabel("error one step later")
    axes.legend()


CLAIM = Claim(
    key="C1",
    mechanism="complexity trade-offs",
    statement="Newton's method converges quadratically near the solution; it needs second derivatives.",
    source="RAND RR-A3485-1, appendix B, optimization",
    baseline="methods without second derivatives: secant, bisection, Broyden, chord, BFGS, gradient descent",
    improvement="Newton's method, for a root and for a minimum",
    parts={
        QUADRATIC: "the order of convergence",
        NEEDS: "the highest order of the methods that call no second derivatives",
    },
    measure=measure,
    quick=False,
)
