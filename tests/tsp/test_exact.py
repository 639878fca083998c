"""Exact tours are the shortest ones, by brute force, by each other, and by what is published."""

from itertools import permutations

import numpy as np
import pytest

from mechkit import count
from mechkit.problems import TravelingSalesman, read_tsplib
from mechkit.tsp import branch_and_bound, distance_matrix, held_karp, lower_bound, tour_length
from mechkit.tsp.exact.lower_bound import Ascent
from mechkit.tsp.exact.one_tree import ascend

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

#: Its first 1-tree is no tour.
HARD = np.random.default_rng(40).random((40, 2))


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


@pytest.mark.parametrize("layout", LAYOUTS)
def test_branch_and_bound_finds_the_shortest_tour(layout):
    cities = LAYOUTS[layout]
    found = branch_and_bound(cities)
    assert found.length == pytest.approx(by_brute_force(cities), rel=1e-12)
    assert found.length == tour_length(cities, found.tour)
    assert found.success
    assert found.gap == 0.0


@pytest.mark.parametrize("seed", range(6))
def test_branch_and_bound_where_it_must_branch(seed):
    # Distances between 1 and 2 without any geometry: the first 1-tree is no tour, and bad tours to begin with.
    rng = np.random.default_rng(seed)
    D = rng.integers(50, 100, (12, 12)).astype(float) if seed % 2 else rng.uniform(1, 2, (12, 12))
    D = D + D.T
    found = branch_and_bound(D, rng.permutation(12))
    assert found.length == pytest.approx(held_karp(D).length, rel=1e-13)
    assert found.gap == 0.0
    assert (np.diff(found.history["length"]) <= 0).all()
    assert (found.history["bound"] <= found.length * (1 + 1e-12)).all()


def test_a_lattice_has_many_shortest_tours():
    lattice = np.stack(np.meshgrid(np.arange(6.0), np.arange(5.0)), axis=-1).reshape(-1, 2)
    assert branch_and_bound(lattice).length == 30.0
    odd = branch_and_bound(lattice[:25][np.lexsort(lattice[:25].T)], maxnodes=300)
    assert odd.length == pytest.approx(24 + np.sqrt(2))


def test_a_limit_of_nodes_leaves_a_bound():
    found = branch_and_bound(HARD, maxnodes=2)
    assert (found.status, found.success) == (1, False)
    assert 0.0 < found.gap < 0.1
    assert found.bound == found.history["bound"][-1] < found.length


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 2), (StopIteration, 99)])
def test_what_ends_branch_and_bound_keeps_the_best_tour(error, status):
    def callback(result):
        raise error

    found = branch_and_bound(HARD, callback=callback)
    assert (found.status, found.success) == (status, False)
    assert found.length == tour_length(HARD, found.tour)
    assert 0.0 < found.gap < 0.2


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_bound_is_not_above_the_shortest_tour(layout):
    cities = LAYOUTS[layout]
    shortest = by_brute_force(cities)
    found = lower_bound(cities)
    assert 0.95 * shortest <= found.bound <= shortest * (1 + 1e-14)
    assert found.bound <= found.rounded_up <= shortest * (1 + 1e-14)
    assert found.success
    if found.tour is not None:
        assert tour_length(cities, found.tour) == pytest.approx(shortest, rel=1e-12)


def test_the_bound_is_that_of_all_spanning_1_trees():
    # The shortest 1-tree of potentials, by all trees of five cities, as sequences of Pruefer.
    points = RNG.random((6, 2))
    D = distance_matrix(points)
    found = lower_bound(points, rounds=3)
    changed = D + found.potentials[:, None] + found.potentials
    trees = min(sum(changed[edge] for edge in _tree(code)) for code in np.ndindex(5, 5, 5))
    shortest = trees + np.sort(changed[0, 1:])[:2].sum() - 2 * found.potentials.sum()
    assert found.bound == pytest.approx(shortest, rel=1e-12)


def _tree(code):
    """The edges between the cities 1, ..., 5 of the tree with this code."""
    degree = np.bincount(code, minlength=5) + 1
    edges = []
    for a in code:
        leaf = int(np.argmin(np.where(degree > 0, degree, 9)))
        edges.append((leaf + 1, a + 1))
        degree[[leaf, a]] -= 1
    edges.append(tuple(np.flatnonzero(degree == 1) + 1))
    return edges


def test_ctrl_c_keeps_the_best_bound(monkeypatch):
    calls = []

    def interrupted(self, *arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        climb(self, *arguments)

    climb = Ascent.climb
    monkeypatch.setattr(Ascent, "climb", interrupted)
    D = np.random.default_rng(1).uniform(1, 2, (40, 40))
    found = lower_bound(D + D.T)
    assert (found.status, found.success) == (2, False)
    assert found.bound == found.history["bound"][-1] > 0.0


def test_ctrl_c_in_the_first_round_keeps_what_it_has_found(monkeypatch):
    def interrupted(*arguments):
        ascend(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr("mechkit.tsp.exact.lower_bound.ascend", interrupted)
    found = lower_bound(LAYOUTS["uniform"])
    assert found.status == 2
    assert 0.9 * held_karp(LAYOUTS["uniform"]).length < found.bound


PUBLISHED = {"eil51": 422.5, "berlin52": 7542.0, "st70": 671.0, "kroA100": 20936.5, "ch130": 6075.5}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_bound_nears_that_of_held_and_karp_from_below(name, published):
    problem = read_tsplib(published("tsplib") / f"{name}.tsp")
    found = lower_bound(problem)
    assert PUBLISHED[name] * 0.999 < found.bound <= PUBLISHED[name] * (1 + 1e-12)
    if name in ("eil51", "berlin52"):
        exact = branch_and_bound(problem)
        assert exact.length == exact.bound == {"eil51": 426, "berlin52": 7542}[name]
        assert exact.gap == 0.0


@pytest.mark.parametrize("function", [branch_and_bound, lower_bound])
def test_numbers_that_are_refused(function):
    name = {"branch_and_bound": "maxnodes", "lower_bound": "rounds"}[function.__name__]
    with pytest.raises(ValueError, match=f"{name} is 0; it must be a whole number, at least 1"):
        function(LAYOUTS["uniform"], **{name: 0})
    with pytest.raises(ValueError, match="only symmetric distances"):
        function([[0, 1, 2], [1, 0, 5], [3, 5, 0]])
