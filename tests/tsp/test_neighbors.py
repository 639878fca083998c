"""Neighbors by the grid are those of all distances; clusters, lines and duplicates too."""

import numpy as np
import pytest

from mechkit.tsp import iterated_local_search
from mechkit.tsp.cities import cities_of, distance_matrix
from mechkit.tsp.clusters import neighbors_across
from mechkit.tsp.grid import nearest_neighbors

RNG = np.random.default_rng(3)
LAYOUTS = {
    "uniform": RNG.random((300, 2)),
    "far away and small": 1e8 + 1e-2 * RNG.random((300, 2)),
    "a level line": np.column_stack([RNG.random(300), np.zeros(300)]),
    "a slanted line": np.outer(RNG.random(300), [1e10, 2e10]),
    "a lattice": np.stack(np.meshgrid(np.arange(15.0), np.arange(20.0)), axis=-1).reshape(-1, 2),
    "two clusters": np.concatenate([RNG.random((500, 2)), 1e6 + RNG.random((500, 2))]),
    "one far city": np.concatenate([RNG.random((500, 2)), [[1e9, 1e9]]]),
    "all the same": np.ones((250, 2)),
    "most the same": np.concatenate([np.ones((400, 2)), RNG.random((30, 2))]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("k", [1, 8])
def test_the_neighbors_are_the_nearest(layout, k):
    points = LAYOUTS[layout]
    n = len(points)
    found = nearest_neighbors(cities_of(points), k)
    D = distance_matrix(points)
    np.fill_diagonal(D, np.inf)
    wanted = np.sort(D, axis=1)[:, :k]
    np.testing.assert_allclose(np.take_along_axis(D, found, axis=1), wanted, rtol=1e-12)
    assert (np.sort(found, axis=1)[:, 1:] != np.sort(found, axis=1)[:, :-1]).all()
    np.fill_diagonal(D, 0.0)
    np.testing.assert_array_equal(np.take_along_axis(D, nearest_neighbors(cities_of(D), k), axis=1), wanted)
    assert found.shape == (n, k)


def test_cities_of_the_same_label_are_no_neighbors():
    points = cities_of(LAYOUTS["uniform"][:40])
    labels = np.arange(40) // 20
    found = nearest_neighbors(points, 30, labels)
    assert (found[:, 20:] == -1).all()
    assert (labels[found[:, :20]] != labels[:, None]).all()
    np.testing.assert_array_equal(found, nearest_neighbors(cities_of(distance_matrix(points)), 30, labels))


def test_few_cities_have_few_neighbors():
    assert nearest_neighbors(cities_of([[0.0, 1.0]]), 5).shape == (1, 0)
    assert nearest_neighbors(cities_of([[0.0, 1.0], [0.0, 2.0]]), 5).tolist() == [[1], [0]]


def test_neighbors_lead_out_of_clusters_and_change_nothing_without_them():
    points = LAYOUTS["two clusters"]
    for cities in (cities_of(points), cities_of(distance_matrix(points))):
        inside = nearest_neighbors(cities, 10) < 500
        assert (inside == (np.arange(1000) < 500)[:, None]).all()
        across = neighbors_across(cities, 10) < 500
        assert (across[:, :8] == inside[:, :8]).all()
        assert (across[:, 8:] != inside[:, 8:]).all()
    uniform = cities_of(LAYOUTS["uniform"])
    np.testing.assert_array_equal(neighbors_across(uniform, 10), nearest_neighbors(uniform, 10))
    same = neighbors_across(cities_of(LAYOUTS["all the same"]), 10)
    assert (np.sort(same, axis=1)[:, 1:] != np.sort(same, axis=1)[:, :-1]).all()


def test_clusters_do_not_keep_the_search_inside():
    # With edges to the nearest cities only, 264 is the best that all kicks find.
    rng = np.random.default_rng(1000)
    centers = 30.0 * rng.random((20, 2))
    points = centers[rng.integers(20, size=600)] + rng.normal(size=(600, 2)) / 2.0
    found = iterated_local_search(points, rng=0, kicks=3000)
    assert found.length < 250.0
