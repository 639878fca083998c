"""Banded systems by elimination with partial pivoting, which never leaves the band."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mechkit.checking import float_array, in_shape_of, right_hand_sides
from mechkit.counting import kernel
from mechkit.linear_systems.tridiagonal import eliminate_with_interchanges


@kernel(cache=True, error_model="numpy")
def eliminate_band(W, l, u, piv):
    """PA = LU within the band, in place. Returns the number of pivots that are not zero.

    W : (n, 2l + u + 1), the rows of the matrix: W[i, l + j - i] is a[i, j]; the last l columns take the fill-in.

    Where no rows are interchanged, l = u = p:

    >>> from mechkit import law
    >>> def run(n, p):
    ...     W = rows_of_band(p, p, np.pad(np.full((1, n), 3.0 * p), ((p, p), (0, 0)), constant_values=1.0))
    ...     eliminate_band(W, p, p, np.empty(n, np.int32))
    >>> law(run, n=range(7, 12), p=range(1, 7)).flops
    Polynomial('2np^2 - 4p^3/3 + np - 3p^2/2 - p/6')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 4.3.3; LAPACK's dgbtf2, by rows
    n = W.shape[0]
    reach = 0  # the last column in which a row so far is not zero
    for k in range(n):
        last = min(k + l, n - 1)
        p = k  # 1  find the pivot
        largest = abs(W[k, l])
        for i in range(k + 1, last + 1):
            size = abs(W[i, l + k - i])
            if size > largest:
                p, largest = i, size
        piv[k] = p
        if largest == 0.0:
            return k
        reach = max(reach, min(p + u, n - 1))
        for j in range(k, reach + 1):  # 2  interchange rows
            W[k, l + j - k], W[p, l + j - p] = W[p, l + j - p], W[k, l + j - k]
        for i in range(k + 1, last + 1):  # 3  eliminate below the pivot
            m = W[i, l + k - i] / W[k, l]
            W[i, l + k - i] = m
            for j in range(k + 1, reach + 1):
                W[i, l + j - i] = W[i, l + j - i] - m * W[k, l + j - k]
    return n


@kernel(cache=True, error_model="numpy")
def substitute_band(W, l, u, piv, b):
    """Solve with the factors of `eliminate_band`, in place of b (n,).

    >>> from mechkit import law
    >>> def run(n, p):
    ...     substitute_band(np.ones((n, 3 * p + 1)), p, p, np.arange(n), np.ones(n))
    >>> law(run, n=range(13, 18), p=range(1, 7)).flops
    Polynomial('6np - 5p^2 + n - 3p')
    """
    n = W.shape[0]
    for k in range(n):  # 1  forward, interchanging as elimination did
        p = piv[k]
        b[k], b[p] = b[p], b[k]
        for i in range(k + 1, min(k + l, n - 1) + 1):
            b[i] = b[i] - W[i, l + k - i] * b[k]
    for k in range(n):  # 2  back
        i = n - 1 - k
        s = b[i]
        for j in range(i + 1, min(i + l + u, n - 1) + 1):
            s = s - W[i, l + j - i] * b[j]
        b[i] = s / W[i, l]


@eliminate_band.example
def _(n):
    l, u = 4, 3
    W = np.zeros((n, 2 * l + u + 1))
    W[:, : l + u + 1] = np.random.default_rng(0).standard_normal((n, l + u + 1))
    return W, l, u, np.empty(n, np.int32)


@substitute_band.example
def _(n):
    W, l, u, piv = eliminate_band.example_arguments(n)
    eliminate_band(W, l, u, piv)
    return W, l, u, piv, np.ones(n)


