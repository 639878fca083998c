"""The linear systems of an interior-point method: normal equations, by a Cholesky factor that keeps to its nonzeros.

The minimum degree rule puts the rows into an order of few nonzeros. It ends where the rest is about as good as dense;
the rest is factored as a dense one. So one code serves sparse and dense programs.

A matrix A is three arrays by columns: column j has the ``values[starts[j]:starts[j + 1]]`` in the rows ``rows[...]``,
in ascending order. A factor is the upper triangle of S; row k < q of it has nonzeros in the columns
``fill[fill_starts[k]:fill_starts[k + 1]]``. Kernels take A as a tuple, values, rows, starts, and the factor as another,
fill_starts, fill, S.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED
from mechkit.optimization.programs.normal_factor import substitute

ZERO, ONE, INFINITY = np.float32(0), np.float32(1), np.float32(np.inf)
#: Rows are taken as dense where each has at least 3 nonzeros for 5 columns.
DENSE = (3, 5)
#: Refinement ends at residuals so small beside the solution; and after so many corrections it is in vain.
EXACT, CORRECTIONS = np.float32(1e-10), 6


@kernel(cache=True, error_model="numpy")
def order_by_degree(linked, order, position, degree, beside):
    """An elimination order of few nonzeros. Returns q, and the nonzeros right of the diagonal in its first q rows.

    linked : (m, m), 1 where two rows of A have a nonzero in the same column. The kernel adds what elimination fills in.
    order[k] is the row of A that comes k-th, and position is its inverse. From row q on, the factor is as good as
    dense. degree, beside : work, (m,).

    Whole numbers only; of a dense matrix it looks at each row once:

    >>> from mechkit import law
    >>> law(order_by_degree, n=range(1, 7)).flops == 0
    True
    """
    # George and Liu, The evolution of the minimum degree ordering algorithm, SIAM Review 31 (1989)
    m = order.size
    for i in range(m):
        order[i], degree[i] = i, 0
        for j in range(m):
            if i != j and linked[i, j]:
                degree[i] += 1
    nonzeros = 0
    for k in range(m):
        best = k  # 1  the row of least degree
        for i in range(k + 1, m):
            if degree[order[i]] < degree[order[best]]:
                best = i
        row = order[best]
        if DENSE[1] * degree[row] >= DENSE[0] * (m - 1 - k):
            for i in range(m):
                position[order[i]] = i
            return k, nonzeros
        order[k], order[best] = row, order[k]
        nonzeros += degree[row]
        found = 0  # 2  the rows beside it, which it now links to each other
        for i in range(k + 1, m):
            if linked[row, order[i]]:
                beside[found] = order[i]
                found += 1
        for a in range(found):
            i = beside[a]
            degree[i] -= 1
            for b in range(a):
                j = beside[b]
                if not linked[i, j]:
                    linked[i, j] = 1
                    linked[j, i] = 1
                    degree[i] += 1
                    degree[j] += 1
    for i in range(m):
        position[order[i]] = i
    return m, nonzeros


@order_by_degree.example
def _(n):
    return np.ones((n, n), np.uint8), *np.zeros((4, n), np.int64)


@kernel(cache=True, error_model="numpy")
def list_fill(linked, order, fill_starts, fill):
    """The columns of the nonzeros in each of the first q rows of the factor, in ascending order.

    >>> from mechkit import law
    >>> law(list_fill, n=range(1, 7)).flops == 0
    True
    """
    m, found = order.size, 0
    for k in range(fill_starts.size - 1):
        fill_starts[k] = found
        row = linked[order[k]]
        for i in range(k + 1, m):
            if row[order[i]]:
                fill[found] = i
                found += 1
    fill_starts[fill_starts.size - 1] = found


@list_fill.example
def _(n):
    return np.ones((n, n), np.uint8), np.arange(n), np.empty(n + 1, np.uint32), np.empty(n * (n - 1) // 2, np.uint32)


@kernel(cache=True, error_model="numpy")
def link_rows(rows, starts, linked):
    """linked[i, k] = 1 where rows i and k have nonzeros in the same column.

    >>> from mechkit import law
    >>> law(link_rows, n=range(1, 8)).flops == 0
    True
    """
    for j in range(starts.size - 1):
        for a in range(starts[j], starts[j + 1]):
            row = linked[rows[a]]
            for b in range(starts[j], starts[j + 1]):
                row[rows[b]] = 1


@link_rows.example
def _(n):
    return *dense_columns(n, n + 1)[1:], np.zeros((n, n), np.uint8)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def normal_matrix(A, d, added, relative, factor_of):
    """S = A D A' + added I: the upper triangle, where the factor has its nonzeros.

    Its diagonal is more by a relative share, which rounding errors of the factor are not to exceed.

    For a dense A, m by n: half the flops of a product of matrices.

    >>> from mechkit import law
    >>> def run(m, n):
    ...     normal_matrix(dense_columns(m, n), np.ones(n), 1e-8, 1e-8, dense_factor(m))
    >>> law(run, m=range(1, 6), n=range(1, 6)).flops
    Polynomial('m^2n + 2mn + 2m')
    """
    values, rows, starts = A[0], A[1], A[2]
    fill_starts, fill, S = factor_of[0], factor_of[1], factor_of[2]
    q, m = fill_starts.size - 1, S.shape[0]
    for k in range(m):
        if k < q:
            for a in range(fill_starts[k], fill_starts[k + 1]):
                S[k, fill[a]] = ZERO
        else:
            for i in range(k, m):
                S[k, i] = ZERO
        S[k, k] = added
    for j in range(d.size):
        for a in range(starts[j], starts[j + 1]):
            t, row = d[j] * values[a], S[rows[a]]
            for b in range(a, starts[j + 1]):
                row[rows[b]] = row[rows[b]] + t * values[b]
    for k in range(m):
        S[k, k] = S[k, k] + relative * S[k, k]


def dense_columns(m, n):
    """A dense m by n matrix, as the kernels take it."""
    A = np.random.default_rng(0).standard_normal((n, m))
    return A.ravel(), np.tile(np.arange(m, dtype=np.uint32), n), m * np.arange(n + 1, dtype=np.uint32)


def dense_factor(m):
    """The unit matrix as a factor without a list of nonzeros, for examples."""
    return np.zeros(1, np.uint32), np.empty(0, np.uint32), np.eye(m)


@normal_matrix.example
def _(n):
    return dense_columns(n, 2 * n), np.ones(2 * n), *np.full(2, 1e-8), dense_factor(n)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def solve_newton(A, d, factor_of, f, dx, dy):
    """Solve A'dy - dx / d = f, A dx = g, S being the factor of A D A' and g what dy holds before.

    For a dense A, m by n:

    >>> from mechkit import law
    >>> def run(m, n):
    ...     solve_newton(dense_columns(m, n), np.ones(n), dense_factor(m), np.ones(n), np.ones(n), np.ones(m))
    >>> law(run, m=range(1, 6), n=range(1, 6)).flops
    Polynomial('2m^2 + 4mn + 2n')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (14.44)
    values, rows, starts = A[0], A[1], A[2]
    fill_starts, fill, S = factor_of[0], factor_of[1], factor_of[2]
    for j in range(dx.size):
        t = d[j] * f[j]
        for a in range(starts[j], starts[j + 1]):
            dy[rows[a]] = dy[rows[a]] + values[a] * t
    substitute(fill_starts, fill, S, dy)
    for j in range(dx.size):
        s = -f[j]
        for a in range(starts[j], starts[j + 1]):
            s = s + values[a] * dy[rows[a]]
        dx[j] = d[j] * s


