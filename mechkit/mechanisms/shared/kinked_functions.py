"""Convex functions of r = Ax - b, two with kinks and a smooth one, each with a subgradient and its minimum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization import linprog

KINKS, SMOOTH = ("sum of |r|", "largest |r|"), "sum of r² / 2"


@dataclass(frozen=True)
class Function:
    """A convex function, a subgradient of it, and its least value."""

    f: Any
    jac: Any
    least: float


@cache
def functions(n: int, m: int, seed: int = 0) -> dict[str, Function]:
    """Three measures of r = Ax - b, A random (m, n), with their least values: by linear programs, and least squares."""
    rng = np.random.default_rng(seed)
    A, b = rng.standard_normal((m, n)), rng.standard_normal(m)

    @kernel(error_model="numpy")
    def residual(i, x):
        s = -b[i]
        for j in range(x.size):
            s += A[i, j] * x[j]
        return s

    @kernel(error_model="numpy")
    def farthest(x):
        i, largest = 0, abs(residual(0, x))
        for k in range(1, m):
            size = abs(residual(k, x))
            if size > largest:
                i, largest = k, size
        return i

    def sum_of_sizes(x):
        s = 0.0
        for i in range(m):
            s += abs(residual(i, x))
        return s

    def signs_by_rows(x):
        g = np.zeros(n)
        for i in range(m):
            r = residual(i, x)
            for j in range(n):
                if r > 0.0:
                    g[j] += A[i, j]
                elif r < 0.0:
                    g[j] -= A[i, j]
        return g

    def largest_size(x):
        return abs(residual(farthest(x), x))

    def row_of_largest(x):
        i = farthest(x)
        r, g = residual(i, x), np.empty(n)
        for j in range(n):
            g[j] = A[i, j] if r > 0.0 else -A[i, j]
        return g

    def half_squares(x):
        s = 0.0
        for i in range(m):
            s += 0.5 * residual(i, x) ** 2
        return s

    def sizes_by_rows(x):
        g = np.zeros(n)
        for i in range(m):
            r = residual(i, x)
            for j in range(n):
                g[j] += r * A[i, j]
        return g

    r = A @ np.linalg.lstsq(A, b)[0] - b
    return {
        KINKS[0]: Function(sum_of_sizes, signs_by_rows, _least(A, b, -np.eye(m))),
        KINKS[1]: Function(largest_size, row_of_largest, _least(A, b, -np.ones((m, 1)))),
        SMOOTH: Function(half_squares, sizes_by_rows, 0.5 * float(r @ r)),
    }


def _least(A: np.ndarray, b: np.ndarray, bound: np.ndarray) -> float:
    """The least sum of t where |Ax - b| <= -bound t: a linear program in x and t."""
    n, bounds = A.shape[1], bound.shape[1]
    found = linprog(
        np.r_[np.zeros(n), np.ones(bounds)],
        A_ub=np.block([[A, bound], [-A, bound]]),
        b_ub=np.r_[b, -b],
        bounds=[(None, None)] * n + [(0, None)] * bounds,
    )
    if found.fun is None:
        raise ArithmeticError(f"the linear program for the least value failed: {found.message}")
    return float(found.fun)
