import numpy as np
import pytest

from mechkit.mechanisms.claims import d3_high_degree as d3


@pytest.fixture
def result(measured):
    return measured("D3")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 2, headline=10986.7, gain=3831.04)


def test_runge_is_worse_on_equidistant_nodes_and_better_on_chebyshev_nodes(result, checks_of):
    runge = checks_of(result, d3.RUNGE)
    assert runge["equidistant nodes, degree 20 against 10"] > 10
    assert runge["Chebyshev nodes, degree 20 against 10"] < 0.2


def test_nodes_reach_both_ends():
    for of in d3.NODES.values():
        assert np.sort(of(6))[[0, -1]] == pytest.approx([-1.0, 1.0])
