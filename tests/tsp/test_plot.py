"""Pictures of tours and of lengths: what is drawn, and what is refused."""

from functools import partial

import numpy as np
import pytest

from mechkit.problems import TravelingSalesman
from mechkit.tsp import greedy, iterated_local_search, lengths_by_operations, plot_lengths, plot_tour

POINTS = np.random.default_rng(1).random((60, 2))


def test_a_tour_is_drawn_closed_with_equal_units():
    found = greedy(POINTS)
    axes = plot_tour(POINTS, found)
    line = axes.lines[0].get_xydata()
    np.testing.assert_array_equal(line, POINTS[np.append(found.tour, found.tour[0])])
    assert axes.get_aspect() == 1.0
    assert plot_tour(TravelingSalesman("", "", "ATT", POINTS, None), found.tour, axes) is axes


def test_the_median_and_the_quartiles_of_runs():
    runs = [([1, 10], [10.0 + k, 5.0 + k]) for k in range(5)]
    axes = plot_lengths({"some": runs, "one": runs[:1]})
    np.testing.assert_array_equal(axes.lines[0].get_ydata()[[0, -1]], [12.0, 7.0])
    corners = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (6.0, 13.0)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["some", "one"]


def test_lengths_fall_with_the_operations_of_a_search():
    runs = lengths_by_operations(partial(iterated_local_search, POINTS, kicks=600), range(2))
    for seed, (spent, length) in enumerate(runs):
        assert (np.diff(spent) > 0).all()
        found = iterated_local_search(POINTS, rng=seed, kicks=600)
        assert length[-1] == pytest.approx(found.length, rel=1e-12)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="a picture needs points"):
        plot_tour(np.ones((5, 5)), range(5))
    with pytest.raises(ValueError, match="tour visits city 0 again"):
        plot_tour(POINTS[:3], [0, 0, 1])
    with pytest.raises(ValueError, match="'none' has no run"):
        plot_lengths({"none": []})
