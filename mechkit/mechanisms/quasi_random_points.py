"""How evenly points of Sobol's and Halton's sequences cover a cube, and how near they come to a minimum (claim T2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import qmc

from mechkit.mechanisms.experiment import Evidence, Figure, Table, Verdict, verdict_by_parts
from mechkit.mechanisms.random_sampling import DIMENSIONS, cube_around, one_valley
from mechkit.mechanisms.shapes_of_growth import power_of_n
from mechkit.optimization import quasi_random_search, random_search
from mechkit.optimization.sampling.random_search import even_points

SIZES = tuple(2**k for k in range(4, 10))
SEQUENCES = {"Sobol": "sobol", "Halton": "halton"}
#: Gaps differ more from seed to seed than discrepancies, which take longer to compute.
SEEDS, FEWER_SEEDS = range(100), range(10)
MEASURES = ("discrepancy", "gap")
LEAST = "random / {}, {}, d = {}, at least"
POINTS_RULE = (
    f"n = {SIZES[0]} to {SIZES[-1]:,} points in cubes of {', '.join(map(str, DIMENSIONS))} dimensions, random ones and "
    "as many of Sobol's and of Halton's sequence, scrambled, by two measures: the centred L2 discrepancy, and the gap "
    "of the best point to the minimum of a valley that lies elsewhere for each seed. A sequence is better by a measure "
    "in a dimension if the ratio of random points' value to its own, its geometric mean over all n and "
    f"{len(SEEDS)} seeds ({len(FEWER_SEEDS)} for the discrepancy), is above 1 with its 95 % interval. Confirmed if "
    "both sequences are better by both measures in every dimension, qualified if in some of these cases, refuted if in "
    "none."
)

#: Values by n (rows) and seed.
Values = np.ndarray


def measure_points() -> Evidence:
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
        (measure, kind, d): _ratio(found[measure, "random", d], found[measure, kind, d])
        for measure in MEASURES
        for kind in SEQUENCES
        for d in DIMENSIONS
    }
    return Evidence(
        numbers={LEAST.format(kind, measure, d): low for (measure, kind, d), (low, *_) in ratios.items()},
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
                "Centred L2 discrepancy by the points, the mean over seeds: solid in 2 dimensions, dashed in 8. That "
                "of even points falls faster; the more dimensions, the more points it takes before it does.",
                partial(_draw_discrepancies, found),
            ),
            Figure(
                "How many times smaller than for as many random points, over all n, with 95 % intervals. The evenness "
                "is great and lessens with the dimension; how much nearer the best point comes to a minimum is little.",
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


def discrepancy(kind: str, n: int, d: int, seed: int) -> float:
    """The centred L2 discrepancy of n points of a kind.

    >>> discrepancy("Sobol", 64, 2, 0) < discrepancy("random", 64, 2, 0)
    True
    """
    rng = np.random.default_rng((d, n, seed))
    points = rng.random((n, d)) if kind == "random" else even_points(SEQUENCES[kind], n, d, rng)
    return float(np.sqrt(qmc.discrepancy(points)))  # SciPy gives its square


def _gap(kind: str, n: int, d: int, seed: int) -> float:
    rng = np.random.default_rng((d, n, seed))
    bounds = cube_around(d, rng)
    if kind == "random":
        return float(random_search(one_valley, bounds, n, rng).fun)
    return float(quasi_random_search(one_valley, bounds, n, SEQUENCES[kind], rng).fun)


def _ratio(random: Values, even: Values) -> tuple[float, float, float]:
    """The geometric mean of random / even, between the ends of its 95 % interval."""
    logs = np.log(random / even).ravel()
    half = 1.96 * logs.std(ddof=1) / np.sqrt(logs.size)
    low, middle, high = np.exp(logs.mean() + np.array([-half, 0.0, half])).tolist()
    return low, middle, high


def _times_smaller(n: int, d: int) -> float:
    random, sobol = (np.mean([discrepancy(kind, n, d, seed) for seed in FEWER_SEEDS]) for kind in ("random", "Sobol"))
    return float(random / sobol)


def judge_points(numbers: Mapping[str, float]) -> tuple[Verdict, str]:
    """By `POINTS_RULE`."""
    least = {
        measure: {d: [numbers[LEAST.format(kind, measure, d)] for kind in SEQUENCES] for d in DIMENSIONS}
        for measure in MEASURES
    }
    better = {measure: sum(low > 1 for row in rows.values() for low in row) for measure, rows in least.items()}
    cases = len(SEQUENCES) * len(DIMENSIONS)
    text = "; ".join(
        f"the {measure} is smaller in {better[measure]} of {cases} cases, with 95 % confidence at least "
        + ", ".join(f"{min(row):.2f} (d = {d})" for d, row in rows.items())
        + " times"
        for measure, rows in least.items()
    )
    return verdict_by_parts(sum(better.values()), cases * len(MEASURES)), f"{text}, for the lesser of the two sequences"


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
