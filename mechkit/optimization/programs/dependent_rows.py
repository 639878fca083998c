"""Equations that others imply, or contradict: found before an interior point solves a linear program."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED
from mechkit.optimization.programs.normal_equations import (
    CORRECTIONS,
    dense_factor,
    normal_matrix,
    solve_refined,
)
from mechkit.optimization.programs.normal_factor import HUGE, factor, factorization

ZERO, ONE = np.float32(0), np.float32(1)
#: A row whose pivot is such a share of its square may be dependent; it is if so little is left of it.
SUSPECT, NOTHING = np.float32(1e-9), np.float32(1e-10)
#: Right-hand sides that differ by such a share of their terms contradict each other.
DIFFERENT = np.float32(1e-8)


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def dependent_rows(values, rows, starts, b, equations, fill_starts, fill, S, factor_rest, X, Y, dependent):
    """Mark the equations that are combinations of others. Returns one that contradicts these, or -1.

    A and the factor as in normal_equations.py, rows in the order of the factor; factor_rest : see `factor`; equations,
    dependent : (m,), 1 for such rows; X : (5, n), Y : (3, m) work, the first row of X ones and the fourth zeros. Y[0]
    leaves the multipliers y of a contradiction, A'y = 0 and b'y not.

    Where all rows are orthogonal equations, one factorization shows that no row is dependent:

    >>> from mechkit import law
    >>> law(dependent_rows, n=range(1, 9)).flops
    Polynomial('n^3/3 + n^2/2 + 49n/6 + 2')
    """
    # An equation is dependent if nothing is left of the least squares problem that it be a combination of the others,
    # whose normal equations are those of an interior point.
    A, factor_of = (values, rows, starts), (fill_starts, fill, S)
    m = b.size
    d, f, dx = X[0], X[1], X[2]
    y = Y[0]
    zero = ZERO * b[0]
    normal_matrix(A, d, zero, zero - SUSPECT, factor_of)
    for k in range(m):
        dependent[k] = 0
        if not equations[k]:
            S[k, k] = HUGE  # which leaves the row out
    factor(fill_starts, fill, S, factor_rest)
    for k in range(m):
        if not equations[k] or S[k, k] * S[k, k] < HUGE / (ONE + ONE):
            continue
        for j in range(d.size):
            f[j] = zero
            for a in range(starts[j], starts[j + 1]):
                if rows[a] == k:
                    f[j] = -values[a]
        for i in range(m):
            y[i] = ZERO
        solve_refined(A, d, zero, factor_of, f, dx, y, CORRECTIONS, X[3], X[4], Y[1], Y[2])
        y[k] = y[k] + ONE
        left, size, total = zero, zero, zero
        terms = zero
        for j in range(d.size):
            left = max(left, abs(dx[j]))
        for i in range(m):
            size = max(size, abs(y[i]))
            total = total + y[i] * b[i]
            terms = terms + abs(y[i] * b[i])
        if left <= NOTHING * size:
            dependent[k] = 1
            if abs(total) > DIFFERENT * max(terms, size):
                return k
    return -1


@dependent_rows.example
def _(n):
    columns = np.ones(n), np.arange(n, dtype=np.uint32), np.arange(n + 1, dtype=np.uint32)
    all_rows, X = np.ones(n, np.uint8), np.ones((5, n))
    X[3] = 0.0
    factors = *dense_factor(n), factorization(n)
    return *columns, np.ones(n), all_rows, *factors, X, np.ones((3, n)), all_rows.copy()
