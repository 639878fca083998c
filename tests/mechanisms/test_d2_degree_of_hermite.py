import pytest

from mechkit.mechanisms.claims import d2_degree_of_hermite as d2


@pytest.fixture
def result(measured):
    return measured("D2")


def test_as_shipped(result, shipped):
    shipped(result, "refuted", ["refuted"], headline=5, gain=2.0)


def test_the_textbook_is_right_and_the_print_only_without_derivatives(result, checks_of):
    assert set(checks_of(result, d2.TEXTBOOK).values()) == {0}
    for case, off in checks_of(result, d2.PRINTED).items():
        assert off == int(case.split(", ")[1][0])


@pytest.mark.parametrize(("n", "m"), [(1, 0), (1, 3), (4, 0), (2, 2)])
def test_the_rank_tells_the_degree(n, m):
    assert d2.least_degree(n, m) == (m + 1) * n - 1
