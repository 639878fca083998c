"""Sparse symmetric matrices K = LDL' whose pivots have known signs, so that any order serves, even one of few nonzeros.

K is [P, A'; A, 0] with a diagonal matrix added that makes its first pivots positive and its last negative. It is kept
twice. For products it is kept by rows (CSR), in the order of its unknowns. For the factor L its upper triangle is kept
by columns, without the diagonal, in the order of elimination. L is kept by columns too, without its diagonal of ones.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.sparse import csr_product

ONE = np.float32(1)
#: Refinement ends at a residual so small beside the right-hand side; after so many corrections; or at one of less gain.
SMALL, CORRECTIONS, GAIN = np.float32(1e-13), 10, np.float32(3)
#: A pivot that is smaller than the first of these, or has the wrong sign, becomes the second.
TINY, RAISED = np.float32(1e-13), np.float32(2e-7)


@kernel(cache=True, error_model="numpy")
def count_factor(indices, starts, parent, counts):
    """The elimination tree of K, and the nonzeros in each column of L below its diagonal.

    indices, starts : the upper triangle of K by columns, without the diagonal; parent[k] : the first row of column k of
    L that has a nonzero, or -1.

    >>> from mechkit import law
    >>> law(count_factor, n=range(2, 7)).flops == 0
    True
    """
    # Davis, Algorithm 849: a concise sparse Cholesky factorization package, ACM TOMS 31 (2005), ldl_symbolic
    seen = np.empty_like(parent)
    for k in range(parent.size):
        parent[k], counts[k], seen[k] = -1, 0, k
        for p in range(starts[k], starts[k + 1]):
            i = np.int64(indices[p])
            while seen[i] != k:
                if parent[i] < 0:
                    parent[i] = k
                counts[i] += 1
                seen[i] = k
                i = parent[i]


@kernel(cache=True, error_model="numpy")
def factor_ldl(values, indices, starts, diagonal, signs, parent, L_starts, L_rows, L, D):
    """K = LDL' row by row, each from the rows above it. Returns how many pivots lacked their sign, and were raised.

    values, indices, starts : the upper triangle of K by columns; diagonal, signs : (n,) its diagonal, and which way its
    pivots must point, 1 or -1; parent : as `count_factor` gives it; L_starts, L_rows, L, D take the factors.

    Two operations for each pair of nonzeros in a column of L, one division for each of its nonzeros; of a full matrix
    half of elimination's:

    >>> from mechkit import law
    >>> law(factor_ldl, n=range(2, 9)).flops
    Polynomial('n^3/3 + n^2/2 + n/6')
    """
    # Davis, Algorithm 849, ldl_numeric; the raised pivots as in Stellato et al., OSQP, Math. Prog. Comp. 12 (2020)
    n, raised = D.size, 0
    row = np.zeros_like(D)
    seen, path = np.empty_like(parent), np.empty_like(parent)
    filled = np.zeros_like(parent)
    for k in range(n):
        seen[k], top = k, n
        for p in range(starts[k], starts[k + 1]):  # 1  where row k of L has nonzeros: paths in the tree
            i, length = np.int64(indices[p]), 0
            row[i] = values[p]
            while seen[i] != k:
                path[length] = i
                length += 1
                seen[i] = k
                i = parent[i]
            while length > 0:
                top -= 1
                length -= 1
                path[top] = path[length]
        pivot = diagonal[k]
        for t in range(top, n):  # 2  solve with the rows above
            i = path[t]
            value, first = row[i], np.int64(L_starts[i])
            row[i] = ZERO
            last = first + filled[i]
            for p in range(first, last):
                row[L_rows[p]] = row[L_rows[p]] - L[p] * value
            share = value / D[i]
            pivot = pivot - share * value
            L_rows[last], L[last] = k, share
            filled[i] += 1
        if not signs[k] * pivot > TINY:  # 3  a pivot without its sign is rounding
            pivot = signs[k] * RAISED
            raised += 1
        D[k] = pivot
    return raised


@kernel(cache=True, error_model="numpy")
def solve_ldl(L_starts, L_rows, L, D, order, b, x):
    """x += the solution of LDL'x = b, where order[k] is the unknown that the k-th column of L stands for; b is lost.

    b : in the order of elimination. Here L is full:

    >>> from mechkit import law
    >>> law(solve_ldl, n=range(2, 7)).flops
    Polynomial('2n^2')
    """
    n = b.size
    for k in range(n):  # 1  Lz = b
        value = b[k]
        for p in range(L_starts[k], L_starts[k + 1]):
            b[L_rows[p]] = b[L_rows[p]] - L[p] * value
    for i in range(n):  # 2  DL'x = z
        k = n - 1 - i
        s = b[k] / D[k]
        for p in range(L_starts[k], L_starts[k + 1]):
            s = s - L[p] * b[L_rows[p]]
        b[k] = s
        x[order[k]] = x[order[k]] + s


@kernel(cache=True, error_model="numpy")
def solve_refined(data, indices, starts, shift, L_starts, L_rows, L, D, order, b, x, r, work, before):
    """Solve (K + shift) x = b by the factors of a matrix nearby, and refine x as long as that gains enough.

    data, indices, starts : K by rows; shift : (n,) what is added to its diagonal; r, work, before : (n,) work. Returns
    the largest residual beside the largest |b[i]|, both divided by 1 + |shift[i]|. Here K is full, and the factors are
    another's: no correction gains, and the first is taken back.

    >>> from mechkit import law
    >>> law(solve_refined, n=range(2, 7)).flops
    Polynomial('4n^2 + 7n + 3')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 3.5.3
    n, size = b.size, ZERO
    for i in range(n):
        size = max(size, abs(b[i]) / (ONE + abs(shift[i])))
        r[i], x[i] = b[i], ZERO
    if size == ZERO:
        return size
    left = size
    for _ in range(CORRECTIONS):
        for k in range(n):
            work[k] = r[order[k]]
        before[:] = x
        solve_ldl(L_starts, L_rows, L, D, order, work, x)
        csr_product(data, indices, starts, x, r)
        largest = ZERO
        for i in range(n):
            r[i] = b[i] - (r[i] + shift[i] * x[i])
            largest = max(largest, abs(r[i]) / (ONE + abs(shift[i])))
        if not largest < left and left < size:  # no gain, but for the first solution
            x[:] = before
            return left / size
        gained = largest * GAIN <= left
        left = largest
        if left <= SMALL * size or not gained:
            return left / size
    return left / size


