"""C2. Quasi-Newton methods converge superlinearly, with cheaper steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from mechkit.measurement import law
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above, at_least
from mechkit.mechanisms.shared.runs import counted
from mechkit.mechanisms.shared.smooth_functions import (
    MOST,
    Objective,
    coupled,
    exponential,
    integral_equation,
    root_of_integral_equation,
)
from mechkit.optimization import OptimizeResult, minimize, root
from mechkit.optimization.functions import MATRIX, OBJECTIVE, VECTOR, function
from mechkit.optimization.minimization.newton_minimize import newton_direction
from mechkit.optimization.minimization.quasi_newton import update_inverse
from mechkit.optimization.roots.broyden import corrected_step
from mechkit.optimization.roots.steps import factor

SUPERLINEAR = "quasi-Newton methods converge superlinearly"
CHEAPER = "their steps are cheaper than Newton's"
WHOLE = "all their steps together are cheaper than Newton's"

#: The numbers of unknowns at which costs are compared.
SIZES = (2, 4, 6, 8, 10, 12, *range(16, MOST + 1, 4))
#: Those of the verdict: few, some and many unknowns.
SHOWN = (8, 32, 128)
#: A linear method gains as many digits a step in the last third of its steps as in the first.
FASTER = 1.5
#: Relative errors below this are rounding.
ROUNDING = 1e-12
#: The problem of the headline and of the gain.
EXPENSIVE = "expensive Hessian"


def measure() -> Evidence:
    """Digits a step, flops a step and flops in all, of three pairs of methods by the number of unknowns."""
    solved = pairs()
    costs = {name: [(pair.cost(False, n), pair.cost(True, n)) for n in SIZES] for name, pair in solved.items()}
    ratios = {
        (name, what): [newton[what] / quasi[what] for newton, quasi in row]
        for name, row in costs.items()
        for what in ("a step", "flops")
    }
    labels = {name: f"{pair.quasi}, {name}" for name, pair in solved.items()}
    cases = [(name, n, f"{labels[name]}, n = {n}", SIZES.index(n)) for name in solved for n in SHOWN]
    newton, bfgs = costs[EXPENSIVE][SIZES.index(SHOWN[-1])]
    return Evidence(
        checks=[
            *(Check(SUPERLINEAR, case, solved[name].speed(n), at_least(FASTER)) for name, n, case, _ in cases),
            *(Check(CHEAPER, case, ratios[name, "a step"][k], above(1)) for name, _, case, k in cases),
            *(Check(WHOLE, case, ratios[name, "flops"][k], above(1), within=False) for name, _, case, k in cases),
        ],
        headline=Headline(
            "Where the Hessian is expensive, a BFGS step is always cheaper, but the whole solve only from n = {:.0f}.",
            cheaper_from(ratios[EXPENSIVE, "flops"]),
        ),
        gain=Gain(
            f"a minimum in {SHOWN[-1]} unknowns, {EXPENSIVE}, Newton and then BFGS", newton["flops"], bfgs["flops"]
        ),
        tables=[
            Table("The parts of a step, in flops: exact laws", ("part", "flops"), _laws()),
            Table(
                "The smallest n of those measured from which on the method is cheaper than Newton's",
                ("method", "a step", "all steps"),
                [
                    (labels[name], *(cheaper_from(ratios[name, what]) for what in ("a step", "flops")))
                    for name in solved
                ],
            ),
            Table(
                "To a largest element of the gradient, or a norm of the residual, of 1e-8; medians over the starts",
                ("problem", "n", "method", "steps", "f", "1st derivatives", "2nd", "flops", "flops a step"),
                [
                    (name, n, method, *cost.values())
                    for name, row in costs.items()
                    for n, both in zip(SIZES, row, strict=True)
                    if n in SHOWN
                    for method, cost in zip(("Newton", solved[name].quasi), both, strict=True)
                ],
            ),
        ],
        figures=[
            Figure(
                "The error of BFGS by steps, expensive Hessian, first start. With 8 unknowns the curve bends down. "
                "With 128, double precision ends before the curve can bend. Newton's method needs few steps for any n.",
                partial(
                    _draw_errors,
                    {n: solved[EXPENSIVE].errors(True, n) for n in SHOWN},
                    solved[EXPENSIVE].errors(False, SHOWN[-1]),
                ),
            ),
            Figure(
                "Flops of Newton's method over those of the quasi-Newton one: above the dotted line quasi-Newton is "
                "cheaper. It takes more steps, so that one step pays off at a smaller n than the whole solve.",
                partial(_draw_ratios, ratios, labels),
            ),
        ],
        notes=[
            "Both minima are at (1, ..., 1), and both Hessians are dense. The expensive one belongs to a sum of 4n "
            "terms exp(r) - r, r linear in x with random coefficients (seed 0), as in a Poisson regression. The cheap "
            "one belongs to the sum of exp(r) - r, r = x - 1, and a square that couples all x.",
            "Each minimum is found from 3 random starts at distance 1. The system is problem 29 of Moré, Garbow and "
            "Hillstrom, from 30 times its start.",
            "Calls of the functions are part of the flops. Broyden's first step takes the Jacobian and its factors, "
            "and so does a step after the method is stuck. All others use the factors that they have.",
        ],
    )


@dataclass(frozen=True)
class Pair:
    """A problem in n unknowns for two methods. run : (quasi?, n, seed, tolerance) -> result; solution : by n."""

    quasi: str
    run: Callable[[bool, int, int, float], OptimizeResult]
    solution: Callable[[int], np.ndarray]
    seeds: Sequence[int] = (0, 1, 2)

    def speed(self, n: int) -> float:
        """Digits a step that the quasi-Newton method gains in the last third, over those in the first; the median."""
        return median(speed_up(self.errors(True, n, seed)) for seed in self.seeds)

    def errors(self, quasi: bool, n: int, seed: int = 0) -> np.ndarray:
        """The relative errors by steps, without what rounding hides."""
        exact = self.solution(n)
        xs = self.run(quasi, n, seed, 1e-13).history["x"]
        errors = np.linalg.norm(xs - exact, axis=1) / np.linalg.norm(exact)
        low = np.flatnonzero(errors <= ROUNDING)
        return errors[: low[0]] if low.size else errors

    def cost(self, quasi: bool, n: int) -> dict[str, float]:
        """Steps, calls, flops and flops a step to the tolerance; medians over the starts."""
        rows = []
        for seed in self.seeds:
            found, ops = counted(self.run, quasi, n, seed, 1e-8)
            if not found.success:
                raise ArithmeticError(f"{self.quasi if quasi else 'Newton'} failed at n = {n}: {found.message}")
            calls = {"f": found.nfev, "first": found.njev, "second": found.nhev}
            rows.append({"steps": found.nit, **calls, "flops": ops.flops, "a step": ops.flops / found.nit})
        return {name: median(row[name] for row in rows) for name in rows[0]}


def speed_up(errors: np.ndarray) -> float:
    """Digits gained in the last third of the steps, over those gained in the first third.

    >>> speed_up(0.5 ** np.arange(13.0)), speed_up(0.5 ** np.arange(13.0) ** 2)
    (1.0, 5.0)
    """
    third, digits = (errors.size - 1) // 3, -np.log2(errors)  # binary ones
    return float((digits[-1] - digits[-1 - third]) / (digits[third] - digits[0]))


def _minimum(objective: Objective) -> Pair:
    def run(quasi: bool, n: int, seed: int, tol: float) -> OptimizeResult:
        x0, options = objective.start(n, seed), {"gtol": tol, "maxiter": 1000}
        if quasi:
            return minimize(objective.f, x0, jac=objective.jac, method="BFGS", options=options)
        return minimize(objective.f, x0, jac=objective.jac, hess=objective.hess, method="newton", options=options)

    return Pair("BFGS", run, np.ones)


def _system() -> Pair:
    def run(quasi: bool, n: int, seed: int, tol: float) -> OptimizeResult:
        given = integral_equation(n)
        return root(given.f, given.x0, jac=given.jac, method="broyden1" if quasi else "newton", tol=tol)

    return Pair("Broyden", run, root_of_integral_equation, seeds=(0,))


def pairs() -> dict[str, Pair]:
    """The three problems by name."""
    return {
        EXPENSIVE: _minimum(exponential()),
        "cheap Hessian": _minimum(coupled()),
        "system": _system(),
    }


def cheaper_from(ratios: Sequence[float]) -> float:
    """The first of `SIZES` from which on all ratios are above 1; infinite where the last is not."""
    n = math.inf
    for size, ratio in zip(reversed(SIZES), reversed(ratios), strict=True):
        if not ratio > 1:
            break
        n = size
    return n


def _laws() -> list[tuple[str, str]]:
    rows: dict[str, Callable[..., Any]] = {
        "BFGS: the new inverse Hessian, and a direction from it": update_inverse,
        "Newton, minimum: factors of the Hessian, and a direction from them": newton_direction,
        "Broyden: a direction, after one correction": corrected_step,
        "Newton, system: factors of the Jacobian": factor,
    }
    for name, objective in ((EXPENSIVE, exponential()), ("cheap Hessian", coupled())):
        for part, f, kind in (
            ("f", objective.f, OBJECTIVE),
            ("gradient", objective.jac, VECTOR),
            ("Hessian", objective.hess, MATRIX),
        ):
            rows[f"{part}, {name}"] = partial(_at_ones, function(f, kind))
    for part, of, kind in (("f", "f", VECTOR), ("Jacobian", "jac", MATRIX)):
        rows[f"{part}, system"] = partial(_at_ones, function(getattr(integral_equation(2), of), kind))
    return [(name, str(law(run, n=range(2, 8)).flops)) for name, run in rows.items()]


def _at_ones(f: Any, n: int) -> None:
    f(np.ones(n))


def _draw_errors(errors: Mapping[int, np.ndarray], newton: np.ndarray, axes: Any) -> None:
    for n, of_bfgs in errors.items():
        axes.semilogy(range(of_bfgs.size), of_bfgs, markevery=5, label=f"BFGS, n = {n}")
    axes.semilogy(range(newton.size), newton, label=f"Newton, n = {SHOWN[-1]}")
    axes.set_xlabel("steps")
    axes.set_ylabel("relative error")
    axes.legend()


def _draw_ratios(ratios: Mapping[tuple[str, str], Sequence[float]], labels: Mapping[str, str], axes: Any) -> None:
    for (name, what), row in ratios.items():
        axes.loglog(SIZES, row, markevery=3, label=f"{labels[name]}, {'a step' if what == 'a step' else 'all steps'}")
    axes.axhline(1, color="black", linestyle=":", marker="", linewidth=1.5)
    axes.set_xlabel("unknowns n")
    axes.set_ylabel("flops, Newton / quasi-Newton")
    axes.set_ylim(None, 100)
    axes.legend(fontsize=11, loc="upper left", ncols=2)


CLAIM = Claim(
    key="C2",
    mechanism="complexity trade-offs",
    statement="Quasi-Newton methods converge superlinearly, with cheaper steps.",
    source="RAND RR-A3485-1, appendix B, optimization",
    baseline="Newton's method",
    improvement="BFGS for a minimum, Broyden's method for a system",
    parts={
        SUPERLINEAR: "the ratio of the digits gained a step in the last third of the steps to those in the first third "
        "(a linear method: 1)",
        CHEAPER: "the ratio of the flops of Newton's step to theirs (calls included)",
    },
    limits={
        WHOLE: "the ratio of the flops of Newton's method to theirs (to the same tolerance)",
    },
    measure=measure,
    quick=False,
)
