"""Matrices of a given condition number: what a solver makes of them tells how much precision it has to lose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def conditioned(n: int, kappa: float, rng: Any = 0) -> np.ndarray:
    """A random dense matrix (n, n) whose 2-norm is 1 and whose condition number is kappa.

    Parameters
    ----------
    n : the order
    kappa : at least 1, and 1 where n is
    rng : a seed or a ``numpy.random.Generator``

    The singular values fall from 1 to 1/kappa in a geometric sequence; the singular vectors are random orthogonal
    bases. Rounding blurs the smallest singular value by about 1e-16, so that kappa is accurate up to 1e13 or so.

    Raises ValueError for an n or kappa out of range.

    References: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 28.3 (randsvd, mode 3).

    >>> a = conditioned(5, 1e6)
    >>> round(float(np.linalg.norm(a, 2)), 8), round(float(np.linalg.cond(a)))
    (1.0, 1000000)
    """
    if n < 1:
        raise ValueError(f"n is {n}; a matrix has at least 1 row")
    if not 1 <= kappa < math.inf:
        raise ValueError(f"kappa is {kappa}; a condition number is finite and at least 1")
    if n == 1 and kappa != 1:
        raise ValueError(f"kappa is {kappa}; a matrix of order 1 has condition number 1")
    generator = np.random.default_rng(rng)
    left, right = _orthogonal(n, generator), _orthogonal(n, generator)
    return (left * np.geomspace(1.0, 1.0 / kappa, n)) @ right


def _orthogonal(n: int, rng: np.random.Generator) -> np.ndarray:
    """Uniformly distributed: the signs of R's diagonal make QR unique (Stewart 1980)."""
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.sign(np.diagonal(r))
