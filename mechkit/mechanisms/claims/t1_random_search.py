"""T1. In random search the gap to the optimum shrinks as samples grow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, below
from mechkit.mechanisms.shared.sampled_functions import FUNCTIONS, cube_around
from mechkit.mechanisms.shared.shapes_of_growth import Power, power_of_n
from mechkit.optimization import random_search

SHRINKS = "the gap shrinks as samples grow"

DIMENSIONS = (1, 2, 4, 8)
#: Samples of one search, and those that the table shows.
SAMPLES = tuple(2**k for k in range(4, 13))
SHOWN = SAMPLES[::4]
#: Each search has other samples and another place of the minimum.
SEEDS = range(100)


def measure() -> Evidence:
    """Gaps by the samples n, for both functions in all dimensions, and the fitted powers of n."""
    found = {(name, d): {n: gaps(f, d, n) for n in SAMPLES} for name, f in FUNCTIONS.items() for d in DIMENSIONS}
    powers = {case: power_of_n(of_n) for case, of_n in found.items()}
    most, d = SAMPLES[-1], DIMENSIONS[-1]
    for_a_tenth = 10 ** (-1 / powers["one valley", d].exponent)
    return Evidence(
        checks=[Check(SHRINKS, f"{name}, d = {d}", power.high, below(0)) for (name, d), power in powers.items()],
        headline=Headline(f"In {d} dimensions a tenth of the gap takes {{:,.0f}} times the samples.", for_a_tenth),
        gain=Gain(
            f"one valley in {d} dimensions, the same median gap, a grid of points and then random points",
            points_of_a_grid(d, float(np.median(found["one valley", d][most]))),
            most,
            "calls of the function",
        ),
        tables=[
            Table(
                f"Gap to the minimum over {len(SEEDS)} searches in d dimensions, the median",
                (
                    "function",
                    "d",
                    *(f"n = {n:,}" for n in SHOWN),
                    "goes with (95 % interval)",
                    "times the samples for a tenth",
                ),
                [
                    (
                        name,
                        d,
                        *(float(np.median(found[name, d][n])) for n in SHOWN),
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
                partial(_draw_gaps, {d: found["one valley", d] for d in DIMENSIONS}),
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
            "More samples of the same search never make its best value worse. That alone would make the gap shrink, "
            "and therefore every n has searches of its own. Seeds: (dimension, n, 0 to 99).",
        ],
    )


def gaps(f: Callable[[Any], Any], d: int, n: int) -> list[float]:
    """The gap to the minimum, which is 0, that each search leaves."""
    rngs = [np.random.default_rng((d, n, seed)) for seed in SEEDS]
    return [random_search(f, cube_around(d, rng), n, rng).fun for rng in rngs]


def points_of_a_grid(d: int, gap: float) -> int:
    """The points of the coarsest grid in d dimensions that nears the minimum of one valley as much, in the median.

    The grid has m points a side, at the middles of m equal parts; the places of the minimum are those of the searches.
    """
    cubes = [cube_around(d, np.random.default_rng((d, SAMPLES[-1], seed))) for seed in SEEDS]
    places = np.array([-lowest for lowest, _ in (cube.T for cube in cubes)])  # of the origin, in each unit cube
    m = 1
    while np.median(np.sum(((places * m) % 1.0 - 0.5) ** 2, axis=1)) / m**2 > gap:
        m += 1
    return m**d


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


CLAIM = Claim(
    key="T1",
    mechanism="stochasticity",
    statement="In random search the gap to the optimum shrinks as samples grow.",
    source="RAND RR-A3485-1, appendix B, optimization",
    baseline="random search with few samples",
    improvement="the same with more",
    parts={SHRINKS: "the power of the samples n with which the gap goes (the upper end of its 95 % interval)"},
    measure=measure,
    quick=False,
)
