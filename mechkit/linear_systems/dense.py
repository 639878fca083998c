"""PA = LU: Gaussian elimination with partial pivoting, and the systems that its factors solve."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, float_array_and_norm, in_shape_of, is_finite, right_hand_sides, square
from mechkit.counting import kernel
from mechkit.linear_systems.blocked import eliminate_columns, eliminate_in_blocks
from mechkit.linear_systems.conditioning import (
    Pair,
    absolute_products,
    check_condition,
    growth_of_a_trial,
    product_of,
    triangular_inverse,
    warn,
)
from mechkit.linear_systems.triangular import (
    back_substitution,
    back_substitution_unit,
    forward_substitution,
    forward_substitution_unit,
    is_transposed,
    require_pivots,
)

#: Up to this order a single panel is as fast as blocks, and less has to be compiled.
ONE_PANEL = 96
#: The message where elimination leaves infinity or NaN.
BEYOND = "elements grow beyond the range of {} during elimination; divide a by a power of two"


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

    Parameters
    ----------
    a : (m, n)
    overwrite_a : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    lu : (m, n) array, U in its upper triangle and L, without its unit diagonal, below
    piv : (min(m, n),) int32 array; row k was interchanged with row piv[k]

    Raises
    ------
    LinAlgError
        where elements grow beyond the range of the numbers.
    ValueError, TypeError
        for input that is no real matrix.

    Warns
    -----
    LinAlgWarning
        where a column has no pivot, naming it: the factors are right, with a zero on the diagonal of U, but no system
        can be solved with them. Such a matrix is factored once more, a column at a time.

    Operation count, exact, where it is square:

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
    factors, piv, missing = _factors(a, check_finite)
    if missing is not None:
        warn(f"the matrix is singular: elimination finds no pivot in column {missing}, so U[{missing}, {missing}] is 0")
    return factors, piv


def lu(
    a: Any,
    permute_l: bool = False,
    overwrite_a: bool = False,
    check_finite: bool = True,
    p_indices: bool = False,
) -> tuple[np.ndarray, ...]:
    """Factor a matrix as A = PLU, with partial pivoting: `lu_factor` with its factors apart.

    Parameters
    ----------
    a : (m, n)
    permute_l : return PL instead of P and L
    p_indices : return P as an index, A = L[P] U
    overwrite_a : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    P : (m, m), or (m,) integers with p_indices
    L : (m, k), k = min(m, n), with ones on its diagonal; PL, the only one of the two, with permute_l
    U : (k, n)

    Raises
    ------
    LinAlgError
        where elements grow beyond the range of the numbers.
    ValueError, TypeError
        for input that is no real matrix.

    Operation count: that of lu_factor.

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 3.4.

    Examples
    --------
    >>> P, L, U = lu([[1.0, 2.0], [4.0, 4.0]])
    >>> P @ L @ U
    array([[1., 2.],
           [4., 4.]])
    """
    factors, piv, _ = _factors(a, check_finite)
    m = len(factors)
    k = piv.size
    L = np.tril(factors[:, :k], -1) + np.eye(m, k, dtype=factors.dtype)
    U = np.triu(factors[:k])
    place = np.argsort(order_of_rows(piv, m)).astype(np.int32)
    if permute_l:
        return L[place], U
    return place if p_indices else np.eye(m, dtype=factors.dtype)[place], L, U


def _factors(a: Any, check_finite: bool) -> tuple[np.ndarray, np.ndarray, int | None]:
    """lu and piv of a matrix of any shape, and the first column without a pivot."""
    matrix = float_array("a", a, (2,), check_finite=check_finite, may_be_empty=True)
    m, n = matrix.shape
    factors = matrix.copy()
    piv = np.empty(min(m, n), np.int32)
    missing = None
    with np.errstate(over="ignore", invalid="ignore"):  # kernels without the compiler would warn of each overflow
        if m != n or _eliminate(factors, piv) < n:
            factors, missing = _factor_by_columns(matrix, piv)
    if check_finite and not is_finite(factors):
        raise LinAlgError(BEYOND.format(factors.dtype))
    return factors, piv, missing


def factored(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """lu and piv of a square matrix; raises LinAlgError where a column has no pivot.

    >>> factored(np.zeros((1, 1)))
    Traceback (most recent call last):
    LinAlgError: the matrix is singular: elimination finds no pivot in column 0
    """
    lu = matrix.copy()
    piv = np.empty(len(matrix), np.int32)
    done = _eliminate(lu, piv)
    if done < len(matrix):
        raise LinAlgError(f"the matrix is singular: elimination finds no pivot in column {done}")
    return lu, piv


def _eliminate(A: np.ndarray, piv: np.ndarray) -> int:
    """PA = LU in place, A (n, n). Returns the number of pivots that are not zero."""
    n = len(A)
    return int(eliminate_columns(A, piv, 0, n) if n <= ONE_PANEL else eliminate_in_blocks(A, piv))


def _factor_by_columns(matrix: np.ndarray, piv: np.ndarray) -> tuple[np.ndarray, int | None]:
    """The factors of a matrix of any shape, and the first column without a pivot, which is passed over."""
    (m, n) = matrix.shape
    steps = piv.size
    lu = np.zeros((m, m), matrix.dtype)
    lu[:, :steps] = matrix[:, :steps]
    missing = None
    done = 0
    while done < steps:
        done = eliminate_columns(lu, piv, done, steps) if m else steps
        if done < steps:
            missing = done if missing is None else missing
            done += 1
    right = np.ascontiguousarray(matrix[:, steps:].T)
    for column in right:  # beyond a square, what elimination does to a column is a forward substitution
        interchange(piv, column)
        forward_substitution_unit(lu, column)
    return np.hstack([lu[:, :steps], right.T]) if n > steps else np.ascontiguousarray(lu[:, :steps]), missing


def lu_solve(
    lu_and_piv: tuple[Any, Any], b: Any, trans: int | str = 0, overwrite_b: bool = False, check_finite: bool = True
) -> np.ndarray:
    """Solve a system whose matrix was factored by `lu_factor`.

    Parameters
    ----------
    lu_and_piv : what lu_factor returned
    b : (n,) or (n, k)
    trans : 0 solves a x = b, 1 the transposed system
    overwrite_b : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where U has a zero on its diagonal.
    ValueError, TypeError
        for input that does not fit.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix is ill-conditioned, as far as its factors tell. |L| |U|
        stands for |A| in the condition number (see `solve`). Whether x satisfies the equations cannot be told without
        the matrix.

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
    lu, size = float_array_and_norm("lu", lu_and_piv[0], (2,), check_finite, may_be_empty=True)
    n = square("lu", lu)
    piv = np.ascontiguousarray(lu_and_piv[1], np.int32)
    if piv.shape != (n,) or (n and int(piv.view(np.uint32).max()) >= n):  # unsigned, a negative one is large
        raise ValueError(f"piv is not {n} row numbers below {n}; pass on what lu_factor returned")
    x = right_hand_sides(b, n, lu.dtype, check_finite)
    require_pivots(np.diagonal(lu), "divide by the diagonal of U", "U")
    lu = lu.astype(x.dtype, copy=False)
    substitute(lu, piv, x, transposed)
    if x.size and (check_finite or is_finite(x)):
        inverse = inverse_of(lu)
        kappa = growth_of_a_trial(n * size, inverse[0], n, lu.dtype)
        check_condition(x, kappa, lambda: (inverse, _absolute_factors(lu)))
    return in_shape_of(b, x)