def _full(n):
    """The upper triangle of a full matrix by columns, and its factors, for examples."""
    columns = [k for i in range(n) for k in range(i)]
    starts = np.array([k * (k - 1) // 2 for k in range(n + 1)], np.uint32)
    below = [n - 1 - k for k in range(n)]
    L_rows = np.array([i for k in range(n) for i in range(k + 1, n)], np.uint32)
    L_starts = np.append(0, np.cumsum(below)).astype(np.uint32)
    return np.array(columns, np.uint32), starts, L_starts, L_rows


@count_factor.example
def _(n):
    return *_full(n)[:2], np.zeros(n, int), np.zeros(n, int)


@factor_ldl.example
def _(n):
    indices, starts, L_starts, L_rows = _full(n)
    parent = np.append(np.arange(1, n), -1)
    factors = L_starts, L_rows, np.zeros(L_rows.size), np.zeros(n)
    return np.ones(indices.size), indices, starts, np.full(n, 2.0), np.ones(n), parent, *factors


@solve_ldl.example
def _(n):
    _, _, L_starts, L_rows = _full(n)
    return L_starts, L_rows, np.ones(L_rows.size), np.ones(n), np.arange(n), np.ones(n), np.zeros(n)


@solve_refined.example
def _(n):
    _, _, L_starts, L_rows = _full(n)
    full = np.ones(n * n), np.tile(np.arange(n, dtype=np.uint32), n), np.arange(0, n * n + 1, n, dtype=np.uint32)
    L = L_starts, L_rows, np.zeros(L_rows.size), np.ones(n), np.arange(n)
    return *full, np.zeros(n), *L, np.ones(n), *np.zeros((4, n))
