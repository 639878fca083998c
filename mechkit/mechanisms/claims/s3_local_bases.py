"""S3. Finite element bases that touch only their neighbors give a sparse matrix, which is quick to solve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mechkit.catalogue import verified
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import (
    Check,
    Claim,
    Evidence,
    Figure,
    Gain,
    Headline,
    Table,
    above,
    at_least,
    at_most,
    below,
    between,
)
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.runs import counted, power
from mechkit.odes.elements import legendre_galerkin, poisson_1d, poisson_2d, rectangle_mesh

SPARSE = "the matrix of a local basis is sparse"
FULL = "that of a global basis is full"
QUICK = "the flops of a local basis grow with its unknowns, those of a global one faster"
CHEAPER = "the local basis costs less at equal unknowns"
ACCURATE = "the local basis is as accurate at equal unknowns"

#: Unknowns on the line: the largest is what the global basis can still use, beyond it there is only rounding.
SIZES = (7, 15, 31, 63)
#: Squares a side in the plane.
SIDES = (8, 16, 32)
#: Nonzeros an unknown: itself and its neighbors, 2 on a line and 6 in a plane of squares cut in two.
NEIGHBORS = {"hat functions": 3, "quadratic elements": 5, "triangles, P1": 7}
#: A full matrix: all but a few elements differ from 0.
MOST = 0.9
#: In proportion to the unknowns: with the power 1.
PROPORTION = between(0.9, 1.1)


@dataclass(frozen=True)
class Run:
    """One solution: its unknowns, the nonzeros of its matrix, its flops and its error."""

    unknowns: int
    nonzeros: int
    flops: int
    error: float


def conductivity(x: float) -> float:
    """A smooth coefficient, from 1 to 50, which rises at the right end."""
    return 1.0 / (1.02 - x)


def source(x: float) -> float:
    """The load whose solution with this coefficient is sin(pi x)."""
    wave, slope = np.sin(np.pi * x), np.cos(np.pi * x)
    return np.pi * (np.pi * wave / (1.02 - x) - slope / (1.02 - x) ** 2)


def layers(x: float) -> float:
    """Two materials, which meet in the middle."""
    return 1.0 if x < 0.5 else 10.0


def through_layers(x: Any) -> Any:
    """The solution with two materials and a load of 1: two parabolas with a kink between."""
    q = (0.125 + 0.0375) / (0.5 + 0.05)  # the flux at the left end, by which both parts meet in the middle
    return np.where(x < 0.5, q * x - x * x / 2.0, (q * (x - 1.0) - (x * x - 1.0) / 2.0) / 10.0)


def measure() -> Evidence:
    """Nonzeros, flops and errors of hat functions, quadratic elements, and one polynomial; and of triangles."""
    smooth = {
        "hat functions": [line(n, "linear") for n in SIZES],
        "quadratic elements": [line(n, "quadratic") for n in SIZES],
        "one polynomial": [line(n, "polynomial") for n in SIZES],
    }
    kink = {
        name: line(SIZES[-1], kind, conductivity=layers, load=1.0, exact=through_layers)
        for name, kind in (("hat functions", "linear"), ("one polynomial", "polynomial"))
    }
    plane = [triangles(n) for n in SIDES]
    hats, dense = smooth["hat functions"], smooth["one polynomial"]
    local = {name: smooth[name] for name in ("hat functions", "quadratic elements")} | {"triangles, P1": plane}
    fill = [run.nonzeros / run.unknowns**2 for run in dense]
    return Evidence(
        checks=[
            *(
                Check(SPARSE, f"{name}, n = {run.unknowns:,}", run.nonzeros / run.unknowns, at_most(NEIGHBORS[name]))
                for name, runs in local.items()
                for run in (runs[0], runs[-1])
            ),
            *(
                Check(FULL, f"one polynomial, n = {run.unknowns}", part, at_least(MOST))
                for run, part in zip(dense, fill, strict=True)
            ),
            Check(QUICK, "hat functions: the power of n", grows(hats), PROPORTION),
            Check(QUICK, "quadratic elements: the power of n", grows(local["quadratic elements"]), PROPORTION),
            Check(QUICK, "one polynomial: the power of n", grows(dense), above(2)),
            *(
                Check(CHEAPER, f"hat functions / one polynomial, n = {a.unknowns}", a.flops / b.flops, below(1))
                for a, b in zip(hats, dense, strict=True)
            ),
            Check(
                ACCURATE,
                f"two materials, n = {SIZES[-1]}",
                kink["hat functions"].error / kink["one polynomial"].error,
                at_most(1),
                within=False,
            ),
            *(
                Check(ACCURATE, f"a smooth problem, n = {a.unknowns}", a.error / b.error, at_most(1), within=False)
                for a, b in zip(hats, dense, strict=True)
            ),
        ],
        headline=Headline(
            f"With {SIZES[-1]} unknowns, hat functions take {{:,.0f}} times fewer flops than one polynomial.",
            dense[-1].flops / hats[-1].flops,
        ),
        gain=Gain(f"{SIZES[-1]} unknowns on a line, assembled and solved", dense[-1].flops, hats[-1].flops),
        tables=[
            Table(
                "Nonzeros, flops and errors at equal unknowns",
                ("basis", "unknowns", "nonzeros", "flops", "L2 error"),
                [
                    (name, run.unknowns, run.nonzeros, run.flops, run.error)
                    for name, runs in {**smooth, "triangles, P1": plane}.items()
                    for run in runs
                ],
            ),
            Table(
                f"Two materials that meet in the middle, n = {SIZES[-1]}",
                ("basis", "nonzeros", "flops", "L2 error"),
                [(name, run.nonzeros, run.flops, run.error) for name, run in kink.items()],
            ),
        ],
        laws=[
            LawsBySize(
                "A problem on a line with n unknowns: its matrix is made, and the system solved.",
                {
                    name: flops_by_law(name, kind)
                    for name, kind in (("one polynomial", "polynomial"), ("hat functions", "linear"))
                },
                {"n": (3, 1000, SIZES[-1])},
            )
        ],
        figures=[
            Figure(
                "Flops to assemble and solve a problem on a line with n unknowns.",
                partial(_draw, smooth),
            )
        ],
        notes=[
            "The problem is -(a u')' = f on a line, with a smooth a that varies. Where a is a number, the slopes of "
            "the polynomials are orthogonal, and their matrix is diagonal.",
            "At equal unknowns one polynomial is far more accurate where the solution is smooth. Then it also costs "
            "less at an equal error: few unknowns do. At a kink it is the other way round.",
            "The flops are those of the integrals and of the solution, in a band or by Cholesky's method.",
        ],
    )


def line(n: int, basis: str, conductivity: Any = conductivity, load: Any = source, exact: Any = None) -> Run:
    """A problem on a line with n unknowns, n odd."""
    if basis == "polynomial":
        u, ops = counted(legendre_galerkin, load, n + 1, a=conductivity)
    else:
        elements = n + 1 if basis == "linear" else (n + 1) // 2
        u, ops = counted(poisson_1d, load, np.linspace(0.0, 1.0, elements + 1), a=conductivity, element=basis)
    return Run(u.unknowns, u.nonzeros, ops.flops, u.l2_error(exact or (lambda x: np.sin(np.pi * x))))


def flops_by_law(name: str, basis: str) -> Polynomial:
    """The exact law of the flops in the unknowns, verified at the most that are run."""

    def run(n: int) -> None:
        line(n, basis)

    return verified(name, run, {"n": range(3, 10)}, {"n": SIZES[-1]}).flops


def triangles(n: int) -> Run:
    """Poisson's equation on n x n squares."""
    u, ops = counted(poisson_2d, lambda x, y: 2.0 * (x - x * x + y - y * y), rectangle_mesh(n))
    return Run(u.unknowns, u.nonzeros, ops.flops, u.l2_error(lambda x, y: x * (1.0 - x) * y * (1.0 - y)))


def grows(runs: Sequence[Run]) -> float:
    """The power of the unknowns with which the flops grow, between the two largest."""
    return power([run.unknowns for run in runs[-2:]], [run.flops for run in runs[-2:]])


def _draw(smooth: Mapping[str, Sequence[Run]], axes: Any) -> None:
    lines = {name: {run.unknowns: run.flops for run in runs} for name, runs in smooth.items()}
    draw_lines(lines, "unknowns n", "flops", axes)


CLAIM = Claim(
    key="S3",
    mechanism="sparsity",
    statement="Finite element bases that touch only their neighbors give a sparse matrix, which is quick to solve.",
    source="RAND RR-A3485-1, appendix B, differential equations",
    baseline="one polynomial for the whole interval, in a basis of integrals of Legendre polynomials",
    improvement="hat functions and quadratic elements on a line, triangles in a plane",
    parts={
        SPARSE: "the nonzeros of the matrix for each unknown",
        FULL: "the nonzeros as a share of all elements",
        QUICK: "the power of n with which the flops grow",
        CHEAPER: "the flops of hat functions over those of one polynomial",
    },
    limits={ACCURATE: "the error of hat functions over that of one polynomial"},
    measure=measure,
)
