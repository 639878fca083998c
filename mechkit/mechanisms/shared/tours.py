"""Cities whose shortest tour is known, and searches for it with a budget of operations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mechkit.counting import count
from mechkit.problems import read_tsplib
from mechkit.tsp import branch_and_bound, two_opt

#: Seeds of the uniform cities, by their number.
UNIFORM = {30: 30, 100: 0}
#: Cities on a circle, and the sides of a square lattice.
CIRCLE, SIDE = 100, 8
#: Published problems, from those that are solved exactly within seconds by others up to 130 cities.
PUBLISHED = ("eil51", "berlin52", "st70", "kroA100", "ch130")


def uniform(n: int, seed: int) -> np.ndarray:
    """Random cities in a square."""
    return np.random.default_rng(seed).random((n, 2))


@cache
def generated() -> dict[str, tuple[Any, float]]:
    """Cities and the length of their shortest tour, by name."""
    found: dict[str, tuple[Any, float]] = {}
    for n, seed in UNIFORM.items():
        cities = uniform(n, seed)
        found[f"uniform, n = {n}"] = cities, branch_and_bound(cities).length
    angle = 2 * np.pi * np.random.default_rng(0).random(CIRCLE)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    round_it = circle[np.argsort(angle)]
    found[f"a circle, n = {CIRCLE}"] = circle, float(np.linalg.norm(round_it - np.roll(round_it, 1, 0), axis=1).sum())
    lattice = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2).astype(float)
    # Each of an even number of cities is at least 1 from the next one, and a comb visits all at this distance.
    found[f"a lattice, n = {SIDE**2}"] = lattice, float(SIDE**2)
    return found


def published(folder: Path) -> dict[str, tuple[Any, float]]:
    """The same for published problems, with their published optima."""
    lines = (folder / "tsplib" / "solutions.txt").read_text().splitlines()
    optima = {
        line.split(":")[0].strip(): float(line.split(":")[1]) for line in lines if line[:1] != "#" and ":" in line
    }
    return {name: (read_tsplib(folder / "tsplib" / f"{name}.tsp"), optima[name]) for name in PUBLISHED}


def repeated_descent(cities: Any, n: int, budget: int, seed: int) -> float:
    """The shortest of several tours, each by 2-opt from a random tour, until a budget of flops is spent."""
    rng = np.random.default_rng(seed)
    shortest = np.inf
    spent = 0
    while spent < budget:
        with count() as ops:
            found = two_opt(cities, rng.permutation(n))
        spent += ops.flops
        shortest = min(shortest, found.length)
    return shortest


def gaps(search: Callable[[int], float], shortest: float, seeds: range) -> list[float]:
    """How much longer than the shortest tour, in percent, a search leaves the tour with each seed."""
    return [100.0 * (search(seed) / shortest - 1.0) for seed in seeds]
