"""The catalogue of laws, which can be asked for by name, as data.

A new entry is a function of the sizes, which builds its problem and solves it, and a row of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.counting import count
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
from mechkit.measurement import Law, law
from mechkit.measurement.laws.search import may_lack_a_law


@dataclass(frozen=True)
class NamedLaw:
    """A computation whose law can be asked for.

    description : one line; run : called with the sizes; sizes : those that the law is found on, by variable; far : far
    larger ones at which it is verified.
    """

    description: str
    run: Callable[..., Any]
    sizes: Mapping[str, range]
    far: Mapping[str, int]


def verified(name: str, run: Callable[..., Any], sizes: Mapping[str, range], far: Mapping[str, int]) -> Law:
    """The exact law of a run. Raises ArithmeticError where a run at far sizes does not count what the law predicts.

    Memory traffic that follows the law of the small sizes no further, since the work is done in blocks, is left open.

    >>> named = LAWS["cho_solve"]
    >>> verified("cho_solve", named.run, named.sizes, named.far).flops
    Polynomial('2n^2')
    """
    found = law(run, **sizes)
    with count() as ops:
        run(**far)
    predicted, counted = found(**far).nonzero(), ops.nonzero()
    wrong = {key for key in {**predicted, **counted} if predicted.get(key) != counted.get(key)}
    if not all(map(may_lack_a_law, wrong)):
        raise ArithmeticError(f"{name} counts {ops} at {dict(far)}, its law predicts {found(**far)}")
    return found.with_unknown(wrong)


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


def dominant_band(n: int, l: int, u: int) -> np.ndarray:
    """A band of ones with a diagonal that dominates each row, so that no rows are interchanged.

    >>> dominant_band(3, 1, 1)
    array([[1., 1., 1.],
           [5., 5., 5.],
           [1., 1., 1.]])
    """
    ab = np.ones((l + u + 1, n))
    ab[u] = 2.0 * (l + u) + 1.0
    return ab


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
