"""Dense systems by Gaussian elimination with partial pivoting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, in_shape_of, right_hand_sides, square
from mechkit.counting import kernel
from mechkit.linear_systems.blocked import eliminate_in_blocks
from mechkit.linear_systems.cholesky import cho_factor, cho_solve
from mechkit.linear_systems.triangular import (
    back_substitution,
    back_substitution_unit,
    forward_substitution,
    forward_substitution_unit,
    is_transposed,
)


@kernel(cache=True, error_model="numpy")
def eliminate(A, piv):
    """PA = LU in place of A; row k was interchanged with row piv[k]. Returns the number of pivots that are not zero.

    This is the algorithm to read; `lu_factor` does the same operations in blocks (blocked.py), several times as fast.

    >>> from mechkit import law
    >>> law(eliminate, n=range(1, 8))
    sub      n^3/3 - n^2/2 + n/6
    mul      n^3/3 - n^2/2 + n/6
    div      n^2/2 - n/2
    abs      n^2/2 + n/2
    compare  n^2/2 + n/2
    flops    2n^3/3 - n^2/2 - n/6
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 3.4.1
    n = A.shape[0]
    for k in range(n):
        p = k  # 1  find the pivot
        largest = abs(A[k, k])
        for i in range(k + 1, n):
            size = abs(A[i, k])
            if size > largest:
                p, largest = i, size
        piv[k] = p
        if largest == 0.0:
            return k
        for j in range(n):  # 2  interchange rows
            A[k, j], A[p, j] = A[p, j], A[k, j]
        pivot_row = A[k, k + 1 :]
        for i in range(k + 1, n):  # 3  eliminate below the pivot
            m = A[i, k] / A[k, k]
            A[i, k] = m
            row = A[i, k + 1 :]
            for j in range(row.size):
                row[j] = row[j] - m * pivot_row[j]
    return n


@eliminate.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), np.empty(n, np.int32)


@kernel(cache=True)
def interchange(piv, b):
    """Interchange b[k] and b[piv[k]], first to last.

    >>> from mechkit import law
    >>> found = law(interchange, n=range(1, 6))
    >>> found.loads, found.stores, found.flops == 0
    (Polynomial('2n'), Polynomial('2n'), True)
    """
    for k in range(b.size):
        p = piv[k]
        b[k], b[p] = b[p], b[k]


@kernel(cache=True)
def interchange_back(piv, b):
    """Undo `interchange`: last to first.

    >>> from mechkit import law
    >>> found = law(interchange_back, n=range(1, 6))
    >>> found.loads, found.stores, found.flops == 0
    (Polynomial('2n'), Polynomial('2n'), True)
    """
    n = b.size
    for i in range(n):
        k = n - 1 - i
        p = piv[k]
        b[k], b[p] = b[p], b[k]


@interchange.example
@interchange_back.example
def _(n):
    return np.arange(n - 1, -1, -1, dtype=np.int32), np.arange(float(n))


