"""Dense factorizations by blocks: the operations of the textbook's loops, in an order that suits registers and caches.

`eliminate` (dense.py) and `factor` (cholesky.py) read and write the rest of the matrix once for every column. Here
it is done once for four columns at a time, and blocks that fit the cache are finished first. The same numbers are
added, multiplied and divided, as often; only loads and stores are fewer, which is why these are several times as fast.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ORIGIN
from mechkit.linear_systems.flags import FUSED

#: Panels of so few columns are factored by the textbook's loops; a multiple of four.
NARROW = 16


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def subtract_product(A, M, rows, columns, inner):
    """A[rows, columns] -= M[rows, inner] A[inner, columns] in place; each argument is a pair (first, end).

    M is A for elimination, A' for Cholesky's method. Four rows at a time take in four rows: 16 multipliers stay in
    registers, and every number that is loaded is used four times.

    >>> from mechkit import law
    >>> def run(m, n, p):
    ...     A = np.ones((m + p, n + p))
    ...     subtract_product(A, A, (p, p + m), (p, p + n), (0, p))
    >>> law(run, m=range(1, 6), n=range(1, 6), p=range(1, 6)).flops
    Polynomial('2mnp')
    """
    c, d = columns
    i = rows[0]
    while i + 4 <= rows[1]:
        r0, r1, r2, r3 = A[i, c:d], A[i + 1, c:d], A[i + 2, c:d], A[i + 3, c:d]
        k = inner[0]
        while k + 4 <= inner[1]:
            u0, u1, u2, u3 = A[k, c:d], A[k + 1, c:d], A[k + 2, c:d], A[k + 3, c:d]
            m00, m01, m02, m03 = M[i, k], M[i, k + 1], M[i, k + 2], M[i, k + 3]
            m10, m11, m12, m13 = M[i + 1, k], M[i + 1, k + 1], M[i + 1, k + 2], M[i + 1, k + 3]
            m20, m21, m22, m23 = M[i + 2, k], M[i + 2, k + 1], M[i + 2, k + 2], M[i + 2, k + 3]
            m30, m31, m32, m33 = M[i + 3, k], M[i + 3, k + 1], M[i + 3, k + 2], M[i + 3, k + 3]
            for j in range(r0.size):
                a, b, e, f = u0[j], u1[j], u2[j], u3[j]
                s = r0[j] - m00 * a - m01 * b - m02 * e - m03 * f
                t = r1[j] - m10 * a - m11 * b - m12 * e - m13 * f
                v = r2[j] - m20 * a - m21 * b - m22 * e - m23 * f
                w = r3[j] - m30 * a - m31 * b - m32 * e - m33 * f
                r0[j], r1[j], r2[j], r3[j] = s, t, v, w
            k += 4
        subtract_rows(A, M, (i, i + 4), columns, (k, inner[1]))
        i += 4
    subtract_rows(A, M, (i, rows[1]), columns, inner)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def subtract_rows(A, M, rows, columns, inner):
    """`subtract_product`, a row at a time.

    >>> from mechkit import law
    >>> def run(m, n, p):
    ...     A = np.ones((m + p, n + p))
    ...     subtract_rows(A, A, (p, p + m), (p, p + n), (0, p))
    >>> law(run, m=range(1, 6), n=range(1, 6), p=range(1, 6)).flops
    Polynomial('2mnp')
    """
    for i in range(rows[0], rows[1]):
        row = A[i, columns[0] : columns[1]]
        for k in range(inner[0], inner[1]):
            m, u = M[i, k], A[k, columns[0] : columns[1]]
            for j in range(row.size):
                row[j] = row[j] - m * u[j]


@subtract_product.example
@subtract_rows.example
def _(n):
    A = np.random.default_rng(0).standard_normal((n + 5, n + 5))
    return A, A, (5, n + 5), (5, n + 5), (0, 5)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_columns(A, piv, first, end):
    """PA = LU in the columns first to end of A, from row first on. Returns the first column without a pivot, or end.

    Whole rows are interchanged; the columns to the right wait for `eliminate_in_blocks`.

    >>> from mechkit import law
    >>> def run(n):
    ...     eliminate_columns(np.eye(n) + 1.0, np.empty(n, np.int32), 0, n)
    >>> law(run, n=range(1, 8)).flops
    Polynomial('2n^3/3 - n^2/2 - n/6')
    """
    # the loops of dense.eliminate
    n = A.shape[0]
    for k in range(first, end):
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
        pivot_row = A[k, k + 1 : end]

        for i in range(k + 1, n):  # 3  eliminate below the pivot
            m = A[i, k] / A[k, k]
            A[i, k] = m
            row = A[i, k + 1 : end]
            for j in range(row.size):
                row[j] = row[j] - m * pivot_row[j]
    return end


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def eliminate_in_blocks(A, piv):
    """PA = LU like `eliminate`, in panels: what they do to the columns beyond is caught up with in blocks.

    The operations are those of `mechkit.linear_systems.dense.eliminate`, exactly:

    >>> from mechkit import law
    >>> law(eliminate_in_blocks, n=range(2, 25))
    sub      n^3/3 - n^2/2 + n/6
    mul      n^3/3 - n^2/2 + n/6
    div      n^2/2 - n/2
    abs      n^2/2 + n/2
    compare  n^2/2 + n/2
    flops    2n^3/3 - n^2/2 - n/6
    """
    # Toledo, Locality of reference in LU decomposition with partial pivoting, SIAM J. Matrix Anal. Appl. 18 (1997),
    # without the recursion: the panels done so far, in binary, tell which halves are complete
    n = A.shape[0]
    for first in range(0, n, NARROW):
        end = min(first + NARROW, n)
        done = eliminate_columns(A, piv, first, end)  # 1  a panel
        if done < end or end == n:
            return done
        panels = end // NARROW
        width = NARROW * (panels & -panels)
        left, right = end - width, min(end + width, n)

        for i in range(left, n, 4):  # 2  the columns beyond, as many as this half has: the rows of U, then the rest
            subtract_product(A, A, (i, min(i + 4, n)), (end, right), (left, min(i, end)))
            if i < end:
                for k in range(i + 1, i + 4):
                    subtract_rows(A, A, (k, k + 1), (end, right), (i, k))
    return n


@eliminate_columns.example
def _(n):
    return np.random.default_rng(0).standard_normal((n, n)), np.zeros(n, np.int32), 0, n


@eliminate_in_blocks.example
def _(n):
    return eliminate_columns.example_arguments(n)[:2]


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_in_blocks(A):
    """A = U'U in place of the upper triangle of A; the lower is not read. Returns the number of positive pivots.

    The operations are those of `mechkit.linear_systems.cholesky.factor`, exactly:

    >>> from mechkit import law
    >>> law(factor_in_blocks, n=range(2, 25))
    sub      n^3/6 - n/6
    mul      n^3/6 - n/6
    div      n^2/2 - n/2
    sqrt     n
    compare  n
    flops    n^3/3 + n^2/2 + n/6
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.6, with the rows of U for the columns of L
    n = A.shape[0]
    for first in range(0, n, 4):
        end = min(first + 4, n)
        subtract_product(A, A.T, (first, end), (end, n), (ORIGIN, first))  # 1  what the rows above take from these
        for k in range(first, end):
            subtract_rows(A, A.T, (k, k + 1), (k, end), (ORIGIN, first))

        for k in range(first, end):  # 2  the textbook's loops within the block
            subtract_rows(A, A.T, (k, k + 1), (k, n), (first, k))
            if not A[k, k] > 0.0:
                return k
            root = math.sqrt(A[k, k])
            A[k, k] = root
            row = A[k, k + 1 :]
            for j in range(row.size):
                row[j] = row[j] / root
    return n


@factor_in_blocks.example
def _(n):
    return (np.eye(n) + 1.0,)
