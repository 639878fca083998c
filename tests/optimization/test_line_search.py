"""The strong Wolfe line search: what it promises, and what it does where there is nothing to find."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkit.optimization.chosen_differences import gradient_kernel
from mechkit.optimization.differences import GIVEN
from mechkit.optimization.functions import OBJECTIVE, VECTOR, counted_calls, function
from mechkit.optimization.minimization.line_search import DECREASE, cubic_step, quadratic_step, strong_wolfe


def quartic(x):
    return 0.25 * x[0] ** 4 - 2.0 * x[0] ** 2 + 0.5 * x[0]


def quartic_jac(x):
    return np.array([x[0] ** 3 - 4.0 * x[0] + 0.5])


def wall(x):
    return math.inf if x[0] > 1.0 else (x[0] - 0.5) ** 2


def wall_jac(x):
    return np.array([2.0 * (x[0] - 0.5)])


def no_number(x):
    return math.nan if x[0] > 1.0 else (x[0] - 0.5) ** 2


def slope(x):
    return -x[0]


def slope_jac(x):
    return np.array([-1.0])


def search(f, jac, x, p, step, curvature=0.9):
    """(step, f there, the slope there, calls of f and jac)."""
    x, p = np.array([x]), np.array([p])
    trial, g = np.full(1, np.nan), np.full(1, np.nan)
    fun, der = function(f, OBJECTIVE), function(jac, VECTOR, "jac")
    with counted_calls() as made:
        d = float(jac(x)[0] * p[0])
        taken, value = strong_wolfe(fun, der, GIVEN, gradient_kernel(GIVEN), x, f(x), d, p, step, curvature, trial, g)
    if taken:
        assert trial[0] == pytest.approx(x[0] + taken * p[0], rel=1e-15)
        assert g[0] == pytest.approx(jac(trial)[0], rel=1e-12, abs=1e-12)
        assert value == pytest.approx(f(trial), rel=1e-12, abs=1e-12)
    return taken, value, g[0] * p[0], made


@settings(deadline=None, max_examples=60)
@given(
    x=st.floats(-4.0, 4.0),
    size=st.floats(0.01, 10.0),
    step=st.floats(1e-4, 1e3),
    curvature=st.sampled_from([0.1, 0.5, 0.9]),
)
def test_the_step_satisfies_the_strong_wolfe_conditions(x, size, step, curvature):
    d = float(quartic_jac(np.array([x]))[0])
    if abs(d) < 1e-3:
        return
    p = -size * math.copysign(1.0, d)
    taken, value, after, _ = search(quartic, quartic_jac, x, p, step, curvature)
    f0 = quartic(np.array([x]))
    assert taken > 0.0
    assert value <= f0 + DECREASE * taken * d * p + 1e-14 * abs(f0)
    assert abs(after) <= curvature * abs(d * p)


@pytest.mark.parametrize("f", [wall, no_number])
def test_a_step_to_what_is_not_finite_is_cut_back(f):
    taken, value, after, made = search(f, wall_jac, 0.0, 1.0, 64.0, 0.1)
    assert 0.0 < taken <= 1.0
    assert value < 0.25
    assert abs(after) <= 0.1
    assert made.jac <= made.f


def test_the_first_trial_costs_one_call_of_each_where_it_does():
    taken, _, _, made = search(wall, wall_jac, 0.0, 1.0, 0.5)
    assert (taken, made.f, made.jac) == (0.5, 1, 1)


def test_a_trial_that_is_too_far_costs_no_gradient():
    _, _, _, made = search(quartic, quartic_jac, 1.0, 1.0, 100.0, 0.1)
    assert made.f > made.jac


def test_uphill_there_is_no_step():
    taken, value, _, made = search(quartic, quartic_jac, 1.0, -1.0, 1.0)
    assert (taken, value, made.f) == (0.0, quartic(np.array([1.0])), 0)


def test_where_the_slope_never_ends_the_lowest_point_is_taken():
    taken, value, after, made = search(slope, slope_jac, 0.0, 1.0, 1.0)
    assert taken > 1e6
    assert (value, after) == (-taken, -1.0)
    assert made.f < 50


def test_minus_infinity_ends_the_search():
    def cliff(x):
        return -math.inf if x[0] > 10.0 else -x[0]

    taken, value, _, _ = search_raw(cliff)
    assert (value, taken > 10.0) == (-math.inf, True)


def search_raw(f):
    x, trial, g = np.zeros(1), np.zeros(1), np.zeros(1)
    functions = function(f, OBJECTIVE), function(slope_jac, VECTOR), GIVEN, gradient_kernel(GIVEN)
    found = strong_wolfe(*functions, x, 0.0, -1.0, np.ones(1), 1.0, 0.9, trial, g)
    return (*found, trial, g)


def test_a_wrong_gradient_ends_without_a_step():
    def wrong(x):
        return np.array([1.0])

    x = np.zeros(1)
    taken, value = strong_wolfe(
        function(slope, OBJECTIVE),
        function(wrong, VECTOR),
        GIVEN,
        gradient_kernel(GIVEN),
        x,
        0.0,
        -1.0,
        -np.ones(1),
        1.0,
        0.9,
        x.copy(),
        x.copy(),
    )
    assert (taken, value) == (0.0, 0.0)


@settings(deadline=None, max_examples=40)
@given(a=st.floats(-3, 3), width=st.floats(0.1, 5), center=st.floats(-3, 3), size=st.floats(0.1, 10))
def test_a_parabola_is_minimized_in_one_step(a, width, center, size):
    b = a + width
    f = [size * (t - center) ** 2 for t in (a, b)]
    d = [2 * size * (t - center) for t in (a, b)]
    assert cubic_step(a, f[0], d[0], b, f[1], d[1]) == pytest.approx(center, abs=1e-6)
    assert quadratic_step(a, f[0], d[0], b, f[1]) == pytest.approx(center, abs=1e-6)


def test_a_cubic_is_minimized_in_one_step():
    f, d = (lambda t: t**3 - 3 * t), (lambda t: 3 * t * t - 3)
    assert cubic_step(0.5, f(0.5), d(0.5), 2.0, f(2.0), d(2.0)) == pytest.approx(1.0)
