"""Triangular systems by substitution: half the matrix, and no elimination at all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array_and_norm, in_shape_of, is_finite, right_hand_sides, square
from mechkit.counting import kernel
from mechkit.linear_systems.conditioning import (
    Pair,
    absolute_products,
    bound_by_diagonal,
    check_condition,
    growth_of_a_trial,
    is_certain,
    triangular_inverse,
)
from mechkit.linear_systems.flags import ANY_ORDER


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def forward_substitution(L, b):
    """Solve Lx = b in place of b, L lower triangular (n, n): only its lower triangle is read.

    >>> from mechkit import law
    >>> law(forward_substitution, n=range(1, 6))
    sub    n^2/2 - n/2
    mul    n^2/2 - n/2
    div    n
    flops  n^2
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 3.1.1
    for i in range(b.size):
        row = L[i]
        s = b[i]
        for j in range(i):
            s = s - row[j] * b[j]
        b[i] = s / L[i, i]


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def forward_substitution_unit(L, b):
    """Solve Lx = b in place of b, L lower triangular with ones on the diagonal, which is not read.

    >>> from mechkit import law
    >>> law(forward_substitution_unit, n=range(1, 6))
    sub    n^2/2 - n/2
    mul    n^2/2 - n/2
    flops  n^2 - n
    """
    for i in range(b.size):
        row = L[i]
        s = b[i]
        for j in range(i):
            s = s - row[j] * b[j]
        b[i] = s


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def back_substitution(U, b):
    """Solve Ux = b in place of b, U upper triangular (n, n): only its upper triangle is read.

    >>> from mechkit import law
    >>> law(back_substitution, n=range(1, 6))
    sub    n^2/2 - n/2
    mul    n^2/2 - n/2
    div    n
    flops  n^2
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 3.1.2
    n = b.size
    for k in range(n):
        i = n - 1 - k
        row = U[i, i + 1 :]
        x = b[i + 1 :]
        s = b[i]
        for j in range(x.size):
            s = s - row[j] * x[j]
        b[i] = s / U[i, i]


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def back_substitution_unit(U, b):
    """Solve Ux = b in place of b, U upper triangular with ones on the diagonal, which is not read.

    >>> from mechkit import law
    >>> law(back_substitution_unit, n=range(1, 6))
    sub    n^2/2 - n/2
    mul    n^2/2 - n/2
    flops  n^2 - n
    """
    n = b.size
    for k in range(n):
        i = n - 1 - k
        row = U[i, i + 1 :]
        x = b[i + 1 :]
        s = b[i]
        for j in range(x.size):
            s = s - row[j] * x[j]
        b[i] = s


@forward_substitution.example
@forward_substitution_unit.example
@back_substitution.example
@back_substitution_unit.example
def _(n):
    return np.full((n, n), 1.0 / n) + np.eye(n), np.ones(n)


def solve_triangular(
    a: Any,
    b: Any,
    trans: int | str = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> np.ndarray:
    """Solve a triangular system by substitution.

    Parameters
    ----------
    a : (n, n), of which one triangle is read
    b : (n,) or (n, k)
    trans : 0 or "N" solves a x = b, 1 or "T" the transposed system
    lower : which triangle
    unit_diagonal : take the diagonal as ones
    overwrite_b : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where a diagonal element is zero, naming its row.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the triangle is ill-conditioned, with an estimate; see `solve`.

    Operation count: n^2 flops for each right-hand side.

    >>> from mechkit import law
    >>> law(lambda n: solve_triangular(np.tri(n), np.ones(n), lower=True), n=range(1, 6))
    sub    n^2/2 - n/2
    mul    n^2/2 - n/2
    div    n
    flops  n^2

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 3.1.

    Examples
    --------
    >>> solve_triangular([[2.0, 1.0], [0.0, 4.0]], [4.0, 8.0])
    array([1., 2.])
    """
    transposed = is_transposed(trans)
    matrix, size = float_array_and_norm("a", a, (2,), check_finite, may_be_empty=True)
    n = square("a", matrix)
    x = right_hand_sides(b, n, matrix.dtype, check_finite)
    if not x.size:
        return in_shape_of(b, x)
    matrix = matrix.astype(x.dtype, copy=False)
    if not unit_diagonal:
        require_pivots(np.diagonal(matrix), "divide by the diagonal")
    if transposed:
        matrix, lower = matrix.T, not lower
    if lower:
        substitute = forward_substitution_unit if unit_diagonal else forward_substitution
    else:
        substitute = back_substitution_unit if unit_diagonal else back_substitution
    for column in x:
        substitute(matrix, column)
    if check_finite or is_finite(x):
        _check_triangle(matrix, size, lower, unit_diagonal, x)
    return in_shape_of(b, x)


def _check_triangle(matrix: np.ndarray, size: float, lower: bool, unit: bool, x: np.ndarray) -> None:
    n = len(matrix)
    dtype = matrix.dtype
    inverse = triangular_inverse(matrix, lower, unit)
    kappa = math.inf if unit else bound_by_diagonal(size, np.diagonal(matrix))
    if not is_certain(kappa, dtype):
        kappa = growth_of_a_trial(size + math.sqrt(n) * unit, inverse[0], n, dtype)

    def parts() -> tuple[Pair, Pair]:
        triangle = np.tril(matrix, -int(unit)) if lower else np.triu(matrix, int(unit))
        return inverse, absolute_products(triangle + np.eye(n, dtype=dtype) if unit else triangle)

    check_condition(x, kappa, parts)


def is_transposed(trans: int | str) -> bool:
    """SciPy's argument: 0 or "N" for the system as it is, 1 or "T" (2, "C": the same for real ones) transposed."""
    if not isinstance(trans, int | str | np.integer) or trans not in (0, 1, 2, "N", "T", "C"):
        raise ValueError(f"trans is {trans!r}; it must be 0 or 'N', 1 or 'T', 2 or 'C'")
    return trans not in (0, "N")


def require_pivots(diagonal: np.ndarray, purpose: str, name: str = "a") -> None:
    """Refuse a zero on the diagonal of a triangular matrix, which makes it singular."""
    if not diagonal.all():
        row = int(np.argmin(diagonal != 0))
        raise LinAlgError(f"the matrix is singular: {name}[{row}, {row}] is 0, so there is no way to {purpose}")


def require_positive(diagonal: np.ndarray) -> None:
    """Refuse a diagonal that no positive definite matrix has."""
    if not (diagonal > 0).all():
        row = int(np.argmin(diagonal > 0))
        raise LinAlgError(f"A is not positive definite: A[{row}, {row}] is {diagonal[row]:.6g}, which is not positive")


def require_diagonal(diagonal: np.ndarray, purpose: str) -> None:
    """Refuse a zero on the diagonal of a matrix that need not be singular for that."""
    if not diagonal.all():
        row = int(np.argmin(diagonal != 0))
        raise LinAlgError(
            f"A[{row}, {row}] is 0, so there is no way to {purpose}; order the equations so that no diagonal element "
            "is 0, or use gmres or spsolve"
        )
