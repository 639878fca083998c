"""Interpolation and approximation against SciPy and NumPy, one thread, both sides in turn: medians and their ratio.

python benchmarks/interpolation.py [part of a name ...]

baryrat is needed for the line of the best approximation: pip install baryrat
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import sys
from functools import partial
from typing import Any

import numpy as np
import scipy.fft
import scipy.interpolate
from interleaved import Case, run

from mechkit import interpolation as ip

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(-1.0, 1.0, 100_000)
close = partial(np.testing.assert_allclose, rtol=1e-7, atol=1e-9)


def polynomials() -> dict[str, Case]:
    found = {}
    for n, name, goal, ours, theirs in (
        (50, "barycentric, 50 nodes", 10, ip.barycentric, scipy.interpolate.BarycentricInterpolator),
        (20, "Newton, 20 nodes", 4, ip.newton, scipy.interpolate.KroghInterpolator),
    ):
        x = ip.chebyshev_nodes(n)
        y = np.cos(5 * x)
        found[f"{name}, 1e5 points"] = Case(
            "SciPy", goal, partial(ours(x, y), POINTS), partial(theirs(x, y), POINTS), close
        )
    return found


def piecewise() -> dict[str, Case]:
    x = np.sort(RNG.uniform(-1.0, 1.0, 1001))
    x[0], x[-1] = -1.0, 1.0
    ours = ip.cubic_hermite(x, np.sin(9 * x), 9 * np.cos(9 * x))
    theirs = scipy.interpolate.CubicHermiteSpline(x, np.sin(9 * x), 9 * np.cos(9 * x))
    found = {
        f"cubic Hermite, 1001 knots, 1e5 {order} points": Case(
            "SciPy", goal, partial(ours, t), partial(theirs, t), close
        )
        for order, goal, t in (("random", 2, POINTS), ("sorted", 1, np.sort(POINTS)))
    }
    knots = np.sort(RNG.random(100_000))
    values = np.sin(9 * knots)
    for ends in ("not-a-knot", "natural", "clamped"):
        found[f"spline of 1e5 knots, {ends}"] = Case(
            "SciPy",
            3,
            partial(ip.cubic_spline, knots, values, ends),
            partial(scipy.interpolate.CubicSpline, knots, values, bc_type=ends),
            lambda p, q: np.testing.assert_allclose(p(0.5), q(0.5), rtol=1e-8),
        )
    return found


def fits() -> dict[str, Case]:
    x = np.linspace(-1.0, 1.0, 100_000)
    y = np.sin(3 * x) + 0.1 * RNG.standard_normal(x.size)
    few, noise = np.linspace(-1.0, 1.0, 10_000), RNG.standard_normal(10_000)
    vander = np.polynomial.chebyshev.chebvander(few, 49)

    def same_coefficients(ours: Any, theirs: Any) -> None:
        c = theirs.coef if hasattr(theirs, "coef") else theirs[0]
        np.testing.assert_allclose(ours.coefficients, c, rtol=1e-8, atol=1e-10)

    found = {}
    for method in ("auto", "qr"):
        found[f"fit of degree 10, 1e5 points, {method}"] = Case(
            "NumPy",
            5 if method == "auto" else 0,
            partial(ip.least_squares, x, y, 10, method=method),
            partial(np.polynomial.Chebyshev.fit, x, y, 10),
            same_coefficients,
        )
        found[f"least squares, 10000 x 50, {method}"] = Case(
            "NumPy",
            1 if method == "auto" else 0,
            partial(ip.least_squares, few, noise, 49, method=method),
            partial(np.linalg.lstsq, vander, noise, rcond=None),
            same_coefficients,
        )
    return found


def best_approximation() -> dict[str, Case]:
    try:
        import baryrat
    except ImportError:
        print("baryrat is not installed: the line of the best approximation is left out", file=sys.stderr)
        return {}

    def f(x: Any) -> Any:
        return np.cos(3 * x) * np.exp(x)

    there = np.linspace(-1.0, 1.0, 20_001)

    def agree(ours: Any, theirs: Any) -> None:
        assert ours.success
        errors = [np.abs(f(there) - fit(there)).max() for fit in (ours, theirs)]
        np.testing.assert_allclose(*errors, rtol=1e-9)

    return {
        "best polynomial of degree 8": Case(
            "baryrat",
            1,
            partial(ip.minimax, f, 8),
            partial(baryrat.brasil, f, (-1.0, 1.0), (8, 0), tol=1e-10),
            agree,
            5,
        )
    }


def rational() -> dict[str, Case]:
    z = np.linspace(-1.0, 1.0, 1000)
    circle = np.exp(2j * np.pi * np.arange(1000) / 1000)
    return {
        f"AAA, 1000 {kind} points": Case(
            "SciPy",
            2,
            partial(ip.aaa, points, values),
            partial(scipy.interpolate.AAA, points, values),
            lambda p, q: np.testing.assert_allclose(p(0.123), q(0.123), rtol=1e-8),
        )
        for kind, points, values in (
            ("real", z, np.tan(4 * z) * np.exp(z)),
            ("complex", circle, np.tan(4 * circle) * np.exp(circle)),
        )
    }


def fourier() -> dict[str, Case]:
    cases = {}
    for n, goal in ((2**14, 0.5), (3**9, 0.33), (10_007, 0.33)):
        rng = np.random.default_rng(n)
        x = rng.standard_normal(n) + 1j * rng.standard_normal(n)
        cases[f"fft, n = {n}"] = Case("SciPy", goal, partial(ip.fft, x), partial(scipy.fft.fft, x))
    return cases


if __name__ == "__main__":
    run((polynomials, piecewise, fits, best_approximation, rational, fourier), sys.argv[1:])
