"""T4. Heuristics for the travelling salesman trade iterations for quality."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, above, below
from mechkit.mechanisms.shared.runs import counted
from mechkit.mechanisms.shared.tours import uniform
from mechkit.tsp import (
    anneal,
    greedy,
    held_karp,
    iterated_local_search,
    lin_kernighan,
    lower_bound,
    nearest_neighbor,
    or_opt,
    savings,
    space_filling_curve,
    two_opt,
)

BETTER = "more iterations leave a smaller gap"
CHEAPER = "a heuristic that mostly finds the shortest tour costs less than the exact method"

#: So many cities have an exact tour in a moment.
N = 16
SEEDS = range(20)
#: Kicks of iterated local search, and flops of annealing, for each city.
KICKS = (0, 1, 10)
BUDGETS = (1_000, 5_000, 25_000)
#: Cities where iterations matter, too many for an exact method: the gap is that to a lower bound by 1-trees.
MANY = 200
FEW_SEEDS = range(3)
#: Percent of length: a mean gap below this is the shortest tour in most runs.
SHORTEST = 0.5

Search = Callable[[Any, int], Any]


def ignoring_seed(method: Callable[[Any], Any]) -> Search:
    """A method without randomness, as one that takes a seed."""
    return lambda cities, seed: method(cities)


def kicked(kicks: int, cities: Any, seed: int) -> Any:
    """Iterated local search."""
    return iterated_local_search(cities, rng=seed, kicks=kicks * len(cities))


def annealed(budget: int, cities: Any, seed: int) -> Any:
    """Annealing from a random tour."""
    rng = np.random.default_rng(seed)
    return anneal(cities, rng.permutation(len(cities)), rng=rng, budget=budget * len(cities))


CONSTRUCTIONS: dict[str, Search] = {
    "space-filling curve": ignoring_seed(space_filling_curve),
    "nearest neighbor": ignoring_seed(nearest_neighbor),
    "greedy edges": ignoring_seed(greedy),
    "savings": ignoring_seed(savings),
    "2-opt": ignoring_seed(two_opt),
    "2-opt and Or-opt": ignoring_seed(or_opt),
    "Lin-Kernighan": ignoring_seed(lin_kernighan),
}
ITERATED: dict[str, dict[str, Search]] = {
    "local search and kicks": {f"{k} kicks a city": partial(kicked, k) for k in KICKS},
    "annealing": {f"annealing, {b:,} flops a city": partial(annealed, b) for b in BUDGETS},
}

#: The colors of a picture; what comes after them is drawn hollow.
COLORS = 7


def measure() -> Evidence:
    """Mean gap to the exact tour and mean flops of each search, over random cities."""
    places = [uniform(N, 100 + seed) for seed in SEEDS]
    exact = [counted(held_karp, cities) for cities in places]
    program = float(np.mean([ops.flops for _, ops in exact]))
    lengths = [found.length for found, _ in exact]
    searches = {**CONSTRUCTIONS, **{name: f for by in ITERATED.values() for name, f in by.items()}}
    found = {name: gap_and_flops(f, places, lengths) for name, f in searches.items()}
    best = {name: flops for name, (gap, flops) in found.items() if gap < SHORTEST}
    cheapest = min(best, key=lambda name: best[name])
    wide = [uniform(MANY, 100 + seed) for seed in FEW_SEEDS]
    bounds = [lower_bound(cities).bound for cities in wide]
    many = {name: gap_and_flops(f, wide, bounds) for name, f in searches.items()}
    return Evidence(
        checks=[
            *(
                Check(BETTER, f"{more}, after {less}", many[more][0] - many[less][0], below(0))
                for by in ITERATED.values()
                for less, more in zip(list(by), list(by)[1:], strict=False)
            ),
            *(Check(CHEAPER, name, program / flops, above(1)) for name, flops in best.items()),
        ],
        headline=Headline(
            f"For {N} cities, a heuristic mostly finds the shortest tour with 1/{{:.1f}} of the operations.",
            program / best[cheapest],
        ),
        gain=Gain(f"{N} cities, the exact tour and {cheapest}", program, best[cheapest]),
        tables=[
            Table(
                f"Mean gap to the shortest tour of {N} random cities, and mean flops, over {len(SEEDS)} instances",
                ("method", "gap, %", "flops"),
                [*((name, *of) for name, of in found.items()), ("dynamic programming, exact", 0.0, program)],
            ),
            Table(
                f"Mean gap to the lower bound of {MANY} random cities, and flops, over {len(FEW_SEEDS)} instances",
                ("method", "gap, %", "flops"),
                [(name, *of) for name, of in many.items()],
            ),
        ],
        figures=[
            Figure(
                "Gap by operations: to the right more work, downward shorter tours. The exact method stands at the "
                "right end, with no gap.",
                partial(_draw, found, program, f"mean gap, {N} cities, %"),
            ),
            Figure(
                f"The same for {MANY} cities. The lower bound itself is about 0.7 % below the shortest tour.",
                partial(_draw, many, None, f"mean gap to the bound, {MANY} cities, %"),
            ),
        ],
        notes=["Cities: the seeds from 100 on. Where a method is random, its seed is the number of the instance."],
    )


def gap_and_flops(search: Search, places: list[Any], lengths: list[float]) -> tuple[float, float]:
    """The mean gap in percent, and the mean flops."""
    gaps, flops = [], []
    for seed, (cities, shortest) in enumerate(zip(places, lengths, strict=True)):
        result, ops = counted(search, cities, seed)
        gaps.append(100.0 * max(result.length / shortest - 1.0, 0.0))
        flops.append(ops.flops)
    # A gap of rounding is none.
    return round(float(np.mean(gaps)), 9), float(np.mean(flops))


def _draw(found: Mapping[str, tuple[float, float]], program: float | None, label: str, axes: Any) -> None:
    for k, (name, (gap, flops)) in enumerate(found.items()):
        hollow = {"markerfacecolor": "none", "markeredgewidth": 2.0} if k >= COLORS else {}
        axes.plot(flops, gap, linestyle="none", label=name, **hollow)
    if program is not None:
        axes.plot(program, 0.0, "ks", markerfacecolor="none", label="exact")
    axes.set_xscale("log")
    axes.set_xlabel("flops")
    axes.set_ylabel(label)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=11, frameon=False)


CLAIM = Claim(
    key="T4",
    mechanism="stochasticity",
    statement="Heuristics for the travelling salesman trade iterations for quality.",
    source="RAND RR-A3485-1, appendix B, travelling salesman",
    baseline="the dynamic program of Bellman, Held and Karp",
    improvement="constructions, local search, kicks and annealing",
    parts={
        BETTER: "the mean gap with more iterations less that with fewer",
        CHEAPER: "the flops of the exact method as a multiple of those of the heuristic",
    },
    measure=measure,
    quick=False,
)
