"""Newton's equations of quadratic programs: a symmetric matrix whose pivots have known signs and are not sought.

The matrix is [M, E'; E, -dI], M = P + A'WA + eI (n, n). E (p, n) are the rows of A that hold equalities, W the weights
of the other rows. M = U'U is positive definite, and -(dI + EM^-1E') negative definite: Cholesky's loops serve for both.
d and e are small numbers. They draw each step a little towards its start, and leave the minimum where it is (the
proximal method of multipliers). With them the rows may depend on each other.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64

from mechkit.counting import by_address, kernel
from mechkit.linear_systems.blocked import subtract_product, subtract_rows
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST, FUSED

#: What is added for the unknowns, as a share of what is added for the multipliers.
PROXIMAL = np.float32(0.01)
#: Matrices so small are factored by the textbook's loops: blocks save no time there, and take longer to compile.
NARROW = 40
#: What a factorization is compiled for: the matrix and its rows with positive pivots, to the number of pivots found.
FACTOR = int64(float64[:, ::1], int64)
#: Refinement ends at a residual so small against the right-hand side, or after so many corrections.
SMALL, CORRECTIONS = np.float32(1e-12), 8


def full_rows(n):
    """A matrix without zeros by rows, for examples."""
    data = np.random.default_rng(0).standard_normal(n * n)
    return data, np.tile(np.arange(n, dtype=np.uint32), n), np.arange(0, n * n + 1, n, dtype=np.uint32)


def diagonal_rows(n):
    """The unit matrix by rows, for examples."""
    return np.ones(n), np.arange(n, dtype=np.uint32), np.arange(n + 1, dtype=np.uint32)


def one_side_each(n):
    """Which row is an equation, and of which row each side is, for n rows with one side each, for examples."""
    return np.full(n, -1), np.arange(n)


@kernel(cache=True, error_model="numpy")
def assemble(P, A, weights, equality, added, K):
    """K = [P + A'WA + eI, E'; E, -dI], its upper triangle; d is what is added, e a hundredth of it.

    equality : which row of E a row of A is, or -1 where it is none. A product for each pair of nonzeros in a row; here
    n rows of n, none of them an equality:

    >>> from mechkit import law
    >>> law(assemble, n=range(2, 9)).flops
    Polynomial('n^3 + 2n^2 + 2n')
    """
    data, indices, indptr = A[0], A[1], A[2]
    n = P.shape[0]
    for i in range(n):
        row, of = K[i], P[i]
        for j in range(i, n):
            row[j] = of[j]
        row[i] += PROXIMAL * added
        for j in range(n, row.size):
            row[j] = ZERO
    for i in range(n, K.shape[0]):
        for j in range(i, K.shape[0]):
            K[i, j] = ZERO
        K[i, i] = -added
    for i in range(weights.size):
        if equality[i] >= 0:
            for k in range(indptr[i], indptr[i + 1]):
                K[indices[k], n + equality[i]] = data[k]
        else:
            for k in range(indptr[i], indptr[i + 1]):
                a, row = weights[i] * data[k], K[indices[k]]
                for j in range(k, indptr[i + 1]):  # columns ascend within a row
                    row[indices[j]] += a * data[j]


@assemble.example
def _(n):
    none = np.full(n, -1)
    return np.eye(n), full_rows(n), np.ones(n), none, np.float64(1e-8), np.zeros((n, n))


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_few_rows(K, n):
    """K = U'DU in place of its upper triangle, as `factor_quasidefinite`, by the textbook's loops.

    >>> from mechkit import law
    >>> law(lambda n: factor_few_rows(np.eye(n) + 1.0, n), n=range(2, 8)).flops
    Polynomial('n^3/3 + n^2/2 + n/6')
    """
    # the loops of linear_systems.cholesky.factor
    order = K.shape[0]
    for k in range(order):
        if k == n:  # the pivots to come are negative: what is left changes its sign
            for i in range(n, order):
                row = K[i, i:]
                for j in range(row.size):
                    row[j] = -row[j]
        if not K[k, k] > ZERO:
            return k
        root = math.sqrt(K[k, k])
        K[k, k] = root
        for j in range(k + 1, order):
            K[k, j] = K[k, j] / root
        for i in range(k + 1, order):
            m, u, row = K[k, i], K[k, i:], K[i, i:]
            for j in range(row.size):
                row[j] = row[j] - m * u[j]
    return order


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_rows(K, first, end):
    """The rows first to end of U in U'U, in place of the upper triangle of K, from what the rows before have left.

    Returns the first row without a positive pivot, or end. These are the loops of `factor_in_blocks`:

    >>> from mechkit import law
    >>> law(lambda n: factor_rows(np.eye(n) + 1.0, 0, n), n=range(2, 25)).flops
    Polynomial('n^3/3 + n^2/2 + n/6')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.6, with the rows of U for the columns of L
    n = K.shape[0]
    for i in range(first, end, 4):
        last = min(i + 4, end)
        subtract_product(K, K.T, (i, last), (last, n), (first, i))
        for k in range(i, last):
            subtract_rows(K, K.T, (k, k + 1), (k, last), (first, i))
        for k in range(i, last):
            subtract_rows(K, K.T, (k, k + 1), (k, n), (i, k))
            if not K[k, k] > ZERO:
                return k
            root = math.sqrt(K[k, k])
            K[k, k] = root
            row = K[k, k + 1 :]
            for j in range(row.size):
                row[j] = row[j] / root
    return end


