"""Convex quadratic programs by a primal-dual interior point method: the iteration. The driver is quadratic_program.py.

Minimize x'Px/2 + q'x subject to l <= Ax <= u. Row i of A with l = u is an equality. Each other finite bound k is a side
sign[k] (Ax)[of[k]] + s[k] = h[k] with a slack s[k] >= 0 and a multiplier z[k] >= 0. A row's multiplier y is the
sum of sign z over its sides.

What belongs together is handed from kernel to kernel in tuples, which each takes apart in its first lines:

program : P, q, A, and A by rows (CSR) is data, indices, indptr.
sides : equality[i], the number of an equation, or -1; of, sign and h of each side; target, the values of equations.
point : x, the multipliers y of the rows, s, z.
left : what is left of the conditions for a minimum: g (n,) of the gradient, rows (m,) of the equations, gap of the
sides, rc of the products s z.
weighed : the ratios s / z of the sides, their weights z / s, and what is added to the diagonal.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.sparse import csr_product
from mechkit.optimization.programs.quadratic_preparation import HALF, INFINITY, ONE, equilibrate, sides
from mechkit.optimization.programs.quasidefinite import (
    add_transposed_product,
    assemble,
    diagonal_rows,
    factor_quasidefinite,
    full_rows,
    one_side_each,
    solve_refined,
    symmetric_product,
)
from mechkit.optimization.programs.term_sizes import add_transposed_sizes, product_sizes, symmetric_sizes

# Constants that leave float32 what it is.
TWO, HUNDRED = np.float32(2), np.float32(100)
#: What is added to the diagonal, and the share of the way to the boundary.
ADDED, SHARE = np.float32(1e-8), np.float32(0.999)
#: What counts as nothing beside the largest terms of its kind; an objective that is zero.
FLOOR, NOTHING = np.float32(1e-4), np.float32(1e-12)
#: Iterations without progress after which it ends.
PATIENCE = 15
#: How a run ends.
SOLVED, LIMIT, STALLED = 0, 1, 4


@kernel(cache=True, error_model="numpy")
def longest_step(s, ds):
    """The largest step a <= 2 with s + a ds >= 0.

    >>> from mechkit import law
    >>> law(longest_step, n=range(1, 6)).div
    Polynomial('n')
    """
    a = TWO
    for k in range(s.size):
        if ds[k] < ZERO:
            a = min(a, -(s[k] / ds[k]))
    return a


@longest_step.example
def _(n):
    return np.ones(n), -np.arange(1.0, n + 1)


@kernel(cache=True, error_model="numpy")
def centered_start(h, gap, dz, s, z):
    """Slacks s and multipliers z of one size of s z for all, from multipliers dz of (Gx)[k] = dz[k] - gap[k].

    A slack is what h - Gx is, but at least 1, and at least as large as the largest violation.

    >>> from mechkit import law
    >>> law(centered_start, n=range(1, 6)).flops
    Polynomial('3n + 1')
    """
    # Mehrotra, SIAM J. Optim. 2 (1992), section 7, centered: no product s z is small at the start
    least, most = ONE, ONE
    for k in range(s.size):
        s[k] = h[k] + gap[k] - dz[k]
        least = max(least, -s[k])
        most = max(most, dz[k])
    product = least * most
    for k in range(s.size):
        s[k] = max(s[k], least)
        z[k] = product / s[k]


@centered_start.example
def _(n):
    return np.zeros(n), -np.ones(n), np.arange(float(n)), np.empty(n), np.empty(n)


@kernel(cache=True, error_model="numpy")
def side_weights(s, z, of, added, ratios, weights, row_weights):
    """The ratios s / z of the sides, their weights 1 / (s / z + d), and the sums of these over each row.

    >>> from mechkit import law
    >>> law(side_weights, n=range(1, 6)).flops
    Polynomial('4n')
    """
    row_weights[:] = ZERO
    for k in range(s.size):
        ratios[k] = s[k] / z[k] + added
        weights[k] = ONE / ratios[k]
        row_weights[of[k]] += weights[k]


@side_weights.example
def _(n):
    return np.ones(n), np.ones(n), np.arange(n), np.float64(1e-8), *np.zeros((3, n))


@kernel(cache=True, error_model="numpy")
def direction(P, A, sides, weighed, K, s, z, left, v, ds, work):
    """Newton's step for what is left of the conditions.

    v takes the steps of x, of the multipliers of the equations and of z; ds takes the step of s. K : the factors.
    work : a vector like v, two of them in an array, and one (m,).

    With P and G diagonal:

    >>> from mechkit import law
    >>> law(direction, n=range(2, 9)).flops
    Polynomial('4n^2 + 31n + 3')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (16.58), the slacks eliminated
    (g, rows, gap, rc), (b, two, ax) = left, work
    equality, n, last = sides[0], P.shape[0], v.size - z.size
    for j in range(n):
        b[j] = -g[j]
    for i in range(rows.size):
        if equality[i] >= 0:
            b[n + equality[i]] = -rows[i]
    for k in range(z.size):
        b[last + k] = rc[k] / z[k] - gap[k]
    solve_refined(P, A, sides, weighed, K, b, v, two, ax)
    for k in range(z.size):
        ds[k] = -(rc[k] + s[k] * v[last + k]) / z[k]


