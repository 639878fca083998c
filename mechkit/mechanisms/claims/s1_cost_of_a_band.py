"""S1. Exploiting a band or a triangle cuts the cost of a direct solve about as the square of the share of nonzeros."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse
from scipy.linalg import LinAlgWarning

from mechkit.counting import count
from mechkit.linear_systems import solve_banded, solveh_banded
from mechkit.linear_systems.ordering import spsolve
from mechkit.linear_systems.sparse import spsolve_triangular
from mechkit.measurement import Law
from mechkit.mechanisms.claim import (
    Check,
    Claim,
    Evidence,
    Figure,
    Gain,
    Headline,
    Table,
    at_least,
    at_most,
    below,
    between,
    written,
)
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_bars
from mechkit.mechanisms.shared.direct_solves import SOLVES, VERIFIED, solve_both_ways, verified_law
from mechkit.mechanisms.shared.runs import power
from mechkit.problems import Matrix, poisson_2d, read_matrix_market, to_band
from mechkit.problems.band import dominant_band

CUTS = "a structured solve costs less than a dense one"
GROWS = "in a band the cost goes with the square of the share of nonzeros"
BAND = "a band costs about the square of its share or less"
TRIANGLE = "a triangle costs about the square of its share or less"

#: Unknowns of the bands and triangles.
N = 1000
#: Half-bandwidths, as parts of n.
WIDTHS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25)
#: Diagonals below and above the main one, of bands that are solved with and without interchanges of rows.
BANDS = ((40, 40), (5, 75))
#: Points a side of the grids whose band has to be found by reordering.
GRIDS = (5, 10, 20, 30, 40)
#: "About" the square: up to a factor of 4 above it. What is cheaper than the square keeps the promise.
FACTOR = 4.0
#: As the square: with a power that is closer to 2 than to 1.5 and 2.5.
SQUARE = between(1.75, 2.25)
#: From this share on its square is 1/4 or more, and a cost that is no lower than the dense one would pass.
LARGEST_SHARE = 0.5


@dataclass(frozen=True)
class Structure:
    """A matrix of order n with a structure: the flops of its own solve, and those of a dense one."""

    n: int
    nonzeros: int
    flops: int
    dense: int

    @property
    def s(self) -> float:
        """The share of nonzeros."""
        return self.nonzeros / self.n**2

    @property
    def r(self) -> float:
        """The flops as a share of the dense solve's."""
        return self.flops / self.dense

    @property
    def over_square(self) -> float:
        """How many times the square of the share of nonzeros the solve costs."""
        return self.r / self.s**2


#: The stiffness matrix of a dam (Harwell-Boeing collection), symmetric positive definite.
DAM = "bcsstk16.mtx.gz"

# -- measurement on generated problems -------------------------------------------------------------------------------


