"""Banded systems by elimination with partial pivoting, which never leaves the band."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError
from scipy.linalg import lapack

from mechkit.checking import float_array, in_shape_of, is_finite, right_hand_sides
from mechkit.counting import kernel
from mechkit.linear_systems.conditioning import ADVICE, ROOM, Pair, bound_by_extremes, is_certain, near_the_top
from mechkit.linear_systems.diagonals import check_band, exact_diagonals, tridiagonal_inverse
from mechkit.linear_systems.flags import FUSED
from mechkit.linear_systems.tridiagonal import eliminate_with_interchanges

#: So many columns are transposed at a time.
PIECE = 512


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_band(C, l, u, piv):
    """PA = LU within the band, in place. Returns the number of pivots that are not zero.

    C : the columns of the band one after the other, as `columns_of_band` lays them out. There a[i, j] is
    C[l + u + i + j (2l + u)]: one step to the right in a row is 2l + u places.

    Where no rows are interchanged, l = u = p:

    >>> from mechkit import law
    >>> def run(n, p):
    ...     C = columns_of_band(p, p, np.pad(np.full((1, n), 3.0 * p), ((p, p), (0, 0)), constant_values=1.0))
    ...     eliminate_band(C, p, p, np.empty(n, np.int32))
    >>> law(run, n=range(7, 12), p=range(1, 7)).flops
    Polynomial('2np^2 - 4p^3/3 + np - 3p^2/2 - p/6')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 4.3.3; LAPACK's dgbtf2
    n = piv.size
    right = 2 * l + u
    reach = 0  # the last column in which a row so far is not zero
    for k in range(n):
        here = l + u + k + k * right
        low = C[here : here + 1 + min(l, n - 1 - k)]
        p = 0  # 1  find the pivot
        largest = abs(low[0])
        for i in range(1, low.size):
            size = abs(low[i])
            if size > largest:
                p, largest = i, size
        piv[k] = k + p
        if largest == 0.0:
            return k
        reach = max(reach, min(k + p + u, n - 1))

        if p > 0:  # 2  interchange rows
            for j in range(reach - k + 1):
                there = here + j * right
                C[there], C[there + p] = C[there + p], C[there]
        pivot = low[0]

        for i in range(1, low.size):  # 3  eliminate below the pivot, a column at a time
            low[i] = low[i] / pivot
        for j in range(1, reach - k + 1):
            there = here + j * right
            column = C[there : there + low.size]
            m = column[0]
            for i in range(1, low.size):
                column[i] = column[i] - m * low[i]
    return n


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def substitute_band(C, l, u, piv, b):
    """Solve with the factors of `eliminate_band`, in place of b (n,).

    >>> from mechkit import law
    >>> def run(n, p):
    ...     substitute_band(np.ones(n * (3 * p + 1)), p, p, np.arange(n), np.ones(n))
    >>> law(run, n=range(13, 18), p=range(1, 7)).flops
    Polynomial('6np - 5p^2 + n - 3p')
    """
    n = piv.size
    right = 2 * l + u
    for k in range(n):  # 1  forward, interchanging as elimination did
        p = piv[k]
        b[k], b[p] = b[p], b[k]
        y = b[k]
        rest = b[k + 1 : k + 1 + l]
        below = l + u + k + k * right + 1
        low = C[below : below + rest.size]
        for i in range(rest.size):
            rest[i] = rest[i] - y * low[i]

    for k in range(n):  # 2  back
        j = n - 1 - k
        here = l + u + j + j * right
        x = b[j] / C[here]
        b[j] = x
        rest = b[max(0, j - l - u) : j]
        high = C[here - rest.size : here]
        for i in range(rest.size):
            rest[i] = rest[i] - x * high[i]


@eliminate_band.example
def _(n):
    l, u = 4, 3
    C = columns_of_band(l, u, np.random.default_rng(0).standard_normal((l + u + 1, n)))
    return C, l, u, np.zeros(n, np.int32)


@substitute_band.example
def _(n):
    C, l, u, piv = eliminate_band.example_arguments(n)
    eliminate_band(C, l, u, piv)
    return C, l, u, piv, np.ones(n)


