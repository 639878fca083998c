"""P1. Storage falls in proportion to the bits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, between
from mechkit.problems import poisson_2d, to_band

FALLS = "the storage of numbers falls in proportion to the bits"

#: Points a side of the grid whose matrix is stored.
M = 40
TYPES: Mapping[str, Any] = {"float64": np.float64, "float32": np.float32, "float16": np.float16}
#: What holds numbers alone. CSR holds indices too, whose bits are not reduced.
NUMBERS = ("dense", "band", "values of CSR")
#: In proportion: within 5 %.
PROPORTION = between(0.95, 1.05)


def measure() -> Evidence:
    """Bytes of one matrix, that of a grid with random coefficients, in three formats and three types."""
    m, grid = M, poisson_2d(M)
    grid.data *= np.random.default_rng(0).uniform(1.0, 2.0, grid.nnz)
    held = {name: _bytes(grid, kind) for name, kind in TYPES.items()}
    share = {(fmt, name): held[name][fmt] / full for name in TYPES for fmt, full in held["float64"].items()}
    limits = {name: np.finfo(kind) for name, kind in TYPES.items()}
    return Evidence(
        checks=[
            Check(FALLS, f"{fmt}, {name}", of_bytes * 64 / limits[name].bits, PROPORTION, within=fmt in NUMBERS)
            for (fmt, name), of_bytes in share.items()
            if name != "float64"
        ],
        headline=Headline(
            "In float16 a sparse matrix keeps {:.0f} % of its bytes, not 25 %: indices do not shrink.",
            100 * share["CSR", "float16"],
        ),
        gain=Gain(
            f"a dense matrix, n = {m * m:,}, float64 and then float16",
            held["float64"]["dense"],
            held["float16"]["dense"],
            "bytes",
        ),
        tables=[
            Table(
                f"Bytes held for a {m} x {m} grid with random coefficients, n = {m * m:,}, {grid.nnz:,} nonzeros",
                ("format", *TYPES, "float32 / float64", "float16 / float64"),
                [
                    (fmt, *(held[name][fmt] for name in TYPES), share[fmt, "float32"], share[fmt, "float16"])
                    for fmt in held["float64"]
                ],
            ),
            Table(
                "What the bits buy",
                ("type", "bits", "largest number", "largest relative error in storing the nonzeros"),
                [
                    (name, limits[name].bits, float(limits[name].max), _rounding(grid.data, TYPES[name]))
                    for name in TYPES
                ],
            ),
        ],
        figures=[
            Figure(
                "Bytes held, as a share of those in float64. The dotted lines are the shares of the bits. The indices "
                "of CSR stay as they are, 4 bytes for each nonzero, so that its share falls less.",
                partial(_draw, ["dense", "band", "CSR"], share),
            )
        ],
    )


def _bytes(array: scipy.sparse.csr_array, kind: Any) -> dict[str, int]:
    reach = int(np.max(np.abs(np.subtract(*array.nonzero()))))
    return {
        "dense": array.toarray().astype(kind).nbytes,
        "band": to_band(array, reach, reach).astype(kind).nbytes,
        "values of CSR": array.data.astype(kind).nbytes,
        "CSR": array.data.astype(kind).nbytes + array.indices.nbytes + array.indptr.nbytes,
    }


def _rounding(values: np.ndarray, kind: Any) -> float:
    return float(np.max(np.abs(values.astype(kind).astype(np.float64) - values) / np.abs(values)))


def _draw(formats: list[str], share: Mapping[tuple[str, str], float], axes: Any) -> None:
    for k, name in enumerate(TYPES):
        heights = [100 * share[fmt, name] for fmt in formats]
        bars = axes.bar(np.arange(len(formats)) + 0.27 * (k - 1), heights, 0.25, label=name)
        axes.bar_label(bars, fmt="%.0f", padding=2)
    for of_bits in (25, 50):
        axes.axhline(of_bits, color="black", linestyle=":", marker="", linewidth=1.5)
    axes.set_xticks(range(len(formats)), formats)
    axes.set_ylabel("bytes held (% of float64)")
    axes.set_yticks(range(0, 101, 25))
    axes.set_ylim(0, 130)
    axes.legend(loc="upper center", ncols=3)


CLAIM = Claim(
    key="P1",
    mechanism="reduced precision",
    statement="Storage falls in proportion to the bits.",
    source="RAND RR-A3485-1, chapter 3, reduced precision",
    baseline="a matrix held in float64",
    improvement="the same in float32 and float16: dense, as a band, by rows (CSR)",
    parts={FALLS: "the ratio of the bytes that are left to the bits that are left"},
    measure=measure,
)
