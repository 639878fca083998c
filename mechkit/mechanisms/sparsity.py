"""Sparsity: what a solver saves by knowing where the zeros are (claims S1 and S2)."""

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
from mechkit.mechanisms.direct_solves import SOLVES, VERIFIED, solve_both_ways, verified_law
from mechkit.mechanisms.experiment import Evidence, Experiment, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.laws import dominant_band
from mechkit.mechanisms.sparse_storage import (
    STORAGE_RULE,
    STORAGE_RULE_OF_MATRIX,
    draw_bars,
    judge_storage,
    judge_storage_of,
    measure_storage,
    measure_storage_of,
)
from mechkit.problems import Matrix, poisson_2d, to_band

SOURCE = "RAND RR-A3485-1, appendix B, linear equations"


def experiments(matrix: Matrix | None = None) -> list[Experiment]:
    """S1 and S2 on generated problems, or on one matrix of the reader's own.

    Raises ValueError for a matrix without zeros: there is nothing to exploit.

    >>> experiments(Matrix.of("ones", scipy.sparse.csr_array(np.ones((2, 2)))))
    Traceback (most recent call last):
    ValueError: ones holds 2 x 2 entries, and none of them is zero: there is nothing to exploit; give a sparse matrix
    """
    if matrix is not None and matrix.array.nnz == matrix.array.shape[0] ** 2:
        shape = " x ".join(map(str, matrix.array.shape))
        raise ValueError(
            f"{matrix.name} holds {shape} entries, and none of them is zero: there is nothing to exploit; "
            "give a sparse matrix"
        )
    on_a_matrix = matrix is not None
    cost: Callable[[], Evidence] = measure_cost if matrix is None else partial(measure_cost_of, matrix)
    held: Callable[[], Evidence] = measure_storage if matrix is None else partial(measure_storage_of, matrix)
    return [
        Experiment(
            claim="S1",
            mechanism="sparsity",
            statement="Exploiting a band or a triangle cuts the cost of a direct solve about with the square of the "
            "share of nonzeros.",
            source=SOURCE,
            baseline="dense elimination, or dense Cholesky for a positive definite matrix",
            improvement="the same method within the band"
            + ("" if on_a_matrix else ", which reordering may have to find; substitution in the triangle"),
            rule=COST_RULE_OF_MATRIX if on_a_matrix else COST_RULE,
            measure=cost,
            judge=judge_cost_of if on_a_matrix else judge_cost,
        ),
        Experiment(
            claim="S2",
            mechanism="sparsity",
            statement="Storage is proportional to the number of nonzeros.",
            source=SOURCE,
            baseline="dense storage",
            improvement="band, compressed sparse rows (CSR), packed triangle",
            rule=STORAGE_RULE_OF_MATRIX if on_a_matrix else STORAGE_RULE,
            measure=held,
            judge=judge_storage_of if on_a_matrix else judge_storage,
        ),
    ]


# -- S1: cost ----------------------------------------------------------------------------------------------------

COST_RULE = (
    "r is the flops of the structured solve over those of the dense one, s the share of nonzeros. The symmetric band, "
    "solved by Cholesky, passes if, for half-bandwidths from 1 % to 25 % of n, r grows as s to a power between 1.75 "
    "and 2.25 and r / s² stays between 1/4 and 4. Each other structure passes if its r / s² lies between 1/4 and 4. "
    "Confirmed if all pass, qualified if some do, refuted if none does."
)
COST_RULE_OF_MATRIX = (
    "r is the flops of the banded solve over those of the dense one. Refuted if r is 1 or more: nothing is saved. "
    "Otherwise confirmed if r is within a factor of 4 of the square of the share of nonzeros, which can only be told "
    "where at most half of the entries are nonzero; otherwise qualified if it is within a factor of 4 of the square of "
    "the band's share of the matrix; otherwise refuted."
)