@solve_newton.example
def _(n):
    return dense_columns(n, 2 * n), np.ones(2 * n), dense_factor(n), np.ones(2 * n), np.ones(2 * n), np.ones(n)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def solve_refined(A, d, added, factor_of, f, dx, dy, corrections, none, more_x, left, more_y):
    """Solve A'dy - dx / d = f, A dx + added dy = g as `solve_newton`, and refine as long as that halves what is left.

    corrections : the most that are made. Of the first equation nothing is left, by the way dx is computed. none :
    zeros (n,); more_x (n,), left, more_y (m,) : work. Where the first solution is exact:

    >>> from mechkit import law
    >>> def run(m, n):
    ...     X, Y = np.zeros((4, n)), np.zeros((3, m))
    ...     A, work = dense_columns(m, n), (X[2], X[3], Y[1], Y[2])
    ...     solve_refined(A, np.ones(n), 1e-8, dense_factor(m), X[0], X[1], Y[0], 1, *work)
    >>> law(run, m=range(1, 6), n=range(1, 6)).flops
    Polynomial('2m^2 + 6mn + 2m + 2n + 3')
    """
    # Golub and Van Loan, Matrix Computations, 4th ed., section 3.5.3
    values, rows, starts = A[0], A[1], A[2]
    zero = ZERO * added
    if corrections > 0:
        for i in range(dy.size):
            left[i] = dy[i]
    solve_newton(A, d, factor_of, f, dx, dy)
    if corrections > 0:
        for j in range(dx.size):
            more_x[j] = dx[j]
        for i in range(dy.size):
            more_y[i] = dy[i]
    before = INFINITY + zero
    for _ in range(corrections):
        largest, size = zero, zero
        for j in range(dx.size):
            t = more_x[j]
            size = max(size, abs(dx[j]))
            for a in range(starts[j], starts[j + 1]):
                left[rows[a]] = left[rows[a]] - values[a] * t
        for i in range(dy.size):
            left[i] = left[i] - added * more_y[i]
            largest = max(largest, abs(left[i]))
        if largest > before:  # the correction was none
            for j in range(dx.size):
                dx[j] = dx[j] - more_x[j]
            for i in range(dy.size):
                dy[i] = dy[i] - more_y[i]
        if largest <= EXACT * size or largest + largest > before:
            break
        before = largest
        for i in range(dy.size):
            more_y[i] = left[i]
        solve_newton(A, d, factor_of, none, more_x, more_y)
        for j in range(dx.size):
            dx[j] = dx[j] + more_x[j]
        for i in range(dy.size):
            dy[i] = dy[i] + more_y[i]


@solve_refined.example
def _(n):
    X, Y = np.zeros((3, 2 * n)), np.zeros((2, n))
    vectors = np.ones(2 * n), X[0], np.ones(n), 2, X[1], X[2], Y[0], Y[1]
    return dense_columns(n, 2 * n), np.ones(2 * n), np.float64(1e-8), dense_factor(n), *vectors
