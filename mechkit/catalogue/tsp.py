"""The travelling salesman: the laws and comparisons that can be asked for by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.catalogue.entries import NamedComparison, NamedLaw
from mechkit.tsp import (
    anneal,
    branch_and_bound,
    greedy,
    held_karp,
    lin_kernighan,
    nearest_neighbor,
    parallel_tempering,
    tour_length,
    two_opt,
)
from mechkit.tsp.cities import Cities
from mechkit.tsp.exact.one_tree import one_tree, tree_of

#: Flops for each city that each way of annealing may take.
BUDGET = 200_000
#: Short runs of annealing in place of a long one.
RUNS = 10


def random_cities(n: int) -> np.ndarray:
    """Cities that are placed at random in a square, by seed 0."""
    return np.random.default_rng(0).random((n, 2))


# -- laws ------------------------------------------------------------------------------------------------------------


def length_of_a_tour(n: int) -> float:
    """The length of a tour of n cities."""
    return tour_length(random_cities(n), np.arange(n))


def shortest_one_tree(n: int) -> float:
    """The shortest 1-tree of n cities on a line, a lower bound of all tours; n is at least 3."""
    cities = Cities(np.arange(2.0 * n).reshape(n, 2), 0)
    return float(one_tree(cities, np.zeros(n), tree_of(n)))


LAWS: dict[str, NamedLaw] = {
    "tour-length": NamedLaw("the length of a tour of n cities", length_of_a_tour, {"n": range(2, 9)}, {"n": 60}),
    "one-tree": NamedLaw("the shortest 1-tree of n cities", shortest_one_tree, {"n": range(3, 10)}, {"n": 60}),
}

# -- comparisons -----------------------------------------------------------------------------------------------------


def exact_by_sets(n: int) -> float:
    """The length of the shortest tour, by dynamic programming."""
    return held_karp(random_cities(n)).length


def exact_by_bounds(n: int) -> float:
    """The length of the shortest tour, by branch and bound."""
    return branch_and_bound(random_cities(n)).length


def by_nearest_neighbor(n: int) -> Any:
    """The tour to the nearest neighbor."""
    return nearest_neighbor(random_cities(n))


def by_greedy_edges(n: int) -> Any:
    """The tour of greedy edges."""
    return greedy(random_cities(n))


def by_two_opt(n: int) -> Any:
    """The greedy tour, shortened by 2-opt."""
    return two_opt(random_cities(n))


def by_lin_kernighan(n: int) -> Any:
    """The greedy tour, shortened by the chains of Lin and Kernighan."""
    return lin_kernighan(random_cities(n))


def by_one_run(n: int, seed: int) -> Any:
    """The tour of one annealing."""
    return anneal(random_cities(n), rng=seed, budget=BUDGET * n)


def by_short_runs(n: int, seed: int) -> Any:
    """The best tour of ten times annealing with a tenth of the budget each."""
    rng = np.random.default_rng(seed)
    runs = [anneal(random_cities(n), rng=rng, budget=BUDGET * n // RUNS) for _ in range(RUNS)]
    return min(runs, key=lambda found: found.length)


def by_parallel_tempering(n: int, seed: int) -> Any:
    """The tour of parallel tempering."""
    return parallel_tempering(random_cities(n), rng=seed, budget=BUDGET * n)


def length(found: Any, n: int) -> dict[str, float]:
    """The length of a tour."""
    return {"length": found.length}


COMPARISONS: dict[str, NamedComparison] = {
    "exact-tours": NamedComparison(
        "the shortest tour of n random cities, by dynamic programming and by branch and bound",
        {"dynamic programming": exact_by_sets, "branch and bound": exact_by_bounds},
        sizes=(6, 8, 10, 12, 14),
        check=np.isclose,
    ),
    "tours": NamedComparison(
        "tours of n random cities by heuristics",
        {
            "nearest neighbor": by_nearest_neighbor,
            "greedy edges": by_greedy_edges,
            "2-opt": by_two_opt,
            "Lin-Kernighan": by_lin_kernighan,
        },
        sizes=(50, 100, 200, 400),
        measure=length,
    ),
    "annealing": NamedComparison(
        "tours of n random cities with 200,000 flops a city, by one annealing, ten short ones, and parallel tempering",
        {
            "one long run": by_one_run,
            "ten short runs": by_short_runs,
            "parallel tempering": by_parallel_tempering,
        },
        sizes=(25, 50, 100),
        seeds=3,
        measure=length,
    ),
}