def lu_factor(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Factor a matrix as PA = LU, with partial pivoting.

    a : (n, n); overwrite_a : permission that is not needed; check_finite : look for NaN and infinity first.

    Returns
    -------
    lu : (n, n) array, U in its upper triangle and L, without its unit diagonal, below
    piv : (n,) int32 array; row k was interchanged with row piv[k]

    Raises
    ------
    LinAlgError
        where the matrix is singular, naming the column without a pivot.
    ValueError, TypeError
        for input that is no square real matrix.

    Operation count, exact:

    >>> from mechkit import law
    >>> found = law(lambda n: lu_factor(np.eye(n) + 1.0), n=range(2, 8))
    >>> found
    sub      n^3/3 - n^2/2 + n/6
    mul      n^3/3 - n^2/2 + n/6
    div      n^2/2 - n/2
    abs      n^2/2 + n/2
    compare  n^2/2 + n/2
    flops    2n^3/3 - n^2/2 - n/6

    Loads and stores depend on the blocks in which it is done, and have no law.

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 3.4.

    Examples
    --------
    >>> lu, piv = lu_factor([[1.0, 2.0], [4.0, 4.0]])
    >>> lu, piv
    (array([[4.  , 4.  ],
           [0.25, 1.  ]]), array([1, 1], dtype=int32))
    """
    lu = float_array("a", a, (2,), copy=True, check_finite=check_finite)
    n = square("a", lu)
    piv = np.empty(n, np.int32)
    done = eliminate_in_blocks(lu, piv)
    if done < n:
        raise LinAlgError(f"the matrix is singular: elimination finds no pivot in column {done}")
    return lu, piv


def lu_solve(
    lu_and_piv: tuple[Any, Any], b: Any, trans: int = 0, overwrite_b: bool = False, check_finite: bool = True
) -> np.ndarray:
    """Solve a system whose matrix was factored by `lu_factor`.

    lu_and_piv : what lu_factor returned; b : (n,) or (n, k); trans : 0 solves a x = b, 1 the transposed system;
    overwrite_b : permission that is not needed; check_finite : look for NaN and infinity first.

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    ValueError, TypeError
        for input that does not fit.

    Operation count: 2n^2 - n flops for each right-hand side.

    >>> from mechkit import law
    >>> law(lambda n: lu_solve((np.eye(n) + 1.0, np.arange(n)), np.ones(n)), n=range(1, 6))
    sub    n^2 - n
    mul    n^2 - n
    div    n
    flops  2n^2 - n

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 3.4.4.

    Examples
    --------
    >>> lu_solve(lu_factor([[1.0, 2.0], [4.0, 4.0]]), [3.0, 8.0])
    array([1., 1.])
    """
    transposed = is_transposed(trans)
    lu = float_array("lu", lu_and_piv[0], (2,), check_finite=check_finite)
    n = square("lu", lu)
    piv = np.ascontiguousarray(lu_and_piv[1], np.int32)
    if piv.shape != (n,) or not ((piv >= 0) & (piv < n)).all():
        raise ValueError(f"piv is not {n} row numbers below {n}; pass on what lu_factor returned")
    x = right_hand_sides(b, n, lu.dtype, check_finite)
    lu = lu.astype(x.dtype, copy=False)
    for column in x:
        if transposed:  # A' = U' L' P
            forward_substitution(lu.T, column)
            back_substitution_unit(lu.T, column)
            interchange_back(piv, column)
        else:
            interchange(piv, column)
            forward_substitution_unit(lu, column)
            back_substitution(lu, column)
    return in_shape_of(b, x)


def solve(
    a: Any,
    b: Any,
    lower: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    assume_a: str | None = None,
    transposed: bool = False,
) -> np.ndarray:
    """Solve a dense linear system.

    a : (n, n); b : (n,) or (n, k); assume_a : "gen" (the default) eliminates with partial pivoting, "pos" takes a
    as symmetric positive definite and factors it by Cholesky, reading one triangle, the lower one if ``lower``;
    transposed : solve a' x = b; overwrite_a, overwrite_b : permissions that are not needed; check_finite : look for
    NaN and infinity first.

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where the matrix is singular, or with "pos" not positive definite.
    ValueError, TypeError
        for input that is no such system.

    Operation count, exact, for one right-hand side:

    >>> from mechkit import law
    >>> law(lambda n: solve(np.eye(n) + 1.0, np.ones(n)), n=range(2, 8))
    sub      n^3/3 + n^2/2 - 5n/6
    mul      n^3/3 + n^2/2 - 5n/6
    div      n^2/2 + n/2
    abs      n^2/2 + n/2
    compare  n^2/2 + n/2
    flops    2n^3/3 + 3n^2/2 - 7n/6

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 3.4.

    Examples
    --------
    >>> solve([[1.0, 2.0], [4.0, 4.0]], [3.0, 8.0])
    array([1., 1.])
    """
    if assume_a not in (None, "gen", "general", "pos", "positive definite"):
        raise ValueError(f"assume_a is {assume_a!r}; it must be 'gen' or 'pos'")
    matrix = float_array("a", a, (2,), check_finite=check_finite)
    right = float_array("b", b, (1, 2), check_finite=check_finite)
    matrix = matrix.astype(np.result_type(matrix, right), copy=False)
    if assume_a in ("pos", "positive definite"):
        return cho_solve(cho_factor(matrix, lower, check_finite=False), b, check_finite=check_finite)
    factors = lu_factor(matrix, check_finite=False)
    return lu_solve(factors, b, trans=int(transposed), check_finite=check_finite)
