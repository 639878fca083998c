"""The functions that several claims use: their derivatives, minima and roots, and the shapes of growth."""

import numpy as np
import pytest
from scipy.optimize import linprog as scipy_linprog

from mechkit.mechanisms.shared import smooth_functions
from mechkit.mechanisms.shared.kinked_functions import KINKS, SMOOTH, functions
from mechkit.mechanisms.shared.shapes_of_growth import Power
from mechkit.optimization import check_gradient


@pytest.mark.parametrize("name", ["exponential", "coupled", "quartic"])
def test_objectives_have_these_derivatives_and_are_least_at_one(name):
    given, n = getattr(smooth_functions, name)(), 5
    x = given.start(n, seed=2)
    assert np.linalg.norm(x - 1.0) == pytest.approx(1.0)
    assert check_gradient(given.f, given.jac, x) < 1e-6
    h = 1e-5
    columns = [(given.jac(x + h * e) - given.jac(x - h * e)) / (2 * h) for e in np.eye(n)]
    assert given.hess(x) == pytest.approx(np.array(columns), rel=1e-6, abs=1e-6)
    assert np.abs(given.jac(np.ones(n))).max() == 0
    assert given.f(np.ones(n)) < given.f(x)
    assert (np.linalg.eigvalsh(given.hess(np.ones(n))).min() > 0) == (name != "quartic")


@pytest.mark.parametrize("name", ["cubic", "double_root"])
def test_equations_have_these_derivatives_and_roots(name):
    given, h = getattr(smooth_functions, name)(), 1e-6
    assert given.jac(1.7) == pytest.approx((given.f(1.7 + h) - given.f(1.7 - h)) / (2 * h))
    assert abs(given.f(given.solution)) < 1e-14
    assert (abs(given.jac(given.solution)) > 1) == (name == "cubic")
    if given.hess:
        assert given.hess(1.7) == pytest.approx((given.jac(1.7 + h) - given.jac(1.7 - h)) / (2 * h))


@pytest.mark.parametrize("name", [*KINKS, SMOOTH])
def test_kinked_functions_have_subgradients_and_these_least_values(name):
    n, m = 3, 9
    given, rng = functions(n, m)[name], np.random.default_rng(5)
    for _ in range(20):
        x, y = rng.standard_normal((2, n))
        assert given.f(y) >= given.f(x) + given.jac(x) @ (y - x) - 1e-12
        assert given.f(x) >= given.least - 1e-9
    A, b = (lambda rng: (rng.standard_normal((m, n)), rng.standard_normal(m)))(np.random.default_rng(0))
    if name == SMOOTH:
        expected = 0.5 * np.linalg.lstsq(A, b)[1][0]
    else:
        bound = -np.eye(m) if name == KINKS[0] else -np.ones((m, 1))
        cost = np.r_[np.zeros(n), np.ones(bound.shape[1])]
        sides = np.block([[A, bound], [-A, bound]]), np.r_[b, -b]
        expected = scipy_linprog(cost, *sides, bounds=[(None, None)] * cost.size).fun
    assert given.least == pytest.approx(expected, rel=1e-8)


def test_a_power_that_falls_reaches_what_is_below():
    assert Power(-1.0, -1.1, -0.9, 100.0).reaches(5.0) == pytest.approx(20.0)
