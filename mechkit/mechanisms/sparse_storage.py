"""What a matrix, and the factor of a solve, take to hold (claim S2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse

from mechkit.linear_systems.incomplete_cholesky import incomplete_cholesky
from mechkit.mechanisms.direct_solves import storage
from mechkit.mechanisms.experiment import Evidence, Figure, Table, Verdict, verdict_by_parts
from mechkit.problems import Matrix, poisson_2d, to_band


def draw_bars(names: list[str], values: list[float], unit: str, axes: Any) -> None:
    """One bar for each name, with its value, on a logarithmic axis."""
    bars = axes.barh(names, values, color=["#0072b2", "#e69f00", "#009e73", "#cc79a7"][: len(names)])
    axes.bar_label(bars, labels=[f" {value:,}" for value in values])
    axes.set_xscale("log")
    axes.set_xlim(min(values) / 10, max(values) * 30)
    axes.set_xlabel(unit)
    axes.invert_yaxis()


STORAGE_RULE = (
    "A format passes on a family of growing matrices if the bytes it holds grow as the number of nonzeros to a power "
    "between 0.95 and 1.05. So does a Cholesky factor of a grid, complete or incomplete, held by rows (CSR), if its "
    "bytes grow so with the nonzeros of the matrix. Confirmed if every format passes that is meant for the family, and "
    "both factors; qualified if some do, refuted if none does."
)
STORAGE_RULE_OF_MATRIX = (
    "A format passes if it holds at most 16 bytes a nonzero, twice the number itself, and less than the dense one. "
    "Confirmed if all that exploit zeros pass, qualified if some do, refuted if none does."
)
_FAMILIES = {
    "a full band, p = 10": ("band", "CSR"),
    "a 2-D grid": ("band", "CSR"),
    "a triangle": ("packed triangle", "CSR"),
}


def measure_storage() -> Evidence:
    """Bytes against nonzeros for growing bands, grids and triangles, and for the Cholesky factors of a grid."""
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
    grids = [matrix.array for matrix in grown["a 2-D grid"]]
    factors = {
        "incomplete factor": [_csr_bytes(incomplete_cholesky(grid).nnz, grid) for grid in grids],
        "complete factor": [_csr_bytes(_nonzeros_of_factor(grid), grid) for grid in grids],
    }
    for name, sizes in factors.items():
        numbers[f"{name}, a 2-D grid"] = _exponent(nonzeros["a 2-D grid"], [size for size, _ in sizes])
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
        ]
        + [
            Table(
                "Bytes held by rows (CSR) for a 2-D grid and its Cholesky factors, float64 and float32",
                (
                    "n",
                    "nonzeros",
                    *(f"{name}, {kind}" for name in ("matrix", *factors) for kind in ("float64", "float32")),
                ),
                [
                    (grid.shape[0], grid.nnz, *_csr_bytes(grid.nnz, grid), *incomplete, *complete)
                    for grid, incomplete, complete in zip(grids, *factors.values(), strict=True)
                ],
            )
        ],
        figures=[
            Figure(
                "Bytes held for a 2-D grid. CSR follows the nonzeros; the band holds the zeros inside it, and widens "
                "with the grid.",
                partial(_draw_storage, nonzeros["a 2-D grid"], held["a 2-D grid"]),
            ),
            Figure(
                "Bytes held by rows for a 2-D grid, its incomplete and its complete Cholesky factor. Elimination fills "
                "the band; an incomplete factor keeps to the nonzeros of the matrix.",
                partial(_draw_factors, [grid.nnz for grid in grids], [_csr_bytes(g.nnz, g)[0] for g in grids], factors),
            ),
        ],
        notes=[
            "The grid is numbered row by row. Better numberings fill less, nested dissection n log n (George 1973), "
            "which is still more than in proportion."
        ],
    )


def _csr_bytes(nonzeros: int, array: scipy.sparse.csr_array) -> tuple[int, int]:
    """Bytes of so many nonzeros by rows in float64 and float32, with indices like the array's."""
    index = array.indices.itemsize
    indices = index * (nonzeros + array.shape[0] + 1)
    return 8 * nonzeros + indices, 4 * nonzeros + indices


def _nonzeros_of_factor(array: scipy.sparse.csr_array) -> int:
    return int(np.count_nonzero(scipy.linalg.cholesky_banded(to_band(array, 0, Matrix.of("", array).upper))))


def _full_band(n: int, p: int) -> Matrix:
    diagonals = [np.ones(n - abs(k)) for k in range(-p, p + 1)]
    return Matrix.of("band", scipy.sparse.diags_array(diagonals, offsets=range(-p, p + 1)))


def _exponent(x: list[int], y: list[int]) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def judge_storage(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `STORAGE_RULE`."""
    passed = sum(0.95 <= exponent <= 1.05 for exponent in numbers.values())
    worst = max(numbers, key=lambda name: abs(numbers[name] - 1))
    return verdict_by_parts(passed, len(numbers)), (
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


def _draw_factors(
    nonzeros: list[int], matrix: list[int], factors: Mapping[str, list[tuple[int, int]]], axes: Any
) -> None:
    for name, sizes in reversed(list(factors.items())):
        axes.loglog(nonzeros, [size for size, _ in sizes], label=name)
    axes.loglog(nonzeros, matrix, label="matrix")
    axes.set_xlabel("nonzeros of the matrix")
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
            Figure(f"Bytes held for {matrix.name}.", partial(draw_bars, list(formats), list(formats.values()), "bytes"))
        ],
    )


def judge_storage_of(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `STORAGE_RULE_OF_MATRIX`."""
    sparse = {name: per_nonzero for name, per_nonzero in numbers.items() if name != "dense"}
    passed = sum(per_nonzero <= 16 and per_nonzero < numbers["dense"] for per_nonzero in sparse.values())
    figures = ", ".join(f"{name} {per_nonzero:,.3g}" for name, per_nonzero in numbers.items())
    return verdict_by_parts(passed, len(sparse)), f"bytes a nonzero: {figures}"
