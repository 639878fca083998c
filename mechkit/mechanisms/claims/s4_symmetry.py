"""S4. Symmetry reduces the dimensions of a problem, and the cost with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.measurement.laws.search import law_of_tables
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_least, at_most, between
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.runs import counted, power
from mechkit.odes.elements import (
    ball_mesh,
    disk_mesh,
    half_disk_mesh,
    poisson_1d,
    poisson_2d,
    poisson_3d,
)

FEWER = "the unknowns grow with the dimensions that are left"
CHEAPER = "the cost falls with the dimensions"
RIGHT = "nothing is lost: the error is about the same or smaller"
CENTER = "the error in the center is no larger"

#: Elements along a radius of the ball, and of the disk.
BALL, DISK = (4, 6, 8), (8, 16, 32)
#: The power of the elements along a radius: the dimension, but for the points on the boundary, which are no unknowns.
GROWTH = 0.45
#: What a dimension less must save at least, for each.
SAVING = 5.0
#: About the same error: a tenth more, because the elements have other shapes.
SAME = 1.1


@dataclass(frozen=True)
class Run:
    """One solution: its unknowns, flops, the L2 error over the whole body, and the error in its center."""

    unknowns: int
    flops: int
    error: float
    center: float


def in_ball(r: float) -> float:
    """The load of exp(-r^2) in space, by the radius."""
    return (6.0 - 4.0 * r * r) * np.exp(-r * r)


def in_half_disk(x: float, y: float) -> float:
    """The same, by the distance from an axis and the place along it."""
    return (6.0 - 4.0 * (x * x + y * y)) * np.exp(-x * x - y * y)


def in_space(x: float, y: float, z: float) -> float:
    """The same in space."""
    return (6.0 - 4.0 * (x * x + y * y + z * z)) * np.exp(-x * x - y * y - z * z)


def on_disk(x: float, y: float) -> float:
    """The load of exp(-r^2) in a plane."""
    return 4.0 * (1.0 - x * x - y * y) * np.exp(-x * x - y * y)


def by_radius(r: float) -> float:
    """The same, by the radius."""
    return 4.0 * (1.0 - r * r) * np.exp(-r * r)


def exact(*place: Any) -> Any:
    """The solution, by the radius or by the coordinates."""
    return np.exp(-sum(x * x for x in place)) - np.exp(-1.0)


#: The points of the elements, by the dimensions and by the elements along a radius.
BALL_POINTS: Mapping[int, Callable[[int], np.ndarray]] = {
    3: lambda n: ball_mesh(n).points,
    2: lambda n: half_disk_mesh(n).points,
    1: lambda n: np.linspace(0.0, 1.0, n + 1)[:, np.newaxis],
}
DISK_POINTS: Mapping[int, Callable[[int], np.ndarray]] = {2: lambda n: disk_mesh(n).points, 1: BALL_POINTS[1]}


def unknowns_by_law(points: Callable[[int], np.ndarray]) -> Polynomial:
    """The exact law of the unknowns, the points inside, in the elements along a radius."""
    sizes = range(2, 9)
    inside = [int(np.count_nonzero(np.linalg.norm(points(n), axis=1) < 1.0 - 1e-9)) for n in sizes]
    return law_of_tables(("n",), [(n,) for n in sizes], {("unknowns", "inside"): inside}).polynomials[
        "unknowns", "inside"
    ]


def measure() -> Evidence:
    """Unknowns, flops and errors of a ball in 3, 2 and 1 dimensions, and of a disk in 2 and 1."""
    ball = {
        3: [found(poisson_3d, in_space, ball_mesh(n)) for n in BALL],
        2: [found(poisson_2d, in_half_disk, half_disk_mesh(n), symmetry="axial") for n in BALL],
        1: [found(poisson_1d, in_ball, np.linspace(0.0, 1.0, n + 1), symmetry="radial") for n in BALL],
    }
    disk = {
        2: [found(poisson_2d, on_disk, disk_mesh(n)) for n in DISK],
        1: [found(poisson_1d, by_radius, np.linspace(0.0, 1.0, n + 1), symmetry="axial") for n in DISK],
    }
    bodies = (("ball", BALL, ball), ("disk", DISK, disk))
    pairs = [(name, sizes, runs, d) for name, sizes, runs in bodies for d in list(runs)[1:]]
    return Evidence(
        checks=[
            *(
                Check(
                    FEWER,
                    f"a {name} in {written_dimensions(d)}",
                    power(sizes, [run.unknowns for run in runs[d]]),
                    between(d - GROWTH, d + GROWTH),
                )
                for name, sizes, runs in bodies
                for d in runs
            ),
            *(
                Check(
                    CHEAPER,
                    f"a {name}, {max(runs)} to {d}, {n} elements along a radius",
                    full.flops / less.flops,
                    at_least(SAVING ** (max(runs) - d)),
                )
                for name, sizes, runs, d in pairs
                for n, full, less in zip(sizes, runs[max(runs)], runs[d], strict=True)
            ),
            *(
                Check(
                    RIGHT,
                    f"a {name}, {max(runs)} to {d}, {n} elements along a radius",
                    less.error / full.error,
                    at_most(SAME),
                    within=False,
                )
                for name, sizes, runs, d in pairs
                for n, full, less in zip(sizes, runs[max(runs)], runs[d], strict=True)
            ),
            *(
                Check(
                    CENTER,
                    f"a {name}, {max(runs)} to {d}, {sizes[-1]} elements along a radius",
                    runs[d][-1].center / runs[max(runs)][-1].center,
                    at_most(1),
                    within=False,
                )
                for name, sizes, runs, d in pairs
            ),
        ],
        headline=Headline(
            f"A ball with {BALL[-1]} elements along its radius costs 1/{{:,.0f}} by symmetry.",
            ball[3][-1].flops / ball[1][-1].flops,
        ),
        gain=Gain(f"a ball, {BALL[-1]} elements along a radius", ball[3][-1].flops, ball[1][-1].flops),
        tables=[
            Table(
                f"A {name}: unknowns, flops, and errors",
                ("dimensions", "elements along a radius", "unknowns", "flops", "L2 error", "error in the center"),
                [
                    (d, n, run.unknowns, run.flops, run.error, run.center)
                    for d, row in runs.items()
                    for n, run in zip(sizes, row, strict=True)
                ],
            )
            for name, sizes, runs in bodies
        ],
        laws=[
            LawsBySize(
                f"A {name} with n elements along its radius: the unknowns that are left.",
                {written_dimensions(d): unknowns_by_law(points) for d, points in bodies.items()},
                {"n": (2, 100, shown)},
                unit="unknowns",
            )
            for name, shown, bodies in (("ball", BALL[-1], BALL_POINTS), ("disk", DISK[-1], DISK_POINTS))
        ],
        figures=[Figure("Flops for a ball, by the elements along its radius.", partial(_draw, ball))],
        notes=[
            "The problem is Poisson's with the solution exp(-r^2) less its value on the boundary. The L2 error is "
            "taken over the whole body, at elements of equal length.",
            "Symmetry puts a weight into the integrals: r about an axis, r^2 about a point. It vanishes in the center, "
            "so that the error there is larger than without symmetry.",
            "In space and in a plane the system is solved by conjugate gradients, by the radius in a band.",
        ],
    )


def found(solve: Any, load: Any, domain: Any, **options: Any) -> Run:
    """A solution with the load, and its errors."""
    if solve is not poisson_1d:
        options["method"] = "cg"
    u, ops = counted(solve, load, domain, **options)
    center = u(*[0.0] * (1 if solve is poisson_1d else domain.dimension))
    return Run(u.unknowns, ops.flops, u.l2_error(exact), abs(center - exact(0.0)))


def written_dimensions(d: int) -> str:
    """In words.

    >>> written_dimensions(1)
    '1 dimension'
    """
    return f"{d} dimension{'s' * (d > 1)}"


def _draw(ball: Mapping[int, Sequence[Run]], axes: Any) -> None:
    lines = {
        written_dimensions(d): {n: run.flops for n, run in zip(BALL, runs, strict=True)} for d, runs in ball.items()
    }
    draw_lines(lines, "elements along a radius", "flops", axes)


CLAIM = Claim(
    key="S4",
    mechanism="sparsity",
    statement="Symmetry reduces the dimensions of a problem, and the cost with them.",
    source="RAND RR-A3485-1, appendix B, differential equations",
    baseline="tetrahedra in a ball, triangles in a disk",
    improvement="the same by the distance from an axis or from the center",
    parts={
        FEWER: "the power of the elements along a radius with which the unknowns grow",
        CHEAPER: "the flops without symmetry over those with it",
    },
    limits={
        RIGHT: "the L2 error with symmetry over that without",
        CENTER: "the error in the center with symmetry over that without",
    },
    measure=measure,
)
