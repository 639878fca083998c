"""The tour of Christofides, its matchings by brute force, and its spanning tree beside that of SciPy."""

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree

from mechkit.tsp import christofides, distance_matrix, lin_kernighan, tour_length
from mechkit.tsp.cities import cities_of
from mechkit.tsp.construction.christofides import MATCHINGS
from mechkit.tsp.construction.matching import exact_matching, exchanged_matching, greedy_matching, windows_matching
from mechkit.tsp.exact.one_tree import spanning_tree, tree_of

RNG = np.random.default_rng(6)
LAYOUTS = {
    "uniform": RNG.random((20, 2)),
    "small": 1e-10 * RNG.random((20, 2)),
    "large": 1e10 * RNG.random((20, 2)),
    "a line": np.outer(RNG.permutation(20), [3.0, 4.0]),
    "pairs": np.repeat(RNG.random((10, 2)), 2, axis=0),
    "all the same": np.ones((20, 2)),
    "clusters": np.concatenate([1e3 * k + RNG.random((7, 2)) for k in range(3)]),
    **{f"{n} cities": RNG.random((n, 2)) for n in (1, 2, 3, 4, 5)},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("matching", ["greedy", "exchanges", "windows", "exact"])
def test_a_tour_visits_each_city_once_and_is_never_far_too_long(layout, matching):
    points = LAYOUTS[layout]
    found = christofides(points, matching=matching)
    assert found.length == pytest.approx(tour_length(points, found.tour), rel=1e-14)
    assert found.length <= (1.5 if matching == "exact" else 2.0) * lin_kernighan(points).length * (1 + 1e-12)
    np.testing.assert_array_equal(christofides(distance_matrix(points), matching=matching).tour, found.tour)


def test_the_message_says_which_matching_was_used():
    messages = [christofides(LAYOUTS["uniform"], matching=name).message for name in MATCHINGS]
    ends = ["a greedy matching", "a matching by exchanges", "a matching by windows", "an exact matching"]
    assert messages == [f"the tour was constructed by Christofides with {end}" for end in ends]


def by_brute_force(D, left):
    if not left:
        return 0.0
    first, *others = left
    return min(D[first, j] + by_brute_force(D, [k for k in others if k != j]) for j in others)


@pytest.mark.parametrize("seed", range(5))
def test_matchings_by_brute_force(seed):
    points = np.random.default_rng(seed).random((8, 2))
    D = distance_matrix(points)
    sums = []
    for method in (exact_matching, windows_matching, exchanged_matching, greedy_matching):
        mate = method(cities_of(points))
        assert (mate[mate] == np.arange(8)).all()
        assert (mate != np.arange(8)).all()
        sums.append(D[np.arange(8), mate].sum() / 2)
    best, by_windows, exchanged, greedy = sums
    assert best == pytest.approx(by_brute_force(D, list(range(8))))
    assert best == pytest.approx(by_windows)  # four pairs are one window
    assert best <= exchanged * (1 + 1e-12)
    assert exchanged <= greedy * (1 + 1e-12)
    i, j = divmod(int(np.argmin(D + np.diag(np.full(8, np.inf)))), 8)
    assert mate[i] == j


def test_the_spanning_tree_is_the_shortest():
    points = np.random.default_rng(0).random((200, 2))
    tree = tree_of(200)
    length = spanning_tree(cities_of(points), np.zeros(200), 0, tree)
    assert length == pytest.approx(minimum_spanning_tree(distance_matrix(points)).sum())
    np.testing.assert_array_equal(tree.degree, np.bincount(tree.parent[1:], minlength=200) + (np.arange(200) > 0))


def test_the_excess_over_the_bound_of_held_and_karp():
    # Johnson and McGeoch: 9.7 % with an exact matching.
    lengths = [christofides(np.random.default_rng(seed).random((1000, 2))).length for seed in range(10)]
    assert 0.092 < np.mean(lengths) / (0.7080 * np.sqrt(1000) + 0.55) - 1 < 0.107


def test_what_is_refused():
    with pytest.raises(ValueError, match="matching is 'best'; it must be one of greedy, exchanges, windows, exact"):
        christofides(LAYOUTS["uniform"], matching="best")
    with pytest.raises(ValueError, match=r"an exact matching of \d+ cities takes too long, and 24 are the most"):
        christofides(np.random.default_rng(0).random((300, 2)), matching="exact")
    with pytest.raises(ValueError, match=r"cities\[1, 0\] is nan"):
        christofides([[0.0, 1.0], [np.nan, 2.0]])
