"""Differential equations: the laws and comparisons that can be asked for by name."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from mechkit.catalogue.entries import NamedComparison, NamedLaw
from mechkit.odes import euler, leapfrog, rk4, solve_ivp

# -- laws ------------------------------------------------------------------------------------------------------------


def oscillator(t, y):
    """A circle: two unknowns, one sign to change."""
    return [y[1], -y[0]]


def spring(t, q):
    """The same as one equation of the second order."""
    return [-q[0]]


def euler_steps(n: int) -> np.ndarray:
    """n steps of Euler's method for an oscillator."""
    return euler(oscillator, (0, 1), [1.0, 0.0], n).y[:, -1]


def rk4_steps(n: int) -> np.ndarray:
    """n steps of Kutta's method of order 4 for an oscillator."""
    return rk4(oscillator, (0, 1), [1.0, 0.0], n).y[:, -1]


def leapfrog_steps(n: int) -> np.ndarray:
    """n steps of leapfrog for an oscillator."""
    return leapfrog(spring, (0, 1), [1.0], [0.0], n).y[:, -1]


_STEPS = {"n": range(1, 7)}, {"n": 500}
LAWS: dict[str, NamedLaw] = {
    "euler": NamedLaw("n steps of Euler's method, an oscillator", euler_steps, *_STEPS),
    "rk4": NamedLaw("n steps of Kutta's method of order 4, an oscillator", rk4_steps, *_STEPS),
    "leapfrog": NamedLaw("n steps of leapfrog, an oscillator", leapfrog_steps, *_STEPS),
}

# -- comparisons -----------------------------------------------------------------------------------------------------


def orbit(t, y):
    """Two bodies: one goes around the other."""
    r = math.sqrt(y[0] * y[0] + y[1] * y[1])
    cube = r * r * r
    return [y[2], y[3], -y[0] / cube, -y[1] / cube]


def orbit_to_bits(bits: int, method: str) -> np.ndarray:
    """An orbit of eccentricity 0.5, three quarters around, with a tolerance of so many bits."""
    tolerance = 2.0**-bits
    r = solve_ivp(orbit, (0, 1.5 * math.pi), [0.5, 0, 0, math.sqrt(3)], method, rtol=tolerance, atol=tolerance)
    return r.y[:, -1]


def heat(t, y, out, k):
    """A rod with cold ends, in cells of equal length."""
    n = y.size
    for i in range(n):
        left = y[i - 1] if i > 0 else 0.0
        right = y[i + 1] if i + 1 < n else 0.0
        out[i] = k * (left - 2.0 * y[i] + right)


def cooling(n: int, method: str, **options: Any) -> np.ndarray:
    """A rod of n cells cools down; the more cells, the stiffer."""
    start = np.sin(np.pi * np.arange(1, n + 1) / (n + 1.0))
    r = solve_ivp(heat, (0, 0.1), start, method, args=((n + 1.0) ** 2,), rtol=1e-4, atol=1e-6, **options)
    return r.y[:, -1]


COMPARISONS: dict[str, NamedComparison] = {
    "orbit": NamedComparison(
        "an orbit to n bits, by methods of order 3, 5 and 8",
        {name: partial(orbit_to_bits, method=name) for name in ("RK23", "RK45", "DOP853")},
        sizes=(10, 13, 17, 20, 23, 27),
        check=partial(np.allclose, atol=0.2),
    ),
    "cooling": NamedComparison(
        "a rod of n cells that cools down: explicit steps, stabilized ones, and implicit ones in a band",
        {
            "RK45": partial(cooling, method="RK45"),
            "RKC": partial(cooling, method="RKC"),
            "BDF": partial(cooling, method="BDF", lband=1, uband=1),
        },
        sizes=(10, 20, 40, 80),
        check=partial(np.allclose, atol=1e-2),
    ),
}
