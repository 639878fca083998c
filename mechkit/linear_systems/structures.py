"""Dense systems whose matrix has a structure, by the solver that makes use of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechkit.checking import in_shape_of, right_hand_sides
from mechkit.linear_systems.banded import solve_banded
from mechkit.linear_systems.cholesky import cho_factor, cho_solve
from mechkit.linear_systems.operators import diagonal_solve
from mechkit.linear_systems.triangular import require_pivots, solve_triangular

#: The names that SciPy has for structures, and what they are short for.
STRUCTURES = {
    "general": "general",
    "gen": "general",
    "symmetric": "symmetric",
    "sym": "symmetric",
    "hermitian": "symmetric",
    "her": "symmetric",
    "positive definite": "positive definite",
    "pos": "positive definite",
    "banded": "banded",
    "tridiagonal": "tridiagonal",
    "diagonal": "diagonal",
    "upper triangular": "upper triangular",
    "lower triangular": "lower triangular",
}


def solve_structured(
    structure: str, a: np.ndarray, b: Any, lower: bool, transposed: bool, check_finite: bool
) -> np.ndarray:
    """Solve a x = b, or a' x = b, with a matrix (n, n) of which only the structure named is read.

    >>> a = np.array([[2.0, 1.0], [7.0, 4.0]])
    >>> solve_structured("upper triangular", a, [4.0, 8.0], False, False, True)
    array([1., 2.])
    """
    if structure == "positive definite":
        return cho_solve(cho_factor(a, lower, check_finite=False), b, check_finite=check_finite)
    if structure.endswith("triangular"):
        low = structure == "lower triangular"
        return solve_triangular(a, b, trans=int(transposed), lower=low, check_finite=check_finite)
    if structure == "diagonal":
        return _solve_diagonal(np.diagonal(a).copy(), b, check_finite)
    matrix = a.T if transposed else a
    l, u = (1, 1) if structure == "tridiagonal" else reach(matrix)
    return solve_banded((l, u), diagonals(matrix, l, u), b, check_finite=check_finite)


def _solve_diagonal(diagonal: np.ndarray, b: Any, check_finite: bool) -> np.ndarray:
    require_pivots(diagonal, "divide by the diagonal")
    right = right_hand_sides(b, diagonal.size, diagonal.dtype, check_finite)
    x = np.empty_like(right)
    for given, found in zip(right, x, strict=True):
        diagonal_solve(diagonal, given, found)
    return in_shape_of(b, x)


def mirrored(a: np.ndarray, lower: bool) -> np.ndarray:
    """The symmetric matrix of which a has one triangle.

    >>> mirrored(np.array([[1.0, 2.0], [9.0, 3.0]]), lower=False)
    array([[1., 2.],
           [2., 3.]])
    """
    return np.tril(a) + np.tril(a, -1).T if lower else np.triu(a) + np.triu(a, 1).T


def reach(a: np.ndarray) -> tuple[int, int]:
    """How many diagonals below and above the main one hold nonzeros.

    >>> reach(np.array([[1.0, 0.0, 5.0], [0.0, 2.0, 0.0], [0.0, 4.0, 3.0]]))
    (1, 2)
    """
    row, column = np.nonzero(a)
    below = row - column
    return int(max(0, below.max(initial=0))), int(max(0, -below.min(initial=0)))


def diagonals(a: np.ndarray, l: int, u: int) -> np.ndarray:
    """The band of a matrix (n, n) as `solve_banded` takes it.

    >>> diagonals(np.array([[1.0, 2.0], [3.0, 4.0]]), 1, 0)
    array([[1., 4.],
           [3., 0.]])
    """
    n = len(a)
    ab = np.zeros((l + u + 1, n), a.dtype)
    for k in range(-min(l, n - 1), min(u, n - 1) + 1):
        ab[u - k, max(0, k) : n + min(0, k)] = np.diagonal(a, k)
    return ab
