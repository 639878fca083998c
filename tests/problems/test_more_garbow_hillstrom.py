"""The 35 problems: derivatives by differences, published values at the start and at minima, both counters."""

import numpy as np
import pytest
import scipy.optimize

import mechkit as mk
from mechkit.counting.reference import reference_count
from mechkit.problems.more_garbow_hillstrom import FAMILIES, MINIMIZATION, SYSTEMS, problem, problems

ALL = problems()
#: Norms of the residuals at the standard start, as MINPACK's test driver prints them.
NORMS = {
    1: 4.919350,
    2: 20.01250,
    7: 50.0,
    8: 6.456136,
    10: 41153.46,
    12: 32.11158,
    13: 14.66288,
    15: 0.07289151,
    16: 2815.438,
    17: 0.9375640,
    19: 1.446865,
    20: 5.477226,
    27: 16.53022,
    32: 5.0,
    33: 291.5218,
}
SIZES = [(20, 9), (20, 12), (21, 2), (22, 8), (23, 4), (24, 4), (27, 2), (33, 1), (34, 3), (35, 7), (35, 9), (35, 10)]


def name(p):
    return f"{p.number}-{p.n}"


def near_start(p):
    rng = np.random.default_rng(p.number)
    return p.x0 + 0.05 * (1.0 + rng.random(p.n)) * np.maximum(np.abs(p.x0), 0.1)


def by_differences(f, x):
    """Central differences, extrapolated once: the error is of fourth order."""

    def central(h):
        steps = np.diag(h * np.maximum(np.abs(x), 0.01))
        columns = [(f(x + e) - f(x - e)) / (2 * e.sum()) for e in steps]
        return np.stack(columns, axis=-1)

    return (4.0 * central(1e-4) - central(2e-4)) / 3.0


def test_all_are_there():
    assert [p.number for p in ALL] == list(range(1, 36)) == sorted(FAMILIES)
    assert set(SYSTEMS) | set(MINIMIZATION) <= set(FAMILIES)


@pytest.mark.parametrize("p", [*ALL, *(problem(*which) for which in SIZES)], ids=name)
def test_shapes_and_the_jacobian(p):
    x = near_start(p)
    assert p.x0.shape == (p.n,)
    assert p.residual(p.x0).shape == (p.m,)
    J = p.jacobian(x)
    assert J.shape == (p.m, p.n)
    scale = np.abs(J).max(axis=0, initial=1e-3) + np.abs(p.residual(x)).max() * 1e-3
    assert (np.abs(J - by_differences(p.residual, x)) <= 1e-7 * scale).all()


@pytest.mark.parametrize("p", [p for p in ALL if p.number in NORMS], ids=name)
def test_residuals_at_the_start_are_those_published(p):
    assert np.linalg.norm(p.residual(p.x0)) == pytest.approx(NORMS[p.number], rel=1e-6)


@pytest.mark.parametrize("p", [p for p in ALL if p.minimizer is not None], ids=name)
def test_the_minimizer_has_the_least_value(p):
    r = p.residual(p.minimizer)
    assert r @ r == pytest.approx(p.minima[0], abs=1e-25)
    np.testing.assert_allclose(p.jacobian(p.minimizer).T @ r, 0.0, atol=1e-9)


@pytest.mark.parametrize("p", [*ALL, problem(20, 9), problem(23, 4), problem(24, 4), problem(35, 9)], ids=name)
def test_scipy_finds_a_known_minimum(p):
    # SciPy's method "lm" is no judge: from 1.17 on it depends on what is left in memory (problem 18)
    tight = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15, "max_nfev": 3000}
    found = scipy.optimize.least_squares(p.residual, p.x0, p.jacobian, method="trf", x_scale="jac", **tight)
    assert any(2 * found.cost == pytest.approx(least, rel=5e-6, abs=1e-20) for least in p.minima)


@pytest.mark.parametrize("p", [p for p in ALL if p.number in (1, 7, 10, 13, 18, 20, 25, 35)], ids=name)
def test_objective_gradient_and_hessian(p):
    x = near_start(p)
    r = p.residual(x)
    assert p.objective(x) == pytest.approx(r @ r, rel=1e-14)
    gradient = p.gradient(x)
    np.testing.assert_allclose(gradient, 2 * p.jacobian(x).T @ r, rtol=1e-12, atol=1e-12 * np.abs(gradient).max())
    H = p.hessian(x)
    np.testing.assert_array_equal(H, H.T)
    expected = by_differences(p.gradient, x)
    np.testing.assert_allclose(H, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize("p", ALL, ids=name)
@pytest.mark.parametrize("which", ["residual", "jacobian"])
def test_the_two_counters_agree(p, which):
    f, x = getattr(p, which), near_start(p)
    with mk.count() as ops:
        found = f(x)
    expected, reference = reference_count(f, x)
    assert ops == reference
    assert ops["float32"].flops == 0
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_helical_valley_on_the_axis():
    """x1 = 0 is a quarter of a turn, up or down."""
    p = problem("Helical valley")
    assert p.residual(np.array([0.0, 1.0, 2.5]))[0] == 0.0
    assert p.residual(np.array([0.0, -1.0, -2.5]))[0] == 0.0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((36,), "there is no problem 36; it is a number from 1 to 35"),
        (("Himmelblau",), "there is no problem 'Himmelblau'"),
        ((1, 3), r"n is 3; problem 1 \(Rosenbrock\) has 2 unknowns"),
        ((21, 5), "has from 2 to 1000000 unknowns, a multiple of 2"),
        ((20, 32), r"n is 32; problem 20 \(Watson\) has from 2 to 31 unknowns"),
        ((25, 0), "n is 0; problem 25"),
    ],
)
def test_refusals(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        problem(*arguments)
