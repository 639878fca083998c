"""Reduced precision: what fewer bits save, and where the saving ends (claims P1, P2 and P3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import scipy.sparse

from mechkit.counting import OpCounts, count
from mechkit.linear_systems import solve
from mechkit.linear_systems.limbs import BITS, MASK, add_limbs, multiply_limbs
from mechkit.measurement import law
from mechkit.mechanisms.experiment import Evidence, Experiment, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.one_time_gain import REFINEMENT_RULE, judge_refinement, measure_refinement
from mechkit.problems import poisson_2d, to_band
from mechkit.problems.conditioned import conditioned

SOURCE = "RAND RR-A3485-1, chapter 3, reduced precision"
TYPES: Mapping[str, Any] = {"float64": np.float64, "float32": np.float32, "float16": np.float16}


def experiments() -> list[Experiment]:
    """P1, P2 and P3."""
    shared = {"mechanism": "reduced precision"}
    return [
        Experiment(
            claim="P1",
            **shared,
            statement="Storage falls in proportion to the bits.",
            source=SOURCE,
            baseline="a matrix held in float64",
            improvement="the same in float32 and float16: dense, as a band, by rows (CSR)",
            rule=STORAGE_RULE,
            measure=measure_storage,
            judge=judge_storage,
        ),
        Experiment(
            claim="P2",
            **shared,
            statement="Effort can fall with the square of the bits.",
            source=SOURCE + "; appendix B: roughly quadratic",
            baseline="arithmetic with more bits",
            improvement="the same with fewer: long integers by limbs, and the floats of the hardware",
            rule=EFFORT_RULE,
            measure=measure_effort,
            judge=judge_effort,
        ),
        Experiment(
            claim="P3",
            **shared,
            statement="Reduced precision is a one-time gain: once the bits are cut, there is no more to be had.",
            source=SOURCE,
            baseline="dense elimination in float64",
            improvement="elimination in float32, refined to the accuracy of float64",
            rule=REFINEMENT_RULE,
            measure=measure_refinement,
            judge=judge_refinement,
        ),
    ]


# -- P1: storage -------------------------------------------------------------------------------------------------

STORAGE_RULE = (
    "q is the share of float64's bytes that a narrower type takes, over its share of the bits: 1/2 for float32, 1/4 "
    "for float16. A format passes in a type if q is within 5 % of 1. Confirmed if every format passes in both types, "
    "qualified if some do, refuted if none does."
)


def measure_storage(m: int = 40) -> Evidence:
    """Bytes of one matrix, that of an m x m grid with random coefficients, in three formats and three types."""
    grid = poisson_2d(m)
    grid.data *= np.random.default_rng(0).uniform(1.0, 2.0, grid.nnz)
    held = {name: _bytes(grid, kind) for name, kind in TYPES.items()}
    share = {(fmt, name): held[name][fmt] / full for name in TYPES for fmt, full in held["float64"].items()}
    limits = {name: np.finfo(kind) for name, kind in TYPES.items()}
    return Evidence(
        numbers={
            f"q, {fmt}, {name}": of_bytes * 64 / limits[name].bits
            for (fmt, name), of_bytes in share.items()
            if name != "float64"
        },
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
                partial(_draw_storage, list(held["float64"]), share),
            )
        ],
    )


def _bytes(array: scipy.sparse.csr_array, kind: Any) -> dict[str, int]:
    reach = int(np.max(np.abs(np.subtract(*array.nonzero()))))
    return {
        "dense": array.toarray().astype(kind).nbytes,
        "band": to_band(array, reach, reach).astype(kind).nbytes,
        "CSR": array.data.astype(kind).nbytes + array.indices.nbytes + array.indptr.nbytes,
    }


def _rounding(values: np.ndarray, kind: Any) -> float:
    return float(np.max(np.abs(values.astype(kind).astype(np.float64) - values) / np.abs(values)))


def judge_storage(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `STORAGE_RULE`."""
    passed = sum(abs(q - 1) <= 0.05 for q in numbers.values())
    worst = max(numbers, key=lambda name: abs(numbers[name] - 1))
    return verdict_by_parts(passed, len(numbers)), (
        f"{passed} of {len(numbers)} cases take their share of the bits; the furthest off is "
        f"{worst.removeprefix('q, ')}, with {numbers[worst]:.2f} times its share"
    )


