"""Newton's equations of quadratic programs: a symmetric matrix whose pivots have known signs and are not sought.

The matrix is [M, E'; E, -dI], M = P + A'WA + eI (n, n). E (p, n) are the rows of A that hold equalities, W the weights
of the other rows. M = U'U is positive definite, and -(dI + EM^-1E') negative definite: Cholesky's loops serve for both.
d and e are small numbers. They draw each step a little towards its start, and leave the minimum where it is (the
proximal method of multipliers). With them the rows may depend on each other.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.blocked import subtract_product, subtract_rows
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST, FUSED
from mechkit.linear_systems.sparse import csr_product
from mechkit.linear_systems.triangular import back_substitution

#: What is added for the unknowns, as a share of what is added for the multipliers.
PROXIMAL = np.float32(0.01)
#: Matrices so small are factored by the textbook's loops, not in blocks.
NARROW = 40
#: Refinement ends at a residual so small against the right-hand side, or after so many corrections.
SMALL, CORRECTIONS = np.float32(1e-12), 8


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def symmetric_product(P, x, y):
    """y = Px, by the rows of P.

    >>> from mechkit import law
    >>> law(symmetric_product, n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    for i in range(P.shape[0]):
        row, s = P[i], ZERO
        for j in range(row.size):
            s = s + row[j] * x[j]
        y[i] = s


@symmetric_product.example
def _(n):
    return np.eye(n) + 1.0, np.ones(n), np.zeros(n)


@kernel(cache=True, error_model="numpy")
def add_transposed_product(data, indices, indptr, y, x):
    """x += A'y, A by rows (CSR): two operations for each nonzero.

    >>> from mechkit import law
    >>> law(add_transposed_product, n=range(1, 6)).flops
    Polynomial('2n^2')
    """
    for i in range(y.size):
        for k in range(indptr[i], indptr[i + 1]):
            x[indices[k]] += data[k] * y[i]


@add_transposed_product.example
def _(n):
    return *full_rows(n), np.ones(n), np.zeros(n)


def full_rows(n):
    """A matrix without zeros by rows, for examples."""
    data = np.random.default_rng(0).standard_normal(n * n)
    return data, np.tile(np.arange(n, dtype=np.uint32), n), np.arange(0, n * n + 1, n, dtype=np.uint32)


def diagonal_rows(n):
    """The unit matrix by rows, for examples."""
    return np.ones(n), np.arange(n, dtype=np.uint32), np.arange(n + 1, dtype=np.uint32)


def one_side_each(n):
    """Sides as in quadratic_interior_point.py, one for each of n rows: the upper bound 1, for examples."""
    return np.full(n, -1), np.arange(n), np.ones(n), np.ones(n), np.ones(n)


@kernel(cache=True, error_model="numpy")
def assemble(P, data, indices, indptr, weights, equality, added, K):
    """K = [P + A'WA + eI, E'; E, -dI], its upper triangle; d is what is added, e a hundredth of it.

    equality : which row of E a row of A is, or -1 where it is none. A product for each pair of nonzeros in a row; here
    n rows of n, none of them an equality:

    >>> from mechkit import law
    >>> law(assemble, n=range(2, 9)).flops
    Polynomial('n^3 + 2n^2 + 2n')
    """
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
    return np.eye(n), *full_rows(n), np.ones(n), none, np.float64(1e-8), np.zeros((n, n))


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def factor_few_rows(K, first, end):
    """The rows first to end of U in U'U, by the textbook's loops; see `factor_rows`.

    >>> from mechkit import law
    >>> law(lambda n: factor_few_rows(np.eye(n) + 1.0, 0, n), n=range(2, 8)).flops
    Polynomial('n^3/3 + n^2/2 + n/6')
    """
    # the loops of linear_systems.cholesky.factor
    n = K.shape[0]
    for k in range(first, end):
        if not K[k, k] > ZERO:
            return k
        root = math.sqrt(K[k, k])
        K[k, k] = root
        for j in range(k + 1, n):
            K[k, j] = K[k, j] / root
        for i in range(k + 1, end):
            m, u, row = K[k, i], K[k, i:], K[i, i:]
            for j in range(row.size):
                row[j] = row[j] - m * u[j]
    return end


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
    if n - first <= NARROW:
        return factor_few_rows(K, first, end)
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


@factor_few_rows.example
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


@factor_quasidefinite.example
def _(n):
    K = np.eye(2 * n) + 1.0
    K[n:, n:] = -2.0 * np.eye(n)
    return K, n


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
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
    back_substitution(U, b)


@solve_quasidefinite.example
def _(n):
    return np.eye(2 * n) + 1.0, n, np.ones(2 * n)


@kernel(cache=True, error_model="numpy")
def newton_residual(P, A, sides, ratios, added, b, v, r, rows):
    """r = b - Kv for the matrix K of `solve_refined`. Returns the largest |r[i]|.

    Here n full rows, each with one side:

    >>> from mechkit import law
    >>> law(newton_residual, n=range(2, 9)).flops
    Polynomial('6n^2 + 10n')
    """
    (data, indices, indptr), equality, of, sign = A, sides[0], sides[1], sides[2]
    n, last = P.shape[0], b.size - of.size
    symmetric_product(P, v, r[:n])
    for j in range(n):
        r[j] += PROXIMAL * added * v[j]
    csr_product(data, indices, indptr, v, rows)
    sides, z = r[last:], v[last:]
    for k in range(of.size):
        sides[k] = sign[k] * rows[of[k]] - ratios[k] * z[k]
    for i in range(rows.size):
        if equality[i] >= 0:
            r[n + equality[i]] = rows[i] - added * v[n + equality[i]]
            rows[i] = v[n + equality[i]]
        else:
            rows[i] = ZERO
    for k in range(of.size):
        rows[of[k]] += sign[k] * z[k]
    add_transposed_product(data, indices, indptr, rows, r)
    largest = ZERO
    for i in range(r.size):
        r[i] = b[i] - r[i]
        largest = max(largest, abs(r[i]))
    return largest


@newton_residual.example
def _(n):
    vectors = *np.ones((2, 2 * n)), np.zeros(2 * n), np.zeros(n)
    return np.eye(n), full_rows(n), one_side_each(n), np.ones(n), np.float64(1e-8), *vectors


@kernel(cache=True, error_model="numpy")
def solve_nearby(A, sides, weights, U, n, v, rows):
    """Solve the system of `solve_refined` in place of v, by the factors U.

    weights : of the sides. Here n full rows, each with one side:

    >>> from mechkit import law
    >>> law(solve_nearby, n=range(2, 9)).flops
    Polynomial('6n^2 + 6n')
    """
    (data, indices, indptr), of, sign = A, sides[1], sides[2]
    last = v.size - of.size
    z = v[last:]
    rows[:] = ZERO
    for k in range(of.size):
        rows[of[k]] += sign[k] * (weights[k] * z[k])
    add_transposed_product(data, indices, indptr, rows, v)
    solve_quasidefinite(U, n, v[:last])
    csr_product(data, indices, indptr, v, rows)
    for k in range(of.size):
        z[k] = weights[k] * (sign[k] * rows[of[k]] - z[k])


@solve_nearby.example
def _(n):
    return full_rows(n), one_side_each(n), np.ones(n), np.diag(np.full(n, 2.0)), n, np.ones(2 * n), np.zeros(n)


@kernel(cache=True, error_model="numpy")
def solve_refined(P, A, sides, weighed, U, b, v, work, rows):
    """Solve [P + eI, E', G'; E, -dI, 0; G, 0, -R] v = b, and refine v as long as that halves the residual.

    A is given by rows (CSR), as data, indices, indptr. The rows of G are the sides: sign[k] times row of[k] of A.
    The parts of weighed are R, the ratios of the sides, then 1 / R, their weights, and d, what is added. e is a
    hundredth of d. U : the factors of what `assemble` makes; work : (2, b.size), rows : (m,).

    Here P and G are diagonal, stored in full and by rows, and the first solution is exact:

    >>> from mechkit import law
    >>> law(solve_refined, n=range(2, 9)).flops
    Polynomial('4n^2 + 26n + 3')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 3.5.3
    ratios, weights, added = weighed
    n, size, r, correction = P.shape[0], ZERO, work[0], work[1]
    for i in range(b.size):
        size = max(size, abs(b[i]))
        r[i] = b[i]
        v[i] = ZERO
    left = size
    for _ in range(CORRECTIONS):
        if left <= SMALL * size:
            return
        for i in range(b.size):
            correction[i] = r[i]
        solve_nearby(A, sides, weights, U, n, correction, rows)
        for i in range(b.size):
            v[i] += correction[i]
        before = left
        left = newton_residual(P, A, sides, ratios, added, b, v, r, rows)
        if not left < before:
            for i in range(b.size):
                v[i] -= correction[i]
        if not left + left <= before:
            return


@solve_refined.example
def _(n):
    weighed = np.ones(n), np.ones(n), np.float64(0.0)
    vectors = np.ones(2 * n), np.zeros(2 * n), np.zeros((2, 2 * n)), np.zeros(n)
    return 3.0 * np.eye(n), diagonal_rows(n), one_side_each(n), weighed, 2.0 * np.eye(n), *vectors
