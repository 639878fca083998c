"""Implicit methods against SciPy's, one thread, both sides in turn, to the same error: medians and their ratio.

python benchmarks/odes_stiff.py [part of a name ...]

Each side has the loosest tolerance of a ladder with which it comes within the error wanted. numbalsoda is needed for
its lines; it is compiled when it is installed, and needs a Fortran compiler: pip install numbalsoda
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np
import scipy.integrate
from interleaved import Case, run

from mechkit.odes import solve_ivp

#: The tolerances that are tried, the loosest first: half powers of ten.
LADDER = tuple(10.0 ** (-k / 2.0) for k in range(4, 25))
#: The relative error wanted, in each component and in the norm.
WANTED = 1e-5
UNKNOWNS = 1000


def robertson(t, y):
    slow = 0.04 * y[0]
    back = 1e4 * y[1] * y[2]
    fast = 3e7 * y[1] * y[1]
    return [back - slow, slow - back - fast, fast]


def van_der_pol(t, y):
    return [y[1], 1000.0 * (1.0 - y[0] * y[0]) * y[1] - y[0]]


def brusselator(t, y):
    """Hairer and Wanner, section IV.1: two species in turn on a line, so that the bandwidth is 2."""
    n = y.size
    cells = n // 2
    spread = 0.02 * (cells + 1.0) ** 2
    out = np.empty(n)
    for i in range(cells):
        u, v = y[2 * i], y[2 * i + 1]
        u_left, v_left = (y[2 * i - 2], y[2 * i - 1]) if i > 0 else (1.0, 3.0)
        u_right, v_right = (y[2 * i + 2], y[2 * i + 3]) if i < cells - 1 else (1.0, 3.0)
        square = u * u * v
        out[2 * i] = 1.0 + square - 4.0 * u + spread * (u_left - 2.0 * u + u_right)
        out[2 * i + 1] = 3.0 * u - square + spread * (v_left - 2.0 * v + v_right)
    return out


def brusselator_of_slices(t, y):
    """The same, as NumPy does it fastest."""
    spread = 0.02 * (y.size // 2 + 1.0) ** 2
    padded = np.concatenate(((1.0, 3.0), y, (1.0, 3.0)))
    out = spread * (padded[:-4] - 2.0 * y + padded[4:])
    u, v = y[::2], y[1::2]
    square = u * u * v
    out[::2] += 1.0 + square - 4.0 * u
    out[1::2] += 3.0 * u - square
    return out


def loosest(solve: Callable[[float], Any], exact: np.ndarray, each: bool) -> Callable[[], Any]:
    """The run with the loosest tolerance that comes within the error wanted; each : in each component."""
    for tolerance in LADDER:
        off = np.abs(solve(tolerance) - exact)
        size = np.abs(exact) if each else np.abs(exact).max()
        if np.max(off / size) <= WANTED:
            print(f"    {getattr(solve, 'keywords', {}).get('method', '')} rtol = {tolerance:.1e}", file=sys.stderr)
            return partial(solve, tolerance)
    raise ValueError("no tolerance is tight enough")


def ours(tolerance: float, problem: tuple[Any, ...], method: str, small: float, **options: Any) -> np.ndarray:
    return solve_ivp(*problem, method, rtol=tolerance, atol=small * tolerance, **options).y[:, -1]


def scipys(tolerance: float, problem: tuple[Any, ...], method: str, small: float, **options: Any) -> np.ndarray:
    found = scipy.integrate.solve_ivp(*problem, method, rtol=tolerance, atol=small * tolerance, **options)
    return found.y[:, -1]


def agree(a: np.ndarray, b: np.ndarray) -> None:
    np.testing.assert_allclose(a, b, rtol=10 * WANTED, atol=10 * WANTED * np.abs(b).max())


ROBERTSON = (robertson, (0.0, 1e11), [1.0, 0.0, 0.0])
VAN_DER_POL = (van_der_pol, (0.0, 2000.0), [2.0, 0.0])
ENDS = {
    "Robertson to 1e11": (ROBERTSON, 1e-6, [2.083340149701255e-08, 8.333360770334713e-14, 0.999999979166505]),
    "van der Pol, mu = 1000": (VAN_DER_POL, 1e-3, [1.706167732170469, -0.0008928097010248125]),
}


def small_systems() -> dict[str, Case]:
    cases = {}
    for name, (problem, small, end) in ENDS.items():
        exact = np.array(end)
        for method in ("BDF", "Radau"):
            mine = loosest(partial(ours, problem=problem, method=method, small=small), exact, True)
            for peer, goal in ((method, 50), ("LSODA", 0)):
                other = loosest(partial(scipys, problem=problem, method=peer, small=small), exact, True)
                cases[f"{name}, {method}"[:40] + (" L" if peer == "LSODA" else "")] = Case(
                    f"SciPy {peer}"[:10], goal, mine, other, agree, 7
                )
    return cases


def with_lsoda() -> dict[str, Case]:
    try:
        import numbalsoda
    except ImportError:
        print("numbalsoda is not installed: its lines are left out", file=sys.stderr)
        return {}

    @numba.cfunc(numbalsoda.lsoda_sig)
    def robertson_in_c(t, y, out, p):
        slow, back, fast = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
        out[0], out[1], out[2] = back - slow, slow - back - fast, fast

    @numba.cfunc(numbalsoda.lsoda_sig)
    def van_der_pol_in_c(t, y, out, p):
        out[0], out[1] = y[1], 1000.0 * (1.0 - y[0] * y[0]) * y[1] - y[0]

    def lsoda(tolerance: float, address: int, problem: tuple[Any, ...], small: float) -> np.ndarray:
        times, start = np.array(problem[1]), np.array(problem[2])
        return numbalsoda.lsoda(address, start, times, rtol=tolerance, atol=small * tolerance, mxstep=10**6)[0][-1]

    cases = {}
    for (name, (problem, small, end)), in_c in zip(ENDS.items(), (robertson_in_c, van_der_pol_in_c), strict=True):
        exact = np.array(end)
        mine = loosest(partial(ours, problem=problem, method="BDF", small=small), exact, True)
        other = loosest(partial(lsoda, address=in_c.address, problem=problem, small=small), exact, True)
        cases[f"{name}, BDF and lsoda"] = Case("numbalsoda", 0.5, mine, other, agree)
    return cases


def banded() -> dict[str, Case]:
    cells = UNKNOWNS // 2
    x = np.arange(1, cells + 1) / (cells + 1)
    start = np.empty(UNKNOWNS)
    start[::2], start[1::2] = 1.0 + np.sin(2.0 * np.pi * x), 3.0
    mine, theirs = (brusselator, (0.0, 10.0), start), (brusselator_of_slices, (0.0, 10.0), start)
    bands = {"lband": 2, "uband": 2}
    exact = ours(1e-9, mine, "Radau", 1.0, **bands)
    sparsity = scipy.sparse.diags_array([1.0] * 5, offsets=[-2, -1, 0, 1, 2], shape=(UNKNOWNS, UNKNOWNS))
    peers = {
        "BDF": partial(scipys, problem=theirs, method="BDF", small=1.0, jac_sparsity=sparsity),
        "LSODA": partial(scipys, problem=theirs, method="LSODA", small=1.0, **bands),
    }
    found = {peer: loosest(solve, exact, False) for peer, solve in peers.items()}
    cases = {}
    for method in ("BDF", "Radau", "Rodas4"):
        own = loosest(partial(ours, problem=mine, method=method, small=1.0, **bands), exact, False)
        for peer, other in found.items():
            goal = 10 if method == peer else 0
            cases[f"Brusselator of {UNKNOWNS}, banded, {method} {peer[0]}"] = Case(
                f"SciPy {peer}"[:10], goal, own, other, agree, 5
            )
    return cases


if __name__ == "__main__":
    run((small_systems, with_lsoda, banded), sys.argv[1:])