def measure_cost(n: int = 1000) -> Evidence:
    """Flops of structured and dense solves at n unknowns, and for grids whose band reordering has to find."""
    laws = {name: verified_law(name) for name in SOLVES}
    widths = [max(1, round(n * part)) for part in (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25)]
    share = np.array([(n * (2 * p + 1) - p * (p + 1)) / n**2 for p in widths])
    cholesky = _ratios(laws["banded Cholesky"], laws["dense Cholesky"], n, widths)
    elimination = _ratios(laws["banded elimination"], laws["dense elimination"], n, widths)
    grids = [_grid(m) for m in _GRIDS]
    others = _structures(n, laws, grids[-1])
    bands = [x.flops for name, x in others.items() if name.startswith("band")]
    triangle, sparse = others["triangle"], others["sparse triangle, by rows"]
    return Evidence(
        numbers={
            "exponent of the band": float(np.polyfit(np.log(share), np.log(cholesky), 1)[0]),
            "smallest r / s² of the band": float(np.min(cholesky / share**2)),
            "largest r / s² of the band": float(np.max(cholesky / share**2)),
            **{OTHER + name: x.r / x.s**2 for name, x in others.items() if name != UNORDERED},
        },
        tables=[
            Table(
                "Exact laws: flops of a whole solve, one right-hand side, n unknowns, half-bandwidth p",
                ("method", "flops"),
                [(name, str(found.flops)) for name, found in laws.items()],
            ),
            Table(
                f"Band against dense, n = {n:,}",
                ("p", "s", "s²", "r, Cholesky", "r / s²", "r, elimination", "r / s²"),
                [
                    (p, s, s**2, c, c / s**2, e, e / s**2)
                    for p, s, c, e in zip(widths, share, cholesky, elimination, strict=True)
                ],
            ),
            Table(
                "Other structures against dense elimination, the grid against dense Cholesky",
                ("structure", "n", "flops", "s", "s²", "r", "r / s²"),
                [(name, x.n, x.flops, x.s, x.s**2, x.r, x.r / x.s**2) for name, x in others.items()],
            ),
        ],
        figures=[
            Figure(
                f"Flops of a structured solve as a share of the dense one's, n = {n:,}. Within a band the cost follows "
                "the square of the share; a triangle needs no elimination and lies far below it.",
                partial(_draw_cost, share, cholesky, elimination, triangle),
            ),
            Figure(
                "Flops to solve a 2-D grid by Cholesky, numbered at random: the band is as wide as the matrix, until "
                "reordering (reverse Cuthill-McKee) finds the narrow one.",
                partial(_draw_grids, grids),
            ),
        ],
        notes=[
            VERIFIED,
            "Flops of dense solves, of the full triangle and of symmetric bands are the laws' values. The others were "
            "counted in runs.",
            f"The sparse triangle takes {sparse.flops / sparse.nonzeros:.2f} flops a nonzero: its cost goes with the "
            "nonzeros, not with their square. A band costs by its width, zeros included: so does the reordered grid's.",
            f"Pivoting widens a band by its lower diagonals: random bands cost {bands[1] / bands[0]:.2f} times "
            f"({_BANDS[0][0]} below) and {bands[3] / bands[2]:.2f} times ({_BANDS[1][0]} below) what they do without "
            "interchanges.",
        ],
    )


_BANDS = ((40, 40), (5, 75))
_GRIDS = (5, 10, 20, 30, 40)
UNORDERED, OTHER = "grid, numbered at random", "r / s² of the "


@dataclass(frozen=True)
class _Structure:
    """A matrix of order n with a structure: what solving takes, by itself and densely."""

    n: int
    nonzeros: int
    flops: int
    dense: int

    @property
    def s(self) -> float:
        return self.nonzeros / self.n**2

    @property
    def r(self) -> float:
        return self.flops / self.dense


