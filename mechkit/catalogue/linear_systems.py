"""Linear systems: the laws and comparisons that can be asked for by name.

A new entry is a function of the sizes, which builds its problem and solves it, and a row of a table. The functions of
a comparison stand at the top of the module, so that other processes can run them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.catalogue.entries import NamedComparison, NamedLaw
from mechkit.catalogue.poisson_iterations import LINE, same_solution, steps_and_error
from mechkit.linear_systems import (
    cho_factor,
    cho_solve,
    cholesky,
    lu_factor,
    lu_solve,
    solve,
    solve_banded,
    solve_triangular,
    solveh_banded,
)
from mechkit.problems.band import dominant_band

# -- laws ------------------------------------------------------------------------------------------------------------


def lu_factor_of(n: int) -> Any:
    """Factor a dense matrix."""
    return lu_factor(np.eye(n) + 1.0)


def lu_solve_of(n: int) -> np.ndarray:
    """Solve with factors that are there already."""
    return lu_solve((np.eye(n) + 1.0, np.arange(n)), np.ones(n))


def dense_elimination(n: int) -> np.ndarray:
    """Solve a dense system."""
    return solve(np.eye(n) + 1.0, np.ones(n))


def cholesky_of(n: int) -> np.ndarray:
    """Factor a dense positive definite matrix."""
    return cholesky(np.eye(n) + 1.0)


def cho_factor_of(n: int) -> Any:
    """Factor a dense positive definite matrix, the other triangle left as it is."""
    return cho_factor(np.eye(n) + 1.0)


def cho_solve_of(n: int) -> np.ndarray:
    """Solve with a factor that is there already."""
    return cho_solve((np.eye(n) + 1.0, False), np.ones(n))


def dense_cholesky(n: int) -> np.ndarray:
    """Solve a dense positive definite system."""
    return solve(np.eye(n) + 1.0, np.ones(n), assume_a="pos")


def substitution(n: int) -> np.ndarray:
    """Solve a triangular system."""
    return solve_triangular(np.tri(n), np.ones(n), lower=True)


def banded_elimination(n: int, p: int) -> np.ndarray:
    """Solve a system with p diagonals on each side."""
    return solve_banded((p, p), dominant_band(n, p, p), np.ones(n))


def tridiagonal_elimination(n: int) -> np.ndarray:
    """Solve a tridiagonal system."""
    return banded_elimination(n, 1)


def banded_cholesky(n: int, p: int) -> np.ndarray:
    """Solve the same system as `banded_elimination`, which is positive definite."""
    return solveh_banded(dominant_band(n, p, p)[: p + 1], np.ones(n))


_DENSE: tuple[dict[str, range], dict[str, int]] = ({"n": range(2, 9)}, {"n": 120})
_BANDED: tuple[dict[str, range], dict[str, int]] = ({"n": range(13, 17), "p": range(2, 7)}, {"n": 120, "p": 17})

#: The laws by name: that of the function, with what sets the case apart.
LAWS = {
    "lu_factor": NamedLaw("PA = LU with partial pivoting, n x n", lu_factor_of, *_DENSE),
    "lu_solve": NamedLaw("one right-hand side, with the factors of lu_factor", lu_solve_of, *_DENSE),
    "solve": NamedLaw("dense elimination, n unknowns, one right-hand side", dense_elimination, *_DENSE),
    "cholesky": NamedLaw("A = LL', n x n, positive definite", cholesky_of, *_DENSE),
    "cho_factor": NamedLaw("A = LL', n x n, the other triangle not cleared", cho_factor_of, *_DENSE),
    "cho_solve": NamedLaw("one right-hand side, with the factor of cho_factor", cho_solve_of, *_DENSE),
    "solve-pos": NamedLaw("dense Cholesky, n unknowns, one right-hand side", dense_cholesky, *_DENSE),
    "solve_triangular": NamedLaw("substitution, n unknowns, one right-hand side", substitution, *_DENSE),
    "solve_banded": NamedLaw("elimination, p diagonals on each side, no interchanges", banded_elimination, *_BANDED),
    "solve_banded-tridiagonal": NamedLaw("elimination, tridiagonal, no interchanges", tridiagonal_elimination, *_DENSE),
    "solveh_banded": NamedLaw("Cholesky, p diagonals on each side", banded_cholesky, *_BANDED),
}

# -- comparisons -----------------------------------------------------------------------------------------------------


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
}
