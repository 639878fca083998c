import numpy as np
import pytest

from mechkit.mechanisms.claims import d4_waves as d4


@pytest.fixture
def result(measured):
    return measured("D4")


def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["qualified"], headline=6945.97, gain=33 / 17)


def test_a_kink_fails_and_no_other_periodic_data(result):
    failing = {check.case for check in result.evidence.checks if check.within and not check.holds}
    assert failing == {"a triangle wave, 33 coefficients"}


@pytest.mark.parametrize("name", d4.PERIODIC)
def test_periodic_data_repeats(name):
    t = np.linspace(-3.0, 3.0, 41)
    f = d4.PERIODIC[name]
    np.testing.assert_allclose(f(t), f(t + d4.PERIOD), atol=1e-13)


def test_waves_find_three_waves_at_once():
    assert d4.wave_error(d4.three_waves, 25) < 1e-13
    assert d4.wave_error(d4.three_waves, 23) > 0.1
