"""Steps and flops of iterations on the Poisson problem, as several claims need them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from mechkit.catalogue import verified
from mechkit.linear_systems import cg
from mechkit.measurement import Law
from mechkit.measurement.laws.polynomial import Polynomial
from mechkit.mechanisms.shared.runs import steps_until
from mechkit.problems import poisson_2d
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


def on_a_grid(law: Polynomial) -> Polynomial:
    """A law in the unknowns n, and the half-bandwidth p where it has one, for the n^2 points of a grid, p = n."""
    weights = [{"n": 2, "p": 1}[name] for name in law.variables]
    terms: dict[tuple[int, ...], Fraction] = {}
    for exponents, c in law.terms.items():
        power = (sum(w * e for w, e in zip(weights, exponents, strict=True)),)
        terms[power] = terms.get(power, Fraction(0)) + c
    return Polynomial(("n",), terms)


def run_cg(A: Any, b: np.ndarray, n: int, **options: Any) -> np.ndarray:
    """What conjugate gradients come to, after as many steps as ``maxiter`` says."""
    return cg(A, b, rtol=0.0, **options).x


def law_of_steps(name: str, run: Callable[..., np.ndarray]) -> Law:
    """The exact law of s steps on n x n points, verified at far larger ones."""

    def steps(n: int, s: int) -> np.ndarray:
        return run(poisson_2d(n), np.random.default_rng(0).standard_normal(n * n), n, maxiter=s)

    return verified(name, steps, {"n": range(3, 8), "s": range(1, 5)}, {"n": 60, "s": 50})
