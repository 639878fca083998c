"""Iterations and flops of interior points on convex programs of growing size, beside the simplex method (claim C4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mechkit.mechanisms.experiment import Evidence, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.poisson_solves import counted
from mechkit.mechanisms.shapes_of_growth import polynomial_over_exponential, power_of_n
from mechkit.optimization import linprog, quadratic_program
from mechkit.optimization.programs.simplex import exchange
from mechkit.problems import convex_programs

DENSE, DENSE_QUADRATIC, CUBE = "random linear programs", "random quadratic programs", "Klee and Minty's cubes"
_DOUBLED, _SQUARES = (10, 20, 40, 80, 160, 320), (9, 25, 64, 169, 324)
SEEDS = range(5)
#: Dantzig's rule takes 2^n - 1 pivots on a cube: these are enough.
TEXTBOOK = range(2, 13, 2)


@dataclass(frozen=True)
class _Family:
    """Programs of growing size: n variables; make(n, seed) gives the arguments of solve."""

    sizes: tuple[int, ...]
    make: Callable[[int, int], dict[str, Any]]
    solve: Callable[..., Any] = linprog
    seeds: range = SEEDS


FAMILIES: Mapping[str, _Family] = {
    DENSE: _Family(_DOUBLED, convex_programs.random_linear_program),
    "packing": _Family(_DOUBLED, convex_programs.packing),
    "transport": _Family(_SQUARES, lambda n, seed: convex_programs.transport(round(n**0.5), seed)),
    CUBE: _Family(tuple(range(2, 25, 2)), lambda n, seed: convex_programs.klee_minty(n), seeds=range(1)),
    DENSE_QUADRATIC: _Family(_DOUBLED, convex_programs.random_quadratic_program, quadratic_program),
    "portfolios": _Family(_DOUBLED, convex_programs.portfolio, quadratic_program),
}
INTERIOR_RULE = (
    "Four families of linear programs and two of quadratic ones, of up to 324 variables (cubes of Klee and Minty: 24), "
    f"{len(SEEDS)} programs of each size (of cubes one). A family passes if none of its programs takes more than 50 "
    "iterations; if the power of n with which iterations grow is, with its 95 % interval, below the 1/2 that theory "
    "guarantees; and if a polynomial shape of growth predicts the flops at sizes left out better than an exponential. "
    "Fewer than 20 iterations pass, as they keep what the range promises; how many programs take 20 or more is stated. "
    "Confirmed if all families pass, qualified if some do, refuted if none does."
)
MOST, GROWTH = "most iterations, {}", "power of n with which iterations grow, at most, {}"
POWER, RATIO = "power of n with which flops grow, {}", "best polynomial / best exponential, how far off the flops, {}"
SHARE, LEAST = "share of programs that take 20 iterations or more", "fewest iterations"
LAST = "power of n with which flops an iteration grow, last doubling, {}"
DANTZIG = "pivots by Dantzig's rule / (2^n - 1), least over the cubes"


@dataclass(frozen=True)
class Runs:
    """What solving a family took, by n, one value for each seed: iterations, flops, and the least cost found."""

    nit: Mapping[int, list[int]]
    flops: Mapping[int, list[int]]
    fun: Mapping[int, list[float]]


def measure_interior() -> Evidence:
    """Iterations and flops of interior points for all families, of the simplex method for the linear ones."""
    interior = {name: _runs(family) for name, family in FAMILIES.items()}
    simplex = {name: _runs(family, method="simplex") for name, family in FAMILIES.items() if family.solve is linprog}
    for name, runs in simplex.items():
        _require_agreement(name, runs, interior[name])
    textbook = {n: dantzig_pivots(**convex_programs.klee_minty(n)) for n in TEXTBOOK}
    every = [nit for runs in interior.values() for nits in runs.nit.values() for nit in nits]
    cubes = interior[CUBE].nit, simplex[CUBE].nit
    return Evidence(
        numbers={
            **{text.format(name): x for name, runs in interior.items() for text, x in _numbers(runs).items()},
            LEAST: min(every),
            SHARE: float(np.mean([nit >= 20 for nit in every])),
            **{LAST.format(name): _last_doubling(interior[name]) for name in (DENSE, DENSE_QUADRATIC)},
            DANTZIG: min(k / (2**n - 1) for n, k in textbook.items()),
        },
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
                "Iterations of interior points by the number of variables, the mean over the programs of a size: the "
                "larger the program, the more, but few more.",
                partial(_draw_iterations, interior),
            ),
            Figure(
                "Iterations of interior points and pivots of the simplex method on the same programs. Dantzig's rule "
                "visits every vertex of the cubes. Devex pricing does not, but it has no guarantee either.",
                partial(_draw_pivots, interior, simplex, textbook),
            ),
            Figure(
                "Flops of whole solutions by interior points, the median over the programs of a size. Dense programs "
                "tend to n³, the cost of a factorization.",
                partial(_draw_flops, interior),
            ),
        ],
        notes=[
            "Residuals and gap are brought to 1e-10, for quadratic programs to 1e-8, relative to the program's size.",
            "Every linear program was solved both ways, and the least costs agreed to 6 digits.",
            "Where the fitted powers reach 20 and 50 iterations is extrapolated, far beyond the sizes measured.",
            "The guarantee is iterations of the order of √n times the digits of the input; those of the cubes' numbers "
            "grow with n too. An iteration costs a factorization, a pivot 2mn flops for m rows.",
        ],
    )


def _runs(family: _Family, **options: Any) -> Runs:
    """Solve all programs of a family. ArithmeticError where one is not solved."""
    found: dict[int, list[Any]] = {n: [] for n in family.sizes}
    for n in family.sizes:
        for seed in family.seeds:
            result, ops = counted(family.solve, **family.make(n, seed), **options)
            if not result.success:
                raise ArithmeticError(f"a program with {n} variables, seed {seed}, was not solved: {result.message}")
            found[n].append((result.nit, ops.flops, result.fun))
    return Runs(*({n: [row[k] for row in rows] for n, rows in found.items()} for k in range(3)))


def _require_agreement(name: str, one: Runs, other: Runs) -> None:
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


def _numbers(runs: Runs) -> dict[str, float]:
    """What the verdict on a family rests on."""
    return {
        MOST: max(map(max, runs.nit.values())),
        GROWTH: power_of_n(runs.nit).high,
        POWER: power_of_n(runs.flops).exponent,
        RATIO: polynomial_over_exponential(runs.flops),
    }


def _last_doubling(runs: Runs) -> float:
    before, after = (np.sum(runs.flops[n]) / np.sum(runs.nit[n]) for n in _DOUBLED[-2:])
    return float(np.log2(after / before))


def judge_interior(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `INTERIOR_RULE`."""
    most, fastest, ratio = ([numbers[text.format(name)] for name in FAMILIES] for text in (MOST, GROWTH, RATIO))
    passes = [m <= 50 and g < 0.5 and r < 1 for m, g, r in zip(most, fastest, ratio, strict=True)]
    passed, failed = sum(passes), ", ".join(name for name, ok in zip(FAMILIES, passes, strict=True) if not ok)
    powers = [numbers[POWER.format(name)] for name in FAMILIES]
    return verdict_by_parts(passed, len(FAMILIES)), (
        f"{passed} of {len(FAMILIES)} families pass"
        + (f", not {failed}" if failed else "")
        + f"; programs take {numbers[LEAST]:.0f} to {max(most):.0f} iterations, "
        f"{100 * numbers[SHARE]:.0f} % of them 20 or more; these grow with n to powers of at most {max(fastest):.2f}, "
        f"flops to powers from {min(powers):.2f} to {max(powers):.2f}, and at the last doubling flops an iteration on "
        f"dense linear programs to the power {numbers[LAST.format(DENSE)]:.2f}; on Klee and Minty's cubes the simplex "
        f"method by Dantzig's rule takes at least {100 * numbers[DANTZIG]:.0f} % of 2^n - 1 pivots"
    )


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
