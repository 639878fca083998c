"""Initial value problems, explicit methods, one thread, both sides in turn: medians and their ratio.

python benchmarks/odes.py [part of a name ...]

numbalsoda is needed for its line: pip install numbalsoda
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import math
import statistics
import sys
import time
from functools import partial
from typing import Any

import numba
import numpy as np
import scipy.integrate
from interleaved import Case, run

from mechkit import odes

#: Of new right-hand sides, how many are compiled for the median.
NEW = 7


def lorenz(t, y):
    return np.array([10.0 * (y[1] - y[0]), y[0] * (28.0 - y[2]) - y[1], y[0] * y[1] - 8.0 / 3.0 * y[2]])


def attractor() -> dict[str, Case]:
    """SciPy at rtol 1e-8, and the loosest tolerance here whose error at the end is no larger.

    The exact end is the mean of two runs with tolerances near rounding, which differ by less than a hundredth of it.
    """
    given = (lorenz, (0.0, 15.0), [1.0, 1.0, 1.0])
    ends = [odes.solve_ivp(*given, "DOP853", rtol=t, atol=t).y[:, -1] for t in (1e-13, 3e-14)]
    exact = np.mean(ends, axis=0)

    def error(run: Any) -> float:
        return float(np.abs(run.y[:, -1] - exact).max())

    cases = {}
    for method in ("RK45", "DOP853"):
        theirs = partial(scipy.integrate.solve_ivp, *given, method, rtol=1e-8, atol=1e-8)
        most = error(theirs())
        assert np.ptp(ends, axis=0).max() < most / 100
        ladder = (1e-8 * 10 ** (k / 8) for k in range(16, -16, -1))
        tolerance = next(t for t in ladder if error(odes.solve_ivp(*given, method, rtol=t, atol=t)) <= most)
        print(f"    {method}: error {most:.1e} with rtol = {tolerance:.1e} here, 1e-8 there", file=sys.stderr)
        ours = partial(odes.solve_ivp, *given, method, rtol=tolerance, atol=tolerance)
        cases[f"Lorenz to t = 15, {method}, equal error"] = Case(
            "SciPy", 150, ours, theirs, lambda r, s: np.testing.assert_allclose(r.y[:, -1], s.y[:, -1], atol=0.02)
        )
    return cases


def attractor_by_lsoda() -> dict[str, Case]:
    try:
        import numbalsoda
    except ImportError:
        print("numbalsoda is not installed: its line is left out", file=sys.stderr)
        return {}

    @numba.cfunc(numbalsoda.lsoda_sig)
    def rhs(t, y, dy, p):
        dy[0] = 10.0 * (y[1] - y[0])
        dy[1] = y[0] * (28.0 - y[2]) - y[1]
        dy[2] = y[0] * y[1] - 8.0 / 3.0 * y[2]

    times = np.array([0.0, 15.0])
    ours = partial(odes.solve_ivp, lorenz, (0.0, 15.0), [1.0, 1.0, 1.0], "DOP853", rtol=1e-8, atol=1e-8)
    theirs = partial(numbalsoda.dop853, rhs.address, np.ones(3), times, rtol=1e-8, atol=1e-8)
    return {
        "Lorenz to t = 15, DOP853, compiled": Case(
            "numbalsoda",
            1,
            ours,
            theirs,
            lambda r, s: np.testing.assert_allclose(r.y[:, -1], s[0][-1], atol=0.02),
        )
    }


def orbit(t, y, out):
    square = y[0] * y[0] + y[1] * y[1]
    cube = square * math.sqrt(square)
    out[0], out[1], out[2], out[3] = y[2], y[3], -y[0] / cube, -y[1] / cube


_orbit = numba.njit(orbit, error_model="numpy")


@numba.njit(error_model="numpy")
def by_hand(start, end, steps):
    h, n = end / steps, start.size
    y = np.empty((steps + 1, n))
    y[0] = start
    k1, k2, k3, k4, z = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for m in range(steps):
        t = m * h
        _orbit(t, y[m], k1)
        for i in range(n):
            z[i] = y[m, i] + 0.5 * h * k1[i]
        _orbit(t + 0.5 * h, z, k2)
        for i in range(n):
            z[i] = y[m, i] + 0.5 * h * k2[i]
        _orbit(t + 0.5 * h, z, k3)
        for i in range(n):
            z[i] = y[m, i] + h * k3[i]
        _orbit(t + h, z, k4)
        for i in range(n):
            y[m + 1, i] = y[m, i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return y


def equal_steps() -> dict[str, Case]:
    start = np.array([0.5, 0.0, 0.0, math.sqrt(3.0)])
    return {
        "1e6 steps of RK4, an orbit": Case(
            "by hand",
            round(1 / 1.3, 2),
            partial(odes.rk4, orbit, (0.0, 100.0), start, 10**6),
            partial(by_hand, start, 100.0, 10**6),
            lambda r, y: np.testing.assert_allclose(r.y[:, -1], y[-1], atol=1e-8),
            7,
        )
    }


def another(k: int) -> Any:
    """A right-hand side that is not compiled yet."""

    def fun(t, y):
        return np.array([y[1], -y[0] * (1.0 + k)])

    return fun


def second_right_hand_side() -> float:
    """Median seconds of a whole call with a new function, where the driver has served another one before."""
    taken = []
    for k in range(NEW + 1):
        start = time.perf_counter()
        odes.solve_ivp(another(k), (0.0, 1.0), [1.0, 0.0])
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    run((attractor, attractor_by_lsoda, equal_steps), sys.argv[1:])
    if len(sys.argv) == 1:
        print(f"{'a second right-hand side, in all':42} {1e3 * second_right_hand_side():11.3f}  goal: below 150 ms")
