"""Whether a point solves a quadratic program: the conditions for a minimum, in the units and numbers of the user."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ONE as NEXT
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.sparse import csr_product
from mechkit.optimization.programs.quadratic_interior_point import FLOOR, NOTHING
from mechkit.optimization.programs.quadratic_preparation import HALF, INFINITE, INFINITY
from mechkit.optimization.programs.quasidefinite import (
    add_transposed_product,
    diagonal_rows,
    full_rows,
)
from mechkit.optimization.programs.term_sizes import add_transposed_sizes, product_sizes


@kernel(cache=True, error_model="numpy")
def keep_bounds(data, indices, indptr, l, u, x):
    """Put each x[j] that is outside the limits of a row with one nonzero onto the limit: rounding left it there.

    >>> from mechkit import law
    >>> law(keep_bounds, n=range(1, 6)).flops
    Polynomial('2n')
    """
    for i in range(l.size):
        if indptr[i] + NEXT == indptr[i + 1]:
            a, j = data[indptr[i]], indices[indptr[i]]
            if a * x[j] < l[i] and l[i] > -INFINITE:
                x[j] = l[i] / a
            elif a * x[j] > u[i] and u[i] < INFINITE:
                x[j] = u[i] / a


@kernel(cache=True, error_model="numpy")
def answer_errors(P, P_columns, P_starts, q, data, indices, indptr, l, u, x, y, d, e, work, errors):
    """The largest errors of the rows, of the gradient Px + q + A'y, and the duality gap; P and A are by rows (CSR).

    First `keep_bounds` is done to x. errors : (7,) takes the objective, these three, the worst row and the worst
    component, and by how much the worst row breaks its limit; the largest of the three is returned. Each error is
    relative to the terms of its own sum, or to a small share of the largest such sum: to compare these, d : (n,) and
    e : (m,) are units of x and scales of the rows. work : (6, max(n, m)).

    With n full rows:

    >>> from mechkit import law
    >>> law(answer_errors, n=range(2, 9)).flops
    Polynomial('14n^2 + 26n + 7')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (16.37)
    n, m = x.size, y.size
    Px, g, sizes, rows, row_sizes = work[0, :n], work[1, :n], work[2, :n], work[3, :m], work[4, :m]
    keep_bounds(data, indices, indptr, l, u, x)
    csr_product(P, P_columns, P_starts, x, Px)
    product_sizes(P, P_columns, P_starts, x, sizes)
    add_transposed_sizes(data, indices, indptr, y, sizes)
    csr_product(data, indices, indptr, x, rows)
    product_sizes(data, indices, indptr, x, row_sizes)
    quadratic, linear, gap, held, most, most_rows, weight = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for j in range(n):  # 1  the objective, and the sizes of all sums
        quadratic += x[j] * Px[j]
        linear += x[j] * q[j]
        g[j] = Px[j] + q[j]
        sizes[j] += abs(q[j])
        most, weight = max(most, sizes[j] * d[j]), max(weight, abs(q[j]) * d[j])
        for k in range(P_starts[j], P_starts[j + 1]):
            weight = max(weight, abs(P[k]) * d[j] * d[P_columns[k]])
    for i in range(m):
        most_rows = max(most_rows, row_sizes[i] * e[i])
    add_transposed_product(data, indices, indptr, y, g)
    errors[:] = ZERO
    for i in range(m):  # 2  rows and complementarity
        limit = rows[i]
        if l[i] > rows[i] and l[i] > -INFINITE:
            limit = l[i]
        elif rows[i] > u[i] and u[i] < INFINITE:
            limit = u[i]
        excess = abs(rows[i] - limit)
        size = row_sizes[i] + abs(limit) + FLOOR * most_rows / e[i]
        if excess > ZERO and not excess <= errors[1] * size:
            errors[1], errors[4], errors[6] = excess / size, i, excess
        if y[i] > ZERO:
            gap += y[i] * (u[i] - rows[i]) if u[i] < INFINITE else INFINITY
            held += abs(y[i] * u[i])
        elif y[i] < ZERO:
            gap += y[i] * (l[i] - rows[i]) if l[i] > -INFINITE else INFINITY
            held += abs(y[i] * l[i])
    for j in range(n):  # 3  the gradient
        gap += x[j] * g[j]
        size = sizes[j] + FLOOR * most / d[j]
        if g[j] != ZERO and not abs(g[j]) <= errors[2] * size:
            errors[2], errors[5] = abs(g[j]) / size, j
    errors[0] = quadratic * HALF + linear
    if gap != ZERO:
        errors[3] = abs(gap) / max(abs(errors[0]), FLOOR * max(abs(quadratic), abs(linear), held), NOTHING * weight)
    if not abs(errors[0]) < INFINITY:  # not a number
        errors[1:4] = INFINITY
    return max(errors[1], errors[2], errors[3])


@keep_bounds.example
def _(n):
    return *diagonal_rows(n), np.ones(n), np.full(n, np.inf), np.zeros(n)


@answer_errors.example
def _(n):
    ones, A = np.ones(n), (np.ones(n * n), *full_rows(n)[1:])
    return *A, ones, *A, -ones, ones, ones, ones, ones, ones, np.zeros((6, n)), np.zeros(7)
