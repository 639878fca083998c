"""The factor of normal equations, and solving with it. What a factor is, normal_equations.py says."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64

from mechkit.counting import by_address, kernel
from mechkit.linear_systems.blocked import subtract_product, subtract_rows
from mechkit.linear_systems.flags import FAST, FUSED

ZERO = np.float32(0)
#: What stands for a pivot that rounding has made negative: its unknown becomes zero.
HUGE = np.float32(1e30)
#: A rest so small is factored by the textbook's loops: blocks save no time there, and take longer to compile.
NARROW = 40
#: What the factorization of the rest is compiled for: S and its first row, to the number of pivots made huge.
REST = int64(float64[:, ::1], int64)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor(fill_starts, fill, S, factor_rest):
    """S = U'U in place of the upper triangle of S, which is nearly or fully definite.

    A pivot that rounding has left without a positive value is made huge, so that its unknown is zero. factor_rest : a
    kernel, by address, as `factorization` chooses it. It factors the rows that are as good as dense. For a dense matrix
    the operations are those of `mechkit.linear_systems.cholesky.factor`:

    >>> from mechkit import law
    >>> law(factor, n=range(1, 8))
    sub      n^3/6 - n/6
    mul      n^3/6 - n/6
    div      n^2/2 - n/2
    sqrt     n
    compare  n
    flops    n^3/3 + n^2/2 + n/6
    """
    # Wright, Modified Cholesky factorizations in interior-point algorithms, SIAM J. Optim. 9 (1999)
    q = fill_starts.size - 1
    for k in range(q):  # rows with few nonzeros, by outer products
        pivot_row = S[k]
        if not pivot_row[k] > ZERO:
            pivot_row[k] = HUGE
        root = math.sqrt(pivot_row[k])
        pivot_row[k] = root
        last = fill_starts[k + 1]
        for a in range(fill_starts[k], last):
            pivot_row[fill[a]] = pivot_row[fill[a]] / root
        for a in range(fill_starts[k], last):
            t, row = pivot_row[fill[a]], S[fill[a]]
            for b in range(a, last):
                row[fill[b]] = row[fill[b]] - t * pivot_row[fill[b]]
    factor_rest(S, q)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_few_rows(S, q):
    """U in U'U = S from row q on, by the textbook's loops, for `factor`. Returns how many pivots were made huge.

    >>> from mechkit import law
    >>> law(factor_few_rows, n=range(1, 8)).flops
    Polynomial('n^3/3 + n^2/2 + n/6')
    """
    # the loops of linear_systems.cholesky.factor
    m, made = S.shape[0], 0
    for k in range(q, m):
        if not S[k, k] > ZERO:
            S[k, k] = HUGE
            made += 1
        root = math.sqrt(S[k, k])
        S[k, k] = root
        for j in range(k + 1, m):
            S[k, j] = S[k, j] / root
        for i in range(k + 1, m):
            t, u, row = S[k, i], S[k, i:], S[i, i:]
            for j in range(row.size):
                row[j] = row[j] - t * u[j]
    return made


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_rows(S, q):
    """U in U'U = S from row q on, in blocks, for `factor`. Returns how many pivots were made huge.

    >>> from mechkit import law
    >>> law(factor_rows, n=range(1, 8)).flops
    Polynomial('n^3/3 + n^2/2 + n/6')
    """
    # as in linear_systems.blocked.factor_in_blocks
    m, made = S.shape[0], 0
    for first in range(q, m, 4):
        end = min(first + 4, m)
        subtract_product(S, S.T, (first, end), (end, m), (q, first))
        for k in range(first, end):
            subtract_rows(S, S.T, (k, k + 1), (k, end), (q, first))
        for k in range(first, end):
            subtract_rows(S, S.T, (k, k + 1), (k, m), (first, k))
            if not S[k, k] > ZERO:
                S[k, k] = HUGE
                made += 1
            root = math.sqrt(S[k, k])
            S[k, k] = root
            row = S[k, k + 1 :]
            for j in range(row.size):
                row[j] = row[j] / root
    return made


def factorization(rest: int) -> Any:
    """The kernel that factors so many rows that are as good as dense, by address.

    >>> factorization(2)(np.array([[4.0, 2.0], [2.0, 1.0]]), 0)
    1
    """
    return _chosen(rest <= NARROW)


@cache
def _chosen(narrow: bool) -> Any:
    return by_address(factor_few_rows if narrow else factor_rows, REST)


@factor_few_rows.example
@factor_rows.example
def _(n):
    return np.eye(n) + 1.0, 0


@factor.example
def _(n):
    return np.zeros(1, np.uint32), np.empty(0, np.uint32), np.eye(n) + 1.0, factorization(n)


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def substitute(fill_starts, fill, S, b):
    """Solve with the factor, in place of b.

    >>> from mechkit import law
    >>> law(substitute, n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    q, m = fill_starts.size - 1, S.shape[0]
    for k in range(m):  # 1  U'y = b
        row = S[k]
        y = b[k] / row[k]
        b[k] = y
        if k < q:
            for a in range(fill_starts[k], fill_starts[k + 1]):
                b[fill[a]] = b[fill[a]] - row[fill[a]] * y
        else:
            right, rest = S[k, k + 1 :], b[k + 1 :]
            for j in range(rest.size):
                rest[j] = rest[j] - y * right[j]
    for i in range(m):  # 2  Ux = y
        k = m - 1 - i
        row, s = S[k], b[k]
        if k < q:
            for a in range(fill_starts[k], fill_starts[k + 1]):
                s = s - row[fill[a]] * b[fill[a]]
        else:
            right, rest = S[k, k + 1 :], b[k + 1 :]
            for j in range(rest.size):
                s = s - right[j] * rest[j]
        b[k] = s / row[k]


@substitute.example
def _(n):
    return np.zeros(1, np.uint32), np.empty(0, np.uint32), np.eye(n) + 1.0, np.ones(n)