@factor_rows.example
def _(n):
    return np.eye(n) + 1.0, 0, n


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_quasidefinite(K, n):
    """K = U'DU in place of its upper triangle, D = diag(1, ..., 1, -1, ..., -1) with n ones. Returns the pivots found.

    Half of elimination's operations, and no search for pivots; here of 2n rows:

    >>> from mechkit import law
    >>> law(factor_quasidefinite, n=range(1, 25)).flops
    Polynomial('8n^3/3 + 2n^2 + n/3')
    """
    # Vanderbei, Symmetric quasidefinite matrices, SIAM J. Optim. 5 (1995)
    order, first = K.shape[0], n - n  # a constant 0 would be another type, and compiled again
    done = factor_rows(K, first, n)
    if done < n:
        return done
    for i in range(n, order, 4):  # what the first rows take from the last, which then change their sign
        last = min(i + 4, order)
        subtract_product(K, K.T, (i, last), (last, order), (first, n))
        for k in range(i, last):
            subtract_rows(K, K.T, (k, k + 1), (k, last), (first, n))
            row = K[k, k:]
            for j in range(row.size):
                row[j] = -row[j]
    return factor_rows(K, n, order)


@factor_few_rows.example
@factor_quasidefinite.example
def _(n):
    K = np.eye(2 * n) + 1.0
    K[n:, n:] = -2.0 * np.eye(n)
    return K, n


def factorization(order: int) -> Any:
    """The kernel that factors matrices of an order, by address.

    >>> factorization(2)(np.array([[4.0, 2.0], [2.0, -1.0]]), 1)
    2
    """
    return _chosen(order <= NARROW)


