"""A line of iterations on one Poisson problem, by the points a side: each is meant to be better than the one before."""

from __future__ import annotations

import math
from collections.abc import Callable

from mechkit.linear_systems import IterativeResult, cg, gauss_seidel, ic0_preconditioner, jacobi, optimal_omega, sor
from mechkit.linear_systems.multigrid import multigrid
from mechkit.problems.poisson_equation import poisson_problem, relative_error

#: The tolerance of all iterations that are compared by their steps: residual over first residual.
RTOL = 1e-6
#: Jacobi and Gauss-Seidel take as many steps as they need.
_NO_LIMIT = 10**9


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