def _draw_storage(formats: list[str], share: Mapping[tuple[str, str], float], axes: Any) -> None:
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


# -- P2: effort --------------------------------------------------------------------------------------------------

EFFORT_RULE = (
    "p is the power of the bits with which the operations grow: from 1,024 to 65,536 bits for long integers, from "
    "float32 to float64 for the hardware's floats. A kind of arithmetic passes if p is between 1.75 and 2.25. "
    "Confirmed if all pass, qualified if some do, refuted if none does."
)
_LIMBS = [2**j for j in range(13)]
_FITTED = slice(_LIMBS.index(64), None)


def measure_effort(n: int = 400) -> Evidence:
    """Operations of long integers by their bits, and of one system of order n in float32 and float64."""
    arithmetic: dict[str, Callable[[int], Any]] = {
        "schoolbook product": lambda k: multiply_limbs(_full(k), _full(k)),
        "Karatsuba's product": lambda k: multiply_limbs(_full(k), _full(k), "karatsuba", cutoff=1),
        "sum": lambda k: add_limbs(_full(k), _full(k)),
    }
    counts = {name: [_counted(run, k)["int"] for k in _LIMBS] for name, run in arithmetic.items()}
    effort = {name: [c.add + c.sub + c.mul + c.bitand + c.rshift for c in row] for name, row in counts.items()}
    solved = {name: _solved(n, TYPES[name]) for name in ("float64", "float32")}
    wide, narrow = (ops for ops, _ in solved.values())
    exact = law(arithmetic["schoolbook product"], k=range(1, 6))["int"]["mul"]
    columns = {"bits": [BITS * k for k in _LIMBS], "limbs": _LIMBS}
    columns |= {f"mul, {name}": [c.mul for c in row] for name, row in counts.items() if row[0].mul}
    columns |= {f"all, {name}": row for name, row in effort.items()}
    return Evidence(
        numbers={
            **{f"p, {name}": _power(_LIMBS[_FITTED], row[_FITTED]) for name, row in effort.items()},
            "p, a system in floats": float(np.log2(wide.flops / narrow.flops)),
        },
        tables=[
            Table(
                f"Operations on integers of limbs of {BITS} bits",
                tuple(columns),
                list(zip(*columns.values(), strict=True)),
            ),
            Table(
                f"One dense system by the hardware's floats, n = {n}",
                ("type", "flops", "bytes read and written", "time in ms"),
                [(name, ops.flops, ops.bytes, 1e3 * seconds) for name, (ops, seconds) in solved.items()],
            ),
        ],
        figures=[
            Figure(
                "All integer operations of one product or sum. The dotted line is the square of the bits: the "
                "schoolbook's product follows it, Karatsuba's grows more slowly, and a sum in proportion.",
                partial(_draw_effort, effort),
            )
        ],
        notes=[
            f"A product of k limbs by the schoolbook takes exactly {exact} multiplications.",
            "Times are medians of five runs on this machine. They are no part of the verdict.",
        ],
    )


def _full(k: int) -> np.ndarray:
    return np.full(k, MASK, np.int64)


def _counted(run: Callable[..., Any], *args: Any) -> OpCounts:
    with count() as ops:
        run(*args)
    return ops


def _solved(n: int, kind: Any) -> tuple[OpCounts, float]:
    a, b = conditioned(n, 100.0).astype(kind), np.ones(n, kind)
    ops, times = _counted(solve, a, b), []
    for _ in range(5):
        start = perf_counter()
        solve(a, b)
        times.append(perf_counter() - start)
    return ops, median(times)


def _power(x: list[int], y: list[int]) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def judge_effort(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `EFFORT_RULE`."""
    passed = sum(1.75 <= p <= 2.25 for p in numbers.values())
    powers = ", ".join(f"{name.removeprefix('p, ')} {p:.2f}" for name, p in numbers.items())
    return verdict_by_parts(passed, len(numbers)), f"operations grow with the bits to the power: {powers}"


def _draw_effort(effort: Mapping[str, list[int]], axes: Any) -> None:
    bits = np.array(_LIMBS) * BITS
    for name, operations in effort.items():
        axes.loglog(bits, operations, label=name)
    axes.loglog(bits, 2.0 * np.array(_LIMBS) ** 2, "k:", marker="", label="bits²")
    axes.set_xlabel("bits of a number")
    axes.set_ylabel("integer operations")
    axes.legend()