def measure() -> Evidence:
    """Flops of structured and dense solves at n unknowns, and for grids whose band reordering has to find."""
    laws = {name: verified_law(name) for name in SOLVES}
    cholesky = _bands_by_law(laws["banded Cholesky"], laws["dense Cholesky"])
    elimination = _bands_by_law(laws["banded elimination"], laws["dense elimination"])
    bands, triangles = bands_of(laws["dense elimination"]), _triangles(laws)
    grids = [_grid(m) for m in GRIDS]
    mixed, reordered = grids[-1]
    p, narrow = next(iter(cholesky.items()))
    return Evidence(
        checks=_checks({"Cholesky": cholesky, "elimination": elimination}, bands, triangles, reordered),
        headline=Headline(f"A band {100 * narrow.s:.0f} % wide costs 1/{{:,.0f}} of the dense solve.", 1 / narrow.r),
        gain=Gain(f"Cholesky, n = {N:,}, half-bandwidth {p}", narrow.dense, narrow.flops),
        tables=[
            Table(
                "Exact laws: flops of a whole solve, one right-hand side, n unknowns, half-bandwidth p",
                ("method", "flops"),
                [(name, str(found.flops)) for name, found in laws.items()],
            ),
            Table(
                f"Band against dense, n = {N:,}; s is the share of nonzeros, r the share of the dense solve's flops",
                ("p", "s", "s²", "r, Cholesky", "r / s²", "r, elimination", "r / s²"),
                [
                    (p, c.s, c.s**2, c.r, c.over_square, e.r, e.over_square)
                    for (p, c), e in zip(cholesky.items(), elimination.values(), strict=True)
                ],
            ),
            Table(
                "Other structures against dense elimination, the grid against dense Cholesky",
                ("structure", "n", "flops", "s", "s²", "r", "r / s²"),
                [
                    (name, x.n, x.flops, x.s, x.s**2, x.r, x.over_square)
                    for name, x in {
                        **bands,
                        **triangles,
                        "grid, numbered at random": mixed,
                        "grid, reordered": reordered,
                    }.items()
                ],
            ),
        ],
        laws=[
            LawsBySize(
                f"A system of {kind}: n unknowns, half-bandwidth p, one right-hand side.",
                {dense: laws[dense].flops, banded: laws[banded].flops},
                {"n": (60, 100_000, N), "p": (1, 50, p)},
            )
            for kind, dense, banded in (
                ("a positive definite matrix", "dense Cholesky", "banded Cholesky"),
                ("any matrix", "dense elimination", "banded elimination"),
            )
        ],
        figures=[
            Figure(
                f"Flops of a structured solve as a share of the dense one's, n = {N:,}. Within a band the cost follows "
                "the square of the share. A triangle needs no elimination and lies far below it.",
                partial(_draw_cost, cholesky, elimination, triangles["triangle"]),
            ),
            Figure(
                "Flops to solve a 2-D grid by Cholesky, numbered at random: the band is as wide as the matrix, until "
                "reordering (reverse Cuthill-McKee) finds the narrow one.",
                partial(_draw_grids, grids),
            ),
        ],
        notes=_notes(bands, triangles["sparse triangle, by rows"]),
    )


def _checks(
    by_width: Mapping[str, Mapping[int, Structure]],
    bands: Mapping[str, Structure],
    triangles: Mapping[str, Structure],
    grid: Structure,
) -> list[Check]:
    by_case = {f"{how}, half-bandwidth {p}": x for how, of_p in by_width.items() for p, x in of_p.items()}
    in_bands, square = {**by_case, **bands}, at_most(FACTOR)
    most = max(x.r for x in (*in_bands.values(), *triangles.values()))
    return [
        Check(CUTS, "the most expensive band or triangle", most, below(1)),
        *(
            Check(GROWS, f"{how}, half-bandwidths from 1 % to 25 % of n", _power(of_p), SQUARE)
            for how, of_p in by_width.items()
        ),
        *(Check(BAND, case, x.over_square, square) for case, x in in_bands.items()),
        *(Check(TRIANGLE, case, x.over_square, square) for case, x in triangles.items()),
        Check(BAND, "grid, reordered: zeros fill most of its band", grid.over_square, square, within=False),
        *(
            Check(TRIANGLE, f"{case}: not far below the square", x.over_square, at_least(1 / FACTOR), within=False)
            for case, x in triangles.items()
        ),
    ]


def _power(bands: Mapping[int, Structure]) -> float:
    return power([x.s for x in bands.values()], [x.r for x in bands.values()])


def _bands_by_law(banded: Law, dense: Law) -> dict[int, Structure]:
    """Full symmetric bands by their half-bandwidth p: the laws' values."""
    widths = [max(1, round(N * part)) for part in WIDTHS]
    return {p: Structure(N, in_band(N, p, p), banded(n=N, p=p).flops, dense(n=N).flops) for p in widths}


def in_band(n: int, l: int, u: int) -> int:
    """The entries of a band of l diagonals below the main one and u above.

    >>> in_band(3, 1, 1)
    7
    """
    return n * (l + u + 1) - (l * (l + 1) + u * (u + 1)) // 2


