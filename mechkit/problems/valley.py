"""Rosenbrock's function of a chain of unknowns: a curved valley in any number of dimensions."""

from __future__ import annotations

import numpy as np


def valley(x: np.ndarray) -> float:
    """Rosenbrock's function, chained: each variable is the square of the one before."""
    total = 0.0
    for i in range(x.size - 1):
        total += 100.0 * (x[i + 1] - x[i] * x[i]) ** 2 + (1.0 - x[i]) ** 2
    return total


def valley_gradient(x: np.ndarray) -> np.ndarray:
    """The gradient of `valley`."""
    g = np.zeros_like(x)
    for i in range(x.size - 1):
        t = x[i + 1] - x[i] * x[i]
        g[i] -= 400.0 * t * x[i] + 2.0 * (1.0 - x[i])
        g[i + 1] += 200.0 * t
    return g


def valley_hessian(x: np.ndarray) -> np.ndarray:
    """The Hessian of `valley`, dense."""
    H = np.zeros((x.size, x.size))
    for i in range(x.size - 1):
        H[i, i] += 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0
        H[i, i + 1] -= 400.0 * x[i]
        H[i + 1, i] -= 400.0 * x[i]
        H[i + 1, i + 1] += 200.0
    return H
