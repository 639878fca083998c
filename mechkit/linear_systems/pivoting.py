"""Gaussian elimination three times, differing in nothing but the choice of the pivot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array_and_norm, in_shape_of, is_finite, right_hand_sides, square
from mechkit.counting import kernel
from mechkit.linear_systems.conditioning import (
    ADVICE,
    Pair,
    absolute_products,
    backward_error,
    check_condition,
    check_solution,
    epsilon,
    growth_of_a_trial,
    product_of,
    triangular_inverse,
)
from mechkit.linear_systems.triangular import back_substitution, forward_substitution_unit


@kernel(cache=True, error_model="numpy")
def eliminate_without_pivoting(A):
    """A = LU in place of A: the pivot is what stands there. Returns the number of pivots that are not zero.

    >>> from mechkit import law
    >>> law(eliminate_without_pivoting, n=range(1, 8))
    sub      n^3/3 - n^2/2 + n/6
    mul      n^3/3 - n^2/2 + n/6
    div      n^2/2 - n/2
    compare  n
    flops    2n^3/3 - n^2/2 - n/6
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 3.2.1
    n = A.shape[0]
    for k in range(n):
        if A[k, k] == 0.0:
            return k
        eliminate_below(A, k)
    return n


@kernel(cache=True, error_model="numpy")
def eliminate_with_partial_pivoting(A, rows):
    """A[rows] = LU in place of A: the pivot is the largest element of its column. rows (n,) : 0, 1 ... n - 1 before.

    Returns the number of pivots that are not zero.

    >>> from mechkit import law
    >>> law(eliminate_with_partial_pivoting, n=range(1, 8))
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
        p = largest_in_column(A, k)
        interchange_rows(A, rows, k, p)
        if A[k, k] == 0.0:
            return k
        eliminate_below(A, k)
    return n


@kernel(cache=True, error_model="numpy")
def eliminate_with_complete_pivoting(A, rows, columns):
    """A[rows][:, columns] = LU in place of A: the pivot is the largest element that is left.

    rows, columns (n,) : 0, 1 ... n - 1 before. Returns the number of pivots that are not zero.

    >>> from mechkit import law
    >>> law(eliminate_with_complete_pivoting, n=range(1, 8))
    sub      n^3/3 - n^2/2 + n/6
    mul      n^3/3 - n^2/2 + n/6
    div      n^2/2 - n/2
    abs      n^3/3 + n^2/2 + n/6
    compare  n^3/3 + n^2/2 + n/6
    flops    2n^3/3 - n^2/2 - n/6
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 3.4.3
    n = A.shape[0]
    for k in range(n):
        p, q = largest_in_block(A, k)
        interchange_rows(A, rows, k, p)
        interchange_rows(A.T, columns, k, q)
        if A[k, k] == 0.0:
            return k
        eliminate_below(A, k)
    return n


@eliminate_without_pivoting.example
def _(n):
    return (np.random.default_rng(0).standard_normal((n, n)),)


@eliminate_with_partial_pivoting.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), np.arange(n)


@eliminate_with_complete_pivoting.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), np.arange(n), np.arange(n)


# -- the steps ---------------------------------------------------------------------------------------------------


@kernel(cache=True, error_model="numpy")
def eliminate_below(A, k):
    """Step k: make column k zero below the diagonal, and keep the multipliers there.

    >>> from mechkit import law
    >>> law(lambda n, k: eliminate_below(np.eye(n) + 1.0, k), n=range(5, 9), k=range(4)).flops
    Polynomial('2n^2 - 4nk + 2k^2 - 3n + 3k + 1')
    """
    pivot = A[k, k]
    pivot_row = A[k, k + 1 :]
    for i in range(k + 1, A.shape[0]):
        m = A[i, k] / pivot
        A[i, k] = m
        row = A[i, k + 1 :]
        for j in range(row.size):
            row[j] = row[j] - m * pivot_row[j]