def bands_of(dense: Law) -> dict[str, Structure]:
    """Bands that are eliminated with and without interchanges of rows."""
    found = {}
    for l, u in BANDS:
        random = np.random.default_rng(0).standard_normal((l + u + 1, N))
        for how, ab in (("no interchanges", dominant_band(N, l, u)), ("interchanges", random)):
            flops = flops_of(solve_banded, (l, u), ab, np.ones(N))
            found[f"band, {l} below, {u} above, {how}"] = Structure(N, in_band(N, l, u), flops, dense(N).flops)
    return found


def _triangles(laws: Mapping[str, Law]) -> dict[str, Structure]:
    """A full triangle and a sparse one."""
    dense = laws["dense elimination"](N).flops
    full = Structure(N, N * (N + 1) // 2, laws["triangular substitution"](N).flops, dense)
    lower = np.tril(np.random.default_rng(0).random((N, N)) < 0.16) + N * np.eye(N)
    flops = flops_of(spsolve_triangular, scipy.sparse.csr_array(lower), np.ones(N))
    sparse = Structure(N, int(np.count_nonzero(lower)), flops, dense)
    return {"triangle": full, "sparse triangle, by rows": sparse}


def _grid(m: int) -> tuple[Structure, Structure]:
    """An m x m grid numbered at random, solved within the wide band of this numbering, and after reordering."""
    order = np.random.default_rng(0).permutation(m * m)
    mixed = Matrix.of("grid", poisson_2d(m)[order][:, order])
    array, b = mixed.array, np.ones(m * m)
    dense = verified_law("dense Cholesky")(m * m).flops
    before = flops_of(solveh_banded, to_band(array, 0, mixed.upper), b)
    after = flops_of(spsolve, array, b)
    return Structure(m * m, array.nnz, before, dense), Structure(m * m, array.nnz, after, dense)


def flops_of(run: Callable[..., Any], *args: Any) -> int:
    """The flops of a solve."""
    with warnings.catch_warnings(), count() as ops:
        warnings.simplefilter("ignore", LinAlgWarning)  # of random bands the cost is asked, not the solution
        run(*args)
    return ops.flops


def _notes(bands: Mapping[str, Structure], sparse: Structure) -> list[str]:
    flops = [x.flops for x in bands.values()]
    return [
        VERIFIED,
        "Flops of dense solves, of the full triangle and of symmetric bands are the laws' values. The others were "
        "counted in runs.",
        f"The sparse triangle takes {sparse.flops / sparse.nonzeros:.2f} flops a nonzero: its cost goes with the "
        "nonzeros, not with their square. The cost of a band follows its width, zeros included. That is why the "
        "reordered grid costs so many times the square of its share of nonzeros.",
        f"Pivoting widens a band by its lower diagonals: random bands cost {flops[1] / flops[0]:.2f} times "
        f"({BANDS[0][0]} below) and {flops[3] / flops[2]:.2f} times ({BANDS[1][0]} below) what they do without "
        "interchanges.",
    ]


# -- measurement on a matrix of the reader's own ---------------------------------------------------------------------


def measure_on(matrix: Matrix) -> Evidence:
    """Solve with one matrix, dense and banded, and compare the cost with the shares."""
    dense, banded = solves = solve_both_ways(matrix)
    n, l, u = matrix.array.shape[0], matrix.lower, matrix.upper
    of_nonzeros = Structure(n, matrix.array.nnz, banded.ops.flops, dense.ops.flops)
    of_band = Structure(n, in_band(n, l, u), banded.ops.flops, dense.ops.flops)
    notes = []
    if dense.counted_by == "law":
        notes = [
            f"The dense solve was not run: at n = {n:,} its count, {dense.ops.flops:,} flops, comes from the law "
            f"{verified_law(dense.method).flops}. " + VERIFIED
        ]
    return Evidence(
        checks=[
            Check(CUTS, "r, banded over dense", of_nonzeros.r, below(1)),
            *(
                Check(BAND, f"{case}: {written(100 * x.s)} %", x.over_square, at_most(FACTOR), x.s < LARGEST_SHARE)
                for case, x in (("share of nonzeros", of_nonzeros), ("share of the band", of_band))
            ),
        ],
        headline=Headline("The banded solve takes {:.3g} % of the dense one's flops.", 100 * of_nonzeros.r),
        gain=Gain(f"{matrix.name}, n = {n:,}", dense.ops.flops, banded.ops.flops),
        tables=[
            Table(
                f"{matrix.name}: n = {n:,}, {matrix.array.nnz:,} nonzeros, {l} diagonals below the main one, {u} above",
                ("method", "counted by", "flops", "add, sub", "mul", "div", "sqrt"),
                [
                    (s.method, s.counted_by, s.ops.flops, s.ops.add + s.ops.sub, s.ops.mul, s.ops.div, s.ops.sqrt)
                    for s in solves
                ],
            ),
            Table(
                "What the matrix takes to hold, and what running the solve showed",
                ("method", "bytes held", "residual"),
                [(s.method, s.bytes, s.residual) for s in solves],
            ),
        ],
        timings=[
            Table(
                f"Time of the solves with {matrix.name}",
                ("method", "time in ms"),
                [(s.method, None if s.seconds is None else 1e3 * s.seconds) for s in solves],
            )
        ],
        figures=[
            Figure(
                f"Flops to solve one system with {matrix.name}.",
                partial(draw_bars, [s.method for s in solves], [s.ops.flops for s in solves], "flops"),
            )
        ],
        notes=[
            *notes,
            f"A share of {100 * LARGEST_SHARE:.0f} % or more is shown and not judged: its square is so large that "
            "even a solve that saves nothing would pass.",
            "The residual is max |b - Ax| over |A| |x| + |b| in the max-norm: 1e-16 is as good as it gets.",
        ],
    )


# -- figures ---------------------------------------------------------------------------------------------------------


def _draw_cost(
    cholesky: Mapping[int, Structure], elimination: Mapping[int, Structure], triangle: Structure, axes: Any
) -> None:
    share = np.array([x.s for x in cholesky.values()])
    line = np.array([share[0], 0.6])
    axes.loglog(100 * line, line**2, "k:", label="s²")
    axes.loglog(100 * share, [x.r for x in cholesky.values()], "o-", label="band, Cholesky")
    axes.loglog(100 * share, [x.r for x in elimination.values()], "s--", label="band, elimination")
    axes.loglog([100 * triangle.s], [triangle.r], "^", markersize=10, label="triangle")
    axes.set_xlabel("share of nonzeros s (%)")
    axes.set_ylabel("flops, structured / dense")
    axes.legend()


def _draw_grids(grids: Sequence[tuple[Structure, Structure]], axes: Any) -> None:
    orders = [before.n for before, _ in grids]
    axes.loglog(orders, [before.dense for before, _ in grids], markersize=14, label="dense")
    axes.loglog(orders, [before.flops for before, _ in grids], label="band, numbered at random")
    axes.loglog(orders, [after.flops for _, after in grids], label="band, reordered")
    axes.set_xlabel("unknowns n")
    axes.set_ylabel("flops")
    axes.legend()


CLAIM = Claim(
    key="S1",
    mechanism="sparsity",
    statement="Exploiting a band or a triangle cuts the cost of a direct solve about with the square of the share of "
    "nonzeros.",
    source="RAND RR-A3485-1, appendix B, linear equations",
    baseline="dense elimination, or dense Cholesky for a positive definite matrix",
    improvement="the same method within the band, which reordering may have to find; substitution in the triangle",
    parts={
        CUTS: "the ratio r of its flops to those of the dense solve",
        GROWS: "the power of the share of nonzeros s with which r grows",
        BAND: "r / s²",
        TRIANGLE: "r / s²",
    },
    measure=measure,
    measure_on=measure_on,
    measure_published=lambda folder: measure_on(read_matrix_market(folder / "matrices" / DAM)),
)
