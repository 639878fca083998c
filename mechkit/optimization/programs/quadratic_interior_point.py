"""Convex quadratic programs by a primal-dual interior point method: the iteration. The driver is quadratic_program.py.

Minimize x'Px/2 + q'x subject to l <= Ax <= u. Row i of A with l = u is an equality. Each other finite bound k is a side
sign[k] (Ax)[of[k]] + s[k] = h[k] with a slack s[k] >= 0 and a multiplier z[k] >= 0. A row's multiplier y is the
sum of sign z over its sides.

What belongs together is handed from kernel to kernel in arrays with named rows, and in two tuples:

A : A by rows (CSR), data, indices, indptr. places : equality[i], the number of an equation, or -1; of, of each side.
X, for each unknown : g, what is left of the gradient; the sizes of its terms; q; its unit d; the best x.
Y, for each row : target, the value of an equation; rows, what is left of it; ax, work; the sum of the weights of its
sides; its multiplier. Then the limits l and u; the scale e of the row; the multiplier of the best x.
S, for each side : sign; h; the slack s; its step ds; gap, what is left of the side. Then rc, what is left of the
product s z; the ratio s / z; the weight z / s.
V, for each unknown of Newton's equations (x, the multipliers of the equations, and z) : what it is; its step v; b, the
right-hand side; two rows of work.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.optimization.programs.quadratic_preparation import HALF, INFINITY, ONE
from mechkit.optimization.programs.quasidefinite import (
    assemble,
    diagonal_rows,
    factorization,
    full_rows,
    one_side_each,
    solve_refined,
)

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
def longest_step(s, ds, z, dz):
    """The largest step a <= 2 with s + a ds >= 0 and z + a dz >= 0.

    >>> from mechkit import law
    >>> law(longest_step, n=range(1, 6)).div
    Polynomial('2n')
    """
    a = TWO
    for k in range(s.size):
        if ds[k] < ZERO:
            a = min(a, -(s[k] / ds[k]))
        if dz[k] < ZERO:
            a = min(a, -(z[k] / dz[k]))
    return a


@longest_step.example
def _(n):
    return np.ones(n), -np.arange(1.0, n + 1), np.ones(n), -np.arange(1.0, n + 1)


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
def direction(P, A, places, X, Y, S, V, K, added):
    """Newton's step for what is left of the conditions: that of x, of the multipliers and of z in V, that of s in S.

    K : the factors; added : to their diagonal. With P and G diagonal:

    >>> from mechkit import law
    >>> law(direction, n=range(2, 9)).flops
    Polynomial('4n^2 + 31n + 3')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (16.58), the slacks eliminated
    g, rows = X[0], Y[1]
    s, ds, gap = S[2], S[3], S[4]
    rc, equality = S[5], places[0]
    now, v, b = V[0], V[1], V[2]
    n, last = P.shape[0], V.shape[1] - s.size
    for j in range(n):
        b[j] = -g[j]
    for i in range(rows.size):
        if equality[i] >= 0:
            b[n + equality[i]] = -rows[i]
    for k in range(s.size):
        b[last + k] = rc[k] / now[last + k] - gap[k]
    solve_refined(P, A, places, Y, S, V, K, added)
    for k in range(s.size):
        ds[k] = -(rc[k] + s[k] * v[last + k]) / now[last + k]


