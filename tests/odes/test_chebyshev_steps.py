"""Runge-Kutta-Chebyshev: order 2, a reach that grows with the square of the stages, and diffusion with few calls."""

import math

import numpy as np
import pytest

from mechkit.odes import solve_ivp
from mechkit.odes.chebyshev_steps import chebyshev_step
from mechkit.odes.chebyshev_tables import FIRST_DAMPING, RKC1, RKC2
from mechkit.odes.right_hand_side import right_hand_side


@pytest.mark.parametrize("method", [RKC1, RKC2])
@pytest.mark.parametrize("stages", [2, 3, 5, 12, 40])
def test_the_factor_of_a_step_stays_below_one_up_to_its_reach(stages, method):
    f, reach = right_hand_side(_unit, 0.0, np.ones(1)), method.reach(stages)
    for part in np.linspace(0.02, 0.999, 60):
        assert abs(_scaled(method, stages, part * reach, f)) <= 1.0
    assert abs(_scaled(method, stages, (1.5 if method is RKC2 else 1.01) * reach, f)) > 1.0
    h = 1e-3
    part = {1: abs(method.weights(stages)[1]) * h**2, 2: h**3 / 3}[method.order]
    assert abs(_scaled(method, stages, h, f) - math.exp(-h)) == pytest.approx(part, rel=2e-3 if method is RKC1 else 1)


def test_order_one_reaches_nearly_twice_the_square_of_the_stages():
    for stages in (2, 5, 20, 100):
        assert RKC1.reach(stages) == pytest.approx((2 - 4 / 3 * FIRST_DAMPING) * stages**2, rel=1e-2)
        assert RKC1.stages(RKC1.reach(stages)) == stages
        assert RKC1.stages(1.001 * RKC1.reach(stages)) == stages + 1


def _unit(t, y):
    return [-y[0]]


def _scaled(method, stages, z, f):
    """The factor of a step of length z with rate 1."""
    work, y = np.zeros((5, 1)), np.ones(1)
    chebyshev_step(f, 0.0, z, y, np.array([-1.0]), method.coefficients(stages), work)
    return work[2, 0]


def _heat(t, y, out, k):
    n = y.size
    for i in range(n):
        left = y[i - 1] if i > 0 else 0.0
        right = y[i + 1] if i + 1 < n else 0.0
        out[i] = k * (left - 2.0 * y[i] + right)


def test_diffusion_takes_few_calls():
    n = 100
    x, k = np.arange(1, n + 1) / (n + 1), (n + 1.0) ** 2
    start = np.sin(math.pi * x)
    wanted = start * math.exp(-0.1 * k * 2 * (1 - math.cos(math.pi / (n + 1))))
    calls = {}
    for method in ("RKC", "RKC1", "RK45"):
        r = solve_ivp(_heat, (0, 0.1), start, method, rtol=1e-4, atol=1e-4, args=(k,), dense_output=True)
        assert r.success
        np.testing.assert_allclose(r.y[:, -1], wanted, atol=1e-3)
        np.testing.assert_allclose(r.sol(0.05), start * math.exp(-0.05 * k * 2 * (1 - math.cos(math.pi / (n + 1)))),
                                   atol=1e-3)  # fmt: skip
        calls[method] = r.nfev
    assert calls["RKC"] < calls["RK45"] / 15
    assert calls["RKC1"] < calls["RK45"] / 5


def test_errors_follow_the_tolerance():
    errors = []
    for tol in (1e-3, 1e-5, 1e-7):
        r = solve_ivp(lambda t, y: [-y[1], y[0] - 0.1 * y[1]], (0, 5), [1.0, 0.0], "RKC", rtol=tol, atol=tol)
        w = math.sqrt(1 - 0.05**2)
        errors.append(abs(r.y[0, -1] - math.exp(-0.25) * (math.cos(5 * w) + 0.05 / w * math.sin(5 * w))))
    assert errors[0] < 0.05
    assert errors[1] < errors[0] / 15
    assert errors[2] < errors[1] / 15


def test_calls_are_counted_and_stay_inside():
    def fun(t, y, seen):
        seen[0], seen[1], seen[2] = seen[0] + 1.0, min(seen[1], t), max(seen[2], t)
        return [-1000.0 * (y[0] - math.cos(t))]

    seen = np.array([0.0, 1.0, 1.0])
    r = solve_ivp(fun, (0.5, 3.0), [0.0], "RKC", args=(seen,))
    assert r.success
    assert seen[0] == r.nfev
    assert seen[1] >= 0.5
    assert seen[2] <= 3.0
    assert r.y[0, -1] == pytest.approx(math.cos(3.0), abs=1e-2)


def test_a_function_that_is_not_finite_stops_it():
    r = solve_ivp(lambda t, y: [1.0 if t < 1.0 else math.nan], (0, 5), [0.0], "RKC")
    assert r.status == -2
    assert r.t[-1] == pytest.approx(1.0, abs=1e-3)
