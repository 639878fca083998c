"""Symmetric positive definite banded systems by Cholesky's method within the band."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse
from numpy.linalg import LinAlgError
from scipy.linalg import lapack

from mechkit.checking import float_array, in_shape_of, is_finite, right_hand_sides
from mechkit.counting import kernel
from mechkit.linear_systems.conditioning import Pair, check_condition, growth_of_a_trial, is_certain
from mechkit.linear_systems.diagonals import exact_diagonals
from mechkit.linear_systems.flags import ANY_ORDER, FUSED

#: So many rows are copied or looked at at a time, so that they stay in the cache.
PIECE = 2048


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_band(U):
    """A = U'U within the band, in place. Returns the number of positive pivots.

    U : (n, p + 1), the rows of the upper triangle: U[i, j] is a[i, i + j].

    >>> from mechkit import law
    >>> def run(n, p):
    ...     factor_band(np.pad(np.full((n, 1), 2.0 * p + 1.0), ((0, 0), (0, p)), constant_values=1.0))
    >>> law(run, n=range(7, 12), p=range(1, 7)).flops
    Polynomial('np^2 - 2p^3/3 + 2np - 3p^2/2 + n - 5p/6')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 4.3.5, by outer products, on the upper triangle
    n, p = U.shape[0], U.shape[1] - 1
    for k in range(n):
        if not U[k, 0] > 0.0:
            return k
        root = math.sqrt(U[k, 0])  # 1  the row of U
        U[k, 0] = root
        u = U[k, 1 : 1 + min(p, n - 1 - k)]
        for j in range(u.size):
            u[j] = u[j] / root

        for i in range(u.size):  # 2  take its outer product from the rest of the band
            m = u[i]
            right = u[i:]
            row = U[k + 1 + i, : right.size]
            for j in range(right.size):
                row[j] = row[j] - m * right[j]
    return n


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER | FUSED)
def substitute_symmetric_band(U, b):
    """Solve with the factor of `factor_band`, in place of b (n,).

    >>> from mechkit import law
    >>> def run(n, p):
    ...     substitute_symmetric_band(np.ones((n, p + 1)), np.ones(n))
    >>> law(run, n=range(7, 12), p=range(1, 7)).flops
    Polynomial('4np - 2p^2 + 2n - 2p')
    """
    n, p = U.shape[0], U.shape[1] - 1
    for k in range(n):  # 1  U'y = b
        y = b[k] / U[k, 0]
        b[k] = y
        rest = b[k + 1 : k + 1 + p]
        row = U[k, 1 : 1 + rest.size]
        for j in range(rest.size):
            rest[j] = rest[j] - y * row[j]

    for i in range(n):  # 2  Ux = y
        k = n - 1 - i
        s = b[k]
        rest = b[k + 1 : k + 1 + p]
        row = U[k, 1 : 1 + rest.size]
        for j in range(rest.size):
            s = s - row[j] * rest[j]
        b[k] = s / U[k, 0]


@factor_band.example
def _(n):
    p = 8
    U = np.ones((n, p + 1))
    U[:, 0] = 2.0 * p + 1.0
    return (U,)


@substitute_symmetric_band.example
def _(n):
    (U,) = factor_band.example_arguments(n)
    factor_band(U)
    return U, np.ones(n)


