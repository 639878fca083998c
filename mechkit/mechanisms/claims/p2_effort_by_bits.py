"""P2. Effort can fall with the square of the bits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from mechkit.counting import OpCounts, count
from mechkit.linear_systems import solve
from mechkit.linear_systems.limbs import BITS, MASK, add_limbs, multiply_limbs
from mechkit.measurement import law
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, between
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.runs import power
from mechkit.problems import conditioned

CAN_FALL = "effort can fall with the square of the bits"

SCHOOLBOOK = "schoolbook product"
#: Lengths of the integers, in limbs.
LIMBS = [2**j for j in range(13)]
#: Lengths to which the powers are fitted: 1,024 bits or more.
FITTED = slice(LIMBS.index(64), None)
#: Unknowns of the system that is solved by the hardware's floats.
N = 400
#: With the square: with a power that is closer to 2 than to 1.5 and 2.5.
SQUARE = between(1.75, 2.25)


def measure() -> Evidence:
    """Operations of long integers by their bits, and of one system of order n in float32 and float64."""
    arithmetic: dict[str, Callable[[int], Any]] = {
        SCHOOLBOOK: lambda k: multiply_limbs(_full(k), _full(k)),
        "Karatsuba's product": lambda k: multiply_limbs(_full(k), _full(k), "karatsuba", cutoff=1),
        "sum": lambda k: add_limbs(_full(k), _full(k)),
    }
    counts = {name: [_counted(run, k)["int"] for k in LIMBS] for name, run in arithmetic.items()}
    effort = {name: [c.add + c.sub + c.mul + c.bitand + c.rshift for c in row] for name, row in counts.items()}
    solved = {name: _solved(N, kind) for name, kind in (("float64", np.float64), ("float32", np.float32))}
    wide, narrow = (ops for ops, _ in solved.values())
    found = law(arithmetic[SCHOOLBOOK], k=range(1, 6))["int"]
    exact = found["mul"]
    of_limbs = sum((found[kind] for kind in ("add", "sub", "bitand", "rshift")), start=exact)
    columns = {"bits": [BITS * k for k in LIMBS], "limbs": LIMBS}
    columns |= {f"mul, {name}": [c.mul for c in row] for name, row in counts.items() if row[0].mul}
    columns |= {f"all, {name}": row for name, row in effort.items()}
    shorter, longest = (effort[SCHOOLBOOK][k] for k in (-2, -1))
    powers = {name: power(LIMBS[FITTED], row[FITTED]) for name, row in effort.items()}
    in_floats = float(np.log2(wide.flops / narrow.flops))
    return Evidence(
        checks=[
            *(Check(CAN_FALL, name, p, SQUARE, within=name == SCHOOLBOOK) for name, p in powers.items()),
            Check(CAN_FALL, "a system in the hardware's floats", in_floats, SQUARE, within=False),
        ],
        headline=Headline(
            "With half the bits a schoolbook product takes 1/{:.0f} of the operations.", longest / shorter
        ),
        gain=Gain(
            f"a schoolbook product, {BITS * LIMBS[-1]:,} bits and then half as many", longest, shorter, "operations"
        ),
        tables=[
            Table(
                f"Operations on integers of limbs of {BITS} bits",
                tuple(columns),
                list(zip(*columns.values(), strict=True)),
            ),
            Table(
                f"One dense system by the hardware's floats, n = {N}",
                ("type", "flops", "bytes read and written"),
                [(name, ops.flops, ops.bytes) for name, (ops, _) in solved.items()],
            ),
        ],
        laws=[
            LawsBySize(
                f"A schoolbook product of two numbers of 2k limbs of {BITS} bits, and of half as many.",
                {"2k limbs": doubled(of_limbs), "k limbs": of_limbs},
                {"k": (1, 10_000, 100)},
                unit="operations",
            )
        ],
        timings=[
            Table(
                f"One dense system by the hardware's floats, n = {N}",
                ("type", "time in ms"),
                [(name, 1e3 * seconds) for name, (_, seconds) in solved.items()],
            )
        ],
        figures=[
            Figure(
                "All integer operations of one product or sum. The dotted line is the square of the bits: the "
                "schoolbook's product follows it, Karatsuba's grows more slowly, and a sum in proportion.",
                partial(_draw, effort),
            )
        ],
        notes=[
            f"A product of k limbs by the schoolbook takes exactly {exact} multiplications.",
            "Times are medians of five runs on this machine. They are no part of the verdict.",
        ],
    )


def doubled(law: Polynomial) -> Polynomial:
    """The same law with 2k for k."""
    return Polynomial(law.variables, {exponents: 2 ** exponents[0] * c for exponents, c in law.terms.items()})


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


def _draw(effort: Mapping[str, list[int]], axes: Any) -> None:
    bits = np.array(LIMBS) * BITS
    for name, operations in effort.items():
        axes.loglog(bits, operations, label=name)
    axes.loglog(bits, 2.0 * np.array(LIMBS) ** 2, "k:", marker="", label="bits²")
    axes.set_xlabel("bits of a number")
    axes.set_ylabel("integer operations")
    axes.legend()


CLAIM = Claim(
    key="P2",
    mechanism="reduced precision",
    statement="Effort can fall with the square of the bits.",
    source="RAND RR-A3485-1, chapter 3, reduced precision; appendix B: roughly quadratic",
    baseline="arithmetic with more bits",
    improvement="the same with fewer: long integers by limbs, and the floats of the hardware",
    parts={CAN_FALL: "the power of the bits with which the operations grow"},
    measure=measure,
    quick=False,
)
