"""cI - J, factored and solved: the matrix of every implicit step, full or banded.

J : (n, n), or for a band (n, 2l + u + 1), whose rows are the columns of the band as `eliminate_band` takes them; LU :
(n, n), or for a band (1, n (2l + u + 1)), all columns in one row; bands : the numbers of diagonals (l, u), read for a
band only.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int32, int64, void

from mechkit.counting import by_address, kernel
from mechkit.linear_systems.banded import eliminate_band
from mechkit.linear_systems.blocked import eliminate_in_blocks
from mechkit.linear_systems.flags import ANY_ORDER
from mechkit.odes.band_substitution import invert_pivots, substitute

#: What the kernels are compiled for: c, J, LU, piv, bands; and LU, piv, bands, b.
FACTOR = int64(float64, float64[:, ::1], float64[:, ::1], int32[::1], int64[::1])
SOLVE = void(float64[:, ::1], int32[::1], int64[::1], float64[::1])
#: Up to this order a matrix is factored column by column, as blocks save no time there, and take longer to compile.
SMALL_ORDER = 48


@kernel(cache=True, error_model="numpy")
def factor_shifted(c, J, LU, piv, bands):
    """LU = the factors of cI - J. Returns the number of pivots that are not zero.

    >>> from mechkit import law
    >>> law(factor_shifted, n=range(1, 8)).flops
    Polynomial('2n^3/3 - n^2/2 + 5n/6')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., algorithm 3.4.1
    n = piv.size
    for i in range(n):
        row, of = LU[i], J[i]
        for j in range(n):
            row[j] = -of[j]
        row[i] = row[i] + c
    for k in range(n):
        p = k  # 1  find the pivot
        largest = abs(LU[k, k])
        for i in range(k + 1, n):
            size = abs(LU[i, k])
            if size > largest:
                p, largest = i, size
        piv[k] = p
        if largest == 0.0:
            return k

        pivot_row, other = LU[k], LU[p]
        for j in range(n):  # 2  interchange rows
            pivot_row[j], other[j] = other[j], pivot_row[j]

        right = pivot_row[k + 1 :]
        for i in range(k + 1, n):  # 3  eliminate below the pivot
            m = LU[i, k] / pivot_row[k]
            LU[i, k] = m
            row = LU[i, k + 1 :]
            for j in range(row.size):
                row[j] = row[j] - m * right[j]
    return n


@kernel(cache=True, error_model="numpy")
def factor_shifted_in_blocks(c, J, LU, piv, bands):
    """`factor_shifted` by blocks, which is faster for large matrices.

    >>> from mechkit import law
    >>> law(factor_shifted_in_blocks, n=range(2, 24)).flops
    Polynomial('2n^3/3 - n^2/2 + 5n/6')
    """
    for i in range(J.shape[0]):
        row, of = LU[i], J[i]
        for j in range(row.size):
            row[j] = -of[j]
    for i in range(piv.size):
        LU[i, i] = LU[i, i] + c
    return eliminate_in_blocks(LU, piv)


@kernel(cache=True, error_model="numpy")
def factor_shifted_band(c, J, LU, piv, bands):
    """`factor_shifted` within a band, with one over each pivot; here with l = 2, u = 1, and no interchange:

    >>> from mechkit import law
    >>> law(factor_shifted_band, n=range(4, 9)).flops
    Polynomial('8n - 9')
    """
    l, u = bands[0], bands[1]
    columns, width = LU[0], J.shape[1]
    for i in range(J.shape[0]):
        for j in range(width):
            columns[i * width + j] = -J[i, j]
    for j in range(piv.size):
        columns[j * width + l + u] = columns[j * width + l + u] + c
    done = eliminate_band(columns, l, u, piv)
    if done == piv.size:
        invert_pivots(columns, l, u, done)
    return done


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def solve_shifted(LU, piv, bands, b):
    """Solve with the factors of `factor_shifted`, in place of b.

    >>> from mechkit import law
    >>> law(solve_shifted, n=range(1, 6)).flops
    Polynomial('2n^2 - n')
    """
    n = piv.size
    for k in range(n):  # 1  interchange
        p = piv[k]
        b[k], b[p] = b[p], b[k]
    for i in range(n):  # 2  forward
        row, s = LU[i], b[i]
        for j in range(i):
            s = s - row[j] * b[j]
        b[i] = s
    for k in range(n):  # 3  back
        i = n - 1 - k
        row, known, s = LU[i, i + 1 :], b[i + 1 :], b[i]
        for j in range(row.size):
            s = s - row[j] * known[j]
        b[i] = s / LU[i, i]


@kernel(cache=True, error_model="numpy")
def solve_shifted_band(LU, piv, bands, b):
    """Solve with the factors of `factor_shifted_band`, in place of b; here with l = 2, u = 1:

    >>> from mechkit import law
    >>> law(solve_shifted_band, n=range(5, 10)).flops
    Polynomial('11n - 18')
    """
    substitute(LU[0], bands[0], bands[1], piv, b)


@cache
def dense_system(small: bool) -> tuple[Any, Any]:
    """The kernels that factor and solve, by address, for full matrices.

    >>> factor, solve = dense_system(small=True)
    >>> J, LU, piv, b = np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1, np.int32), np.array([6.0])
    >>> done = factor(2.0, J, LU, piv, np.zeros(2, np.int64))
    >>> solve(LU, piv, np.zeros(2, np.int64), b)
    >>> b
    array([3.])
    """
    return by_address(factor_shifted if small else factor_shifted_in_blocks, FACTOR), by_address(solve_shifted, SOLVE)


@cache
def banded_system() -> tuple[Any, Any]:
    """The kernels that factor and solve, by address, for bands.

    >>> factor, solve = banded_system()
    >>> bands, LU, piv, b = np.zeros(2, np.int64), np.zeros((1, 1)), np.zeros(1, np.int32), np.array([6.0])
    >>> done = factor(2.0, np.zeros((1, 1)), LU, piv, bands)
    >>> solve(LU, piv, bands, b)
    >>> b
    array([3.])
    """
    return by_address(factor_shifted_band, FACTOR), by_address(solve_shifted_band, SOLVE)


@factor_shifted.example
@factor_shifted_in_blocks.example
def _(n):
    J = np.random.default_rng(0).standard_normal((n, n))
    return np.float64(2.0), J, np.zeros((n, n)), np.zeros(n, np.int32), np.zeros(2, np.int64)


@factor_shifted_band.example
def _(n):
    J = np.full((n, 6), -0.1)
    J[:, :2] = 0.0
    return np.float64(2.0), J, np.zeros((1, 6 * n)), np.zeros(n, np.int32), np.array([2, 1])


@solve_shifted.example
def _(n):
    return np.eye(n) + np.triu(np.ones((n, n))), np.arange(n, dtype=np.int32), np.zeros(2, np.int64), np.ones(n)


@solve_shifted_band.example
def _(n):
    return np.full((1, 6 * n), 0.1), np.arange(n, dtype=np.int32), np.array([2, 1]), np.ones(n)
