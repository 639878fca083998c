import numpy as np
import pytest

from mechkit.mechanisms.claims import d1_derivatives_as_data as d1


@pytest.fixture
def result(measured):
    return measured("D1")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"], headline=45218.2, gain=2.0)


@pytest.mark.parametrize("name", d1.FUNCTIONS)
def test_slopes_are_derivatives(name):
    x, h = np.linspace(-0.9, 0.95, 20), 1e-6
    of = d1.FUNCTIONS[name]
    np.testing.assert_allclose(of.slope(x), (of.f(x + h) - of.f(x - h)) / (2 * h), atol=1e-8)


def test_twice_the_values_are_no_worse_than_values_and_slopes(result, checks_of):
    assert max(checks_of(result, d1.DATA).values()) <= 1.0
    assert all(check.holds == check.within for check in result.evidence.checks)
