"""F4. Better algorithms have gained as much as better hardware, for one problem from 1947 to 1984."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from mechkit.catalogue.poisson_iterations import best_omega
from mechkit.linear_systems import sor
from mechkit.linear_systems.multigrid import full_multigrid
from mechkit.measurement import growth
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_least
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.direct_solves import VERIFIED, verified_law
from mechkit.mechanisms.shared.poisson import flops_of_tests, law_of_steps, on_a_grid, run_cg, steps_to_discretization
from mechkit.mechanisms.shared.runs import counted, first
from mechkit.problems.poisson_equation import poisson_problem

GAINED = "algorithms gained as much as hardware"

#: The years of elimination and of full multigrid.
START, END = 1947, 1984
#: Points a side of the grids on which the methods are compared.
SIZES = (63, 255, 1023)
#: The sizes at which the steps of SOR and CG are measured; beyond, they are the values of the growth fitted to these.
RUN = (15, 31, 63, 127)
#: The size of the headline and of the gain.
SHOWN = 255

#: Where the names of the stages stand beside their points, in points of print.
_LABELS = ((9, -18), (-9, -5), (-6, 8), (9, 8), (-9, 2))


def measure() -> Evidence:
    """Flops of five methods for one Poisson problem, each to the error of the discretization, by year and size."""
    stages = _stages()
    dense, banded, *_, multigrid = stages
    a_point = multigrid.flops(SIZES[-1]) / SIZES[-1] ** 2
    return Evidence(
        checks=[
            Check(
                GAINED,
                f"{old.name} to full multigrid, n = {n:,}",
                old.flops(n) / multigrid.flops(n),
                at_least(hardware(END)),
            )
            for old in (dense, banded)
            for n in SIZES
        ],
        headline=Headline(
            f"From {START} to {END} algorithms gained {{:,.0f}} times as much as hardware ({SHOWN} x {SHOWN} points).",
            dense.flops(SHOWN) / multigrid.flops(SHOWN) / hardware(END),
        ),
        gain=Gain(
            f"Poisson's equation, {SHOWN} x {SHOWN} points, {dense.name} and then {multigrid.name}",
            dense.flops(SHOWN),
            multigrid.flops(SHOWN),
        ),
        tables=[
            Table(
                "Flops for a solution as accurate as the discretization, n x n points",
                ("year", "method", "source", *(f"n = {n:,}" for n in SIZES), "how found"),
                [(str(s.year), s.name, s.source, *(s.flops(n) for n in SIZES), s.how) for s in stages],
            ),
            Table(
                "Gain over dense elimination, and that of hardware since 1947",
                ("year", "method", *(f"n = {n:,}" for n in SIZES), "hardware"),
                [
                    (str(s.year), s.name, *(dense.flops(n) / s.flops(n) for n in SIZES), hardware(s.year))
                    for s in stages
                ],
            ),
            Table(
                f"The smallest grid on which algorithms gained more than the {hardware(END):,.0f} times of hardware",
                ("from", "points a side n"),
                [(old.name, _overtakes(old.flops, a_point)) for old in (dense, banded)],
            ),
        ],
        laws=[
            LawsBySize(
                "Poisson's equation on n x n points, by two direct methods.",
                {
                    dense.name: on_a_grid(verified_law("dense elimination").flops),
                    banded.name: on_a_grid(verified_law("banded Cholesky").flops),
                },
                {"n": (2, 4096, SHOWN)},
            )
        ],
        figures=[
            Figure(
                "Times fewer flops than dense elimination, by the year of the method, beside hardware that doubles "
                "every two years. The finer the grid, the more algorithms gain; hardware gains the same for all.",
                partial(_draw_years, stages),
            ),
            Figure(
                "Flops by the points a side. Full multigrid alone is in proportion to the unknowns, n².",
                partial(_draw_sizes, stages),
            ),
        ],
        notes=[
            VERIFIED,
            "Elimination was not run at these sizes, most of which are too large for it: its flops are the values of "
            "its laws. The flops of SOR and CG come from exact laws in n and the steps, verified at n = 60 and 50 "
            "steps. Those of SOR are without the residuals that only tell it when to stop. The steps were measured at "
            f"n = {', '.join(map(str, RUN))}; at larger n they are those of the growth fitted to these.",
            "As accurate as the discretization means: the algebraic error, in the 2-norm, is no larger than the "
            "discretization error.",
            "Elimination within the band, by Cholesky's method, is dated 1947 like the dense one.",
        ],
    )


@dataclass(frozen=True)
class Stage:
    """A method and its year: flops by the points a side, and how they were found out."""

    year: int
    name: str
    source: str
    flops: Callable[[int], float]
    how: str


def hardware(year: float) -> float:
    """What a doubling every two years has gained since the start.

    >>> hardware(1957)
    32.0
    """
    return float(2.0 ** ((year - START) / 2))


def _stages() -> tuple[Stage, ...]:
    by_law, by_growth = "law", "law, fitted steps"
    dense, banded = verified_law("dense elimination"), verified_law("banded Cholesky")
    return (
        Stage(START, "dense elimination", "von Neumann, Goldstine", lambda n: dense(n=n * n).flops, by_law),
        Stage(START, "banded Cholesky", "", lambda n: banded(n=n * n, p=n).flops, by_law),
        Stage(1950, "SOR", "Young; Frankel", flops_of_iteration("SOR", run_sor, flops_of_tests), by_growth),
        Stage(1952, "CG", "Hestenes, Stiefel", flops_of_iteration("CG", run_cg, lambda n, steps: 0), by_growth),
        Stage(END, "full multigrid", "Brandt", _full_multigrid, "run"),
    )


# -- iterations ------------------------------------------------------------------------------------------------------


def run_sor(A: Any, b: np.ndarray, n: int, **options: Any) -> np.ndarray:
    """What SOR comes to, on n x n points, after as many steps as ``maxiter`` says."""
    return sor(A, b, omega=best_omega(n), rtol=0.0, **options).x


def flops_of_iteration(
    name: str, run: Callable[..., np.ndarray], tests: Callable[[int, int], int]
) -> Callable[[int], float]:
    """The flops of an iteration by n, without its tests: the exact law in n and the steps, measured or as they grow."""
    found = law_of_steps(name, run)
    steps = {n: steps_to_discretization(partial(run, *_system(n), n), poisson_problem(n)) for n in RUN}
    grown = growth({n + 1: s for n, s in steps.items()})

    def flops(n: int) -> float:
        s = steps.get(n) or round(grown(n + 1))
        return found(n=n, s=s).flops - tests(n, s)

    return flops


def _system(n: int) -> tuple[Any, np.ndarray]:
    return poisson_problem(n).matrix, poisson_problem(n).b


@cache
def _full_multigrid(n: int) -> float:
    """One pass of full multigrid and the V-cycles that it takes."""
    problem = poisson_problem(n)

    run = partial(full_multigrid, problem.f, rtol=1e-15)
    return counted(run, maxiter=steps_to_discretization(run, problem))[1].flops


def _overtakes(elimination: Callable[[int], float], a_point: float) -> int:
    """The points a side from which elimination costs so many times a_point n^2 as hardware has gained."""
    n = first(lambda n: n > 1 and elimination(n) >= hardware(END) * a_point * n * n, limit=10**6)
    assert n is not None  # elimination costs n^4 or more
    return n


def _draw_years(stages: Sequence[Stage], axes: Any) -> None:
    dense, years = stages[0], [s.year for s in stages]
    for n in reversed(SIZES):
        gains = [dense.flops(n) / s.flops(n) for s in stages]
        axes.semilogy(years, gains, drawstyle="steps-post", label=f"algorithms, n = {n:,}")
        if n == SIZES[-1]:
            for stage, gain, (right, up) in zip(stages, gains, _LABELS, strict=True):
                side = "left" if right > 0 else "right"
                axes.annotate(stage.name, (stage.year, gain), (right, up), textcoords="offset points", ha=side, size=13)
    axes.semilogy([START, END], [hardware(START), hardware(END)], "k", marker="", linestyle=":", label="hardware")
    axes.set_xlim(START - 11, END + 3)
    axes.set_ylim(0.01, 1e11)
    axes.set_xlabel("year")
    axes.set_ylabel("gain (times cheaper)")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.02))


def _draw_sizes(stages: Sequence[Stage], axes: Any) -> None:
    sizes = [2**k - 1 for k in range(4, 11)]
    for stage in stages:
        axes.loglog(sizes, [stage.flops(n) for n in sizes], label=f"{stage.name}, {stage.year}")
    axes.set_xlabel("points a side n")
    axes.set_ylabel("flops")
    axes.legend()


CLAIM = Claim(
    key="F4",
    mechanism="fewer iterations",
    statement="Better algorithms have gained as much as better hardware, for one problem from 1947 to 1984.",
    source="RAND RR-A3485-1, chapter 2, after Sherry and Thompson",
    baseline="the Poisson problem by elimination",
    improvement="SOR, conjugate gradients (CG), full multigrid",
    parts={GAINED: "the ratio of the flops of elimination to those of full multigrid, for the same accuracy,"},
    measure=measure,
)