@direction.example
def _(n):
    work = np.ones((5, n)), np.ones((9, n)), np.ones((8, n)), np.ones((5, 2 * n))
    work[2][5] = 0.0
    return 3.0 * np.eye(n), diagonal_rows(n), one_side_each(n), *work, 2.0 * np.eye(n), np.float64(0.0)


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def residuals(P, A, places, X, Y, S, V, record):
    """What is left of the conditions for a minimum, except for the products s z; and the multipliers of the rows.

    record takes the objective, and the largest errors of the bounds, of the gradient, and the duality gap. Each is
    relative to the terms of its own sum, or to a small share of the largest sum of its kind. The largest of the three
    is returned.

    With n full rows, each with one side:

    >>> from mechkit import law
    >>> law(residuals, n=range(2, 9)).flops
    Polynomial('12n^2 + 26n + 4')
    """
    data, indices, indptr = A[0], A[1], A[2]
    equality, of = places[0], places[1]
    g, sizes_g, q = X[0], X[1], X[2]
    sign, h, s = S[0], S[1], S[2]
    gap = S[4]
    target, rows, sizes_rows = Y[0], Y[1], Y[2]
    y = Y[4]
    x, n, last = V[0], q.size, V.shape[1] - of.size  # x, the multipliers of the equations from n on, z from last on
    quadratic, linear, value = ZERO, ZERO, ZERO
    held, primal, dual = ZERO, ZERO, ZERO
    most_g, most_rows = ZERO, ZERO
    for i in range(y.size):  # 1  the multipliers of the rows
        y[i] = x[n + equality[i]] if equality[i] >= 0 else ZERO
    for k in range(s.size):
        y[of[k]] += sign[k] * x[last + k]
    for i in range(n):  # 2  Px + q, and the sizes of these sums
        row, total, size = P[i], ZERO, ZERO
        for j in range(n):
            total = total + row[j] * x[j]
            size = size + abs(row[j] * x[j])
        quadratic += x[i] * total
        linear += x[i] * q[i]
        g[i] = total + q[i]
        sizes_g[i] = size + abs(q[i])
    for i in range(y.size):  # 3  Ax and A'y
        total, size = ZERO, ZERO
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            total = total + data[k] * x[j]
            size = size + abs(data[k] * x[j])
            g[j] += data[k] * y[i]
            sizes_g[j] += abs(data[k] * y[i])
        if equality[i] >= 0:
            size += abs(target[i])
        rows[i], sizes_rows[i] = total, size
        most_rows = max(most_rows, size)
    for j in range(n):  # 4  the gradient
        value += x[j] * g[j]
        most_g = max(most_g, sizes_g[j])
    for j in range(n):
        if g[j] != ZERO:
            dual = max(dual, abs(g[j]) / (sizes_g[j] + FLOOR * most_g))
    for k in range(s.size):  # 5  the sides
        gap[k] = sign[k] * rows[of[k]] + s[k] - h[k]
        value += x[last + k] * (s[k] - gap[k])
        held += abs(x[last + k] * h[k])
        if gap[k] > s[k]:
            primal = max(primal, (gap[k] - s[k]) / (sizes_rows[of[k]] + abs(h[k]) + FLOOR * most_rows))
    for i in range(y.size):  # 6  the equations
        if equality[i] >= 0:
            rows[i] -= target[i]
            value -= rows[i] * y[i]
            held += abs(y[i] * target[i])
            if rows[i] != ZERO:
                primal = max(primal, abs(rows[i]) / (sizes_rows[i] + FLOOR * most_rows))
    objective = quadratic * HALF + linear
    value = abs(value) / max(abs(objective), FLOOR * max(abs(quadratic), abs(linear), held), NOTHING)
    record[0], record[1], record[2] = objective, primal, dual
    record[3] = value
    if not value < INFINITY:  # not a number
        return INFINITY + primal
    return max(primal, dual, value)


@residuals.example
def _(n):
    A, work = (np.ones(n * n), *full_rows(n)[1:]), (np.ones((5, n)), np.ones((9, n)), np.ones((8, n)))
    return np.eye(n), A, one_side_each(n), *work, np.ones((5, 2 * n)), np.zeros(4)


@kernel(cache=True, error_model="numpy")
def factor_newton(P, A, places, Y, S, V, K, factor, added):
    """Factor Newton's equations into K. More is added to the diagonal until all pivots have their signs.

    Returns what was added: 1 or more where that was in vain. factor : a kernel, by address, as `factorization` chooses
    it. With P the unit matrix and n full rows, one side each:

    >>> from mechkit import law
    >>> law(factor_newton, n=range(2, 9)).flops
    Polynomial('4n^3/3 + 5n^2/2 + 37n/6')
    """
    of_rows = Y[3]
    s, ratios, weights = S[2], S[6], S[7]
    equality, of = places[0], places[1]
    now, last = V[0], V.shape[1] - of.size
    while True:
        for i in range(of_rows.size):
            of_rows[i] = ZERO
        for k in range(s.size):
            ratios[k] = s[k] / now[last + k] + added
            weights[k] = ONE / ratios[k]
            of_rows[of[k]] += weights[k]
        assemble(P, A, of_rows, equality, added, K)
        if factor(K, P.shape[0]) == K.shape[0]:
            break
        added = HUNDRED * added
        if not added < ONE:
            break
    return added


@factor_newton.example
def _(n):
    work = np.ones((9, n)), np.ones((8, n)), np.ones((5, 2 * n))
    return np.eye(n), full_rows(n), one_side_each(n), *work, np.eye(n), factorization(n), np.float64(1e-8)


