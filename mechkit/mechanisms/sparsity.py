"""Sparsity: what a solver saves by knowing where the zeros are (claims S1 and S2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse

from mechkit.measurement import Law
from mechkit.mechanisms.direct_solves import SOLVES, VERIFIED, solve_both_ways, storage, verified_law
from mechkit.mechanisms.experiment import Evidence, Experiment, Figure, Table, Verdict
from mechkit.problems import Matrix, poisson_2d

SOURCE = "RAND RR-A3485-1, appendix B, linear equations"


def experiments(matrix: Matrix | None = None) -> list[Experiment]:
    """S1 and S2 on generated problems, or on one matrix of the reader's own."""
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
            improvement="the same method within the band" + ("" if on_a_matrix else "; substitution in the triangle"),
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


def _verdict(passed: int, of: int) -> Verdict:
    return "confirmed" if passed == of else "qualified" if passed else "refuted"


# -- S1: cost ----------------------------------------------------------------------------------------------------

COST_RULE = (
    "r is the flops of the structured solve over those of the dense one, s the share of nonzeros. The band passes if, "
    "for half-bandwidths from 1 % to 25 % of n, r grows as s to a power between 1.75 and 2.25 and r / s² stays between "
    "1/4 and 4. The triangle passes if r / s² lies between 1/4 and 4. Confirmed if both pass, qualified if one does, "
    "refuted if neither."
)
COST_RULE_OF_MATRIX = (
    "r is the flops of the banded solve over those of the dense one. Confirmed if r is within a factor of 4 of the "
    "square of the share of nonzeros; otherwise qualified if it is within a factor of 4 of the square of the band's "
    "share of the matrix; otherwise refuted."
)


def measure_cost(n: int = 1000) -> Evidence:
    """Ratios of the laws of structured and dense solves at n unknowns."""
    laws = {name: verified_law(name) for name in SOLVES}
    widths = [max(1, round(n * part)) for part in (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25)]
    share = np.array([(n * (2 * p + 1) - p * (p + 1)) / n**2 for p in widths])
    cholesky = _ratios(laws["banded Cholesky"], laws["dense Cholesky"], n, widths)
    elimination = _ratios(laws["banded elimination"], laws["dense elimination"], n, widths)
    triangle_share = (n + 1) / (2 * n)
    triangle = laws["triangular substitution"](n).flops / laws["dense elimination"](n).flops
    return Evidence(
        numbers={
            "exponent of the band": float(np.polyfit(np.log(share), np.log(cholesky), 1)[0]),
            "smallest r / s² of the band": float(np.min(cholesky / share**2)),
            "largest r / s² of the band": float(np.max(cholesky / share**2)),
            "r / s² of the triangle": triangle / triangle_share**2,
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
                f"Triangle against dense elimination, n = {n:,}",
                ("s", "s²", "r", "r / s²"),
                [(triangle_share, triangle_share**2, triangle, triangle / triangle_share**2)],
            ),
        ],
        figures=[
            Figure(
                f"Flops of a structured solve as a share of the dense one's, n = {n:,}. Within a band the cost follows "
                "the square of the share; a triangle needs no elimination and lies far below it.",
                partial(_draw_cost, share, cholesky, elimination, triangle_share, triangle),
            )
        ],
        notes=[VERIFIED, f"The ratios at n = {n:,} are the laws' values; nothing of that size was run."],
    )


def _ratios(banded: Law, dense: Law, n: int, widths: list[int]) -> np.ndarray:
    return np.array([banded(n=n, p=p).flops / dense(n=n).flops for p in widths])


