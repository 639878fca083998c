"""Symmetric positive definite systems by Cholesky's method: half the work of elimination, and no pivoting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, float_array_and_norm, in_shape_of, is_finite, right_hand_sides, square
from mechkit.counting import kernel
from mechkit.linear_systems.blocked import factor_in_blocks
from mechkit.linear_systems.conditioning import (
    Pair,
    absolute_products,
    check_condition,
    growth_of_a_trial,
    product_of,
    triangular_inverse,
)
from mechkit.linear_systems.triangular import back_substitution, forward_substitution, require_pivots


@kernel(cache=True, error_model="numpy")
def factor(A):
    """A = U'U in place of the upper triangle of A; the lower is not read. Returns the number of positive pivots.

    This is the algorithm to read; `cho_factor` does the same operations in blocks (blocked.py), several times as fast.

    >>> from mechkit import law
    >>> law(factor, n=range(1, 8))
    sub      n^3/6 - n/6
    mul      n^3/6 - n/6
    div      n^2/2 - n/2
    sqrt     n
    compare  n
    flops    n^3/3 + n^2/2 + n/6
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.5, by outer products, on the upper triangle
    n = A.shape[0]
    for k in range(n):
        if not A[k, k] > 0.0:
            return k
        A[k, k] = math.sqrt(A[k, k])  # 1  the row of U
        for j in range(k + 1, n):
            A[k, j] = A[k, j] / A[k, k]

        for i in range(k + 1, n):  # 2  take its outer product from the rest
            m = A[k, i]
            u = A[k, i:]
            row = A[i, i:]
            for j in range(row.size):
                row[j] = row[j] - m * u[j]
    return n


@factor.example
def _(n):
    return (np.eye(n) + 1.0,)


def cholesky(a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> np.ndarray:
    """Factor a symmetric positive definite matrix as U'U, or as LL'.

    Parameters
    ----------
    a : (n, n), of which one triangle is read: the upper, or the lower if ``lower``
    overwrite_a : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    ndarray
        U, or L if ``lower``, with zeros in the other triangle.

    Raises
    ------
    LinAlgError
        where the matrix is not positive definite, naming the leading minor that is not.
    ValueError, TypeError
        for input that is no square real matrix.

    Operation count, exact: half of elimination's, and n square roots.

    >>> from mechkit import law
    >>> law(lambda n: cholesky(np.eye(n) + 1.0), n=range(1, 7))
    sub      n^3/6 - n/6
    mul      n^3/6 - n/6
    div      n^2/2 - n/2
    sqrt     n
    compare  n
    flops    n^3/3 + n^2/2 + n/6

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.

    Examples
    --------
    >>> cholesky([[4.0, 2.0], [2.0, 5.0]])
    array([[2., 1.],
           [0., 2.]])
    """
    u, _ = cho_factor(a, lower, check_finite=check_finite)
    return np.tril(u) if lower else np.triu(u)


def cho_factor(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[np.ndarray, bool]:
    """Factor like `cholesky`, for `cho_solve`: the other triangle of the result is whatever it was.

    Parameters
    ----------
    a, lower, overwrite_a, check_finite : those of `cholesky`, and so are the errors

    Returns the pair (c, lower).

    Operation count: that of cholesky.

    >>> c, low = cho_factor([[4.0, 2.0], [2.0, 5.0]])
    >>> cho_solve((c, low), [8.0, 12.0])
    array([1., 2.])
    """
    matrix = float_array("a", a, (2,), check_finite=check_finite, may_be_empty=True)
    n = square("a", matrix)
    u = np.array(matrix.T if lower else matrix, order="C")
    done = factor_in_blocks(u)
    if done < n:
        raise LinAlgError(
            f"the matrix is not positive definite: its leading minor of order {done + 1} is not positive, "
            f"as computed in {u.dtype}; solve the system with solve, which does not need that"
        )
    return (u.T if lower else u), lower


def cho_solve(
    c_and_lower: tuple[Any, bool], b: Any, overwrite_b: bool = False, check_finite: bool = True
) -> np.ndarray:
    """Solve a system whose matrix was factored by `cho_factor`, or by `cholesky` as (c, lower).

    Parameters
    ----------
    c_and_lower : the factor, (n, n), and whether it is L
    b : (n,) or (n, k)
    overwrite_b : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where the factor has a zero on its diagonal.
    ValueError, TypeError
        for input that does not fit.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix, as far as its factor tells, is ill-conditioned; see
        `solve`.

    Operation count: 2n^2 flops for each right-hand side.

    >>> from mechkit import law
    >>> law(lambda n: cho_solve((np.eye(n) + 1.0, False), np.ones(n)), n=range(1, 6))
    sub    n^2 - n
    mul    n^2 - n
    div    2n
    flops  2n^2

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.

    Examples
    --------
    >>> cho_solve((cholesky([[4.0, 2.0], [2.0, 5.0]]), False), [8.0, 12.0])
    array([1., 2.])
    """
    c, lower = c_and_lower
    matrix, size = float_array_and_norm("c", c, (2,), check_finite, may_be_empty=True)
    n = square("c", matrix)
    require_pivots(np.diagonal(matrix), "divide by the diagonal of the factor", "c")
    x = right_hand_sides(b, n, matrix.dtype, check_finite)
    if not x.size:
        return in_shape_of(b, x)
    matrix = matrix.astype(x.dtype, copy=False)
    u = matrix.T if lower else matrix
    for column in x:
        forward_substitution(u.T, column)
        back_substitution(u, column)
    if check_finite or is_finite(x):
        inverse = product_of(triangular_inverse(u.T, lower=True), triangular_inverse(u, lower=False))
        kappa = growth_of_a_trial(size * size, inverse[0], n, x.dtype)
        check_condition(x, kappa, lambda: (inverse, _absolute_products(np.triu(u))))
    return in_shape_of(b, x)


def _absolute_products(U: np.ndarray) -> Pair:
    """Those with |U'| |U|, which stands for |A|."""
    return product_of(absolute_products(U), absolute_products(U.T))
