"""Explicit methods and BDF against published end points: DETEST, the Arenstorf orbit, Pleiades."""

import json
import math

import numpy as np
import pytest

from mechkit.odes.solve_ivp import solve_ivp

METHODS = ("RK45", "Tsit5", "DOP853")
TOLERANCES = (1e-4, 1e-6, 1e-8, 1e-10)


def _one(t, y, k):
    if k == 1:
        return -y[0]
    if k == 2:
        return -0.5 * y[0] * y[0] * y[0]
    if k == 3:
        return y[0] * math.cos(t)
    if k == 4:
        return y[0] / 4 * (1 - y[0] / 20)
    return (y[0] - t) / (y[0] + t)


def _two(t, y, k):
    return [2 * (y[0] - y[0] * y[1]), -(y[1] - y[0] * y[1])]


def _three(t, y, k):
    if k == 2:
        return [-y[0] + y[1], y[0] - 2 * y[1] + y[2], y[1] - y[2]]
    if k == 3:
        return [-y[0], y[0] - y[1] * y[1], y[1] * y[1]]
    if k == 4:
        r = math.sqrt(y[0] * y[0] + y[1] * y[1])
        return [-y[1] - y[0] * y[2] / r, y[0] - y[1] * y[2] / r, y[0] / r]
    return [y[1] * y[2], -y[0] * y[2], -0.51 * y[0] * y[1]]


def _orbit(t, y, k):
    r = math.sqrt(y[0] * y[0] + y[1] * y[1])
    return [y[2], y[3], -y[0] / (r * r * r), -y[1] / (r * r * r)]


def _stars(t, y, out):
    for i in range(7):
        ax, ay = 0.0, 0.0
        for j in range(7):
            if j != i:
                dx, dy = y[j] - y[i], y[7 + j] - y[7 + i]
                r = math.sqrt(dx * dx + dy * dy)
                ax += (j + 1) * dx / (r * r * r)
                ay += (j + 1) * dy / (r * r * r)
        out[i], out[7 + i], out[14 + i], out[21 + i] = y[14 + i], y[21 + i], ax, ay


SMOOTH = {
    **{f"A{k}": (_one, [4.0 if k == 5 else 1.0]) for k in range(1, 6)},
    "B1": (_two, [1, 3]),
    **{f"B{k}": (_three, y0) for k, y0 in {2: [2, 0, 1], 3: [1, 0, 0], 4: [3, 0, 0], 5: [0, 1, 1]}.items()},
}


@pytest.fixture(scope="module")
def published_ends(published):
    return json.loads((published("ivp") / "endpoints.json").read_text())


def _errors(fun, y0, span, wanted, method, args=None):
    """Errors at the end in units of the tolerance, for each tolerance."""
    runs = [solve_ivp(fun, span, y0, method, rtol=tol, atol=tol, args=args) for tol in TOLERANCES]
    return [
        float(np.max(np.abs(r.y[:, -1] - wanted) / (tol + tol * np.abs(wanted))))
        for r, tol in zip(runs, TOLERANCES, strict=True)
    ]


@pytest.mark.parametrize("name", SMOOTH)
def test_detest_to_within_a_hundred_tolerances(name, published_ends):
    fun, y0 = SMOOTH[name]
    wanted = np.array(published_ends["detest"]["endpoints"][name])
    for method in METHODS:
        assert max(_errors(fun, y0, (0, 20), wanted, method, (int(name[1]),))) < 100


@pytest.mark.parametrize("k", range(1, 6))
def test_orbits_to_within_a_hundred_tolerances(k, published_ends):
    """An error grows with the square of time along an orbit: a step must be more exact than the end is to be."""
    e = 2 * k / 10 - 0.1
    y0, wanted = [1 - e, 0, 0, math.sqrt((1 + e) / (1 - e))], np.array(published_ends["detest"]["endpoints"][f"D{k}"])
    for method in (*METHODS, "BDF"):
        assert max(_errors(_orbit, y0, (0, 20), wanted, method, (k,))) < 100


@pytest.mark.parametrize("method", [*METHODS, "BDF"])
def test_pleiades(method, published_ends):
    problem = published_ends["stiff_and_orbital"]["pleiades"]
    errors = _errors(_stars, problem["y0"], problem["t_span"], np.array(problem["endpoint"]), method)
    assert max(errors) < 100


def _arenstorf(t, y):
    mu = 0.012277471
    a = math.sqrt((y[0] + mu) ** 2 + y[1] * y[1])
    b = math.sqrt((y[0] - 1 + mu) ** 2 + y[1] * y[1])
    a3, b3 = a * a * a, b * b * b
    return [
        y[2],
        y[3],
        y[0] + 2 * y[3] - (1 - mu) * (y[0] + mu) / a3 - mu * (y[0] - 1 + mu) / b3,
        y[1] - 2 * y[2] - (1 - mu) * y[1] / a3 - mu * y[1] / b3,
    ]


def test_the_arenstorf_orbit_comes_back():
    start, period = [0.994, 0.0, 0.0, -2.00158510637908252240537862224], 17.0652165601579625588917206249
    r = solve_ivp(_arenstorf, (0, period), start, "DOP853", rtol=1e-13, atol=1e-13)
    assert np.abs(r.y[:, -1] - start).max() < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_work_falls_with_the_tolerance(method):
    calls = [solve_ivp(_two, (0, 20), [1, 3], method, rtol=tol, atol=tol, args=1).nfev for tol in TOLERANCES]
    assert calls == sorted(calls)
