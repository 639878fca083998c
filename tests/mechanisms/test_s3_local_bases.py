import numpy as np
import pytest

from mechkit.mechanisms.claims import s3_local_bases as s3
from mechkit.odes.elements import legendre_galerkin


@pytest.fixture
def result(measured):
    return measured("S3")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 4, headline=62.2237, gain=62.2237)


def test_the_load_has_the_solution(result):
    x = np.array([0.2, 0.9])
    h = 1e-5

    def flux(x):
        return s3.conductivity(x) * np.pi * np.cos(np.pi * x)

    np.testing.assert_allclose(s3.source(x), -(flux(x + h) - flux(x - h)) / (2 * h), rtol=1e-7)
    middle = s3.through_layers(np.array([0.5 - h, 0.5, 0.5 + h]))
    assert (middle[1] - middle[0]) / (middle[2] - middle[1]) == pytest.approx(10.0, rel=1e-3)
    assert s3.through_layers(np.array([0.0, 1.0])) == pytest.approx([0.0, 0.0])


def test_one_polynomial_is_more_accurate_where_the_solution_is_smooth_and_less_at_a_kink(result, checks_of):
    ratios = checks_of(result, s3.ACCURATE)
    assert ratios["a smooth problem, n = 63"] > 1e5
    assert ratios["two materials, n = 63"] < 0.2


def test_the_matrix_of_the_polynomials_is_diagonal_for_a_number():
    assert legendre_galerkin(s3.source, 12).nonzeros == 11
