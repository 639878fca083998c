"""Exact tours are the shortest ones, by brute force, by each other, and by what is published."""

from itertools import permutations

import numpy as np
import pytest

from mechkit import count
from mechkit.problems import TravelingSalesman
from mechkit.tsp import distance_matrix, held_karp, tour_length

RNG = np.random.default_rng(8)
LAYOUTS = {
    "uniform": RNG.random((7, 2)),
    "small": 1e-10 * RNG.random((7, 2)),
    "large": 1e10 * RNG.random((7, 2)),
    "a line": np.outer(RNG.permutation(7), [3.0, 4.0]),
    "pairs": np.repeat(RNG.random((4, 2)), 2, axis=0)[:7],
    "all the same": np.ones((6, 2)),
    "a matrix": (lambda D: D + D.T)(RNG.random((7, 7))),
    "whole numbers": TravelingSalesman("", "", "EUC_2D", 20.0 * RNG.random((7, 2)), None),
    "on the earth": TravelingSalesman("", "", "GEO", 20.0 * RNG.random((7, 2)), None),
    **{f"{n} cities": RNG.random((n, 2)) for n in (1, 2, 3, 4, 5)},
}


def by_brute_force(cities):
    D = distance_matrix(cities)
    orders = np.array([(0, *rest) for rest in permutations(range(1, len(D)))])
    return D[orders, np.roll(orders, -1, axis=1)].sum(axis=1).min()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_dynamic_programming_finds_the_shortest_tour(layout):
    cities = LAYOUTS[layout]
    found = held_karp(cities)
    assert found.length == pytest.approx(by_brute_force(cities), rel=1e-14)
    assert found.length == tour_length(cities, found.tour)
    assert found.success
    assert found.bound == found.length
    assert found.gap == 0.0


@pytest.mark.parametrize(("n", "additions"), [(2, 1), (3, 4), (5, 52), (10, 9225), (20, 44826643)])
def test_the_additions_of_dynamic_programming(n, additions):
    angles = np.random.default_rng(n).permutation(n) * 2.0 * np.pi / n
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    with count() as ops:
        found = held_karp(circle)
    assert ops.flops == ops["float64"]["add"] == additions
    assert found.length == pytest.approx(2 * n * np.sin(np.pi / n))


def test_too_many_cities_are_refused_before_memory_is_asked_for(monkeypatch):
    with pytest.raises(MemoryError, match="the shortest paths through all sets of 60 cities would take"):
        held_karp(RNG.random((60, 2)))
    monkeypatch.setattr("mechkit.checking.free_memory", lambda: 1e6)
    with pytest.raises(MemoryError, match=r"sets of 15 cities would take 0\.0 GB"):
        held_karp(RNG.random((15, 2)))


def test_ctrl_c_ends_dynamic_programming(monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("mechkit.tsp.exact.held_karp.shortest_paths", interrupted)
    found = held_karp(LAYOUTS["uniform"])
    assert (found.success, found.status, found.bound) == (False, 2, None)
    assert found.length == tour_length(LAYOUTS["uniform"], found.tour)


@pytest.mark.parametrize(
    ("cities", "complaint"),
    [
        ([[0, 1, 2], [1, 0, 5], [3, 5, 0]], "cities[0, 2] is 2.0 and cities[2, 0] is 3.0; only symmetric distances"),
        ([[0.0, 1.0], [np.nan, 2.0]], "cities[1, 0] is nan"),
        (np.empty((0, 2)), "cities is empty"),
    ],
)
def test_wrong_cities_are_refused(cities, complaint):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        held_karp(cities)
    assert complaint in str(raised.value)
