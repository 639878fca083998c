"""Symplectic methods: what they keep, exactly; their orders; and the energy beside that of Runge and Kutta."""

import math

import numpy as np
import pytest

import mechkit.odes as odes

ORDERS = {"symplectic_euler": 1, "leapfrog": 2, "yoshida4": 4, "runge_kutta_nystrom": 4}


def _spring(t, q):
    return [-q[0]]


def _system(t, y):
    return [y[1], -y[0]]


def _driven(t, q):
    return [-q[0] + math.cos(t)]


@pytest.mark.parametrize("name", ORDERS)
def test_orders(name):
    method, sizes = getattr(odes, name), [100, 200, 400]
    wanted = np.array([math.cos(2) + math.sin(2), -math.sin(2) / 2 + math.cos(2)])
    errors = [np.abs(method(_driven, (0, 2), [1.0], [0.0], steps).y[:, -1] - wanted).max() for steps in sizes]
    assert -np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(ORDERS[name], abs=0.1)


@pytest.mark.parametrize("h", [0.1, 0.5, 1.0, 1.9])
def test_leapfrog_keeps_an_energy_exactly(h):
    r = odes.leapfrog(_spring, (0, 1000 * h), [1.0], [0.3], 1000)
    kept = r.y[1] ** 2 + (1 - h * h / 4) * r.y[0] ** 2
    np.testing.assert_allclose(kept, kept[0], rtol=1e-10)


@pytest.mark.parametrize("h", [0.1, 0.5, 1.0])
def test_symplectic_euler_keeps_an_energy_exactly(h):
    r = odes.symplectic_euler(_spring, (0, 500 * h), [1.0], [0.3], 500)
    kept = r.y[0] ** 2 + r.y[1] ** 2 + h * r.y[0] * r.y[1]
    np.testing.assert_allclose(kept, kept[0], rtol=1e-10)


def test_leapfrog_is_unstable_beyond_two():
    assert odes.leapfrog(_spring, (0, 201), [1.0], [0.0], 100).y[0, -1] ** 2 > 1e6


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("euler", lambda h: 1 + h**2),
        ("rk4", lambda h: 1 - h**6 / 72 + h**8 / 576),
    ],
)
@pytest.mark.parametrize("h", [0.1, 0.5, 1.0])
def test_the_energy_of_an_oscillator_changes_by_a_factor_each_step(name, factor, h):
    r = getattr(odes, name)(_system, (0, 40 * h), [1.0, 0.5], 40)
    energy = (r.y**2).sum(axis=0)
    np.testing.assert_allclose(energy[1:] / energy[:-1], factor(h), rtol=1e-12)


def _kepler(t, q):
    r = math.sqrt(q[0] * q[0] + q[1] * q[1])
    return [-q[0] / (r * r * r), -q[1] / (r * r * r)]


def _orbit(t, y):
    r = math.sqrt(y[0] * y[0] + y[1] * y[1])
    return [y[2], y[3], -y[0] / (r * r * r), -y[1] / (r * r * r)]


def _energy(y):
    return (y[2] ** 2 + y[3] ** 2) / 2 - 1 / np.hypot(y[0], y[1])


def test_the_energy_of_an_orbit_drifts_with_runge_kutta_and_not_with_yoshida():
    q0, v0, revolutions = [0.5, 0.0], [0.0, math.sqrt(3.0)], 200
    end, steps = 2 * math.pi * revolutions, 200 * revolutions
    drift = {}
    for name, energy in {
        "yoshida4": _energy(odes.yoshida4(_kepler, (0, end), q0, v0, steps).y),
        "rk4": _energy(odes.rk4(_orbit, (0, end), [*q0, *v0], steps).y),
    }.items():
        error = np.abs(energy - energy[0])
        drift[name] = error[-200:].max() / error[:200].max()
    assert drift["yoshida4"] < 1.1
    assert drift["rk4"] > 50


def test_calls_and_shapes():
    for name, calls in {"leapfrog": 11, "symplectic_euler": 10, "yoshida4": 30, "runge_kutta_nystrom": 30}.items():
        r = getattr(odes, name)(_kepler, (0, 1), [1.0, 0.0], [0.0, 1.0], 10)
        assert r.nfev == calls
        assert r.y.shape == (4, 11)
        back = getattr(odes, name)(_kepler, (1, 0), r.y[:2, -1], r.y[2:, -1], 10)
        np.testing.assert_allclose(back.y[:, -1], [1.0, 0.0, 0.0, 1.0], atol=0.2)


def test_the_shape_of_the_velocities_is_named():
    with pytest.raises(ValueError, match=r"v0 has shape \(1,\)"):
        odes.leapfrog(_kepler, (0, 1), [1.0, 0.0], [0.0], 10)


def test_calls_stay_inside_the_interval():
    def fun(t, q, seen):
        seen[0], seen[1] = min(seen[0], t), max(seen[1], t)
        return [-q[0]]

    for name in ORDERS:
        seen = np.array([1.0, 1.0])
        getattr(odes, name)(fun, (0.1, 1.7), [1.0], [0.0], 7, args=(seen,))
        assert seen[0] >= 0.1
        assert seen[1] <= 1.7
