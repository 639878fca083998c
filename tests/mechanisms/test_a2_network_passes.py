import numpy as np
import pytest

from mechkit.mechanisms.shared.network import backward, forward, network


@pytest.fixture
def result(measured):
    return measured("A2")


def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["confirmed", "refuted", "confirmed", "refuted"], headline=6.0, gain=None)


def test_the_gradient_is_the_slope_of_the_output():
    W, X = network(5, 3)
    G, h = np.zeros_like(W), 1e-6
    forward(W, X)
    backward(W, X, np.ones(5), np.empty(5), G)
    for place in np.ndindex(W.shape):
        sides = []
        for sign in (1, -1):
            moved, values = W.copy(), X.copy()
            moved[place] += sign * h
            forward(moved, values)
            sides.append(values[-1].sum())
        assert G[place] == pytest.approx((sides[0] - sides[1]) / (2 * h), rel=1e-7)


def test_a_unit_that_is_off_passes_nothing_back():
    W, X = network(4, 2)
    W[0, 2] = -1.0
    G = np.zeros_like(W)
    forward(W, X)
    backward(W, X, np.ones(4), np.empty(4), G)
    assert X[1, 2] == 0.0
    assert not G[0, 2].any()
    assert not G[1, :, 2].any()
