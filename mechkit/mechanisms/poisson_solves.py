"""The Poisson problem on a square as the experiments solve it: one right-hand side, one measure of the error."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import scipy.sparse
from scipy.fft import dstn, idstn

from mechkit.counting import OpCounts, count
from mechkit.linear_systems import IterativeResult, cg, gauss_seidel, ic0_preconditioner, jacobi, optimal_omega, sor
from mechkit.linear_systems.multigrid import multigrid
from mechkit.problems import poisson_2d

#: The tolerance of all iterations that are compared by their steps.
RTOL = 1e-6
_NO_LIMIT = 10**9


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


def counted(run: Callable[..., Any], *args: Any, **options: Any) -> tuple[Any, OpCounts]:
    """The result of a run, and what it counted."""
    with count() as ops:
        result = run(*args, **options)
    return result, ops


def first(reached: Callable[[int], bool], limit: int) -> int | None:
    """The first whole number k, 1 to limit, with reached(k), where it holds from some k on; None where it does not.

    >>> first(lambda k: k * k >= 1000, limit=100), first(lambda k: k > 100, limit=100)
    (32, None)
    """
    low, high = 0, 1
    while not reached(high):
        if high == limit:
            return None
        low, high = high, min(2 * high, limit)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def flops_of_tests(n: int, steps: int) -> int:
    """Flops of the residuals that only tell Jacobi, Gauss-Seidel and SOR when to stop: half of each step.

    >>> with count() as ops:
    ...     steps = poisson_sor(3).nit
    >>> ops.flops == 2 * flops_of_tests(3, steps) + 3 * 3**2
    True
    """
    return steps * (12 * n**2 - 8 * n)


# -- iterations by the points a side ---------------------------------------------------------------------------------


def poisson_jacobi(n: int) -> IterativeResult:
    """Jacobi's iteration."""
    problem = poisson_problem(n)
    return jacobi(problem.matrix, problem.b, rtol=RTOL, maxiter=_NO_LIMIT)


def poisson_gauss_seidel(n: int) -> IterativeResult:
    """The Gauss-Seidel iteration."""
    problem = poisson_problem(n)
    return gauss_seidel(problem.matrix, problem.b, rtol=RTOL, maxiter=_NO_LIMIT)


def best_omega(n: int) -> float:
    """The omega with which SOR needs the fewest steps."""
    return optimal_omega(math.cos(math.pi / (n + 1)))


def poisson_sor(n: int) -> IterativeResult:
    """Successive over-relaxation with the best omega."""
    problem = poisson_problem(n)
    return sor(problem.matrix, problem.b, omega=best_omega(n), rtol=RTOL)


def poisson_cg(n: int) -> IterativeResult:
    """Conjugate gradients."""
    problem = poisson_problem(n)
    return cg(problem.matrix, problem.b, rtol=RTOL)


def poisson_preconditioned_cg(n: int) -> IterativeResult:
    """Conjugate gradients with an incomplete Cholesky factor, whose making is counted with them."""
    problem = poisson_problem(n)
    return cg(problem.matrix, problem.b, rtol=RTOL, M=ic0_preconditioner(problem.matrix))


def poisson_multigrid(n: int) -> IterativeResult:
    """V-cycles of multigrid, from zero; n = 2^k - 1."""
    return multigrid(poisson_problem(n).f, rtol=RTOL)


def steps_and_error(found: IterativeResult, n: int) -> dict[str, float]:
    """What an iteration took and what it left."""
    return {"steps": found.nit, "error": poisson_problem(n).error(found.x)}


def same_solution(one: IterativeResult, other: IterativeResult) -> bool:
    """Whether two iterations came to the same solution, as far as their tolerance tells."""
    return relative_error(other.x, one.x) < 100 * RTOL


#: The line of iterations, each meant to be better than the one before it.
LINE: dict[str, Callable[[int], IterativeResult]] = {
    "Jacobi": poisson_jacobi,
    "Gauss-Seidel": poisson_gauss_seidel,
    "SOR": poisson_sor,
    "CG": poisson_cg,
    "CG, incomplete Cholesky": poisson_preconditioned_cg,
    "multigrid": poisson_multigrid,
}
#: Those that need nothing of the residual but its size, to stop.
STATIONARY = ("Jacobi", "Gauss-Seidel", "SOR")
