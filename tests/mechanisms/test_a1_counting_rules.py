import numpy as np
import pytest

from mechkit.mechanisms.claims import a1_counting_rules as a1
from mechkit.mechanisms.shared.elementary import HALF_PI, coefficients, sine, square_root


@pytest.fixture
def result(measured):
    return measured("A1")


def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified", "qualified"], headline=19, gain=None)


@pytest.mark.parametrize("x", [1e-10, -0.3, 1.0, -2.5, 30.0, 1e3])
def test_the_sine_is_right_to_its_bits(x):
    assert sine(x, *HALF_PI, coefficients(6)) == pytest.approx(np.sin(x), abs=4e-16)


def test_fewer_operations_do_not_reach_the_bits(result):
    # one coefficient less, and one of Heron's steps less
    assert abs(sine(0.78, *HALF_PI, coefficients(5)) - np.sin(0.78)) > a1.UNITS * 2.0**-53
    assert abs(square_root(0.3, round(np.sqrt(0.3) * 128) / 128, 2) / np.sqrt(0.3) - 1) > a1.UNITS * 2.0**-53
