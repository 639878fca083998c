"""S2. Storage is proportional to the number of nonzeros."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse

from mechkit.linear_systems.incomplete_cholesky import incomplete_cholesky
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_most, below, between
from mechkit.mechanisms.shared.charts import draw_bars
from mechkit.mechanisms.shared.direct_solves import storage
from mechkit.mechanisms.shared.runs import power
from mechkit.problems import Matrix, poisson_2d, to_band

GROWS = "bytes grow in proportion to the nonzeros"
SPARSE = "a format for nonzeros takes little more than their own bytes"

BAND, GRID, TRIANGLE = "a full band, p = 10", "a 2-D grid", "a triangle"
#: The formats that hold the nonzeros alone. In a grid most of the band is zeros, so that there the band is not one.
FORMATS = {BAND: ("band", "CSR"), GRID: ("CSR",), TRIANGLE: ("packed triangle", "CSR")}
#: In proportion: with the power 1, as far as the ends of the band and the pointers to the rows let it be.
PROPORTION = between(0.95, 1.05)
#: Twice the 8 bytes of a number.
MOST_BYTES = 16.0


def measure() -> Evidence:
    """Bytes against nonzeros for growing bands, grids and triangles, and for the Cholesky factors of a grid."""
    grown = {
        BAND: [_full_band(n, 10) for n in (200, 400, 800, 1600)],
        GRID: [Matrix.of("grid", poisson_2d(m)) for m in (10, 20, 40, 60)],
        TRIANGLE: [Matrix.of("triangle", scipy.sparse.csr_array(np.tri(n))) for n in (50, 100, 200, 400)],
    }
    held = {family: [storage(matrix) for matrix in matrices] for family, matrices in grown.items()}
    nonzeros = {family: [matrix.array.nnz for matrix in matrices] for family, matrices in grown.items()}
    grids = [matrix.array for matrix in grown[GRID]]
    factors = {
        "incomplete factor": [_csr_bytes(incomplete_cholesky(grid).nnz, grid) for grid in grids],
        "complete factor": [_csr_bytes(_nonzeros_of_factor(grid), grid) for grid in grids],
    }

    def grows(fmt: str, family: str) -> float:
        return power(nonzeros[family], [row[fmt] for row in held[family]])

    largest, order = held[GRID][-1], grids[-1].shape[0]
    return Evidence(
        checks=[
            *(
                Check(GROWS, f"{fmt}, {family}", grows(fmt, family), PROPORTION)
                for family, formats in FORMATS.items()
                for fmt in formats
            ),
            *(
                Check(SPARSE, f"{fmt}, {family}", held[family][-1][fmt] / nonzeros[family][-1], at_most(MOST_BYTES))
                for family, formats in FORMATS.items()
                for fmt in formats
            ),
            Check(GROWS, "band, a 2-D grid: it holds zeros", grows("band", GRID), PROPORTION, within=False),
            *(
                Check(
                    GROWS,
                    f"{name} of a 2-D grid, by the nonzeros of the grid",
                    power(nonzeros[GRID], [size for size, _ in sizes]),
                    PROPORTION,
                    within=False,
                )
                for name, sizes in factors.items()
            ),
        ],
        headline=Headline(
            f"By rows, a 2-D grid with {order:,} unknowns takes 1/{{:,.0f}} of the dense bytes.",
            largest["dense"] / largest["CSR"],
        ),
        gain=Gain(f"a 2-D grid, n = {order:,}", largest["dense"], largest["CSR"], "bytes"),
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
                partial(_draw_storage, nonzeros[GRID], held[GRID]),
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


# -- measurement on a matrix of the reader's own ---------------------------------------------------------------------


def measure_on(matrix: Matrix) -> Evidence:
    """Bytes that each format holds for one matrix."""
    held, nnz, n = storage(matrix), matrix.array.nnz, matrix.array.shape[0]
    formats = {name: size for name, size in held.items() if matrix.symmetric or name != "packed triangle"}
    dense = held["dense"] / nnz  # a format that holds more than the dense one saves nothing
    wanted = at_most(MOST_BYTES) if dense > MOST_BYTES else below(dense)
    return Evidence(
        checks=[Check(SPARSE, name, size / nnz, wanted) for name, size in formats.items() if name != "dense"],
        headline=Headline("By rows, the matrix takes {:.3g} % of the dense bytes.", 100 * held["CSR"] / held["dense"]),
        gain=Gain(f"{matrix.name}, n = {n:,}, by rows (CSR)", held["dense"], held["CSR"], "bytes"),
        tables=[
            Table(
                f"{matrix.name}: n = {n:,}, {nnz:,} nonzeros",
                ("format", "bytes held", "bytes a nonzero"),
                [(name, size, size / nnz) for name, size in formats.items()],
            )
        ],
        figures=[
            Figure(f"Bytes held for {matrix.name}.", partial(draw_bars, list(formats), list(formats.values()), "bytes"))
        ],
    )


# -- figures ---------------------------------------------------------------------------------------------------------


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


CLAIM = Claim(
    key="S2",
    mechanism="sparsity",
    statement="Storage is proportional to the number of nonzeros.",
    source="RAND RR-A3485-1, appendix B, linear equations",
    baseline="dense storage",
    improvement="band, compressed sparse rows (CSR), packed triangle",
    parts={
        GROWS: "the power of the nonzeros with which the bytes grow",
        SPARSE: "the number of bytes for each nonzero (8 of its own)",
    },
    measure=measure,
    measure_on=measure_on,
    quick=False,
)
