"""Cities of every kind, tours, and lengths: one rule for all, and what is refused."""

import numpy as np
import pytest

from mechkit.problems import TravelingSalesman
from mechkit.tsp import distance_matrix, greedy, tour_length, two_opt
from mechkit.tsp.cities import cities_of, tour_of

POINTS = np.random.default_rng(1).random((9, 2))
TOUR = np.random.default_rng(2).permutation(9)


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_points_and_their_matrix_give_the_same_length(scale):
    points = scale * POINTS
    wanted = np.linalg.norm(points[TOUR] - points[np.roll(TOUR, -1)], axis=1).sum()
    assert tour_length(points, TOUR) == pytest.approx(wanted, rel=1e-14)
    assert tour_length(distance_matrix(points), TOUR) == tour_length(points, TOUR)


def test_any_layout_and_type_of_points():
    for points in (POINTS.tolist(), np.asfortranarray(POINTS), POINTS[::-1][::-1]):
        assert tour_length(points, TOUR.tolist()) == tour_length(POINTS, TOUR)
    assert tour_length(POINTS.astype(np.float32), TOUR) == pytest.approx(tour_length(POINTS, TOUR), rel=1e-6)


def test_few_cities():
    assert tour_length([[3.0, 4.0]], [0]) == 0.0
    assert tour_length([[0.0, 0.0], [3.0, 4.0]], [1, 0]) == 10.0
    assert tour_length([[1.0, 1.0]] * 3, [0, 2, 1]) == 0.0


def test_the_diagonal_of_a_matrix_is_not_read():
    matrix = distance_matrix(POINTS) + np.diag(np.full(9, np.inf))
    assert tour_length(matrix, TOUR) == tour_length(POINTS, TOUR)
    assert np.isinf(matrix[0, 0])


def test_a_matrix_with_rounding_is_made_symmetric():
    matrix = distance_matrix(POINTS)
    matrix[0, 1] *= 1 + 1e-15
    np.testing.assert_array_equal(distance_matrix(matrix), distance_matrix(matrix).T)


@pytest.mark.parametrize(
    ("cities", "complaint"),
    [
        ([1.0, 2.0], "cities has shape (2,); it must be 2-dimensional"),
        (
            np.zeros((4, 3)),
            "cities has shape (4, 3); give the points as an (n, 2) array, or the distances as an (n, n)",
        ),
        (np.empty((0, 2)), "cities is empty"),
        ([[0.0, 1.0], [2.0, np.nan]], "cities[1, 1] is nan"),
        ([[0.0, 1.0], [np.inf, 2.0]], "cities[1, 0] is inf"),
        ([[0.0, 1e200], [0.0, 0.0]], "cities holds a coordinate of 1e+200; its square overflows"),
        ([[0.0, 1e-200], [0.0, 0.0]], "the squares vanish"),
        ([[0, 1, 2], [1, 0, np.nan], [2, 4, 0]], "cities[1, 2] is nan; only finite distances"),
        ([[0, 1, -2], [1, 0, 4], [-2, 4, 0]], "cities[0, 2] is -2.0; a distance is not negative"),
        ([[0, 1, 2], [1, 0, 4], [2, 5, 0]], "only symmetric distances are supported"),
    ],
)
def test_wrong_cities_are_refused(cities, complaint):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        tour_length(cities, [0, 1, 2])
    assert complaint in str(raised.value)


def test_complex_and_words_are_refused():
    with pytest.raises(TypeError, match="complex"):
        cities_of(np.ones((3, 2), complex))
    with pytest.raises(TypeError, match="give it real numbers"):
        cities_of([["a", "b"]])


@pytest.mark.parametrize(
    ("tour", "complaint"),
    [
        ([0, 1], "tour has shape (2,); it must hold each of the 3 cities once"),
        ([0, 1, 3], "tour[2] is 3; the cities are 0 to 2"),
        ([0, -1, 1], "tour[1] is -1; the cities are 0 to 2"),
        ([1, 1, 0], "tour visits city 1 again at position 1"),
        ([[0, 1, 2]], "tour has shape (1, 3)"),
    ],
)
def test_a_tour_that_is_no_permutation_is_refused(tour, complaint):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        tour_length(np.zeros((3, 2)), tour)
    assert complaint in str(raised.value)


def test_a_tour_of_other_than_whole_numbers_is_refused():
    for tour in ([0.5, 1.0, 2.0], [True, False, True], ["a", "b", "c"]):
        with pytest.raises(TypeError, match="give the numbers of the cities"):
            tour_of(tour, 3)
    assert tour_of([0.0, 2.0, 1.0], 3).tolist() == [0, 2, 1]


def test_a_result_is_a_tour_and_a_masked_array_is_none():
    points = np.random.default_rng(2).random((9, 2))
    found = greedy(points)
    assert tour_length(points, found) == found.length
    assert two_opt(points, found).length <= found.length
    with pytest.raises(TypeError, match="tour is a masked array"):
        tour_length(points, np.ma.masked_array(np.arange(9), mask=[1] + [0] * 8))


def test_a_large_matrix_of_a_rule_is_refused_where_memory_is_short(monkeypatch):
    monkeypatch.setattr("mechkit.checking.free_memory", lambda: 1e6)
    with pytest.raises(MemoryError, match="the distances of 300 cities by the rule GEO"):
        cities_of(TravelingSalesman("", "", "GEO", np.zeros((300, 2)), None))
