"""What the kernels of `least_squares` are given, in bundles: each kernel unpacks them in its first lines.

Functions are given one by one: to find the type of a bundle that holds one takes longer than a small problem.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Point(NamedTuple):
    """Where a search is: x (n,), the residuals r (m,), their Jacobian J (m, n) and g = J'r.

    before (m,) : the residuals of the point before; largest (n,) : the largest norms that the columns of J have had.
    """

    x: np.ndarray
    r: np.ndarray
    J: np.ndarray
    g: np.ndarray
    before: np.ndarray
    largest: np.ndarray


class Stop(NamedTuple):
    """The tolerances, after how many evaluations a search ends, and after how many steps a call does."""

    ftol: float
    xtol: float
    gtol: float
    max_nfev: int
    most: int


class Factors(NamedTuple):
    """J[:, piv] = QR in A (m, n), with the scales tau (n,) of Q's reflections, piv (n,), and q = Q'r (m,).

    norms (2, n), column (m, 1) and w (n,) are memory to work in.
    """

    A: np.ndarray
    tau: np.ndarray
    piv: np.ndarray
    q: np.ndarray
    norms: np.ndarray
    column: np.ndarray
    w: np.ndarray


class Work(NamedTuple):
    """Memory to work in (n,): norms of columns, the step p, w, and a trial. S (n, n), z, row (n + 1,) : for damping."""

    columns: np.ndarray
    p: np.ndarray
    w: np.ndarray
    trial: np.ndarray
    S: np.ndarray
    z: np.ndarray
    row: np.ndarray


def start(x: np.ndarray, r: np.ndarray) -> Point:
    """A point of which the residuals are known, and nothing else."""
    m, n = r.size, x.size
    return Point(x, r, np.empty((m, n)), np.full(n, np.nan), np.empty(m), np.zeros(n))


def factors(m: int, n: int) -> Factors:
    """Room for the factors of a Jacobian (m, n)."""
    tau, w = np.empty((2, n))
    return Factors(np.empty((m, n)), tau, np.empty(n, np.int64), np.empty(m), np.empty((2, n)), np.empty((m, 1)), w)


def work(n: int) -> Work:
    """Memory to work in, for n unknowns."""
    columns, p, w, trial, z = np.empty((5, n))
    return Work(columns, p, w, trial, np.empty((n, n)), z, np.empty(n + 1))
