"""How fast the best of n random points nears the optimum, by the dimension (claim T1)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.mechanisms.experiment import Evidence, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.shapes_of_growth import Power, power_of_n
from mechkit.optimization import random_search

DIMENSIONS = (1, 2, 4, 8)
SAMPLES = tuple(2**k for k in range(4, 13))
SEEDS = range(100)
SAMPLING_RULE = (
    f"Random search with n = {SAMPLES[0]} to {SAMPLES[-1]:,} samples of a unit cube in "
    f"{', '.join(map(str, DIMENSIONS))} dimensions, {len(SEEDS)} searches for each n, all with other samples and "
    "another place of the minimum, on a function with one valley and on one with many. The gap, the least value found "
    "less the minimum, shrinks if the power of n with which it goes, fitted to all searches, is below 0 with its 95 % "
    "interval. Confirmed if it shrinks for both functions in every dimension, qualified if in some cases, refuted if "
    "in none. How fast is not judged."
)
POWER, HIGHEST = "power of n, {}, d = {}", "power of n, {}, d = {}, at most"


def one_valley(x):
    """The square of the distance from the minimum, which is 0 at the origin."""
    s = 0.0
    for j in range(x.size):
        s += x[j] * x[j]
    return s


def many_valleys(x):
    """The same with waves of length 0.3 in each dimension, so that there are about 3 valleys in each."""
    s = 0.0
    for j in range(x.size):
        s += x[j] * x[j] + 0.1 * (1.0 - math.cos(20.0 * x[j]))
    return s


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {"one valley": one_valley, "many valleys": many_valleys}


def cube_around(d: int, rng: np.random.Generator) -> np.ndarray:
    """Bounds of a unit cube that has the origin somewhere in the inner half of each side.

    >>> bool(np.isclose(np.diff(cube_around(3, np.random.default_rng(0))), 1.0).all())
    True
    """
    lowest = -rng.uniform(0.25, 0.75, d)
    return np.column_stack((lowest, lowest + 1.0))


def measure_sampling() -> Evidence:
    """Gaps by the samples n, for both functions in all dimensions, and the fitted powers of n."""
    gaps = {(name, d): {n: _gaps(f, d, n) for n in SAMPLES} for name, f in FUNCTIONS.items() for d in DIMENSIONS}
    powers = {case: power_of_n(of_n) for case, of_n in gaps.items()}
    return Evidence(
        numbers={
            text.format(*case): value
            for case, power in powers.items()
            for text, value in ((POWER, power.exponent), (HIGHEST, power.high))
        },
        tables=[
            Table(
                f"Gap to the minimum over {len(SEEDS)} searches in d dimensions, the median",
                (
                    "function",
                    "d",
                    *(f"n = {n:,}" for n in _SHOWN),
                    "goes with (95 % interval)",
                    "times the samples for a tenth",
                ),
                [
                    (
                        name,
                        d,
                        *(float(np.median(gaps[name, d][n])) for n in _SHOWN),
                        str(power),
                        float(f"{10 ** (-1 / power.exponent):.2g}") if power.exponent < 0 else None,
                    )
                    for (name, d), power in powers.items()
                ],
            ),
        ],
        figures=[
            Figure(
                f"Gap to the minimum of one valley by the samples: the median of {len(SEEDS)} searches, and as a band "
                "the quartiles. The more dimensions, the less a sample is worth.",
                partial(_draw_gaps, {d: gaps["one valley", d] for d in DIMENSIONS}),
            ),
            Figure(
                "The fitted power of n, with its 95 % interval. For one valley it is what theory says; where "
                "there are many valleys, it is less until the samples are dense enough to find the right one.",
                partial(_draw_powers, powers),
            ),
        ],
        notes=[
            "Theory: the nearest of n points is about n^(-1/d) away, and near a smooth minimum the gap goes with the "
            "square of the distance, hence with n^(-2/d).",
            "The best of more samples of one search is never worse; so that this alone does not make a gap shrink, "
            "every n has searches of its own. Seeds: (dimension, n, 0 to 99).",
        ],
    )


_SHOWN = SAMPLES[::4]


def _gaps(f: Callable[[Any], Any], d: int, n: int) -> list[float]:
    rngs = [np.random.default_rng((d, n, seed)) for seed in SEEDS]
    return [random_search(f, cube_around(d, rng), n, rng).fun for rng in rngs]


def judge_sampling(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `SAMPLING_RULE`."""
    cases = [(name, d) for name in FUNCTIONS for d in DIMENSIONS]
    passed = sum(numbers[HIGHEST.format(*case)] < 0 for case in cases)
    powers = "; ".join(
        f"{name} " + ", ".join(f"{numbers[POWER.format(name, d)]:.2f}" for d in DIMENSIONS) for name in FUNCTIONS
    )
    return verdict_by_parts(passed, len(cases)), (
        f"the gap shrinks in {passed} of {len(cases)} cases, the more slowly the more dimensions: in "
        f"{', '.join(map(str, DIMENSIONS))} dimensions with n to the powers: {powers}; theory says "
        f"{', '.join(f'{-2 / d:g}' for d in DIMENSIONS)} for one valley"
    )


def _draw_gaps(gaps: Mapping[int, Mapping[int, list[float]]], axes: Any) -> None:
    for d, of_n in gaps.items():
        low, middle, high = np.quantile(list(of_n.values()), (0.25, 0.5, 0.75), axis=1)
        (line,) = axes.loglog(SAMPLES, middle, label=f"{d} dimension{'s' if d > 1 else ''}")
        axes.fill_between(SAMPLES, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
    axes.set_xlabel("samples n")
    axes.set_ylabel("gap to the minimum")
    axes.legend(loc="lower left")


def _draw_powers(powers: Mapping[tuple[str, int], Power], axes: Any) -> None:
    axes.plot(DIMENSIONS, [-2 / d for d in DIMENSIONS], "k:", marker="", label="theory, one valley: -2/d")
    for name, style in zip(FUNCTIONS, ("o", "s"), strict=True):
        found = [powers[name, d] for d in DIMENSIONS]
        half = [power.high - power.exponent for power in found]
        axes.errorbar(DIMENSIONS, [power.exponent for power in found], half, fmt=style, capsize=5, label=name)
    axes.set_xlabel("dimension d")
    axes.set_ylabel("power of n")
    axes.set_xticks(DIMENSIONS)
    axes.legend(loc="lower right")
