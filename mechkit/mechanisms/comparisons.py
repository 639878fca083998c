"""The catalogue of comparisons, which can be asked for by name, as data.

A new entry is a function of the size, which builds its problem and solves it, for each algorithm, and a row of the
table. Functions stand at the top of the module, so that other processes can run them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.linear_systems import solve, solve_banded
from mechkit.mechanisms.laws import banded_cholesky, banded_elimination, dense_cholesky, dense_elimination, substitution
from mechkit.mechanisms.poisson_solves import LINE, same_solution, steps_and_error
from mechkit.optimization import OptimizeResult, linprog, minimize, quasi_random_search, random_search, root
from mechkit.problems.convex_programs import packing


@dataclass(frozen=True)
class NamedComparison:
    """Algorithms to compare on the same problem.

    description : one line; algorithms : label -> f(n), or f(n, seed) where ``seeds`` says how many seeds it is run
    with; sizes : those it is run on; check : what must be true of any two results; measure : figures of a result.
    """

    description: str
    algorithms: Mapping[str, Callable[..., Any]]
    sizes: tuple[int, ...]
    seeds: int | None = None
    check: Callable[[Any, Any], Any] | None = None
    measure: Callable[[Any, int], Mapping[str, Any]] | None = None


def poisson_dense(n: int) -> np.ndarray:
    """-u'' = 1 on n points, the matrix held and eliminated densely."""
    off = np.ones(n - 1)
    return solve(np.diag(2.0 * np.ones(n)) - np.diag(off, 1) - np.diag(off, -1), np.ones(n))


def poisson_banded(n: int) -> np.ndarray:
    """-u'' = 1 on n points, within the band."""
    return solve_banded((1, 1), [-np.ones(n), 2.0 * np.ones(n), -np.ones(n)], np.ones(n))


def poisson_error(x: np.ndarray, n: int) -> dict[str, float]:
    """The largest relative error of a solution of -u'' = 1: the exact one is i(n + 1 - i)/2.

    >>> poisson_error(np.array([1.5, 2.0, 1.5]), 3)
    {'error': 0.0}
    """
    i = np.arange(1, n + 1)
    exact = i * (n + 1 - i) / 2
    return {"error": float(np.max(np.abs(x - exact) / exact))}


def lower_triangle_dense(n: int) -> np.ndarray:
    """A lower triangular system, solved as if it were full."""
    return solve(np.tri(n), np.ones(n))


def band_5_elimination(n: int) -> np.ndarray:
    """A positive definite band of 5 diagonals on each side, by elimination."""
    return banded_elimination(n, 5)


def band_5_cholesky(n: int) -> np.ndarray:
    """The same system by Cholesky."""
    return banded_cholesky(n, 5)


def random_band(n: int, seed: int) -> np.ndarray:
    """A random band, 5 diagonals on each side: elimination interchanges rows."""
    rng = np.random.default_rng(seed)
    return solve_banded((5, 5), rng.standard_normal((11, n)), np.ones(n))


def random_dominant_band(n: int, seed: int) -> np.ndarray:
    """A random band whose diagonal dominates: no rows are interchanged."""
    ab = np.random.default_rng(seed).standard_normal((11, n))
    ab[5] = np.abs(ab).sum(axis=0).max() * 11.0
    return solve_banded((5, 5), ab, np.ones(n))


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


def tridiagonal_equations(x: np.ndarray) -> np.ndarray:
    """Broyden's tridiagonal equations."""
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0
        if i > 0:
            y[i] -= x[i - 1]
        if i < x.size - 1:
            y[i] -= 2.0 * x[i + 1]
    return y


def equations_by_newton(n: int) -> OptimizeResult:
    """Newton's method, a Jacobian by differences and its factors in each step."""
    return root(tridiagonal_equations, -np.ones(n))


def equations_by_chord(n: int) -> OptimizeResult:
    """The chord method: the first Jacobian serves all steps."""
    return root(tridiagonal_equations, -np.ones(n), method="chord")


def equations_by_broyden(n: int) -> OptimizeResult:
    """Broyden's good method: the inverse of the first Jacobian is corrected in each step."""
    return root(tridiagonal_equations, -np.ones(n), method="broyden1")


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
    """How far the best value is from the least, which is 0."""
    return {"gap": found.fun}


_SIZES = (10, 20, 40, 80, 160, 320)

#: The comparisons by name.
COMPARISONS = {
    "banded-dense": NamedComparison(
        "a tridiagonal system, dense and within its band",
        {"dense": poisson_dense, "banded": poisson_banded},
        _SIZES,
        check=np.allclose,
        measure=poisson_error,
    ),
    "cholesky-elimination": NamedComparison(
        "a positive definite system, by elimination and by Cholesky",
        {"elimination": dense_elimination, "Cholesky": dense_cholesky},
        _SIZES,
        check=np.allclose,
    ),
    "banded-cholesky": NamedComparison(
        "a positive definite band, 5 diagonals on each side, by elimination and by Cholesky",
        {"elimination": band_5_elimination, "Cholesky": band_5_cholesky},
        _SIZES[1:],
        check=np.allclose,
    ),
    "triangle-dense": NamedComparison(
        "a triangular system, by elimination and by substitution alone",
        {"elimination": lower_triangle_dense, "substitution": substitution},
        _SIZES,
        check=np.allclose,
    ),
    "interchanges": NamedComparison(
        "what pivoting costs in a band, 5 diagonals on each side: random and dominant matrices",
        {"random": random_band, "dominant": random_dominant_band},
        _SIZES[1:],
        seeds=5,
    ),
    "poisson-iterations": NamedComparison(
        "Poisson's equation on n x n points: four iterations",
        {name: LINE[name] for name in ("Jacobi", "Gauss-Seidel", "SOR", "CG")},
        (8, 16, 32, 64),
        check=same_solution,
        measure=steps_and_error,
    ),
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
        _SIZES[:-1],
        check=same_point,
        measure=calls,
    ),
    "interior-simplex": NamedComparison(
        "what to make of n goods, a dense linear program: iterations of interior points and pivots",
        {"interior point": program_by_interior_point, "simplex": program_by_simplex},
        _SIZES[:-2],
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