@kernel(cache=True)
def largest_in_column(A, k):
    """The row of the largest element of column k on and below the diagonal, the first of several.

    >>> from mechkit import law
    >>> law(lambda n, k: largest_in_column(np.ones((n, n)), k), n=range(4, 8), k=range(4)).compare
    Polynomial('n - k - 1')
    """
    p, largest = k, abs(A[k, k])
    for i in range(k + 1, A.shape[0]):
        size = abs(A[i, k])
        if size > largest:
            p, largest = i, size
    return p


@kernel(cache=True)
def largest_in_block(A, k):
    """Row and column of the largest element on rows and columns k and up, the first of several.

    >>> from mechkit import law
    >>> law(lambda n, k: largest_in_block(np.ones((n, n)), k), n=range(4, 8), k=range(4)).compare
    Polynomial('n^2 - 2nk + k^2 - 1')
    """
    p, q, largest = k, k, abs(A[k, k])
    for i in range(k, A.shape[0]):
        row = A[i]
        for j in range(k + (i == k), row.size):
            size = abs(row[j])
            if size > largest:
                p, q, largest = i, j, size
    return p, q


@kernel(cache=True)
def interchange_rows(A, numbers, k, p):
    """Interchange rows k and p of A, and their numbers.

    >>> from mechkit import law
    >>> law(interchange_rows, n=range(1, 6)).stores
    Polynomial('2n')
    """
    numbers[k], numbers[p] = numbers[p], numbers[k]
    upper, lower = A[k], A[p]
    for j in range(upper.size):
        upper[j], lower[j] = lower[j], upper[j]


@eliminate_below.example
@largest_in_column.example
@largest_in_block.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), 0


@interchange_rows.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), np.arange(n), 0, n - 1


# -- the driver --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Elimination:
    """What `gaussian_elimination` returns: ``a[rows][:, columns]`` is L U.

    x : the solution, shaped like b; lu : (n, n), U in its upper triangle and L, without its unit diagonal, below; rows,
    columns : (n,) permutations, as index arrays; growth : the largest element of U over the largest of a, in size.

    The growth factor of Wilkinson takes the largest element met at any stage of elimination. That of U alone, which is
    commonly computed, is never larger. With complete pivoting both are the same, as each pivot is the largest element
    of its stage.
    """

    x: np.ndarray
    lu: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    growth: float