def solve_banded(
    l_and_u: tuple[int, int],
    ab: Any,
    b: Any,
    overwrite_ab: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> np.ndarray:
    """Solve a banded system by elimination with partial pivoting.

    l_and_u : the number of diagonals below and above the main one; ab : (l + u + 1, n), the diagonals as rows:
    ``ab[u + i - j, j] == a[i, j]``; b : (n,) or (n, k); overwrite_ab, overwrite_b : permissions that are not needed;
    check_finite : look for NaN and infinity first.

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where the matrix is singular, naming the column without a pivot.
    ValueError, TypeError
        for input that is no such system.

    Operation count, exact, n > l + u unknowns, one right-hand side, where no rows are interchanged: the cost is that
    of the band, not of the matrix. With interchanges U has l + u diagonals, and elimination costs up to 2nl(l + u).

    >>> from mechkit import law
    >>> def run(n, l, u):
    ...     ab = np.ones((l + u + 1, n))
    ...     ab[u] = 2.0 + l + u
    ...     solve_banded((l, u), ab, np.ones(n))
    >>> law(run, n=range(12, 16), l=range(4, 8), u=range(1, 5))  # u <= l
    sub      nlu - l^2u/2 - u^3/6 + 2nl + nu - l^2 - 3lu/2 - u^2/2 - l - u/3
    mul      nlu - l^2u/2 - u^3/6 + 2nl + nu - l^2 - 3lu/2 - u^2/2 - l - u/3
    div      nl - l^2/2 + n - l/2
    abs      nl - l^2/2 + n - l/2
    compare  nl - l^2/2 + n - l/2
    flops    2nlu - l^2u - u^3/3 + 5nl + 2nu - 5l^2/2 - 3lu - u^2 + n - 5l/2 - 2u/3

    Tridiagonal systems (l = u = 1) have a kernel of their own, which interchanges neighbouring rows:

    >>> law(lambda n: solve_banded((1, 1), [[1.0] * n, [4.0] * n, [1.0] * n], np.ones(n)), n=range(2, 7))
    sub      4n - 5
    mul      4n - 5
    div      2n - 1
    abs      2n - 2
    compare  2n - 1
    flops    10n - 11

    References: Golub and Van Loan, Matrix Computations, 4th ed., section 4.3.3.

    Examples
    --------
    >>> solve_banded((1, 1), [[0.0, -1.0, -1.0], [2.0, 2.0, 2.0], [-1.0, -1.0, 0.0]], [1.0, 0.0, 1.0])
    array([1., 1., 1.])
    """
    l, u = bandwidths(l_and_u)
    matrix = float_array("ab", ab, (2,), check_finite=check_finite)
    rows, n = matrix.shape
    if rows != l + u + 1:
        raise ValueError(f"ab has {rows} rows; l = {l} and u = {u} need l + u + 1 = {l + u + 1}")
    if l >= n or u >= n:
        raise ValueError(f"l = {l} and u = {u} do not fit {n} unknowns; each must be below {n}")
    x = right_hand_sides(b, n, matrix.dtype, check_finite)
    matrix = matrix.astype(x.dtype, copy=False)
    if l == u == 1:
        done = _solve_each_tridiagonal(matrix, x)
    else:
        W = rows_of_band(l, u, matrix)
        piv = np.empty(n, np.int32)
        done = eliminate_band(W, l, u, piv)
        if done == n:
            for column in x:
                substitute_band(W, l, u, piv, column)
    if done < n:
        raise LinAlgError(f"the matrix is singular: elimination finds no pivot in column {done}")
    return in_shape_of(b, x)


def bandwidths(l_and_u: tuple[int, int]) -> tuple[int, int]:
    """The pair (l, u), checked."""
    try:
        l, u = (int(k) for k in l_and_u)
    except (TypeError, ValueError):
        raise TypeError(f"l_and_u is {l_and_u!r}; it must be a pair of numbers of diagonals (l, u)") from None
    if (l, u) != tuple(l_and_u) or l < 0 or u < 0:
        raise ValueError(f"l_and_u is {l_and_u!r}; the numbers of diagonals must be whole and not negative")
    return l, u


def _solve_each_tridiagonal(ab: np.ndarray, x: np.ndarray) -> int:
    n = ab.shape[1]
    g, h = np.empty((2, n), x.dtype)
    for column in x:
        done = eliminate_with_interchanges(ab[2, :-1], ab[1], ab[0, 1:], g, h, column)
        if done < n:
            return int(done)
    return n


def rows_of_band(l: int, u: int, ab: np.ndarray) -> np.ndarray:
    """The matrix by rows, with room for fill-in: W (n, 2l + u + 1), W[i, l + j - i] = a[i, j]."""
    n = ab.shape[1]
    W = np.zeros((n, 2 * l + u + 1), ab.dtype)
    for k in range(-l, u + 1):
        first, last = max(0, -k), min(n, n - k)
        W[first:last, l + k] = ab[u - k, first + k : last + k]
    return W
