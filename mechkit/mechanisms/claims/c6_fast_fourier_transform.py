"""C6. The fast Fourier transform gives the same result from n log n instead of n^2 operations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.interpolation import fft
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, at_most, between
from mechkit.mechanisms.laws_by_size import LawsBySize
from mechkit.mechanisms.shared.charts import draw_lines
from mechkit.mechanisms.shared.runs import counted, power

SAME = "the result is the same"
FAST = "the fast transform takes of the order of n log n operations"
DIRECT = "the definition takes of the order of n^2"
SMALL = "n log n is less from the smallest n on"

#: Powers of two, for which all methods are defined.
POWERS = tuple(2**m for m in range(4, 13))
#: Lengths with other factors: a round number, 3^k, and primes, which need a convolution.
ROUND = (100, 1000, 10_000)
THREES = (81, 729, 6561)
PRIMES = (101, 1009, 10_007)
FAST_METHODS = {"radix 2": "radix-2", "radix 4": "mixed", "split radix": "split-radix"}
DEFINITION = "the definition"
#: Real operations for n = 2^m, as they are published; each run is held against them.
LAWS = {DEFINITION: "8n^2 - 8n", "radix 2": "5nm", "split radix": "4nm - 6n + 8"}
#: Of the order of n log n: the flops over n log2 n change by no more than this factor from the first n to the last.
STEADY = 1.5
#: The same result: the norm of the difference, as a share of the result's.
ROUNDING = 1e-13
#: The size of the headline.
N = 4096


def measure() -> Evidence:
    """Flops and results of the definition and of fast transforms, for lengths of several kinds."""
    direct = {n: flops(n, "direct") for n in POWERS}
    fast = {name: {n: flops(n, method) for n in POWERS} for name, method in FAST_METHODS.items()}
    other = {
        "powers of ten": {n: flops(n, "mixed") for n in ROUND},
        "powers of three": {n: flops(n, "mixed") for n in THREES},
        "primes, as convolutions": {n: flops(n, "mixed") for n in PRIMES},
    }
    every = {**fast, **other}
    small = {n: flops(n, "mixed") / flops(n, "direct") for n in (2, 3, 5, 7, 11, 13)}
    return Evidence(
        checks=[
            *(Check(SAME, name, difference(N, method), at_most(ROUNDING)) for name, method in FAST_METHODS.items()),
            Check(SAME, f"a convolution, n = {PRIMES[1]:,}", difference(PRIMES[1], "mixed"), at_most(ROUNDING)),
            *(
                Check(FAST, f"{name}, n = {min(row):,} to {max(row):,}", steadiness(row), between(1 / STEADY, STEADY))
                for name, row in every.items()
            ),
            Check(DIRECT, f"n = {POWERS[0]} to {POWERS[-1]:,}", power(POWERS, [*direct.values()]), between(1.95, 2.05)),
            *(Check(SMALL, f"n = {n}", ratio, at_most(1), within=False) for n, ratio in small.items()),
        ],
        headline=Headline(
            f"A transform of {N:,} numbers takes {{:,.0f}} times fewer operations by a split radix.",
            direct[N] / fast["split radix"][N],
        ),
        gain=Gain(f"{N:,} complex numbers, the definition and a split radix", direct[N], fast["split radix"][N]),
        tables=[
            Table(
                "Flops, real operations on complex numbers",
                ("n", "the definition", *fast, "definition / split radix"),
                [
                    (n, direct[n], *(row[n] for row in fast.values()), direct[n] / fast["split radix"][n])
                    for n in POWERS
                ],
            ),
            Table(
                "Other lengths: flops, and flops / (n log2 n)",
                ("n", "kind", "flops", "flops / (n log2 n)"),
                [(n, name, found, constant(n, found)) for name, row in other.items() for n, found in row.items()],
            ),
        ],
        laws=[
            LawsBySize("A transform of n = 2^m complex numbers.", laws(direct, fast), {"m": (1, 24, 12)}, {"n": "m"})
        ],
        figures=[
            Figure(
                "Flops of a transform of n numbers. All fast transforms run beside n log n; a prime length pays for "
                "two transforms of more than twice its length.",
                partial(_draw, direct, {**fast, "primes": other["primes, as convolutions"]}),
            )
        ],
        notes=[
            "The roots of unity are not counted: they are the same for all transforms of a length, and are kept.",
        ],
    )


def laws(direct: Mapping[int, int], fast: Mapping[str, Mapping[int, int]]) -> dict[str, Polynomial]:
    """The exact laws for n = 2^m. Raises ArithmeticError where a run counts something else."""
    found = {name: Polynomial.parse(text, ("n", "m")) for name, text in LAWS.items()}
    for name, row in {DEFINITION: direct, **fast}.items():
        if name in found and any(found[name](n=n, m=n.bit_length() - 1) != count for n, count in row.items()):
            raise ArithmeticError(f"{name} does not count {LAWS[name]}")
    return found


def flops(n: int, method: str) -> int:
    """The flops of a transform of n numbers."""
    return counted(fft, np.ones(n), method=method)[1].flops


def difference(n: int, method: str) -> float:
    """The norm of the difference to the definition, as a share of the norm of the result."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(n) + 1j * rng.standard_normal(n)
    right = fft(x, method="direct")
    return float(np.linalg.norm(fft(x, method=method) - right) / np.linalg.norm(right))


def constant(n: int, found: float) -> float:
    """The flops over n log2 n."""
    return float(found / (n * np.log2(n)))


def steadiness(row: Mapping[int, int]) -> float:
    """The flops over n log2 n at the largest n, as a multiple of those at the smallest."""
    return constant(max(row), row[max(row)]) / constant(min(row), row[min(row)])


def _draw(direct: Mapping[int, int], fast: Mapping[str, Mapping[int, int]], axes: Any) -> None:
    draw_lines({"the definition": direct, **fast}, "n", "flops", axes)


CLAIM = Claim(
    key="C6",
    mechanism="complexity trade-offs",
    statement="The fast Fourier transform gives the same result from n log n instead of n^2 operations.",
    source="RAND RR-A3485-1, appendix B, Fourier transform",
    baseline="the sum that defines the transform",
    improvement="fast transforms: radix 2, radix 4, split radix, mixed radix, and a convolution for primes",
    parts={
        SAME: "the norm of the difference of the results, as a share of the result's",
        FAST: "the flops over n log2 n at the largest n, as a multiple of those at the smallest",
        DIRECT: "the power of n with which the flops grow",
    },
    limits={SMALL: "the flops of the fast transform as a share of the definition's"},
    measure=measure,
)
