"""T2. Quasi-random points cover the space better than random ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above
from mechkit.mechanisms.shared.sampled_functions import cube_around, one_valley
from mechkit.mechanisms.shared.shapes_of_growth import power_of_n
from mechkit.optimization import quasi_random_search, random_search
from mechkit.optimization.sampling.random_search import even_points

EVEN = "quasi-random points are spread more evenly"
NEAR = "the nearest of them is nearer to any place"

DIMENSIONS = (1, 2, 4, 8)
#: Numbers of points. Powers of two are those at which Sobol's points are the most even.
SIZES = tuple(2**k for k in range(4, 10))
SEQUENCES = {"Sobol": "sobol", "Halton": "halton"}
#: Gaps differ more from seed to seed than discrepancies, which take longer to compute.
SEEDS, FEWER_SEEDS = range(100), range(10)
#: What is measured of the points: the centered L2 discrepancy, and the gap of the best point to the minimum of a
#: valley that lies elsewhere for each seed, which is the squared distance of the nearest point.
MEASURES = {"discrepancy": EVEN, "gap": NEAR}

#: Values by n (rows) and seed.
Values = np.ndarray


def measure() -> Evidence:
    """Discrepancies and gaps of three kinds of points in all dimensions, and the ratios between them."""
    kinds = ("random", *SEQUENCES)
    found: dict[tuple[str, str, int], Values] = {}
    for d in DIMENSIONS:
        for kind in kinds:
            found["discrepancy", kind, d] = np.array(
                [[discrepancy(kind, n, d, seed) for seed in FEWER_SEEDS] for n in SIZES]
            )
            found["gap", kind, d] = np.array([[_gap(kind, n, d, seed) for seed in SEEDS] for n in SIZES])
    ratios = {
        (measure, kind, d): ratio_of(found[measure, "random", d], found[measure, kind, d])
        for measure in MEASURES
        for kind in SEQUENCES
        for d in DIMENSIONS
    }
    largest, d = SIZES[-1], 2
    even = float(np.sqrt(np.mean(found["discrepancy", "Sobol", d][-1] ** 2)))
    as_even = points_as_even(found["discrepancy", "random", d], even)
    return Evidence(
        checks=[
            Check(MEASURES[measure], f"{kind}, d = {d}", low, above(1))
            for (measure, kind, d), (low, *_) in ratios.items()
        ],
        headline=Headline(f"In {d} dimensions {largest} Sobol points are as even as {{:,.0f}} random ones.", as_even),
        gain=Gain(
            f"the same discrepancy in {d} dimensions, random points and then Sobol's", as_even, largest, "points"
        ),
        tables=[
            Table(
                "How many times smaller than for as many random points: geometric mean over all n, 95 % interval",
                ("dimension", *(f"{kind}, {measure}" for measure in MEASURES for kind in SEQUENCES)),
                [
                    (
                        d,
                        *(
                            "{1:.2f} ({0:.2f} to {2:.2f})".format(*ratios[measure, kind, d])
                            for measure in MEASURES
                            for kind in SEQUENCES
                        ),
                    )
                    for d in DIMENSIONS
                ],
            ),
            Table(
                f"Discrepancy at n = {SIZES[-1]:,}, the mean over seeds, and the fitted power of n with which it goes",
                ("dimension", *kinds, *(f"power, {kind}" for kind in kinds)),
                [
                    (
                        d,
                        *(float(found["discrepancy", kind, d][-1].mean()) for kind in kinds),
                        *(
                            power_of_n(dict(zip(SIZES, found["discrepancy", kind, d], strict=True))).exponent
                            for kind in kinds
                        ),
                    )
                    for d in DIMENSIONS
                ],
            ),
        ],
        figures=[
            Figure(
                "Centered L2 discrepancy by the points, the mean over seeds: solid in 2 dimensions, dashed in 8. The "
                "discrepancy of even points falls faster. The more dimensions, the more points that takes.",
                partial(_draw_discrepancies, found),
            ),
            Figure(
                "How many times smaller than for as many random points, over all n, with 95 % intervals. The gain "
                "in evenness is large and falls with the dimension. The best point comes hardly nearer to a minimum.",
                partial(_draw_ratios, ratios),
            ),
        ],
        notes=[
            "Powers of two are the numbers at which Sobol's points are the most even. At n = 500, in 4 dimensions, "
            "their discrepancy is {:.2g} times smaller than that of random points; at 512 it is {:.2g} times.".format(
                *(_times_smaller(n, 4) for n in (500, 512))
            ),
            "The discrepancy is the error of measuring volumes by counting points, and bounds that of integrals. The "
            "gap asks how near the nearest point is to one place: about n^(-1/d), however even the points are.",
        ],
    )


def points_as_even(random: Values, discrepancy: float) -> float:
    """How many random points are as even: the mean square of their discrepancy falls as 1/n (Hickernell 1998)."""
    return float(np.mean(random**2 * np.array(SIZES)[:, np.newaxis])) / discrepancy**2


def discrepancy(kind: str, n: int, d: int, seed: int) -> float:
    """The centered L2 discrepancy of n points of a kind.

    >>> discrepancy("Sobol", 64, 2, 0) < discrepancy("random", 64, 2, 0)
    True
    """
    rng = np.random.default_rng((d, n, seed))
    points = rng.random((n, d)) if kind == "random" else even_points(SEQUENCES[kind], n, d, rng)
    from scipy.stats import qmc  # which takes longer to import than all the rest

    return float(np.sqrt(qmc.discrepancy(points)))  # SciPy gives its square


def _gap(kind: str, n: int, d: int, seed: int) -> float:
    rng = np.random.default_rng((d, n, seed))
    bounds = cube_around(d, rng)
    if kind == "random":
        return float(random_search(one_valley, bounds, n, rng).fun)
    return float(quasi_random_search(one_valley, bounds, n, SEQUENCES[kind], rng).fun)


def ratio_of(random: Values, even: Values) -> tuple[float, float, float]:
    """The geometric mean of random / even, between the ends of its 95 % interval."""
    logs = np.log(random / even).ravel()
    half = 1.96 * logs.std(ddof=1) / np.sqrt(logs.size)
    low, middle, high = np.exp(logs.mean() + np.array([-half, 0.0, half])).tolist()
    return low, middle, high


def _times_smaller(n: int, d: int) -> float:
    random, sobol = (np.mean([discrepancy(kind, n, d, seed) for seed in FEWER_SEEDS]) for kind in ("random", "Sobol"))
    return float(random / sobol)


def _draw_discrepancies(found: Mapping[tuple[str, str, int], Values], axes: Any) -> None:
    colours: Sequence[str] = ("#000000", "#0072B2", "#D55E00")
    for d, line in ((2, "-"), (8, "--")):
        for kind, colour, marker in zip(("random", *SEQUENCES), colours, "so^", strict=True):
            means = found["discrepancy", kind, d].mean(axis=1)
            axes.loglog(SIZES, means, color=colour, marker=marker, linestyle=line, label=f"{kind}, d = {d}")
    axes.set_xlabel("points n")
    axes.set_ylabel("discrepancy")
    axes.legend(loc="lower left", ncols=2, fontsize=12)


def _draw_ratios(ratios: Mapping[tuple[str, str, int], tuple[float, float, float]], axes: Any) -> None:
    axes.axhline(1.0, color="black", linestyle=":", marker="")
    for measure in MEASURES:
        for kind in SEQUENCES:
            low, middle, high = np.array([ratios[measure, kind, d] for d in DIMENSIONS]).T
            axes.errorbar(DIMENSIONS, middle, (middle - low, high - middle), capsize=5, label=f"{kind}, {measure}")
    axes.set_xscale("log", base=2)
    axes.set_xticks(DIMENSIONS, DIMENSIONS)
    axes.set_yscale("log")
    axes.set_xlabel("dimension d")
    axes.set_ylabel("random / even points")
    axes.legend()


CLAIM = Claim(
    key="T2",
    mechanism="stochasticity",
    statement="Quasi-random points cover the space better than random ones.",
    source="RAND RR-A3485-1, appendix B, optimization",
    baseline="random points",
    improvement="as many points of Sobol's and of Halton's sequence",
    parts={
        EVEN: "the ratio of the discrepancy of random points to theirs (the lower end of its 95 % interval)",
        NEAR: "the ratio of the squared distance of the nearest random point to theirs (the same end)",
    },
    measure=measure,
    quick=False,
)
