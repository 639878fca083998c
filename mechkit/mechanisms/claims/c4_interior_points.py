"""C4. Convex problems are solved in polynomial time by interior points, in 20 to 50 iterations in practice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_least, at_most, below
from mechkit.mechanisms.shared.published import NETLIB, linear_program
from mechkit.mechanisms.shared.runs import counted
from mechkit.mechanisms.shared.shapes_of_growth import polynomial_over_exponential, power_of_n
from mechkit.optimization import linprog, quadratic_program
from mechkit.optimization.programs.simplex import exchange
from mechkit.problems import convex_programs

POLYNOMIAL = "interior points take polynomial time"
FEW = "they take at most 50 iterations in practice"
RANGE = "they take 20 iterations or more"

DENSE, DENSE_QUADRATIC, CUBE = "random linear programs", "random quadratic programs", "Klee and Minty's cubes"
#: Numbers of variables: doubled, or squares for the transport from some places to as many.
_DOUBLED, _SQUARES = (10, 20, 40, 80, 160, 320), (9, 25, 64, 169, 324)
#: Programs of each size.
SEEDS = range(5)
#: Dantzig's rule takes 2^n - 1 pivots on a cube: these sizes are enough.
TEXTBOOK = range(2, 13, 2)
#: Both methods of linear programs, the baseline first.
METHODS = ("simplex", "interior-point")
#: The range of iterations that the statement names.
FEWEST, MOST = 20, 50


@dataclass(frozen=True)
class Family:
    """Programs of growing size: n variables; make(n, seed) gives the arguments of solve."""

    sizes: tuple[int, ...]
    make: Callable[[int, int], dict[str, Any]]
    solve: Callable[..., Any] = linprog
    seeds: range = SEEDS


FAMILIES: Mapping[str, Family] = {
    DENSE: Family(_DOUBLED, convex_programs.random_linear_program),
    "packing": Family(_DOUBLED, convex_programs.packing),
    "transport": Family(_SQUARES, lambda n, seed: convex_programs.transport(round(n**0.5), seed)),
    CUBE: Family(tuple(range(2, 25, 2)), lambda n, seed: convex_programs.klee_minty(n), seeds=range(1)),
    DENSE_QUADRATIC: Family(_DOUBLED, convex_programs.random_quadratic_program, quadratic_program),
    "portfolios": Family(_DOUBLED, convex_programs.portfolio, quadratic_program),
}


def measure() -> Evidence:
    """Iterations and flops of interior points for all families, of the simplex method for the linear ones."""
    interior = {name: solve_all(family) for name, family in FAMILIES.items()}
    simplex = {
        name: solve_all(family, method="simplex") for name, family in FAMILIES.items() if family.solve is linprog
    }
    for name, runs in simplex.items():
        require_agreement(name, runs, interior[name])
    textbook = {n: dantzig_pivots(**convex_programs.klee_minty(n)) for n in TEXTBOOK}
    every = [nit for runs in interior.values() for nits in runs.nit.values() for nit in nits]
    cubes = interior[CUBE].nit, simplex[CUBE].nit
    most = {name: max(map(max, runs.nit.values())) for name, runs in interior.items()}
    cube = TEXTBOOK[-1]
    return Evidence(
        checks=[
            *(
                Check(POLYNOMIAL, name, polynomial_over_exponential(runs.flops), below(1))
                for name, runs in interior.items()
            ),
            *(Check(FEW, name, nit, at_most(MOST)) for name, nit in most.items()),
            Check(
                RANGE, "share of all programs", float(np.mean([nit >= FEWEST for nit in every])), at_least(0.5), False
            ),
        ],
        headline=Headline(
            "Of all convex programs tried, none took more than {} interior-point iterations.", max(most.values())
        ),
        gain=Gain(
            f"Klee and Minty's cube, n = {cube}, simplex by Dantzig's rule and then interior points",
            counted(dantzig_pivots, **convex_programs.klee_minty(cube))[1].flops,
            interior[CUBE].flops[cube][0],
        ),
        tables=[
            Table(
                f"Iterations of interior points, {len(SEEDS)} programs of each size; n where the fit gives 20 and 50",
                ("programs", "n", "iterations", "grow with (95 % interval)", "n for 20", "n for 50"),
                [_iterations(name, runs) for name, runs in interior.items()],
            ),
            Table(
                "Medians at the largest n, the power of n with which flops grow; simplex with Devex pricing",
                ("programs", *(f"{what}, {how}" for what in ("interior points", "simplex") for how in _WORK)),
                [(name, *_work(runs), *_work(simplex.get(name))) for name, runs in interior.items()],
            ),
            Table(
                CUBE,
                ("n", "2^n - 1", "pivots, Dantzig's rule", "pivots, Devex pricing", "iterations, interior points"),
                [(n, 2**n - 1, k, cubes[1][n][0], cubes[0][n][0]) for n, k in textbook.items()],
            ),
        ],
        figures=[
            Figure(
                "Iterations of interior points by the number of variables, the mean over the programs of a size: "
                "larger programs take a few more.",
                partial(_draw_iterations, interior),
            ),
            Figure(
                "Iterations of interior points and pivots of the simplex method on the same programs. Dantzig's rule "
                "visits every vertex of the cubes. Devex pricing does not, but has no guarantee either.",
                partial(_draw_pivots, interior, simplex, textbook),
            ),
            Figure(
                "Flops of whole solutions by interior points, the median over the programs of a size. Dense programs "
                "tend to n³, the cost of a factorization.",
                partial(_draw_flops, interior),
            ),
        ],
        notes=[
            f"Programs take {min(every)} to {max(every)} iterations. Fewer than {FEWEST} keep what the statement "
            f"promises. On dense programs, flops an iteration grew at the last doubling with the power "
            f"{_last_doubling(interior[DENSE]):.2f} (linear) and {_last_doubling(interior[DENSE_QUADRATIC]):.2f} "
            "(quadratic).",
            "Residuals and gap are brought to 1e-10, for quadratic programs to 1e-8, relative to the program's size.",
            "Every linear program was solved both ways, and the least costs agreed to 6 digits.",
            "Where the fitted powers reach 20 and 50 iterations is extrapolated, far beyond the sizes measured.",
            "Theory guarantees iterations of the order of √n times the digits of the input. The numbers of the cubes "
            "have more digits the larger n is. An iteration costs a factorization, a pivot 2mn flops for m rows.",
        ],
    )


def measure_published(folder: Path) -> Evidence:
    """Iterations and flops of both methods on linear programs of the Netlib collection."""
    runs = {
        name: {method: counted(linprog, **linear_program(folder, name), method=method) for method in METHODS}
        for name in NETLIB
    }
    for name, of in runs.items():
        one, other = (found for found, _ in of.values())
        if not (one.success and other.success and np.isclose(one.fun, other.fun, rtol=1e-6)):
            raise ArithmeticError(f"{name}: the least costs found are {one.fun} and {other.fun}")
    flops = {name: (of["simplex"][1].flops, of["interior-point"][1].flops) for name, of in runs.items()}
    most = max(of["interior-point"][0].nit for of in runs.values())
    largest = max(runs, key=lambda name: runs[name]["simplex"][0].x.size)
    return Evidence(
        checks=[Check(FEW, name, of["interior-point"][0].nit, at_most(MOST)) for name, of in runs.items()],
        headline=Headline(
            f"Of {len(NETLIB)} Netlib programs, none took more than {{}} interior-point iterations.", most
        ),
        gain=Gain(f"{largest} of Netlib, simplex with Devex pricing and then interior points", *flops[largest]),
        tables=[
            Table(
                "Linear programs of the Netlib collection: both methods reach the same least cost",
                ("program", "variables", "pivots", "iterations", "flops, simplex", "flops, interior points"),
                [
                    (name, of["simplex"][0].x.size, *(found.nit for found, _ in of.values()), *flops[name])
                    for name, of in runs.items()
                ],
            )
        ],
    )


@dataclass(frozen=True)
class Runs:
    """What solving a family took, by n, one value for each seed: iterations, flops, and the least cost found."""

    nit: Mapping[int, list[int]]
    flops: Mapping[int, list[int]]
    fun: Mapping[int, list[float]]


def solve_all(family: Family, **options: Any) -> Runs:
    """Solve all programs of a family. ArithmeticError where one is not solved."""
    found: dict[int, list[Any]] = {n: [] for n in family.sizes}
    for n in family.sizes:
        for seed in family.seeds:
            result, ops = counted(family.solve, **family.make(n, seed), **options)
            if not result.success:
                raise ArithmeticError(f"a program with {n} variables, seed {seed}, was not solved: {result.message}")
            found[n].append((result.nit, ops.flops, result.fun))
    return Runs(*({n: [row[k] for row in rows] for n, rows in found.items()} for k in range(3)))


def require_agreement(name: str, one: Runs, other: Runs) -> None:
    """ArithmeticError where two methods end at different costs."""
    for n in one.fun:
        if not np.allclose(one.fun[n], other.fun[n], rtol=1e-6, atol=0.0):
            raise ArithmeticError(f"{name}, n = {n}: the least costs found are {one.fun[n]} and {other.fun[n]}")


def dantzig_pivots(c: np.ndarray, A_ub: np.ndarray, b_ub: np.ndarray) -> int:
    """Pivots of the textbook's simplex method for x >= 0 and b_ub >= 0, where the steepest cost enters (Dantzig).

    Without safeguards: no vertex may be degenerate. ArithmeticError where the program is unbounded.

    >>> [dantzig_pivots(**convex_programs.klee_minty(n)) for n in (2, 3, 4)]
    [3, 7, 15]
    """
    # Chvatal, Linear Programming, chapters 2 and 4
    (m, n), pivots = A_ub.shape, 0
    T = np.block([[A_ub, b_ub[:, np.newaxis]], [c, np.zeros(1)]])
    while T[m, :n].min() < 0.0:
        q = int(np.argmin(T[m, :n]))
        ratios = np.divide(T[:m, n], T[:m, q], out=np.full(m, np.inf), where=T[:m, q] > 0.0)
        r = int(np.argmin(ratios))
        if ratios[r] == np.inf:
            raise ArithmeticError(
                f"the program is unbounded: nothing limits the variable that enters at pivot {pivots}"
            )
        exchange(T, r, q)
        pivots += 1
    return pivots


def _iterations(name: str, runs: Runs) -> tuple[Any, ...]:
    sizes, every, power = list(runs.nit), [nit for nits in runs.nit.values() for nit in nits], power_of_n(runs.nit)
    reached = (float(f"{power.reaches(nit):.2g}") for nit in (20, 50))
    return name, f"{sizes[0]} to {sizes[-1]}", f"{min(every)} to {max(every)}", str(power), *reached


_WORK = ("iterations", "flops", "power")


def _work(runs: Runs | None) -> tuple[float | None, ...]:
    if runs is None:
        return (None,) * len(_WORK)
    nits, flops = (list(values.values())[-1] for values in (runs.nit, runs.flops))
    return float(np.median(nits)), float(np.median(flops)), power_of_n(runs.flops).exponent


def _last_doubling(runs: Runs) -> float:
    before, after = (np.sum(runs.flops[n]) / np.sum(runs.nit[n]) for n in _DOUBLED[-2:])
    return float(np.log2(after / before))


def _draw_iterations(interior: Mapping[str, Runs], axes: Any) -> None:
    for name, runs in interior.items():
        axes.semilogx(list(runs.nit), [np.mean(nits) for nits in runs.nit.values()], label=name)
    axes.axhspan(20, 50, color="#d9d9d9", alpha=0.5, label="the range stated")
    axes.set_ylim(0, 52)
    axes.set_xlabel("variables n")
    axes.set_ylabel("iterations")
    axes.legend(loc="upper left", ncols=2)


def _draw_pivots(
    interior: Mapping[str, Runs], simplex: Mapping[str, Runs], textbook: Mapping[int, int], axes: Any
) -> None:
    axes.loglog(list(textbook), list(textbook.values()), label="cubes, simplex, Dantzig's rule")
    for kind, of_family in (("simplex, Devex", simplex), ("interior points", interior)):
        for name, family in (("cubes", CUBE), ("random", DENSE)):
            nit = of_family[family].nit
            axes.loglog(list(nit), [np.mean(values) for values in nit.values()], label=f"{name}, {kind}")
    axes.set_ylim(1, 3e5)
    axes.set_xlabel("variables n")
    axes.set_ylabel("iterations or pivots")
    axes.legend(loc="upper right", fontsize=12)


def _draw_flops(interior: Mapping[str, Runs], axes: Any) -> None:
    for name, runs in interior.items():
        axes.loglog(list(runs.flops), [np.median(values) for values in runs.flops.values()], label=name)
    line = np.array(_DOUBLED[-3:])
    axes.loglog(line, line**3.0, "k:", marker="", label="n³")
    axes.set_xlabel("variables n")
    axes.set_ylabel("flops")
    axes.legend(loc="upper left", fontsize=12)


CLAIM = Claim(
    key="C4",
    mechanism="complexity trade-offs",
    statement="Convex problems are solved in polynomial time by interior points, in 20 to 50 iterations in practice.",
    source="RAND RR-A3485-1, appendices A and B, convex optimization",
    baseline="the simplex method on linear programs",
    improvement="interior points on linear and quadratic programs",
    parts={
        POLYNOMIAL: "the ratio of the error with which the best polynomial predicts flops at sizes left out to "
        "that of the best exponential",
        FEW: "the most iterations of any program",
    },
    limits={
        RANGE: f"the share of programs that take {FEWEST} iterations or more",
    },
    measure=measure,
    measure_published=measure_published,
    quick=False,
)