def _structures(n: int, laws: Mapping[str, Law], grid: tuple[_Structure, _Structure]) -> dict[str, _Structure]:
    """Bands with and without interchanges, triangles, and the largest grid."""
    dense, found = laws["dense elimination"], {}
    for l, u in _BANDS:
        nonzeros = n * (l + u + 1) - (l * (l + 1) + u * (u + 1)) // 2
        random = np.random.default_rng(0).standard_normal((l + u + 1, n))
        for how, ab in (("no interchanges", dominant_band(n, l, u)), ("interchanges", random)):
            flops = _flops(solve_banded, (l, u), ab, np.ones(n))
            found[f"band, {l} below, {u} above, {how}"] = _Structure(n, nonzeros, flops, dense(n).flops)
    substitution = laws["triangular substitution"](n).flops
    found["triangle"] = _Structure(n, n * (n + 1) // 2, substitution, dense(n).flops)
    lower = np.tril(np.random.default_rng(0).random((n, n)) < 0.16) + n * np.eye(n)
    flops = _flops(spsolve_triangular, scipy.sparse.csr_array(lower), np.ones(n))
    found["sparse triangle, by rows"] = _Structure(n, int(np.count_nonzero(lower)), flops, dense(n).flops)
    found[UNORDERED], found["grid, reordered"] = grid
    return found


def _grid(m: int) -> tuple[_Structure, _Structure]:
    """An m x m grid numbered at random, solved within the band that it has so, and within that of its reordering."""
    order = np.random.default_rng(0).permutation(m * m)
    mixed = Matrix.of("grid", poisson_2d(m)[order][:, order])
    array, b = mixed.array, np.ones(m * m)
    dense = verified_law("dense Cholesky")(m * m).flops
    before = _flops(solveh_banded, to_band(array, 0, mixed.upper), b)
    after = _flops(spsolve, array, b)
    return _Structure(m * m, array.nnz, before, dense), _Structure(m * m, array.nnz, after, dense)


def _flops(run: Callable[..., Any], *args: Any) -> int:
    with warnings.catch_warnings(), count() as ops:
        warnings.simplefilter("ignore", LinAlgWarning)  # of random bands the cost is asked, not the solution
        run(*args)
    return ops.flops


def _ratios(banded: Law, dense: Law, n: int, widths: list[int]) -> np.ndarray:
    return np.array([banded(n=n, p=p).flops / dense(n=n).flops for p in widths])


def judge_cost(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `COST_RULE`."""
    exponent = numbers["exponent of the band"]
    low, high = numbers["smallest r / s² of the band"], numbers["largest r / s² of the band"]
    others = {name.removeprefix(OTHER): ratio for name, ratio in numbers.items() if name.startswith(OTHER)}
    passed = (1.75 <= exponent <= 2.25 and 0.25 <= low <= high <= 4) + sum(0.25 <= x <= 4 for x in others.values())
    least, most = min(others, key=others.__getitem__), max(others, key=others.__getitem__)
    return verdict_by_parts(passed, 1 + len(others)), (
        f"in a band the cost goes with the share of nonzeros to the power {exponent:.2f}, {low:.2f} to {high:.2f} "
        f"times its square; other structures cost from {others[least]:.2g} times the square ({least}) to "
        f"{others[most]:.3g} times ({most})"
    )


def _draw_cost(share: Any, cholesky: Any, elimination: Any, triangle: _Structure, axes: Any) -> None:
    line = np.array([share[0], 0.6])
    axes.loglog(100 * line, line**2, "k:", label="s²")
    axes.loglog(100 * share, cholesky, "o-", label="band, Cholesky")
    axes.loglog(100 * share, elimination, "s--", label="band, elimination")
    axes.loglog([100 * triangle.s], [triangle.r], "^", markersize=10, label="triangle")
    axes.set_xlabel("share of nonzeros s (%)")
    axes.set_ylabel("flops, structured / dense")
    axes.legend()


def _draw_grids(grids: Sequence[tuple[_Structure, _Structure]], axes: Any) -> None:
    orders = [before.n for before, _ in grids]
    axes.loglog(orders, [before.dense for before, _ in grids], markersize=14, label="dense")
    axes.loglog(orders, [before.flops for before, _ in grids], label="band, numbered at random")
    axes.loglog(orders, [after.flops for _, after in grids], label="band, reordered")
    axes.set_xlabel("unknowns n")
    axes.set_ylabel("flops")
    axes.legend()


def measure_cost_of(matrix: Matrix) -> Evidence:
    """Solve with one matrix, dense and banded, and compare the cost with the shares."""
    dense, banded = solve_both_ways(matrix)
    n, l, u = matrix.array.shape[0], matrix.lower, matrix.upper
    in_band = n * (l + u + 1) - (l * (l + 1) + u * (u + 1)) // 2
    solves = (dense, banded)
    notes = []
    if dense.counted_by == "law":
        notes = [
            f"The dense solve was not run: at n = {n:,} its count, {dense.ops.flops:,} flops, comes from the law "
            f"{verified_law(dense.method).flops}. " + VERIFIED
        ]
    return Evidence(
        numbers={
            "r": banded.ops.flops / dense.ops.flops,
            "share of nonzeros": matrix.array.nnz / n**2,
            "share of the band": in_band / n**2,
        },
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
                ("method", "bytes held", "residual", "time in ms"),
                [(s.method, s.bytes, s.residual, None if s.seconds is None else 1e3 * s.seconds) for s in solves],
            ),
        ],
        figures=[
            Figure(
                f"Flops to solve one system with {matrix.name}.",
                partial(draw_bars, [s.method for s in solves], [s.ops.flops for s in solves], "flops"),
            )
        ],
        notes=[*notes, "The residual is max |b - Ax| over |A| |x| + |b| in the max-norm: 1e-16 is as good as it gets."],
    )


def judge_cost_of(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `COST_RULE_OF_MATRIX`."""
    r, nonzeros, band = numbers["r"], numbers["share of nonzeros"], numbers["share of the band"]
    of_nonzeros, of_band = r / nonzeros**2, r / band**2
    verdict: Verdict = "refuted"
    if r < 1 and nonzeros <= 0.5 and 0.25 <= of_nonzeros <= 4:
        verdict = "confirmed"
    elif r < 1 and 0.25 <= of_band <= 4:
        verdict = "qualified"
    return verdict, (
        f"the banded solve takes {100 * r:.3g} % of the dense one's flops: {of_nonzeros:,.3g} times the square of the "
        f"share of nonzeros ({100 * nonzeros:.3g} %), {of_band:.3g} times the square of the band's share "
        f"({100 * band:.3g} %)"
    )
