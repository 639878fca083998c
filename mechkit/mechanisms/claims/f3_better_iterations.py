"""F3. A better iteration needs fewer steps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from mechkit.catalogue.poisson_iterations import LINE, RTOL, STATIONARY, same_solution, steps_and_error
from mechkit.linear_systems import cg, ic0_preconditioner, jacobi_preconditioner
from mechkit.measurement import Comparison, compare, growth
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.poisson import flops_of_tests
from mechkit.mechanisms.shared.runs import counted
from mechkit.problems import read_matrix_market

FEWER = "a better iteration needs fewer steps"
CHEAPER = "its fewer steps cost fewer flops in total"

#: Points a side of the grids.
SIZES = (7, 15, 31, 63)

#: The stiffness matrix of a dam (Harwell-Boeing collection), and the tolerance for its residual.
DAM, OF_DAM = "bcsstk16.mtx.gz", 1e-8


def measure() -> Evidence:
    """Steps and flops of six iterations by the points a side n, and how they grow with 1/h = n + 1."""
    found = compare(LINE, SIZES, measure=steps_and_error, check=same_solution, repeats=1, progress=False)
    steps = {name: found.typical(name, "steps") for name in LINE}
    flops = {name: {n: _flops(found, name, n) for n in SIZES} for name in LINE}
    a_point = {name: {n: cost / n**2 for n, cost in row.items()} for name, row in flops.items()}
    errors = [found.typical(name, "error")[SIZES[-1]] for name in LINE]
    first, last, n = "Jacobi", "multigrid", SIZES[-1]
    return Evidence(
        checks=[
            *_by_change(FEWER, steps),
            *_by_change(CHEAPER, flops, within=False),
        ],
        headline=Headline(
            f"On {n} x {n} points multigrid needs 1/{{:,.0f}} of the steps of Jacobi's iteration.",
            steps[first][n] / steps[last][n],
        ),
        gain=Gain(f"Poisson's equation, {n} x {n} points, Jacobi and then multigrid", flops[first][n], flops[last][n]),
        tables=[
            _table("Steps, of multigrid V-cycles, and the fitted power of 1/h = n + 1 with which they grow", steps),
            Table("Flops", _columns(), [(name, *row.values()) for name, row in flops.items()]),
            _table("Flops a point, of which there are n², and the fitted power of 1/h with which they grow", a_point),
        ],
        figures=[
            Figure(
                f"Steps to a residual of {RTOL:g} times the first. On a grid twice as fine Jacobi and Gauss-Seidel "
                "need four times as many, SOR and conjugate gradients twice as many, multigrid as many as before.",
                partial(draw_lines, steps, "points a side n", "steps", fontsize=12),
            ),
            Figure(
                "Flops of the same runs for each of the n² points. Multigrid alone costs the same on all grids.",
                partial(draw_lines, a_point, "points a side n", "flops a point", fontsize=12),
            ),
        ],
        notes=[
            f"The tolerance is for the residual, not for the error. At n = {SIZES[-1]} the error is, in the 2-norm, "
            f"from {min(errors):.0e} to {max(errors):.0e}.",
            "Jacobi, Gauss-Seidel and SOR compute residuals only to know when to stop. These residuals are half of "
            "their work and are left out here. CG has its residual from the step itself. The residual of multigrid, 9 "
            "flops a point and cycle, is included, and so is computing the incomplete factor.",
            "With all residuals included, SOR would take at least "
            f"{min(found.ratio('SOR', 'CG').values()):.2g} times the flops of CG.",
            "SOR needs the best omega, which is known for few problems. CG needs no parameter.",
        ],
    )


def _by_change(part: str, costs: Mapping[str, Mapping[int, float]], within: bool = True) -> list[Check]:
    """One check for each change from one iteration to the next: what it saves on the grid where it saves least."""
    return [
        Check(part, f"{old} to {new}", min(costs[old][n] / costs[new][n] for n in SIZES), above(1), within)
        for old, new in pairwise(LINE)
    ]


def _flops(found: Comparison, name: str, n: int) -> int:
    flops, steps = (found.typical(name, cost)[n] for cost in ("flops", "steps"))
    return int(flops - flops_of_tests(n, steps) if name in STATIONARY else flops)


def _columns(*more: str) -> tuple[str, ...]:
    return ("method", *(f"n = {n}" for n in SIZES), *more)


def measure_published(folder: Path) -> Evidence:
    """Steps and flops of conjugate gradients on a dam's stiffness matrix, plain and with two preconditioners."""
    matrix = read_matrix_market(folder / "matrices" / DAM)
    A = matrix.array
    b = A @ np.ones(A.shape[0])
    makers = {
        "CG": lambda: None,
        "CG, Jacobi": lambda: jacobi_preconditioner(A),
        "CG, IC(0)": lambda: ic0_preconditioner(A),
    }
    runs = {
        name: counted(lambda make=make: cg(A, b, rtol=OF_DAM, M=make(), maxiter=20_000))
        for name, make in makers.items()
    }
    steps = {name: found.nit for name, (found, _) in runs.items()}
    plain, best = runs["CG"][1].flops, runs["CG, IC(0)"][1].flops
    return Evidence(
        checks=[
            Check(FEWER, f"{one} and then {other}, {matrix.name}", steps[one] / steps[other], above(1))
            for one, other in pairwise(steps)
        ],
        headline=Headline(
            "On a dam's stiffness matrix a good preconditioner needs 1/{:.0f} of the steps of plain CG.",
            steps["CG"] / steps["CG, IC(0)"],
        ),
        gain=Gain(f"{matrix.name}, n = {A.shape[0]:,}, CG and then CG with IC(0), to {OF_DAM:g}", plain, best),
        tables=[
            Table(
                f"{matrix.name}, n = {A.shape[0]:,}: conjugate gradients to a residual of {OF_DAM:g} times the first",
                ("method", "steps", "flops", "converged"),
                [(name, found.nit, ops.flops, found.success) for name, (found, ops) in runs.items()],
            )
        ],
    )


def _table(caption: str, rows: Mapping[str, Mapping[int, float]]) -> Table:
    cells = [(name, *row.values(), *_power(row)) for name, row in rows.items()]
    return Table(caption, _columns("power", "95 % interval"), cells)


def _power(row: Mapping[int, float]) -> tuple[float, str]:
    """The fitted power of n + 1, and its interval."""
    found = growth({n + 1: value for n, value in row.items()})
    power, low, high = (round(x, 2) + 0.0 for x in (found.exponent, *found.interval))  # never -0.0
    return power, f"{low:.2f} to {high:.2f}"


CLAIM = Claim(
    key="F3",
    mechanism="fewer iterations",
    statement="A better iteration needs fewer steps.",
    source="RAND RR-A3485-1, chapter 3, fewer iterations",
    baseline="Jacobi's iteration",
    improvement="Gauss-Seidel, SOR, conjugate gradients (CG), the same preconditioned, multigrid",
    parts={
        FEWER: "the ratio of the steps of the iteration before to its own (the least over n)",
    },
    limits={
        CHEAPER: "the ratio of the flops of the iteration before to its own (the least over n)",
    },
    measure=measure,
    measure_published=measure_published,
    quick=False,
)
