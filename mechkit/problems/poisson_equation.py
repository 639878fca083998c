"""Poisson's equation on the unit square with a known solution: one right-hand side, and how wrong a solution is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import scipy.sparse
from scipy.fft import dstn, idstn

from mechkit.problems.poisson import poisson_2d


@dataclass(frozen=True, eq=False)
class PoissonProblem:
    """-(v_xx + v_yy) = g on the unit square, zero on its boundary, at n x n inner points, h = 1/(n + 1) apart.

    f : (n, n), h^2 g at the points, the right-hand side of the five-point star; x : (n, n), the exact solution of this
    linear system; v : (n, n), that of the differential equation, (x - x^4)(y - y^4), at the points.
    """

    n: int
    f: np.ndarray
    x: np.ndarray
    v: np.ndarray

    @cached_property
    def matrix(self) -> scipy.sparse.csr_array:
        """The five-point star, (n^2, n^2)."""
        return poisson_2d(self.n)

    @property
    def b(self) -> np.ndarray:
        """f as a vector."""
        return self.f.ravel()

    def error(self, x: np.ndarray) -> float:
        """The relative error of a solution of the linear system, in the 2-norm."""
        return relative_error(x, self.x)

    def total_error(self, x: np.ndarray) -> float:
        """Its error as a solution of the differential equation, that of the discretization included."""
        return relative_error(x, self.v)

    @property
    def discretization_error(self) -> float:
        """The total error of the exact solution of the linear system."""
        return self.total_error(self.x)


def relative_error(x: np.ndarray, exact: np.ndarray) -> float:
    """norm(x - exact) / norm(exact), in the 2-norm of all elements.

    >>> relative_error(np.array([3.0, 5.0]), np.array([3.0, 4.0]))
    0.2
    """
    return float(np.linalg.norm(x.ravel() - exact.ravel()) / np.linalg.norm(exact))


@cache
def poisson_problem(n: int) -> PoissonProblem:
    """The problem with n points a side. Its system is solved exactly, but for rounding, by sine transforms.

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 4.8.6.

    >>> problem = poisson_problem(31)
    >>> bool(abs(problem.matrix @ problem.x.ravel() - problem.b).max() < 1e-15)
    True
    >>> round(problem.discretization_error / poisson_problem(63).discretization_error, 2)
    4.0
    """
    t = np.arange(1, n + 1) / (n + 1)
    w, curvature = t - t**4, 12.0 * (t / (n + 1)) ** 2
    f = np.outer(curvature, w) + np.outer(w, curvature)
    eigenvalues = 2.0 - 2.0 * np.cos(math.pi * t)
    x = idstn(dstn(f, type=1) / np.add.outer(eigenvalues, eigenvalues), type=1)
    return PoissonProblem(n, f, x, np.outer(w, w))
