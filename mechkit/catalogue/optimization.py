"""Optimization: the comparisons that can be asked for by name.

A new entry is a function of the size, which builds its problem and solves it, for each algorithm, and a row of the
table. The functions stand at the top of the module, so that other processes can run them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.catalogue.entries import NamedComparison, NamedLaw
from mechkit.optimization import OptimizeResult, linprog, minimize, quasi_random_search, random_search, root
from mechkit.problems.convex_programs import packing
from mechkit.problems.more_garbow_hillstrom import problem
from mechkit.problems.valley import valley, valley_gradient, valley_hessian

#: No solver of this family has an exact law: their work depends on the data.
LAWS: dict[str, NamedLaw] = {}


def valley_by_values(n: int) -> OptimizeResult:
    """BFGS with differences: n further calls of the function for each gradient."""
    return minimize(valley, np.zeros(n))


def valley_by_gradients(n: int) -> OptimizeResult:
    """BFGS with the gradient."""
    return minimize(valley, np.zeros(n), jac=valley_gradient)


def valley_by_few_gradients(n: int) -> OptimizeResult:
    """L-BFGS with the gradient."""
    return minimize(valley, np.zeros(n), jac=valley_gradient, method="L-BFGS", options={"ftol": 0.0})


def valley_by_hessians(n: int) -> OptimizeResult:
    """Newton's method with gradient and Hessian."""
    return minimize(valley, np.zeros(n), jac=valley_gradient, hess=valley_hessian, method="newton")


def calls(found: OptimizeResult, n: int) -> dict[str, float]:
    """What a search took: iterations, and calls of the function and its derivatives."""
    return {"iterations": found.nit, "f": found.nfev, "f'": found.njev, "f''": found.nhev}


def same_point(one: OptimizeResult, other: OptimizeResult) -> bool:
    """Whether two searches ended at the same point, as far as their tolerances tell."""
    return np.allclose(one.x, other.x, rtol=1e-3, atol=1e-3)


def equations_by_newton(n: int) -> OptimizeResult:
    """Newton's method: a Jacobian by differences, and its factors, in each step."""
    return _tridiagonal_equations(n)


def equations_by_chord(n: int) -> OptimizeResult:
    """The chord method: the first Jacobian serves all steps."""
    return _tridiagonal_equations(n, method="chord")


def equations_by_broyden(n: int) -> OptimizeResult:
    """Broyden's good method: the inverse of the first Jacobian is corrected in each step."""
    return _tridiagonal_equations(n, method="broyden1")


def _tridiagonal_equations(n: int, **method: Any) -> OptimizeResult:
    given = problem("Broyden tridiagonal", n)
    return root(given.residual, given.x0, **method)


def program_by_interior_point(n: int, seed: int) -> Any:
    """The interior point method."""
    return linprog(**packing(n, seed))


def program_by_simplex(n: int, seed: int) -> Any:
    """The simplex method."""
    return linprog(**packing(n, seed), method="simplex")


def same_cost(one: Any, other: Any) -> bool:
    """Whether two programs end at the same cost."""
    return bool(np.isclose(one.fun, other.fun))


def iterations(found: Any, n: int) -> dict[str, float]:
    """How many iterations a program took."""
    return {"iterations": found.nit}


def paraboloid(x: np.ndarray) -> float:
    """The squared distance from a point of the unit square."""
    return (x[0] - 0.3) ** 2 + (x[1] - 0.6) ** 2


def best_of_random(n: int, seed: int) -> OptimizeResult:
    """n random points of the unit square."""
    return random_search(paraboloid, [(0, 1)] * 2, n, rng=seed)


def best_of_even(n: int, seed: int) -> OptimizeResult:
    """n points of Sobol's sequence, scrambled."""
    return quasi_random_search(paraboloid, [(0, 1)] * 2, n, rng=seed)


def gap(found: OptimizeResult, n: int) -> dict[str, float]:
    """How far the best value is from the minimum, which is 0."""
    return {"gap": found.fun}


_SIZES = (10, 20, 40, 80, 160)

#: The comparisons by name.
COMPARISONS = {
    "derivatives": NamedComparison(
        "Rosenbrock's valley in n variables, by what is known of the function",
        {
            "BFGS, values": valley_by_values,
            "BFGS, gradient": valley_by_gradients,
            "L-BFGS, gradient": valley_by_few_gradients,
            "Newton, Hessian": valley_by_hessians,
        },
        (2, 4, 8, 16, 32, 64),
        check=same_point,
        measure=calls,
    ),
    "broyden-newton": NamedComparison(
        "Broyden's tridiagonal equations, with a new Jacobian, the first one, and a corrected one in each step",
        {"Newton": equations_by_newton, "chord": equations_by_chord, "Broyden": equations_by_broyden},
        _SIZES,
        check=same_point,
        measure=calls,
    ),
    "interior-simplex": NamedComparison(
        "what to make of n goods, a dense linear program: iterations of interior points and pivots",
        {"interior point": program_by_interior_point, "simplex": program_by_simplex},
        _SIZES[:-1],
        seeds=3,
        check=same_cost,
        measure=iterations,
    ),
    "random-sobol": NamedComparison(
        "the nearest of n points to a given one, random points and Sobol's",
        {"random": best_of_random, "Sobol": best_of_even},
        (16, 64, 256, 1024),
        seeds=20,
        measure=gap,
    ),
}
