"""Lebesgue constants to the published digits, and warnings that come before errors do."""

import numpy as np
import pytest

from mechkit.interpolation import (
    barycentric,
    basis_condition,
    chebyshev_nodes,
    degree_by_rank,
    extrapolation_growth,
    lebesgue_constant,
    lebesgue_function,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("degree", "value"),
    [
        (2, 1.25),
        (3, 1.63113),
        (4, 2.20782),
        (5, 3.1063011594),
        (10, 29.899955483),
        (11, 51.2142),
        (20, 10986.7058927),
        (29, 3447738.7),
    ],
)
@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e10])
def test_equispaced_nodes(degree, value, scale):
    found = lebesgue_constant(scale * np.linspace(-1.0, 1.0, degree + 1))
    assert found == pytest.approx(value, rel=5e-6 if degree in (3, 4, 11) else 2e-8 if degree == 29 else 5e-11)


@pytest.mark.parametrize(
    ("kind", "degree", "value"),
    [
        ("roots", 5, 2.1043976826),
        ("roots", 10, 2.4894303769),
        ("roots", 20, 2.9008249044),
        ("extrema", 4, 1.7987618),
        ("extrema", 10, 2.4209687802),
        ("extrema", 20, 2.8678101873),
    ],
)
def test_chebyshev_nodes(kind, degree, value):
    found = lebesgue_constant(chebyshev_nodes(degree + 1, kind), (-1.0, 1.0))
    assert found == pytest.approx(value, rel=2e-8 if degree == 4 else 5e-11)


def test_many_chebyshev_nodes_in_closed_form():
    n = 200
    angles = (2 * np.arange(1, n + 2) - 1) * np.pi / (4 * (n + 1))
    assert lebesgue_constant(chebyshev_nodes(n + 1, "roots"), (-1.0, 1.0)) == pytest.approx((1 / np.tan(angles)).mean())


def test_the_function_is_the_sum_of_the_lagrange_polynomials():
    x = np.array([0.0, 3.0, 1.0, 2.5])
    t = np.linspace(-2.0, 5.0, 29).reshape(1, 29)
    cardinals = barycentric(x, np.eye(4))
    np.testing.assert_allclose(lebesgue_function(x, t), np.abs(cardinals(t)).sum(axis=-1), rtol=1e-12)
    np.testing.assert_array_equal(lebesgue_function(x, x), 1.0)
    assert lebesgue_constant([5.0]) == 1.0


def test_growth_beyond_the_nodes():
    x = np.linspace(2.0, 3.0, 8)
    ends = lebesgue_function(x, [1.5, 3.5])
    assert extrapolation_growth(x, 0.5) == ends.max()
    assert extrapolation_growth(x, [0.0, 0.1]).shape == (2,)
    # points of Chebyshev: the polynomial of degree n grows like T_n
    nodes = chebyshev_nodes(9)
    assert extrapolation_growth(nodes, 1.0) == pytest.approx(np.cosh(8 * np.arccosh(3.0)), rel=1e-10)


@pytest.mark.parametrize("basis", ["monomial", "chebyshev", "legendre"])
def test_conditions_are_numpys(basis):
    x = np.linspace(1.0, 3.0, 700)
    vander = {
        "monomial": np.polynomial.polynomial.polyvander,
        "chebyshev": np.polynomial.chebyshev.chebvander,
        "legendre": np.polynomial.legendre.legvander,
    }[basis]
    A = vander(x if basis == "monomial" else x - 2.0, 6)
    assert basis_condition(x, 6, basis) == pytest.approx(np.linalg.cond(A / np.linalg.norm(A, axis=0)), rel=1e-6)


def test_the_degree_that_points_determine():
    x = np.linspace(0.0, 1.0, 60)
    assert degree_by_rank(x, 10, "monomial") == 10
    assert degree_by_rank(x, 50, "monomial") < 30
    assert degree_by_rank(x, 20, "chebyshev") == 20
    assert degree_by_rank(x, 59, "chebyshev") < 59
    assert degree_by_rank(x, 20, "monomial", rtol=1e-6) < degree_by_rank(x, 20, "monomial")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lebesgue_constant([0.0, 0.0]), r"x\[0\] and x\[1\] are both 0.0"),
        (lambda: lebesgue_constant([0.0, 1.0], (1.0, 0.0)), "interval is"),
        (lambda: extrapolation_growth([1.0], 1.0), "extrapolation needs at least 2"),
        (lambda: extrapolation_growth([1.0, 2.0], -1.0), "distance is -1.0"),
        (lambda: basis_condition([0.0, 1.0], 5), "degree is 5; 2 different points"),
        (lambda: degree_by_rank([0.0, 1.0], 1, rtol=0.0), "rtol is 0.0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("n", [1100, 1500])
def test_the_constant_of_many_nodes(n):
    k = np.arange(1, n + 1)
    mean = np.mean(1.0 / np.tan((2 * k - 1) * np.pi / (4 * n)))
    assert lebesgue_constant(chebyshev_nodes(n, "roots"), (-1.0, 1.0)) == pytest.approx(mean, rel=1e-9)


def test_a_constant_beyond_the_range_is_infinite():
    assert lebesgue_constant(np.linspace(0.0, 1.0, 1200)) == np.inf