@direction.example
def _(n):
    ones, step = np.ones(n), np.zeros(2 * n)
    equations = 3.0 * np.eye(n), diagonal_rows(n), one_side_each(n), (ones, ones, np.float64(0.0)), 2.0 * np.eye(n)
    left, work = (ones, ones, ones, np.zeros(n)), (step.copy(), np.zeros((2, 2 * n)), np.zeros(n))
    return *equations, ones, ones, left, step, np.zeros(n), work


@kernel(cache=True, error_model="numpy")
def residuals(program, sides, point, left, sizes_g, sizes_rows, record):
    """What is left of the conditions for a minimum, except for the products s z.

    record takes the objective, and the largest errors of the bounds, of the gradient, and the duality gap. Each is
    relative to the terms of its own sum, or to a small share of the largest sum of its kind. The largest of the three
    is returned. sizes_g, sizes_rows : work.

    With n full rows, each with one side:

    >>> from mechkit import law
    >>> law(residuals, n=range(2, 9)).flops
    Polynomial('12n^2 + 24n + 4')
    """
    (P, q, (data, indices, indptr)), (equality, of, sign, h, target) = program, sides
    (x, y, s, z), (g, rows, gap, _) = point, left
    n = x.size
    symmetric_product(P, x, g)
    symmetric_sizes(P, x, sizes_g)
    add_transposed_sizes(data, indices, indptr, y, sizes_g)
    quadratic, linear, value, held, primal, dual, most_g, most_rows = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for j in range(n):
        quadratic += x[j] * g[j]
        linear += x[j] * q[j]
        g[j] += q[j]
        sizes_g[j] += abs(q[j])
        most_g = max(most_g, sizes_g[j])
    add_transposed_product(data, indices, indptr, y, g)
    for j in range(n):
        value += x[j] * g[j]
        if g[j] != ZERO:
            dual = max(dual, abs(g[j]) / (sizes_g[j] + FLOOR * most_g))
    csr_product(data, indices, indptr, x, rows)
    product_sizes(data, indices, indptr, x, sizes_rows)
    for i in range(y.size):
        if equality[i] >= 0:
            sizes_rows[i] += abs(target[i])
        most_rows = max(most_rows, sizes_rows[i])
    for k in range(s.size):
        gap[k] = sign[k] * rows[of[k]] + s[k] - h[k]
        value += z[k] * (s[k] - gap[k])
        held += abs(z[k] * h[k])
        if gap[k] > s[k]:
            primal = max(primal, (gap[k] - s[k]) / (sizes_rows[of[k]] + abs(h[k]) + FLOOR * most_rows))
    for i in range(y.size):
        if equality[i] >= 0:
            rows[i] -= target[i]
            value -= rows[i] * y[i]
            held += abs(y[i] * target[i])
            if rows[i] != ZERO:
                primal = max(primal, abs(rows[i]) / (sizes_rows[i] + FLOOR * most_rows))
    objective = quadratic * HALF + linear
    value = abs(value) / max(abs(objective), FLOOR * max(abs(quadratic), abs(linear), held), NOTHING)
    record[0], record[1], record[2], record[3] = objective, primal, dual, value
    if not value < INFINITY:  # not a number
        return INFINITY + primal
    return max(primal, dual, value)


