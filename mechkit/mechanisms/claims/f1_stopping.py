"""F1. An iterative method's cost follows its iterations; stopping at a tolerance sells accuracy for cost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np

from mechkit.linear_systems import cg, solveh_banded
from mechkit.mechanisms.claim import (
    Check,
    Claim,
    Evidence,
    Figure,
    Gain,
    Headline,
    Table,
    Wanted,
    above,
    at_least,
    between,
)
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.direct_solves import VERIFIED, verified_law
from mechkit.mechanisms.shared.poisson import law_of_steps, on_a_grid, run_cg, steps_to_discretization
from mechkit.mechanisms.shared.runs import counted, first, power
from mechkit.problems import to_band
from mechkit.problems.poisson_equation import poisson_problem

FOLLOWS = "the cost follows the iterations"
COSTS = "a tolerance ten times tighter costs more"
BUYS = "a tolerance ten times tighter leaves a smaller error"

#: Points a side of the grid on which the tolerances are tried.
N = 63
#: For the residual, each a tenth of the one before.
TOLERANCES = [10.0**-k for k in range(1, 13)]
#: The error must fall by a tenth at least; less than that is no accuracy.
SMALLER = 1 / 0.9
#: Where conjugate gradients are stopped, for the comparison with elimination; None means at the discretization error.
STOPS = {"at 1e-12": 1e-12, "at 1e-6": 1e-6, "at the discretization error": None}
#: Points a side of the grids of that comparison.
GRIDS = (7, 15, 31, 63, 127)


def measure() -> Evidence:
    """Flops against errors of CG by tolerance, and the grids on which it is cheaper than elimination."""
    problem, n = poisson_problem(N), N
    direct, of_direct = counted(solveh_banded, to_band(problem.matrix, 0, n), problem.b)
    runs = [(rtol, *counted(cg, problem.matrix, problem.b, rtol=rtol)) for rtol in TOLERANCES]
    steps, flops = [found.nit for _, found, _ in runs], [ops.flops for *_, ops in runs]
    errors = [problem.error(found.x) for _, found, _ in runs]
    totals = [problem.total_error(found.x) for _, found, _ in runs]
    costs = {name: {n: cg_flops(n, rtol) for n in GRIDS} for name, rtol in STOPS.items()}
    early, late = costs["at the discretization error"][n], costs["at 1e-12"][n]
    largest = GRIDS[-1]
    return Evidence(
        checks=[
            Check(FOLLOWS, f"CG, {n} x {n} points", power(steps, flops), between(0.95, 1.05)),
            *_by_tolerance(COSTS, [1 / cost for cost in flops], above(1)),
            *_by_tolerance(BUYS, errors, at_least(SMALLER)),
            *_by_tolerance(BUYS, totals, at_least(SMALLER), "Poisson's equation, ", within=False),
        ],
        headline=Headline(
            "Stopped at the discretization error, CG saves {:.0f} % of the flops that it takes to 1e-12.",
            100 * (1 - early / late),
        ),
        gain=Gain(
            f"Poisson's equation to the discretization error, {largest} x {largest} points, "
            "banded Cholesky and then CG",
            direct_flops(largest),
            costs["at the discretization error"][largest],
        ),
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
            Table(
                "The smallest grid from which CG is cheaper than banded Cholesky",
                ("CG, stopped", "points a side n"),
                [(name, cheaper_from(rtol)) for name, rtol in STOPS.items()],
            ),
        ],
        laws=[
            LawsBySize(
                "Poisson's equation on n x n points: banded Cholesky, and s steps of CG.",
                {
                    "banded Cholesky": on_a_grid(verified_law("banded Cholesky").flops),
                    "s steps of CG": law_of_steps("CG", run_cg).flops,
                },
                {"n": (3, 2000, n), "s": (1, 5000, max(steps))},
            )
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
            "Flops of CG were counted in runs; those of banded Cholesky beside them are its law's values. " + VERIFIED,
        ],
    )


def _by_tolerance(part: str, values: list[float], wanted: Wanted, what: str = "", within: bool = True) -> list[Check]:
    """One check for each tolerance but the first: how many times smaller a value is than at the tolerance before."""
    return [
        Check(part, f"{what}tolerance {rtol:.0e}", before / after, wanted, within)
        for rtol, (before, after) in zip(TOLERANCES[1:], pairwise(values), strict=True)
    ]


@cache
def cg_flops(n: int, rtol: float | None) -> int:
    """Flops of CG to a tolerance; for None to the discretization error."""
    problem = poisson_problem(n)
    run = partial(cg, problem.matrix, problem.b)
    if rtol is not None:
        return counted(run, rtol=rtol)[1].flops
    steps = steps_to_discretization(partial(run, rtol=0.0), problem)
    return counted(run, rtol=0.0, maxiter=steps)[1].flops


def direct_flops(n: int) -> int:
    """Flops of banded Cholesky on n x n points."""
    return verified_law("banded Cholesky")(n=n * n, p=n).flops


def cheaper_from(rtol: float | None) -> int:
    """The points a side from which CG to a tolerance is cheaper than banded Cholesky."""
    found = first(lambda n: n > 2 and cg_flops(n, rtol) < direct_flops(n), limit=200)
    if found is None:
        raise ArithmeticError(f"CG to the tolerance {rtol} is not cheaper than banded Cholesky up to 200 points a side")
    return found


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
    axes.loglog(GRIDS, [direct_flops(n) for n in GRIDS], label="banded Cholesky")
    for name, row in costs.items():
        axes.loglog(GRIDS, list(row.values()), label=f"CG, stopped {name}")
    axes.set_xlabel("points a side n")
    axes.set_ylabel("flops")
    axes.legend()


CLAIM = Claim(
    key="F1",
    mechanism="fewer iterations",
    statement="An iterative method's cost follows its iterations; stopping at a tolerance sells accuracy for cost.",
    source="RAND RR-A3485-1, appendix B, linear equations",
    baseline="banded Cholesky, which is as accurate as it gets",
    improvement="conjugate gradients (CG), stopped at a tolerance",
    parts={
        FOLLOWS: "the power of the steps with which flops grow",
        COSTS: "the ratio of its flops to those of the looser tolerance",
        BUYS: "the ratio of the looser tolerance's error of the linear system to its error",
    },
    measure=measure,
)
