"""Fewer iterations: what a step costs, when to stop, and how to need fewer (claims F1 to F4)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from mechkit.linear_systems import cg, solveh_banded
from mechkit.mechanisms.direct_solves import VERIFIED, verified_law
from mechkit.mechanisms.experiment import Evidence, Experiment, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.finite_termination import EXACT_RULE, judge_exactness, measure_exactness
from mechkit.mechanisms.poisson_history import (
    HISTORY_RULE,
    judge_history,
    measure_history,
    steps_to_discretization,
)
from mechkit.mechanisms.poisson_iterations import ITERATION_RULE, judge_iterations, measure_iterations
from mechkit.mechanisms.poisson_solves import counted, first, poisson_problem
from mechkit.problems import to_band

SOURCE = "RAND RR-A3485-1, appendix B, linear equations"


def experiments() -> list[Experiment]:
    """F1, F2, F3 and F4."""
    shared = {"mechanism": "fewer iterations"}
    return [
        Experiment(
            claim="F1",
            **shared,
            statement="An iterative method's cost follows its iterations; stopping at a tolerance sells accuracy for "
            "cost.",
            source=SOURCE,
            baseline="banded Cholesky, which is as accurate as it gets",
            improvement="conjugate gradients (CG), stopped at a tolerance",
            rule=TOLERANCE_RULE,
            measure=measure_tolerance,
            judge=judge_tolerance,
        ),
        Experiment(
            claim="F2",
            **shared,
            statement="After n steps the iteration is exact.",
            source=SOURCE,
            baseline="dense Cholesky",
            improvement="n steps of conjugate gradients",
            rule=EXACT_RULE,
            measure=measure_exactness,
            judge=judge_exactness,
        ),
        Experiment(
            claim="F3",
            **shared,
            statement="A better iteration needs fewer steps.",
            source="RAND RR-A3485-1, chapter 3, fewer iterations",
            baseline="Jacobi's iteration",
            improvement="Gauss-Seidel, SOR, conjugate gradients (CG), the same preconditioned, multigrid",
            rule=ITERATION_RULE,
            measure=measure_iterations,
            judge=judge_iterations,
        ),
        Experiment(
            claim="F4",
            **shared,
            statement="Better algorithms have gained as much as better hardware, for one problem from 1947 to 1984.",
            source="RAND RR-A3485-1, chapter 2, after Sherry and Thompson",
            baseline="the Poisson problem by elimination",
            improvement="SOR, conjugate gradients (CG), full multigrid",
            rule=HISTORY_RULE,
            measure=measure_history,
            judge=judge_history,
        ),
    ]


# -- F1: stopping ----------------------------------------------------------------------------------------------------

TOLERANCES = [10.0**-k for k in range(1, 13)]
POWER = "power of the steps with which flops grow"
SYSTEM, EQUATION = "share of tolerances that trade, linear system", "share of tolerances that trade, Poisson's equation"
LAST = "total error where trading ends, in discretization errors"
_CHEAPER = "n from which CG is cheaper, stopped "
_STOPS = {"at 1e-12": 1e-12, "at 1e-6": 1e-6, "at the discretization error": None}
_GRIDS = (7, 15, 31, 63, 127)
TOLERANCE_RULE = (
    "CG solves the Poisson problem to tolerances for its residual from 0.1 to 1e-12, each a tenth of the one before. "
    "The cost follows the steps if flops grow as steps to a power between 0.95 and 1.05. A tolerance trades if it "
    "costs more flops than the one before and leaves an error smaller by at least a tenth. Accuracy is sold for cost "
    "if every tolerance trades; the error is taken twice, against the exact solution of the linear system, and against "
    "that of Poisson's equation. Confirmed if all three are so, qualified if some are, refuted if none is."
)


def measure_tolerance(n: int = 63) -> Evidence:
    """Flops against errors of CG by tolerance, n x n points, and the grids on which it is cheaper than elimination."""
    problem = poisson_problem(n)
    direct, of_direct = counted(solveh_banded, to_band(problem.matrix, 0, n), problem.b)
    runs = [(rtol, *counted(cg, problem.matrix, problem.b, rtol=rtol)) for rtol in TOLERANCES]
    steps, flops = [found.nit for _, found, _ in runs], [ops.flops for *_, ops in runs]
    errors = [problem.error(found.x) for _, found, _ in runs]
    totals = [problem.total_error(found.x) for _, found, _ in runs]
    trading = _trades(flops, totals)
    last = trading.index(False) if False in trading else len(trading)
    costs = {name: {n: _cg_flops(n, rtol) for n in _GRIDS} for name, rtol in _STOPS.items()}
    return Evidence(
        numbers={
            POWER: float(np.polyfit(np.log(steps), np.log(flops), 1)[0]),
            SYSTEM: float(np.mean(_trades(flops, errors))),
            EQUATION: float(np.mean(trading)),
            LAST: totals[last] / problem.discretization_error,
            **{_CHEAPER + name: float(_cheaper_from(rtol)) for name, rtol in _STOPS.items()},
        },
        tables=[
            Table(
                f"Poisson's equation, {n} x {n} points, {n * n:,} unknowns; its discretization error is "
                f"{problem.discretization_error:.1e}",
                ("method", "steps", "flops", "flops a step", "error, linear system", "error, Poisson's equation"),
                [
                    (f"CG, tolerance {rtol:.0e}", s, cost, cost / s, error, total)
                    for rtol, s, cost, error, total in zip(TOLERANCES, steps, flops, errors, totals, strict=True)
                ]
                + [
                    ("banded Cholesky", None, of_direct.flops, None, problem.error(direct), problem.total_error(direct))
                ],
            ),
        ],
        figures=[
            Figure(
                f"Error in the 2-norm against flops, {n} x {n} points. Each further digit of the linear system costs "
                "about the same; the error of the differential equation falls to that of the discretization, and more "
                "steps buy nothing.",
                partial(_draw_work, flops, errors, totals, (of_direct.flops, problem.error(direct))),
            ),
            Figure(
                "Flops by the points a side. The looser the tolerance, the smaller the grid from which CG is cheaper.",
                partial(_draw_crossings, costs),
            ),
        ],
        notes=[
            "Errors are relative, in the 2-norm. The exact solution of the linear system comes from sine transforms.",
            "Where CG is cheaper was found by running it; banded Cholesky beside it is its law's value. " + VERIFIED,
        ],
    )


def _trades(flops: list[int], errors: list[float]) -> list[bool]:
    """Of each tolerance but the first, whether it costs more than the one before and leaves a tenth less error."""
    return [
        f > e and after < 0.9 * before
        for (e, f), (before, after) in zip(pairwise(flops), pairwise(errors), strict=True)
    ]


def _cg_flops(n: int, rtol: float | None) -> int:
    """Flops of CG to a tolerance; for None to the discretization error."""
    problem = poisson_problem(n)
    run = partial(cg, problem.matrix, problem.b)
    if rtol is not None:
        return counted(run, rtol=rtol)[1].flops
    steps = steps_to_discretization(lambda s: run(rtol=0.0, maxiter=s).x, problem)
    return counted(run, rtol=0.0, maxiter=steps)[1].flops


def _direct_flops(n: int) -> int:
    return verified_law("banded Cholesky")(n=n * n, p=n).flops


def _cheaper_from(rtol: float | None) -> int:
    found = first(lambda n: n > 2 and _cg_flops(n, rtol) < _direct_flops(n), limit=200)
    if found is None:
        raise ArithmeticError(f"CG to the tolerance {rtol} is not cheaper than banded Cholesky up to 200 points a side")
    return found


def judge_tolerance(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `TOLERANCE_RULE`."""
    passed = (0.95 <= numbers[POWER] <= 1.05) + (numbers[SYSTEM] == 1) + (numbers[EQUATION] == 1)
    cheaper = ", ".join(
        f"{name.removeprefix(_CHEAPER)} from n = {value:.0f} on"
        for name, value in numbers.items()
        if name.startswith(_CHEAPER)
    )
    return verdict_by_parts(passed, 3), (
        f"flops grow as steps to the power {numbers[POWER]:.2f}; {100 * numbers[SYSTEM]:.0f} % of the tolerances trade "
        f"accuracy of the linear system for cost, {100 * numbers[EQUATION]:.0f} % that of Poisson's equation, where it "
        f"ends at {numbers[LAST]:.2f} times the discretization error; CG, stopped {cheaper}, is cheaper than banded "
        "Cholesky"
    )


def _draw_work(
    flops: list[int], errors: list[float], totals: list[float], direct: tuple[int, float], axes: Any
) -> None:
    millions = np.array(flops) / 1e6
    axes.semilogy(millions, errors, label="CG, linear system")
    axes.semilogy(millions, totals, label="CG, Poisson's equation")
    axes.semilogy([direct[0] / 1e6], [direct[1]], "kD", markersize=11, label="banded Cholesky, linear system")
    axes.set_xlim(0.0, None)
    axes.set_xlabel("flops (millions)")
    axes.set_ylabel("relative error")
    axes.legend(loc="lower left")


def _draw_crossings(costs: Mapping[str, Mapping[int, int]], axes: Any) -> None:
    axes.loglog(_GRIDS, [_direct_flops(n) for n in _GRIDS], label="banded Cholesky")
    for name, row in costs.items():
        axes.loglog(_GRIDS, list(row.values()), label=f"CG, stopped {name}")
    axes.set_xlabel("points a side n")
    axes.set_ylabel("flops")
    axes.legend()
