import pytest

from mechkit.mechanisms.claims import o1_own_measure as o1


@pytest.fixture
def result(measured):
    return measured("O1")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"], headline=5.61908, gain=1.69846)


def test_a_fit_that_loses_by_its_own_measure_is_noticed():
    rows = {"least squares": {"sum of squares": 2.0}, "Chebyshev": {"sum of squares": 1.0}}
    assert o1.margin(rows, "sum of squares") == 0.5
