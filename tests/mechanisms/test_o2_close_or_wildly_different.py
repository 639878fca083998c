import pytest

from mechkit.mechanisms.claims import o2_close_or_wildly_different as o2


@pytest.fixture
def result(measured):
    return measured("O2")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 2, headline=198.42, gain=109.888)


def test_the_fit_of_least_absolute_values_passes_outliers_by(result, checks_of):
    assert checks_of(result, o2.CLOSE)["with noise"] < 0.02
    wrong = dict(result.evidence.tables[1].rows)
    assert wrong["L1"] < 0.05
    assert wrong["Chebyshev"] > wrong["least squares"] > 1.0