def substitute(lu: np.ndarray, piv: np.ndarray, x: np.ndarray, transposed: bool = False) -> None:
    """Solve in place of the right-hand sides x (k, n), with factors that have all their pivots."""
    for column in x:
        if transposed:  # A' = U' L' P
            forward_substitution(lu.T, column)
            back_substitution_unit(lu.T, column)
            interchange_back(piv, column)
        else:
            interchange(piv, column)
            forward_substitution_unit(lu, column)
            back_substitution(lu, column)


def inverse_of(lu: np.ndarray) -> Pair:
    """The solutions with L and U, rows as they are interchanged."""
    return product_of(triangular_inverse(lu, lower=True, unit=True), triangular_inverse(lu, lower=False))


def _absolute_factors(lu: np.ndarray) -> Pair:
    L = np.tril(lu, -1) + np.eye(len(lu), dtype=lu.dtype)
    return product_of(absolute_products(np.triu(lu)), absolute_products(L))


def order_of_rows(piv: np.ndarray, m: int) -> np.ndarray:
    """The order of m rows after all interchanges.

    >>> order_of_rows(np.array([2, 2]), 3)
    array([2, 0, 1])
    """
    rows = np.arange(m)
    for k, p in enumerate(piv.tolist()):
        rows[k], rows[p] = rows[p], rows[k]
    return rows