def gaussian_elimination(a: Any, b: Any, pivoting: str = "partial", check_finite: bool = True) -> Elimination:
    """Solve a system by Gaussian elimination with a choice of pivots, and see how large its elements grow.

    Parameters
    ----------
    a : (n, n)
    b : (n,) or (n, k)
    pivoting : "none" takes the diagonal as it comes, "partial" the largest element of the column, "complete" the
        largest element that is left
    check_finite : look for NaN and infinity first

    Returns
    -------
    Elimination
        solution, factors, permutations and growth factor. The computed x solves a system whose matrix differs from a by
        about the growth factor times the unit roundoff: elimination is as stable as its growth is small.

    Raises
    ------
    LinAlgError
        where a pivot is zero: without pivoting that says little, with partial pivoting that the matrix is singular.
        Complete pivoting tells the rank: it is r where all that is left after r steps may be rounding. Also where
        elements grow beyond the range of the numbers.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix, as far as its factors tell, is ill-conditioned; see
        `solve`. With pivoting also where x does not satisfy the equations. Without pivoting the growth is in the
        result, and no reason to warn.

    Operation count, exact: the flops are the same; what a safer pivot costs is comparisons, and complete pivoting needs
    half as many as there are flops.

    >>> from mechkit import law
    >>> def found(pivoting):
    ...     return law(lambda n: gaussian_elimination(np.eye(n) + 1.0, np.ones(n), pivoting), n=range(2, 8))
    >>> found("none").flops == found("partial").flops == found("complete").flops
    True
    >>> found("complete").flops
    Polynomial('2n^3/3 + 3n^2/2 - 7n/6')
    >>> for pivoting in ("none", "partial", "complete"):
    ...     print(found(pivoting).compare)
    n
    n^2/2 + n/2
    n^3/3 + n^2/2 + n/6

    References: Golub and Van Loan, Matrix Computations, 4th ed., sections 3.4.4 to 3.4.6; Higham, Accuracy and
    Stability of Numerical Algorithms, 2nd ed., sections 9.3 and 9.4; Wilkinson, J. ACM 8 (1961), 281-330.

    Examples
    --------
    >>> gaussian_elimination([[1e-20, 1.0], [1.0, 1.0]], [1.0, 2.0]).x
    array([1., 1.])
    >>> found = gaussian_elimination([[1e-20, 1.0], [1.0, 1.0]], [1.0, 2.0], pivoting="none")
    >>> found.x, found.growth
    (array([0., 1.]), 1e+20)

    Wilkinson's matrix, for which partial pivoting lets elements grow by 2^(n-1), as far as they ever can:

    >>> n = 50
    >>> a = np.eye(n) - np.tril(np.ones((n, n)), -1)
    >>> a[:, -1] = 1.0
    >>> [gaussian_elimination(a, a.sum(axis=1), pivoting).growth for pivoting in ("partial", "complete")]
    [562949953421312.0, 2.0]
    """
    if pivoting not in ("none", "partial", "complete"):
        raise ValueError(f"pivoting is {pivoting!r}; it must be 'none', 'partial' or 'complete'")
    matrix, size = float_array_and_norm("a", a, (2,), check_finite)
    n = square("a", matrix)
    x = right_hand_sides(b, n, matrix.dtype, check_finite)
    lu = matrix.astype(x.dtype)
    rows, columns = np.arange(n), np.arange(n)
    with np.errstate(over="ignore", invalid="ignore"):
        if pivoting == "none":
            done = eliminate_without_pivoting(lu)
        elif pivoting == "partial":
            done = eliminate_with_partial_pivoting(lu, rows)
        else:
            eliminate_with_complete_pivoting(lu, rows, columns)
            done = _rank(lu)
    if done < n:
        raise LinAlgError(
            {
                "none": f"pivot {done} is 0, so elimination cannot go on without an interchange; pivot",
                "partial": f"the matrix is singular: elimination finds no pivot in column {done}",
                "complete": f"the matrix is singular as far as {lu.dtype} can tell: its rank is {done}, not {n}; "
                "solve with lstsq",
            }[pivoting]
        )
    growth = float(np.abs(np.triu(lu)).max()) / float(np.abs(matrix).max())
    if not np.isfinite(growth) and check_finite:
        beyond = f"elements grow beyond the range of {lu.dtype} during elimination"
        raise LinAlgError(f"{beyond}; {'pivot, or ' if pivoting == 'none' else ''}divide a by a power of two")
    right = x
    x = np.ascontiguousarray(x[:, rows])
    for column in x:
        forward_substitution_unit(lu, column)
        back_substitution(lu, column)
    x[:, columns] = x.copy()
    if x.size and (check_finite or is_finite(x)):
        inverse = product_of(triangular_inverse(lu, lower=True, unit=True), triangular_inverse(lu, lower=False))
        kappa = growth_of_a_trial(size, inverse[0], n, x.dtype)

        def parts() -> tuple[Pair, Pair]:  # in the order of elimination
            return inverse, absolute_products(matrix[rows][:, columns])

        if pivoting == "none":
            check_condition(x, kappa, parts)
        else:
            with np.errstate(all="ignore"):
                rest = right - x @ matrix.T
            kappa *= 1.0 + backward_error(size, x, rest, right) / epsilon(x.dtype)
            check_solution(x[:, columns], kappa, parts, rest[:, rows], ADVICE)
    return Elimination(in_shape_of(b, x), lu, rows, columns, growth)


def _rank(lu: np.ndarray) -> int:
    """The number of pivots before one that may be rounding: |L| |U| bounds the error of LU, element by element."""
    n = lu.shape[0]
    L = np.abs(np.tril(lu, -1))
    U = np.abs(np.triu(lu)) / n
    pivots = np.diagonal(U)
    is_rounding = pivots <= n * np.finfo(lu.dtype).eps * (pivots + np.einsum("ij,ji->i", L, U))
    return int(np.argmax(is_rounding)) if is_rounding.any() else n
