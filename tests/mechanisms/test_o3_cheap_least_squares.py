import pytest

from mechkit.mechanisms.claims import o3_cheap_least_squares as o3


@pytest.fixture
def result(measured):
    return measured("O3")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 2, headline=7.78787, gain=7.78787)


def test_the_lower_terms_count_where_there_are_few_coefficients(result):
    assert [check.case for check in result.evidence.checks if not check.holds] == ["400 points, 20 coefficients"]
    assert not o3.between(1 / o3.ABOUT, o3.ABOUT).holds(1.28791)
