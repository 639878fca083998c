import numpy as np
import pytest

from mechkit.mechanisms.claims import c7_resolution_and_stability as c7
from mechkit.odes import rk4


@pytest.fixture
def result(measured):
    return measured("C7")


def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["confirmed", "confirmed", "qualified"], headline=2680.32, gain=1462.857)


def test_errors_of_a_million_steps_show_in_single_precision_only(result, checks_of):
    worst = checks_of(result, c7.COMPOUND)
    assert worst["rk4, single precision"] > 1000
    assert worst["rk4, double precision"] < 3
    assert checks_of(result, c7.CARRIED)["rk4, single precision"] == 1.0


def test_the_errors_that_are_cut_off_fall_with_the_order():
    assert c7.oscillator_error(rk4, 100) / c7.oscillator_error(rk4, 200) == pytest.approx(16, rel=0.02)


def test_errors_are_finite_numbers():
    assert c7.stiff_error(rk4, 0.1) > 1e50
    assert np.isfinite(c7.growth(rk4, np.float32, False)[10])