@residuals.example
def _(n):
    ones, A = np.ones(n), (np.ones(n * n), *full_rows(n)[1:])
    g, rows, gap, rc, sizes_g, sizes_rows = np.zeros((6, n))
    arrays = (np.eye(n), ones, A), one_side_each(n), (ones, ones, ones, ones), (g, rows, gap, rc)
    return *arrays, sizes_g, sizes_rows, np.zeros(4)


@kernel(cache=True, error_model="numpy")
def factor_newton(P, A, sides, point, weighed, row_weights, K):
    """Factor Newton's equations at a point into K. More is added to the diagonal until all pivots have their signs.

    Returns what was added: 1 or more where that was in vain. weighed takes the ratios and the weights; row_weights :
    (m,) work. With P the unit matrix and n full rows, one side each:

    >>> from mechkit import law
    >>> law(factor_newton, n=range(2, 9)).flops
    Polynomial('4n^3/3 + 5n^2/2 + 37n/6')
    """
    (data, indices, indptr), (ratios, weights, added), (_, _, s, z) = A, weighed, point
    equality, of = sides[0], sides[1]
    n = P.shape[0]
    while True:
        side_weights(s, z, of, added, ratios, weights, row_weights)
        assemble(P, data, indices, indptr, row_weights, equality, added, K)
        if factor_quasidefinite(K, n) == K.shape[0]:
            return added
        added = HUNDRED * added
        if not added < ONE:
            return added


@factor_newton.example
def _(n):
    ones = np.ones(n)
    weighed = np.ones(n), np.ones(n), np.float64(1e-8)
    return np.eye(n), full_rows(n), one_side_each(n), (ones, ones, ones, ones), weighed, np.zeros(n), np.zeros((n, n))