@cache
def _chosen(narrow: bool) -> Any:
    return by_address(factor_few_rows if narrow else factor_quasidefinite, FACTOR)


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def solve_quasidefinite(U, n, b):
    """Solve U'DUx = b in place of b, U and n as `factor_quasidefinite` gave them.

    >>> from mechkit import law
    >>> law(lambda n: solve_quasidefinite(np.eye(n) + 1.0, n, np.ones(n)), n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    for k in range(b.size):  # U' by its columns, which are the rows of U
        b[k] = b[k] / U[k, k]
        value, row, rest = b[k], U[k, k + 1 :], b[k + 1 :]
        for j in range(row.size):
            rest[j] = rest[j] - row[j] * value
    for k in range(n, b.size):
        b[k] = -b[k]
    for i in range(b.size):  # U by its rows, from the last one up
        k = b.size - 1 - i
        s, row, rest = b[k], U[k, k + 1 :], b[k + 1 :]
        for j in range(row.size):
            s = s - row[j] * rest[j]
        b[k] = s / U[k, k]


@solve_quasidefinite.example
def _(n):
    return np.eye(2 * n) + 1.0, n, np.ones(2 * n)


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def newton_residual(P, A, places, Y, S, V, added):
    """r = b - Kv for the matrix K of `solve_refined`. Returns the largest |r[i]|.

    Here n full rows, each with one side:

    >>> from mechkit import law
    >>> law(newton_residual, n=range(2, 9)).flops
    Polynomial('6n^2 + 10n')
    """
    data, indices, indptr = A[0], A[1], A[2]
    equality, of = places[0], places[1]
    rows = Y[2]
    sign, ratios = S[0], S[6]
    v, b, r = V[1], V[2], V[3]
    last = V.shape[1] - of.size
    n = P.shape[0]
    for i in range(n):
        row, s = P[i], ZERO
        for j in range(row.size):
            s = s + row[j] * v[j]
        r[i] = s + PROXIMAL * added * v[i]
    for i in range(rows.size):
        s = ZERO
        for k in range(indptr[i], indptr[i + 1]):
            s = s + data[k] * v[indices[k]]
        rows[i] = s
    for k in range(of.size):
        r[last + k] = sign[k] * rows[of[k]] - ratios[k] * v[last + k]
    for i in range(rows.size):
        if equality[i] >= 0:
            r[n + equality[i]] = rows[i] - added * v[n + equality[i]]
            rows[i] = v[n + equality[i]]
        else:
            rows[i] = ZERO
    for k in range(of.size):
        rows[of[k]] += sign[k] * v[last + k]
    for i in range(rows.size):
        for k in range(indptr[i], indptr[i + 1]):
            r[indices[k]] += data[k] * rows[i]
    largest = ZERO
    for i in range(r.size):
        r[i] = b[i] - r[i]
        largest = max(largest, abs(r[i]))
    return largest


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def solve_nearby(A, places, Y, S, V, U, n):
    """Solve the system of `solve_refined` for V[4], in its place, by the factors U.

    Here n full rows, each with one side:

    >>> from mechkit import law
    >>> law(solve_nearby, n=range(2, 9)).flops
    Polynomial('6n^2 + 6n')
    """
    data, indices, indptr = A[0], A[1], A[2]
    of, rows = places[1], Y[2]
    sign, weights = S[0], S[7]
    v, last = V[4], V.shape[1] - of.size
    for i in range(rows.size):
        rows[i] = ZERO
    for k in range(of.size):
        rows[of[k]] += sign[k] * (weights[k] * v[last + k])
    for i in range(rows.size):
        for k in range(indptr[i], indptr[i + 1]):
            v[indices[k]] += data[k] * rows[i]
    solve_quasidefinite(U, n, v[:last])
    for i in range(rows.size):
        s = ZERO
        for k in range(indptr[i], indptr[i + 1]):
            s = s + data[k] * v[indices[k]]
        rows[i] = s
    for k in range(of.size):
        v[last + k] = weights[k] * (sign[k] * rows[of[k]] - v[last + k])


@kernel(cache=True, error_model="numpy")
def solve_refined(P, A, places, Y, S, V, U, added):
    """Solve [P + eI, E', G'; E, -dI, 0; G, 0, -R] v = b, and refine v as long as that halves the residual.

    A is given by rows (CSR), as data, indices, indptr. The rows of G are the sides: sign[k] times row of[k] of A. R are
    their ratios; d is what is added, e a hundredth of it. U : the factors of what `assemble` makes. The other arrays
    are as in quadratic_interior_point.py: v is V[1], b is V[2].

    Here P and G are diagonal, stored in full and by rows, and the first solution is exact:

    >>> from mechkit import law
    >>> law(solve_refined, n=range(2, 9)).flops
    Polynomial('4n^2 + 26n + 3')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 3.5.3
    v, b, r = V[1], V[2], V[3]
    correction = V[4]
    n, size = P.shape[0], ZERO
    for i in range(b.size):
        size = max(size, abs(b[i]))
        r[i] = b[i]
        v[i] = ZERO
    left = size
    for _ in range(CORRECTIONS):
        if left <= SMALL * size:
            break
        for i in range(b.size):
            correction[i] = r[i]
        solve_nearby(A, places, Y, S, V, U, n)
        for i in range(b.size):
            v[i] += correction[i]
        before = left
        left = newton_residual(P, A, places, Y, S, V, added)
        if not left < before:
            for i in range(b.size):
                v[i] -= correction[i]
        if not left + left <= before:
            break


@newton_residual.example
def _(n):
    return np.eye(n), full_rows(n), one_side_each(n), *np.ones((2, 8, n)), np.ones((5, 2 * n)), np.float64(1e-8)


@solve_nearby.example
def _(n):
    work = np.ones((9, n)), np.ones((8, n)), np.ones((5, 2 * n))
    return full_rows(n), one_side_each(n), *work, np.diag(np.full(n, 2.0)), n


@solve_refined.example
def _(n):
    work = np.ones((9, n)), np.ones((8, n)), np.ones((5, 2 * n))
    return 3.0 * np.eye(n), diagonal_rows(n), one_side_each(n), *work, 2.0 * np.eye(n), np.float64(0.0)
