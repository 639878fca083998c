"""Steps and flops of iterations on the Poisson problem, as several claims need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mechkit.mechanisms.shared.runs import steps_until
from mechkit.problems.poisson_equation import PoissonProblem


def flops_of_tests(n: int, steps: int) -> int:
    """Flops of the residuals that only tell Jacobi, Gauss-Seidel and SOR when to stop: half of each step.

    >>> from mechkit.catalogue.poisson_iterations import poisson_sor
    >>> from mechkit.counting import count
    >>> with count() as ops:
    ...     steps = poisson_sor(3).nit
    >>> ops.flops == 2 * flops_of_tests(3, steps) + 3 * 3**2
    True
    """
    return steps * (12 * n**2 - 8 * n)


def steps_to_discretization(iterate: Callable[..., Any], problem: PoissonProblem) -> int:
    """The fewest steps after which the error is at most that of the discretization. ArithmeticError if no step is.

    iterate : see `steps_until`
    """
    enough = problem.discretization_error
    steps = steps_until(iterate, lambda x: problem.error(x) <= enough, limit=100 * problem.n)
    if steps is None:
        raise ArithmeticError(f"{100 * problem.n} steps do not reach the discretization error at n = {problem.n}")
    return steps