@kernel(cache=True, error_model="numpy")
def interior_point(P, q, data, indices, indptr, l, u, tol, maxiter, x, y, d, e, history):
    """Minimize x'Px/2 + q'x subject to l <= Ax <= u, A by rows (CSR), until all errors are at most tol.

    P, q and data are scaled in place. x (n,) and y (m,) take the best point and its multipliers, d (n,) and e (m,) the
    scales. In history (maxiter + 1, 4) is what `residuals` records. Returns the status, the number of iterations, and
    which of them was best.

    Most of an iteration is `assemble`, `factor_quasidefinite` and twice `direction`. What comes before the first, of n
    unknowns with a bound each, is one factorization:

    >>> from mechkit import law
    >>> law(interior_point, n=range(2, 9)).flops
    Polynomial('n^3/3 + 39n^2/2 + 781n/6 + 17')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 16.4
    # eq, R, D : equality, the ratios and the weights of the sides, as in the kernels above
    n, m = q.size, l.size
    rows, ax, target, weights = np.empty_like(l), np.empty_like(l), np.empty_like(l), np.empty_like(l)
    g, sizes = np.empty_like(q), np.empty_like(q)
    c = equilibrate(P, q, data, indices, indptr, l, u, d, e, g, rows)
    eq, of, both = np.empty(m, np.int64), np.empty(m + m, np.int64), np.empty((9, m + m), q.dtype)
    p, count = sides(l, u, e, eq, target, of, both[0], both[1])
    of, sign, h, s, z = of[:count], both[0, :count], both[1, :count], both[2, :count], both[3, :count]
    ds, gap, rc, R, D = both[4, :count], both[5, :count], both[6, :count], both[7, :count], both[8, :count]
    K, work = np.empty((n + p, n + p), q.dtype), np.empty((4, n + p + count), q.dtype)
    v, b, work = work[0], work[1], work[2:]
    dz = v[n + p :]

    # 1  start: the minimum of x'Px/2 + q'x + |t - Gx|^2 / 2, t the points between the limits that are nearest to 0
    added = ADDED + ZERO * c
    for k in range(count):
        nearest = max(e[of[k]] * l[of[k]], min(e[of[k]] * u[of[k]], ZERO))
        s[k], z[k], gap[k], rc[k] = ONE, ONE, -(sign[k] * nearest), ZERO
    for i in range(m):
        rows[i] = -target[i]
    here, multipliers = np.empty_like(q), np.zeros_like(l)
    A, limits, point, work = (
        (data, indices, indptr),
        (eq, of, sign, h, target),
        (here, multipliers, s, z),
        (b, work, ax),
    )
    added = factor_newton(P, A, limits, point, (R, D, added), weights, K)
    if not added < ONE:
        history[0] = INFINITY
        return STALLED, 0, 0
    direction(P, A, limits, (R, D, added), K, s, z, (q, rows, gap, rc), v, ds, work)
    centered_start(h, gap, dz, s, z)
    for j in range(n):
        here[j] = v[j]
    for i in range(m):
        if eq[i] >= 0:
            multipliers[i] = v[n + eq[i]]

    best, since = INFINITY, 0
    for iteration in range(maxiter + 1):
        for i in range(m):
            if eq[i] < 0:
                multipliers[i] = ZERO
        for k in range(s.size):
            multipliers[of[k]] += sign[k] * z[k]
        line = history[iteration]
        error = residuals((P, q, A), limits, point, (g, rows, gap, rc), sizes, ax, line)
        line[0] = c * line[0]
        if error < best:
            best, since = error, iteration
            for j in range(n):
                x[j] = here[j] * d[j]
            for i in range(m):
                y[i] = c * (multipliers[i] * e[i])
        if error <= tol:
            return SOLVED, iteration, since
        if iteration == maxiter:
            return LIMIT, iteration, since
        if iteration - since > PATIENCE:
            return STALLED, iteration, since

        # 2  the equations of this iteration
        added = factor_newton(P, A, limits, point, (R, D, added), weights, K)
        if not added < ONE:
            return STALLED, iteration, since

        # 3  predictor: straight to the solution
        mu, after, a = ZERO, ZERO, ONE
        for k in range(count):
            rc[k] = s[k] * z[k]
            mu += rc[k]
        direction(P, A, limits, (R, D, added), K, s, z, (g, rows, gap, rc), v, ds, work)
        if count > 0:
            # 4  corrector: what the predictor's step leaves of s z, and towards the central path
            a = min(ONE, longest_step(s, ds), longest_step(z, dz))
            for k in range(count):
                after += (s[k] + a * ds[k]) * (z[k] + a * dz[k])
            ratio = after / mu
            center = ratio * ratio * ratio * (mu / np.float32(count))
            for k in range(count):
                rc[k] += ds[k] * dz[k] - center
            direction(P, A, limits, (R, D, added), K, s, z, (g, rows, gap, rc), v, ds, work)
            a = min(ONE, SHARE * min(longest_step(s, ds), longest_step(z, dz)))

        # 5  the step
        for j in range(n):
            here[j] += a * v[j]
        for i in range(m):
            if eq[i] >= 0:
                multipliers[i] += a * v[n + eq[i]]
        for k in range(count):
            s[k] += a * ds[k]
            z[k] += a * dz[k]
    return LIMIT, maxiter, since


@interior_point.example
def _(n):
    arrays = np.eye(n), -np.ones(n), *diagonal_rows(n), -np.ones(n), np.full(n, np.inf)
    return *arrays, np.float64(0.0), 0, *np.zeros((4, n)), np.zeros((1, 4))
