"""cI - J, factored and solved: the matrix of every implicit step, full or banded, real or complex.

J, LU : (n, n), or for a band (n, 2l + u + 1), whose rows are the columns of the band as `eliminate_band` takes them;
flat : LU as one vector; bands : the numbers of diagonals (l, u), read for a band only.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import complex128, float64, int32, int64, void

from mechkit.counting import by_address, kernel
from mechkit.linear_systems.banded import eliminate_band, substitute_band
from mechkit.linear_systems.blocked import eliminate_in_blocks
from mechkit.linear_systems.dense import eliminate, interchange
from mechkit.linear_systems.triangular import back_substitution, forward_substitution_unit

#: What the kernels are compiled for: c, J, LU, flat, piv, bands; and LU, flat, piv, bands, b.
FACTOR = int64(float64, float64[:, ::1], float64[:, ::1], float64[::1], int32[::1], int64[::1])
SOLVE = void(float64[:, ::1], float64[::1], int32[::1], int64[::1], float64[::1])
FACTOR_COMPLEX = int64(complex128, float64[:, ::1], complex128[:, ::1], complex128[::1], int32[::1], int64[::1])
SOLVE_COMPLEX = void(complex128[:, ::1], complex128[::1], int32[::1], int64[::1], complex128[::1])
#: Up to this order a matrix is factored column by column, as blocks save no time there, and take longer to compile.
SMALL_ORDER = 48


@kernel(cache=True, error_model="numpy")
def factor_shifted(c, J, LU, flat, piv, bands):
    """LU = the factors of cI - J. Returns the number of pivots that are not zero.

    >>> from mechkit import law
    >>> law(factor_shifted, n=range(1, 8)).flops
    Polynomial('2n^3/3 - n^2/2 + 5n/6')
    """
    for i in range(J.shape[0]):
        row, of = LU[i], J[i]
        for j in range(row.size):
            row[j] = -of[j]
    for i in range(piv.size):
        LU[i, i] = LU[i, i] + c
    return eliminate(LU, piv)


@kernel(cache=True, error_model="numpy")
def factor_shifted_in_blocks(c, J, LU, flat, piv, bands):
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
def factor_shifted_band(c, J, LU, flat, piv, bands):
    """`factor_shifted` within a band; here with two diagonals below the main one, one above, and no interchange:

    >>> from mechkit import law
    >>> law(factor_shifted_band, n=range(4, 9)).flops
    Polynomial('7n - 9')
    """
    l, u = bands[0], bands[1]
    for i in range(J.shape[0]):
        row, of = LU[i], J[i]
        for j in range(row.size):
            row[j] = -of[j]
    for j in range(piv.size):
        LU[j, l + u] = LU[j, l + u] + c
    return eliminate_band(flat, l, u, piv)


@kernel(cache=True, error_model="numpy")
def solve_shifted(LU, flat, piv, bands, b):
    """Solve with the factors of `factor_shifted`, in place of b.

    >>> from mechkit import law
    >>> law(solve_shifted, n=range(1, 6)).flops
    Polynomial('2n^2 - n')
    """
    interchange(piv, b)
    forward_substitution_unit(LU, b)
    back_substitution(LU, b)


@kernel(cache=True, error_model="numpy")
def solve_shifted_band(LU, flat, piv, bands, b):
    """Solve with the factors of `factor_shifted_band`, in place of b; here with l = 2, u = 1:

    >>> from mechkit import law
    >>> law(solve_shifted_band, n=range(5, 10)).flops
    Polynomial('11n - 18')
    """
    substitute_band(flat, bands[0], bands[1], piv, b)


@cache
def dense_system(small: bool, is_complex: bool = False) -> tuple[Any, Any]:
    """The kernels that factor and solve, by address, for full matrices.

    >>> factor, solve = dense_system(small=True)
    >>> J, LU, piv, b = np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1, np.int32), np.array([6.0])
    >>> done = factor(2.0, J, LU, LU[0], piv, np.zeros(2, np.int64))
    >>> solve(LU, LU[0], piv, np.zeros(2, np.int64), b)
    >>> b
    array([3.])
    """
    signatures = (FACTOR_COMPLEX, SOLVE_COMPLEX) if is_complex else (FACTOR, SOLVE)
    factor = factor_shifted if small or is_complex else factor_shifted_in_blocks
    return by_address(factor, signatures[0]), by_address(solve_shifted, signatures[1])


@cache
def banded_system(is_complex: bool = False) -> tuple[Any, Any]:
    """The kernels that factor and solve, by address, for bands.

    >>> factor, solve = banded_system()
    >>> bands, LU, piv, b = np.zeros(2, np.int64), np.zeros((1, 1)), np.zeros(1, np.int32), np.array([6.0])
    >>> done = factor(2.0, np.zeros((1, 1)), LU, LU[0], piv, bands)
    >>> solve(LU, LU[0], piv, bands, b)
    >>> b
    array([3.])
    """
    signatures = (FACTOR_COMPLEX, SOLVE_COMPLEX) if is_complex else (FACTOR, SOLVE)
    return by_address(factor_shifted_band, signatures[0]), by_address(solve_shifted_band, signatures[1])


@factor_shifted.example
@factor_shifted_in_blocks.example
def _(n):
    J = np.random.default_rng(0).standard_normal((n, n))
    LU = np.zeros((n, n))
    return np.float64(2.0), J, LU, LU.reshape(-1), np.zeros(n, np.int32), np.zeros(2, np.int64)


@factor_shifted_band.example
def _(n):
    J, LU = np.full((n, 6), -0.1), np.zeros((n, 6))
    J[:, :2] = 0.0
    return np.float64(2.0), J, LU, LU.reshape(-1), np.zeros(n, np.int32), np.array([2, 1])


@solve_shifted.example
def _(n):
    LU = np.eye(n) + np.triu(np.ones((n, n)))
    return LU, LU.reshape(-1), np.arange(n, dtype=np.int32), np.zeros(2, np.int64), np.ones(n)


@solve_shifted_band.example
def _(n):
    LU = np.full((n, 6), 0.1)
    return LU, LU.reshape(-1), np.arange(n, dtype=np.int32), np.array([2, 1]), np.ones(n)