@kernel(cache=True, error_model="numpy")
def interior_point(P, data, indices, indptr, c, equality, of, X, Y, S, V, K, factor, tol, maxiter, history):
    """Minimize x'Px/2 + q'x subject to l <= Ax <= u, A by rows (CSR), until all errors are at most tol.

    The arrays are as `equilibrate` and `sides` leave them. factor : a kernel, by address, as `factorization` chooses
    it. X and Y take the best point and its multipliers. history (maxiter + 1, 4), infinite before, takes what
    `residuals` records. Returns the status, the number of iterations, and which of them was best.

    Most of an iteration is `assemble`, the factorization and twice `direction`. What comes before the first, of n
    unknowns with a bound each, is one factorization:

    >>> from mechkit import law
    >>> law(interior_point, n=range(2, 9)).flops
    Polynomial('n^3/3 + 17n^2/2 + 469n/6 + 11')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 16.4
    A, places = (data, indices, indptr), (equality, of)
    g, q, d = X[0], X[2], X[3]
    x = X[4]
    target, rows, multipliers = Y[0], Y[1], Y[4]
    l, u, e = Y[5], Y[6], Y[7]
    y = Y[8]
    sign, h, s = S[0], S[1], S[2]
    ds, gap, rc = S[3], S[4], S[5]
    now, v = V[0], V[1]
    n, last, added = x.size, K.shape[0], ADDED + ZERO * c
    z, dz = now[last:], v[last:]

    # 1  start: the minimum of x'Px/2 + q'x + |t - Gx|^2 / 2, t the points between the limits that are nearest to 0
    for k in range(s.size):
        nearest = max(e[of[k]] * l[of[k]], min(e[of[k]] * u[of[k]], ZERO))
        s[k], z[k] = ONE, ONE
        gap[k], rc[k] = -(sign[k] * nearest), ZERO
    for i in range(y.size):
        rows[i] = -target[i]
    for j in range(n):
        g[j] = q[j]
    added = factor_newton(P, A, places, Y, S, V, K, factor, added)
    if not added < ONE:
        return STALLED, 0, 0
    direction(P, A, places, X, Y, S, V, K, added)
    centered_start(h, gap, dz, s, z)
    for i in range(last):
        now[i] = v[i]

    status, best, since = LIMIT, INFINITY, 0
    for iteration in range(maxiter + 1):
        line = history[iteration]
        error = residuals(P, A, places, X, Y, S, V, line)
        line[0] = c * line[0]
        if error < best:
            best, since = error, iteration
            for j in range(n):
                x[j] = now[j] * d[j]
            for i in range(y.size):
                y[i] = c * (multipliers[i] * e[i])
        if error <= tol:
            status = SOLVED
            break
        if iteration == maxiter:
            break
        if iteration - since > PATIENCE:
            status = STALLED
            break

        # 2  the equations of this iteration
        added = factor_newton(P, A, places, Y, S, V, K, factor, added)
        if not added < ONE:
            status = STALLED
            break

        # 3  predictor: straight to the solution
        mu, after, a = ZERO, ZERO, ONE
        for k in range(s.size):
            rc[k] = s[k] * z[k]
            mu += rc[k]
        direction(P, A, places, X, Y, S, V, K, added)
        if s.size > 0:
            # 4  corrector: what the predictor's step leaves of s z, and towards the central path
            a = min(ONE, longest_step(s, ds, z, dz))
            for k in range(s.size):
                after += (s[k] + a * ds[k]) * (z[k] + a * dz[k])
            ratio = after / mu
            center = ratio * ratio * ratio * (mu / np.float32(s.size))
            for k in range(s.size):
                rc[k] += ds[k] * dz[k] - center
            direction(P, A, places, X, Y, S, V, K, added)
            a = min(ONE, SHARE * longest_step(s, ds, z, dz))

        # 5  the step
        for i in range(v.size):
            now[i] += a * v[i]
        for k in range(s.size):
            s[k] += a * ds[k]
    return status, iteration, since


@interior_point.example
def _(n):
    X, Y, S, V, K = np.ones((5, n)), np.ones((9, n)), np.zeros((8, n)), np.zeros((5, 2 * n)), np.zeros((n, n))
    X[2], Y[5], Y[6], S[0], S[1] = -1.0, -1.0, np.inf, -1.0, 1.0
    program = np.eye(n), *diagonal_rows(n), 1.0, *one_side_each(n)
    return *program, X, Y, S, V, K, factorization(n), 0.0, 0, np.full((1, 4), np.inf)