def judge_cost(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `COST_RULE`."""
    exponent, triangle = numbers["exponent of the band"], numbers["r / s² of the triangle"]
    low, high = numbers["smallest r / s² of the band"], numbers["largest r / s² of the band"]
    passed = (1.75 <= exponent <= 2.25 and 0.25 <= low <= high <= 4) + (0.25 <= triangle <= 4)
    return _verdict(passed, 2), (
        f"in a band the cost goes with the share of nonzeros to the power {exponent:.2f}, "
        f"{low:.2f} to {high:.2f} times its square; a triangle costs {triangle:.2g} times the square"
    )


def _draw_cost(share: Any, cholesky: Any, elimination: Any, triangle_share: float, triangle: float, axes: Any) -> None:
    line = np.array([share[0], 0.6])
    axes.loglog(100 * line, line**2, "k:", label="s²")
    axes.loglog(100 * share, cholesky, "o-", label="band, Cholesky")
    axes.loglog(100 * share, elimination, "s--", label="band, elimination")
    axes.loglog([100 * triangle_share], [triangle], "^", markersize=10, label="triangle")
    axes.set_xlabel("share of nonzeros s (%)")
    axes.set_ylabel("flops, structured / dense")
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
                partial(_draw_bars, [s.method for s in solves], [s.ops.flops for s in solves], "flops"),
            )
        ],
        notes=[*notes, "The residual is max |b - Ax| over |A| |x| + |b| in the max-norm: 1e-16 is as good as it gets."],
    )


def judge_cost_of(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `COST_RULE_OF_MATRIX`."""
    r, nonzeros, band = numbers["r"], numbers["share of nonzeros"], numbers["share of the band"]
    of_nonzeros, of_band = r / nonzeros**2, r / band**2
    verdict: Verdict = "confirmed" if 0.25 <= of_nonzeros <= 4 else "qualified" if 0.25 <= of_band <= 4 else "refuted"
    return verdict, (
        f"the banded solve takes {100 * r:.3g} % of the dense one's flops: {of_nonzeros:,.3g} times the square of the "
        f"share of nonzeros ({100 * nonzeros:.3g} %), {of_band:.3g} times the square of the band's share "
        f"({100 * band:.3g} %)"
    )


def _draw_bars(names: list[str], values: list[float], unit: str, axes: Any) -> None:
    bars = axes.barh(names, values, color=["#0072b2", "#e69f00", "#009e73", "#cc79a7"][: len(names)])
    axes.bar_label(bars, labels=[f" {value:,}" for value in values])
    axes.set_xscale("log")
    axes.set_xlim(min(values) / 10, max(values) * 30)
    axes.set_xlabel(unit)
    axes.invert_yaxis()


# -- S2: storage -------------------------------------------------------------------------------------------------

STORAGE_RULE = (
    "A format passes on a family of growing matrices if the bytes it holds grow as the number of nonzeros to a power "
    "between 0.95 and 1.05. Confirmed if every format passes that is meant for the family, qualified if some do, "
    "refuted if none does."
)
STORAGE_RULE_OF_MATRIX = (
    "A format passes if it holds at most 16 bytes a nonzero, twice the number itself. Confirmed if all that exploit "
    "zeros pass, qualified if some do, refuted if none does."
)
_FAMILIES = {
    "a full band, p = 10": ("band", "CSR"),
    "a 2-D grid": ("band", "CSR"),
    "a triangle": ("packed triangle", "CSR"),
}


def measure_storage() -> Evidence:
    """Bytes against nonzeros for growing bands, grids and triangles."""
    grown = {
        "a full band, p = 10": [_full_band(n, 10) for n in (200, 400, 800, 1600)],
        "a 2-D grid": [Matrix.of("grid", poisson_2d(m)) for m in (10, 20, 40, 60)],
        "a triangle": [Matrix.of("triangle", scipy.sparse.csr_array(np.tri(n))) for n in (50, 100, 200, 400)],
    }
    held = {family: [storage(matrix) for matrix in matrices] for family, matrices in grown.items()}
    nonzeros = {family: [matrix.array.nnz for matrix in matrices] for family, matrices in grown.items()}
    numbers = {
        f"{fmt}, {family}": _exponent(nonzeros[family], [row[fmt] for row in held[family]])
        for family, formats in _FAMILIES.items()
        for fmt in formats
    }
    return Evidence(
        numbers=numbers,
        tables=[
            Table(
                f"Bytes held for {family}",
                ("n", "nonzeros", "dense", "band", "CSR", "packed triangle"),
                [
                    (matrix.array.shape[0], matrix.array.nnz, *row.values())
                    for matrix, row in zip(grown[family], held[family], strict=True)
                ],
            )
            for family in grown
        ],
        figures=[
            Figure(
                "Bytes held for a 2-D grid. CSR follows the nonzeros; the band holds the zeros inside it, and widens "
                "with the grid.",
                partial(_draw_storage, nonzeros["a 2-D grid"], held["a 2-D grid"]),
            )
        ],
    )


def _full_band(n: int, p: int) -> Matrix:
    diagonals = [np.ones(n - abs(k)) for k in range(-p, p + 1)]
    return Matrix.of("band", scipy.sparse.diags_array(diagonals, offsets=range(-p, p + 1)))


def _exponent(x: list[int], y: list[int]) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def judge_storage(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `STORAGE_RULE`."""
    passed = sum(0.95 <= exponent <= 1.05 for exponent in numbers.values())
    worst = max(numbers, key=lambda name: abs(numbers[name] - 1))
    return _verdict(passed, len(numbers)), (
        f"{passed} of {len(numbers)} cases grow in proportion to the nonzeros; "
        f"the furthest off is {worst}, with the power {numbers[worst]:.2f}"
    )


def _draw_storage(nonzeros: list[int], held: list[Mapping[str, int]], axes: Any) -> None:
    for fmt, style in (("dense", "o-"), ("packed triangle", "^-."), ("band", "s--"), ("CSR", "D-")):
        axes.loglog(nonzeros, [row[fmt] for row in held], style, label=fmt)
    axes.loglog(nonzeros, [8 * nz for nz in nonzeros], "k:", label="8 bytes a nonzero")
    axes.set_xlabel("nonzeros")
    axes.set_ylabel("bytes held")
    axes.legend()


def measure_storage_of(matrix: Matrix) -> Evidence:
    """Bytes that each format holds for one matrix."""
    held = storage(matrix)
    formats = {name: size for name, size in held.items() if matrix.symmetric or name != "packed triangle"}
    nnz = matrix.array.nnz
    return Evidence(
        numbers={name: size / nnz for name, size in formats.items()},
        tables=[
            Table(
                f"{matrix.name}: n = {matrix.array.shape[0]:,}, {nnz:,} nonzeros",
                ("format", "bytes held", "bytes a nonzero"),
                [(name, size, size / nnz) for name, size in formats.items()],
            )
        ],
        figures=[
            Figure(
                f"Bytes held for {matrix.name}.", partial(_draw_bars, list(formats), list(formats.values()), "bytes")
            )
        ],
    )


def judge_storage_of(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `STORAGE_RULE_OF_MATRIX`."""
    sparse = {name: per_nonzero for name, per_nonzero in numbers.items() if name != "dense"}
    passed = sum(per_nonzero <= 16 for per_nonzero in sparse.values())
    figures = ", ".join(f"{name} {per_nonzero:,.3g}" for name, per_nonzero in numbers.items())
    return _verdict(passed, len(sparse)), f"bytes a nonzero: {figures}"
