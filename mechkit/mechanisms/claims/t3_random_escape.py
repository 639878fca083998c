"""T3. Randomness moves a search away from local optima."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mechkit.mechanisms.claim import Check, Claim, Evidence, Figure, Gain, Headline, Table, below
from mechkit.mechanisms.shared.tours import gaps, generated, published, repeated_descent
from mechkit.tsp import anneal
from mechkit.tsp.cities import cities_of, size_of

ESCAPES = "annealing leaves a smaller gap than descent with the same operations"
FEW = "annealing is better with a tenth of the operations as well"

#: Flops for each city: about thirty descents, and three.
ENOUGH, LITTLE = 20_000, 2_000
SEEDS = range(20)
#: The case of the headline.
SHOWN = "uniform, n = 100"


def measure() -> Evidence:
    """Mean gaps to the shortest tour, of descents from random tours and of annealing, with equal budgets."""
    return evidence(generated(), SHOWN)


def measure_published(folder: Path) -> Evidence:
    """The same on published problems, with their published optima; the largest of them is shown."""
    instances = published(folder)
    return evidence(instances, list(instances)[-1])


def evidence(instances: Mapping[str, tuple[Any, float]], shown: str) -> Evidence:
    """Gaps by the instance, the budget for each city, and the search."""
    found = {
        (name, budget): {
            "descent": gaps(partial(descended, cities, budget), shortest, SEEDS),
            "annealing": gaps(partial(annealed, cities, budget), shortest, SEEDS),
        }
        for name, (cities, shortest) in instances.items()
        for budget in (LITTLE, ENOUGH)
    }
    mean = {case: {search: float(np.mean(of)) for search, of in by.items()} for case, by in found.items()}
    of_shown = mean[shown, ENOUGH]
    return Evidence(
        checks=[
            *(
                Check(ESCAPES, name, mean[name, ENOUGH]["annealing"] - mean[name, ENOUGH]["descent"], below(0))
                for name in instances
            ),
            *(
                Check(
                    FEW, name, mean[name, LITTLE]["annealing"] - mean[name, LITTLE]["descent"], below(0), within=False
                )
                for name in instances
            ),
        ],
        headline=Headline(
            "With equal operations, annealing leaves {:.2f} % more length than the shortest tour has.",
            of_shown["annealing"],
        ),
        gain=Gain(
            f"{shown}, descents and annealing with {ENOUGH:,} flops a city",
            of_shown["descent"],
            of_shown["annealing"],
            "percent of gap",
        ),
        tables=[
            Table(
                f"Gap to the shortest tour in percent, over {len(SEEDS)} seeds",
                ("cities", "flops a city", "descents, mean", "descents, worst", "annealing, mean", "annealing, worst"),
                [
                    (name, budget, *(float(f(of)) for of in by.values() for f in (np.mean, np.max)))
                    for (name, budget), by in found.items()
                ],
            )
        ],
        figures=[
            Figure(
                f"Gaps over {len(SEEDS)} seeds with {ENOUGH:,} flops a city. The line in a box is the median, and the "
                "box holds half of the seeds.",
                partial(_draw, {name: found[name, ENOUGH] for name in instances}),
            )
        ],
        notes=[
            "Descent is 2-opt by lists of neighbors, from one random tour after the other, until the budget is spent; "
            "the best tour counts. Annealing starts from the same first tour, and never takes more than the budget.",
            "The shortest tours are known: by branch and bound, or because the cities stand on a circle or a lattice.",
        ],
    )


def descended(cities: Any, budget: int, seed: int) -> float:
    """The length that descents from random tours reach with a budget for each city."""
    n = size_of(cities_of(cities))
    return repeated_descent(cities, n, budget * n, seed)


def annealed(cities: Any, budget: int, seed: int) -> float:
    """The length that annealing from a random tour reaches with a budget for each city."""
    n = size_of(cities_of(cities))
    rng = np.random.default_rng(seed)
    return anneal(cities, rng.permutation(n), rng=rng, budget=budget * n).length


def _draw(found: Mapping[str, Mapping[str, list[float]]], axes: Any) -> None:
    names = list(found)
    for k, (search, color) in enumerate((("descent", "#e69f00"), ("annealing", "#0072b2"))):
        places = np.arange(len(names)) + 0.36 * k - 0.18
        boxes = axes.boxplot(
            [found[name][search] for name in names], positions=places, widths=0.3, patch_artist=True, showfliers=False
        )
        for box in boxes["boxes"]:
            box.set(facecolor=color, alpha=0.6)
        axes.plot([], [], color=color, linewidth=6, linestyle="-", alpha=0.6, marker="", label=search)
    axes.set_xticks(range(len(names)), [name.replace(", ", "\n") for name in names])
    axes.set_ylabel("gap to the shortest tour, %")
    axes.legend()


CLAIM = Claim(
    key="T3",
    mechanism="stochasticity",
    statement="Randomness moves a search away from local optima.",
    source="RAND RR-A3485-1, section 3, and appendix B, travelling salesman",
    baseline="2-opt descents from random tours",
    improvement="simulated annealing with the same moves and more of them accepted",
    parts={ESCAPES: "the mean gap of annealing less that of descent, in percent of the shortest tour"},
    limits={FEW: "the same difference with fewer operations"},
    measure=measure,
    measure_published=measure_published,
    quick=False,
)
