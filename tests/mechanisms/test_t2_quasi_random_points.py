import numpy as np
import pytest

from mechkit.mechanisms.claims import t2_quasi_random_points as t2


@pytest.fixture
def result(measured):
    return measured("T2")


@pytest.mark.slow
def test_as_shipped(result, shipped):
    shipped(result, "qualified", ["confirmed", "qualified"], headline=125772.4, gain=245.649)


@pytest.mark.parametrize("d", [1, 2, 8])
def test_the_discrepancy_of_random_points_is_that_of_theory(d):
    # Hickernell, A generalized discrepancy and quadrature error bound, Math. Comp. 67 (1998)
    squares = [t2.discrepancy("random", 64, d, seed) ** 2 for seed in range(200)]
    assert np.mean(squares) == pytest.approx(((5 / 4) ** d - (13 / 12) ** d) / 64, rel=0.2)


def test_the_random_points_that_are_as_even_are_those_of_theory():
    found = np.array([[t2.discrepancy("random", n, 2, seed) for seed in range(20)] for n in t2.SIZES])
    theory = ((5 / 4) ** 2 - (13 / 12) ** 2) / 0.01**2
    assert t2.points_as_even(found, 0.01) == pytest.approx(theory, rel=0.1)


def test_the_ratio_of_equal_points_is_one():
    values = np.random.default_rng(0).random((4, 50))
    assert t2.ratio_of(values, values) == (1.0, 1.0, 1.0)
    low, middle, high = t2.ratio_of(values, values[::-1])
    assert low < middle < high
    assert middle == pytest.approx(1.0)


@pytest.mark.slow
def test_even_points_lose_their_lead_with_the_dimension(result, checks_of):
    for part in t2.MEASURES.values():
        for kind in t2.SEQUENCES:
            least = [checks_of(result, part)[f"{kind}, d = {d}"] for d in t2.DIMENSIONS]
            assert least[0] > 1
            assert least == sorted(least, reverse=True)
    for _, _, _, _, random, sobol, halton in result.evidence.tables[1].rows:
        assert random == pytest.approx(-0.5, abs=0.1)
        assert max(sobol, halton) < random - 0.15