def solveh_banded(
    ab: Any,
    b: Any,
    overwrite_ab: bool = False,
    overwrite_b: bool = False,
    lower: bool = False,
    check_finite: bool = True,
) -> np.ndarray:
    """Solve a symmetric positive definite banded system.

    Parameters
    ----------
    ab : (p + 1, n), one triangle's diagonals as rows: ``ab[p + i - j, j] == a[i, j]`` for the upper triangle (i <= j),
        ``ab[i - j, j] == a[i, j]`` for the lower (i >= j)
    b : (n,) or (n, k)
    lower : which triangle
    overwrite_ab, overwrite_b : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where the matrix is not positive definite, naming the leading minor that is not.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix is ill-conditioned; see `solve`.

    Operation count, exact, n > p unknowns, one right-hand side: np^2 where the dense method needs n^3/3.

    >>> from mechkit import law
    >>> def run(n, p):
    ...     ab = np.ones((p + 1, n))
    ...     ab[p] = 2.0 * p + 1.0
    ...     solveh_banded(ab, np.ones(n))
    >>> law(run, n=range(7, 12), p=range(1, 7))
    sub      np^2/2 - p^3/3 + 5np/2 - 3p^2/2 - 7p/6
    mul      np^2/2 - p^3/3 + 5np/2 - 3p^2/2 - 7p/6
    div      np - p^2/2 + 2n - p/2
    sqrt     n
    compare  n
    flops    np^2 - 2p^3/3 + 6np - 7p^2/2 + 3n - 17p/6

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 4.3.5.

    Examples
    --------
    >>> solveh_banded([[0.0, -1.0, -1.0], [2.0, 2.0, 2.0]], [1.0, 0.0, 1.0])
    array([1., 1., 1.])
    """
    matrix = float_array("ab", ab, (2,), check_finite=check_finite, may_be_empty=True)
    n = matrix.shape[1]
    beyond = max(matrix.shape[0] - max(n, 1), 0)  # diagonals outside the matrix
    matrix = matrix[: matrix.shape[0] - beyond] if lower else matrix[beyond:]
    x = right_hand_sides(b, n, matrix.dtype, check_finite)
    if not x.size:
        return in_shape_of(b, x)
    matrix = matrix.astype(x.dtype, copy=False)
    U = rows_of_triangle(matrix, lower)
    done = factor_band(U)
    if done < n:
        raise LinAlgError(
            f"the matrix is not positive definite: its leading minor of order {done + 1} is not positive, "
            f"as computed in {U.dtype}; solve the system with solve_banded, which does not need that"
        )
    for column in x:
        substitute_symmetric_band(U, column)
    if check_finite or is_finite(x):
        _check_definite_band(matrix, U, lower, x)
    return in_shape_of(b, x)


def _check_definite_band(ab: np.ndarray, U: np.ndarray, lower: bool, x: np.ndarray) -> None:
    n = U.shape[0]
    p = U.shape[1] - 1
    dtype = U.dtype
    norm = (2 * p + 1) * float(ab[0 if lower else p].max())  # no element is larger than the diagonal's
    kappa = _bound_by_factor(norm, U)
    pbtrs = lapack.spbtrs if dtype == np.float32 else lapack.dpbtrs

    def inverse(v: np.ndarray) -> np.ndarray:
        return pbtrs(U.T, v, lower=1)[0]  # the rows of U are the columns of L

    def parts() -> tuple[Pair, Pair]:
        found = exact_diagonals(np.abs(ab), *((p, 0) if lower else (0, p)))
        both = found | {-k: values for k, values in found.items()}
        sizes = scipy.sparse.diags_array(list(both.values()), offsets=list(both), shape=(n, n))
        return (inverse, inverse), (lambda v: sizes @ v, lambda v: sizes @ v)

    if not is_certain(kappa, dtype):
        kappa = growth_of_a_trial(norm, inverse, n, dtype)
    check_condition(x, kappa, parts)


def _bound_by_factor(norm: float, U: np.ndarray) -> float:
    """A bound of the condition number where the diagonal outweighs the rest of each row of U, otherwise infinity."""
    n, width = U.shape
    signs = np.ones(width, U.dtype)
    signs[0] = -1.0
    last = np.triu(U[n - width + 1 :, ::-1], 1)[:, ::-1]  # rows that reach beyond the last column, up to that
    least = -float((np.abs(last) @ signs).max(initial=-math.inf))
    sizes = np.empty((min(PIECE, n), width), U.dtype)
    for first in range(0, n - width + 1, PIECE):
        rows = U[first : min(first + PIECE, n - width + 1)]
        least = min(least, -float((np.abs(rows, out=sizes[: len(rows)]) @ signs).max()))
    return norm * n / least**2 if least > 0.0 else math.inf


def rows_of_triangle(ab: np.ndarray, lower: bool) -> np.ndarray:
    """The upper triangle by rows: U (n, p + 1), U[i, j] = a[i, i + j], or anything where there is no column i + j."""
    if lower:  # column i of the lower triangle is row i of the upper
        return np.array(ab.T, order="C")
    p = ab.shape[0] - 1
    n = ab.shape[1]
    # U[i, j] is ab[p - j, i + j]: one step to the right in U is one row up and one to the right in ab
    step, row = ab.strides[1], ab.strides[0]
    rows = np.lib.stride_tricks.as_strided(ab[p:], (n, p + 1), (step, step - row))
    U = np.empty((n, p + 1), ab.dtype)
    for first in range(0, n, PIECE):
        U[first : first + PIECE] = rows[first : first + PIECE]
    return U