def solve_banded(
    l_and_u: tuple[int, int],
    ab: Any,
    b: Any,
    overwrite_ab: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> np.ndarray:
    """Solve a banded system by elimination with partial pivoting.

    Parameters
    ----------
    l_and_u : the number of diagonals below and above the main one
    ab : (l + u + 1, n), the diagonals as rows: ``ab[u + i - j, j] == a[i, j]``
    b : (n,) or (n, k)
    overwrite_ab, overwrite_b : accepted for SciPy's sake and ignored
    check_finite : look for NaN and infinity first

    Returns
    -------
    ndarray
        x, shaped like b.

    Raises
    ------
    LinAlgError
        where the matrix is singular, naming the column without a pivot.
    ValueError, TypeError
        for input of the wrong shape or type.

    Warns
    -----
    LinAlgWarning
        where x may have no correct digit, because the matrix is ill-conditioned, and where x does not satisfy the
        equations; see `solve`.

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

    Tridiagonal systems (l = u = 1) have a kernel of their own, which interchanges neighboring rows:

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
    matrix = float_array("ab", ab, (2,), check_finite=False, may_be_empty=True)
    rows, n = matrix.shape
    if rows != l + u + 1:
        raise ValueError(f"ab has {rows} rows; l = {l} and u = {u} need l + u + 1 = {l + u + 1}")
    outside = max(0, u - n + 1)  # diagonals that do not meet the matrix
    band = matrix[outside : u + min(l, n - 1) + 1]
    l = min(l, max(0, n - 1))
    u = u - outside
    norm, bound = bound_by_extremes(band.min(axis=1), band.max(axis=1), u, n) if n else (0.0, 0.0)
    if check_finite and not (math.isfinite(norm) and rows == len(band)):
        float_array("ab", matrix, (2,), may_be_empty=True)
    x = right_hand_sides(b, n, matrix.dtype, check_finite)
    if not x.size:
        return in_shape_of(b, x)
    band = band.astype(x.dtype, copy=False)
    if near_the_top(norm, band):  # the same equations, with room for sums
        x = solve_banded((l, u), np.ldexp(band, -ROOM), np.ldexp(x, -ROOM).T, check_finite=check_finite)
        return in_shape_of(b, np.ascontiguousarray(x.T))
    if l == u == 1:
        done = _solve_each_tridiagonal(band, x)
    else:
        C = columns_of_band(l, u, band)
        piv = np.empty(n, np.int32)
        done = eliminate_band(C, l, u, piv)
        if done == n:
            for column in x:
                substitute_band(C, l, u, piv, column)
    if done < n:
        raise LinAlgError(f"the matrix is singular: elimination finds no pivot in column {done}")
    finite = is_finite(x)
    if not (is_certain(bound, x.dtype) and finite) and (check_finite or finite):
        if l == u == 1:
            inverse = tridiagonal_inverse(band[2, :-1], band[1], band[0, 1:])
        else:
            inverse = _inverse(C.reshape(n, -1).T, l, u, piv)
        right = right_hand_sides(b, n, x.dtype, check_finite=False)
        check_band(exact_diagonals(band, l, u), norm, inverse, right, x, ADVICE)
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


def _inverse(factors: np.ndarray, l: int, u: int, piv: np.ndarray) -> Pair:
    """The solutions by LAPACK, which holds factors as `eliminate_band` does."""
    gbtrs = lapack.sgbtrs if factors.dtype == np.float32 else lapack.dgbtrs
    return lambda v: gbtrs(factors, l, u, v, piv)[0], lambda v: gbtrs(factors, l, u, v, piv, trans=1)[0]


def _solve_each_tridiagonal(ab: np.ndarray, x: np.ndarray) -> int:
    n = ab.shape[1]
    g, h = np.empty((2, n), x.dtype)
    for column in x:
        done = eliminate_with_interchanges(ab[2, :-1], ab[1], ab[0, 1:], g, h, column)
        if done < n:
            return int(done)
    return n


def columns_of_band(l: int, u: int, ab: np.ndarray) -> np.ndarray:
    """The columns of ab (l + u + 1, n) one after the other, flat, each with l zeros before it for what fills in."""
    n = ab.shape[1]
    C = np.zeros((n, 2 * l + u + 1), ab.dtype)
    for first in range(0, n, PIECE):  # so many columns at a time stay in the cache
        C[first : first + PIECE, l:] = ab[:, first : first + PIECE].T
    return C.reshape(-1)
