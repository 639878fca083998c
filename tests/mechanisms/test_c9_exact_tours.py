import pytest

from mechkit.mechanisms.claims import c9_exact_tours as c9


@pytest.fixture
def result(measured):
    return measured("C9")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 3, headline=1661.25, gain=1661.25)


def test_the_law_is_exact(result, checks_of):
    assert [c9.law(n) for n in (5, 10, 20)] == [52, 9225, 44826643]
    assert set(checks_of(result, c9.LAW).values()) == {0}


def test_the_laws_by_size(result):
    (laws,) = result.evidence.laws
    assert laws.counts(n=20) == {"dynamic programming": 44826643, "one 1-tree": 1580}
