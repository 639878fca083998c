"""The parts of an interior point iteration on sparse matrices. The iteration itself is in sparse_interior_point.py.

w = (x, y) holds the unknowns and the multipliers of all rows, and K = [P, A'; A, 0], by rows (CSR), makes of it the
gradient without q and the rows: Kw = (Px + A'y, Ax). Equalities, sides, slacks s and multipliers z are those of
quadratic_interior_point.py.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.sparse import csr_product
from mechkit.optimization.programs.quadratic_interior_point import FLOOR, NOTHING, longest_step
from mechkit.optimization.programs.term_sizes import product_sizes

ONE, HALF = np.float32(1), np.float32(0.5)
#: How often rows and columns are scaled.
SWEEPS = 10


@kernel(cache=True, error_model="numpy")
def equilibrate_symmetric(data, indices, starts, scale, root):
    """Scale K = DKD in place, so that the largest element of each row is about 1; scale takes D, root : (n,) work.

    Of a full matrix:

    >>> from mechkit import law
    >>> law(equilibrate_symmetric, n=range(2, 7)).flops
    Polynomial('20n^2 + 30n')
    """
    # Ruiz, A scaling algorithm to equilibrate both rows and columns norms in matrices, RAL-TR-2001-034
    scale[:] = ONE
    for _ in range(SWEEPS):
        for i in range(scale.size):
            largest = ZERO
            for k in range(starts[i], starts[i + 1]):
                largest = max(largest, abs(data[k]))
            root[i] = ONE / np.sqrt(largest) if largest > ZERO else ONE
        for i in range(scale.size):
            for k in range(starts[i], starts[i + 1]):
                data[k] = data[k] * (root[i] * root[indices[k]])
            scale[i] = scale[i] * root[i]


@kernel(cache=True, error_model="numpy")
def weigh_objective(data, indices, starts, q, quadratic, linear):
    """P times one number, q times another, in place; P is the first q.size rows and columns of K.

    >>> from mechkit import law
    >>> law(weigh_objective, n=range(2, 7)).flops
    Polynomial('n^2 + n')
    """
    for i in range(q.size):
        q[i] = q[i] * linear
        for k in range(starts[i], starts[i + 1]):
            if indices[k] < q.size:
                data[k] = data[k] * quadratic


@kernel(cache=True, error_model="numpy")
def conditions(data, indices, starts, q, equality, target, of, sign, h, w, s, z, F, sizes, gap, errors):
    """What is left of the conditions for a minimum: F (n + m,) takes the gradient and Ax, gap what the sides lack.

    errors takes the objective, and the largest errors of the bounds, of the gradient and the duality gap. Each error is
    relative to the terms of its own sum, or to a small share of the largest such sum.

    Here with n full rows, each with one side:

    >>> from mechkit import law
    >>> law(conditions, n=range(2, 7)).flops
    Polynomial('12n^2 + 22n + 7')
    """
    n = q.size
    csr_product(data, indices, starts, w, F)
    product_sizes(data, indices, starts, w, sizes)
    linear, both, value = ZERO, ZERO, ZERO
    held, most_d, most_p = ZERO, ZERO, ZERO
    primal, dual = ZERO, ZERO
    for j in range(n):
        linear += w[j] * q[j]
        F[j] += q[j]
        both += w[j] * F[j]
        sizes[j] += abs(q[j])
        most_d = max(most_d, sizes[j])
    value = both
    for i in range(target.size):
        both -= w[n + i] * F[n + i]
        if equality[i] >= 0:
            value -= w[n + i] * (F[n + i] - target[i])
            held += abs(w[n + i] * target[i])
            sizes[n + i] += abs(target[i])
            most_p = max(most_p, sizes[n + i])
    for k in range(s.size):
        gap[k] = sign[k] * F[n + of[k]] + s[k] - h[k]
        value += z[k] * (s[k] - gap[k])
        held += abs(z[k] * h[k])
        most_p = max(most_p, sizes[n + of[k]])
    floor_d, floor_p = FLOOR * most_d, FLOOR * most_p
    for j in range(n):
        if F[j] != ZERO:
            dual = max(dual, abs(F[j]) / (sizes[j] + floor_d))
    for i in range(target.size):
        if equality[i] >= 0 and F[n + i] != target[i]:
            primal = max(primal, abs(F[n + i] - target[i]) / (sizes[n + i] + floor_p))
    for k in range(s.size):
        if gap[k] > s[k]:
            primal = max(primal, (gap[k] - s[k]) / (sizes[n + of[k]] + abs(h[k]) + floor_p))
    quadratic = both - linear
    objective = quadratic * HALF + linear
    size = max(abs(objective), FLOOR * max(abs(quadratic), abs(linear), held), NOTHING)
    errors[0], errors[1], errors[2] = objective, primal, dual
    errors[3] = abs(value) / size


@kernel(cache=True, error_model="numpy")
def newton_diagonal(s, z, of, equality, n, weights, shift):
    """The weights z / s of the sides, summed over each row, and what they add to the diagonal of Newton's equations.

    >>> from mechkit import law
    >>> law(newton_diagonal, n=range(2, 7)).flops
    Polynomial('3n')
    """
    weights[:] = ZERO
    for k in range(s.size):
        weights[of[k]] += z[k] / s[k]
    for i in range(weights.size):
        if equality[i] < 0:
            shift[n + i] = -(ONE / weights[i])


@kernel(cache=True, error_model="numpy")
def right_side(F, equality, target, of, sign, s, z, gap, rc, weights, n, b):
    """The right-hand side of Newton's equations, the slacks and the sides' multipliers eliminated.

    >>> from mechkit import law
    >>> law(right_side, n=range(2, 7)).flops
    Polynomial('7n')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., (16.58), with one multiplier a row
    for j in range(n):
        b[j] = -F[j]
    for i in range(target.size):
        b[n + i] = target[i] - F[n + i] if equality[i] >= 0 else ZERO
    for k in range(s.size):
        b[n + of[k]] += sign[k] * (z[k] / s[k]) * (rc[k] / z[k] - gap[k])
    for i in range(target.size):
        if equality[i] < 0:
            b[n + i] = b[n + i] / weights[i]


@kernel(cache=True, error_model="numpy")
def side_steps(of, sign, s, z, gap, rc, weights, n, b, v, left, ds, dz):
    """The steps of the slacks and of the sides' multipliers, which add up to the steps v[n:] of their rows.

    left : (m,) work.

    >>> from mechkit import law
    >>> law(side_steps, n=range(2, 7)).flops
    Polynomial('18n')
    """
    for i in range(weights.size):
        left[i] = v[n + i]
    for k in range(s.size):
        i = of[k]
        row = b[n + i] + v[n + i] / weights[i]
        dz[k] = (z[k] / s[k]) * (sign[k] * row - (rc[k] / z[k] - gap[k]))
        left[i] -= sign[k] * dz[k]
    for k in range(s.size):
        dz[k] += sign[k] * (z[k] / s[k]) / weights[of[k]] * left[of[k]]
        ds[k] = -(rc[k] + s[k] * dz[k]) / z[k]


@kernel(cache=True, error_model="numpy")
def towards_center(s, z, ds, dz, rc):
    """What the predictor's step leaves of s z, and the way towards the central path, added to rc. Returns mu.

    >>> from mechkit import law
    >>> law(towards_center, n=range(2, 7)).flops
    Polynomial('13n + 5')
    """
    # Mehrotra, SIAM J. Optim. 2 (1992)
    mu, after, a = ZERO, ZERO, min(ONE, longest_step(s, ds, z, dz))
    for k in range(s.size):
        mu += s[k] * z[k]
        after += (s[k] + a * ds[k]) * (z[k] + a * dz[k])
    ratio, mu = after / mu, mu / s.size
    center = ratio * ratio * ratio * mu
    for k in range(s.size):
        rc[k] += ds[k] * dz[k] - center
    return mu


@kernel(cache=True, error_model="numpy")
def take_step(w, v, n, equality, of, sign, s, z, ds, dz, a):
    """Go a times the steps; the multiplier of a row with sides is the sum of these.

    >>> from mechkit import law
    >>> law(take_step, n=range(2, 7)).flops
    Polynomial('8n')
    """
    for j in range(n):
        w[j] += a * v[j]
    for i in range(equality.size):
        w[n + i] = w[n + i] + a * v[n + i] if equality[i] >= 0 else ZERO
    for k in range(s.size):
        s[k] += a * ds[k]
        z[k] += a * dz[k]
        w[n + of[k]] += sign[k] * z[k]


@kernel(cache=True, error_model="numpy")
def products(s, z, rc):
    """rc = s z.

    >>> from mechkit import law
    >>> law(products, n=range(2, 7)).flops
    Polynomial('n')
    """
    for k in range(s.size):
        rc[k] = s[k] * z[k]


def _full(n, size):
    return (
        np.ones(n * n),
        np.tile(np.arange(n, dtype=np.uint32), n),
        np.minimum(n * np.arange(size + 1), n * n).astype(np.uint32),
    )


@equilibrate_symmetric.example
def _(n):
    return *_full(n, n), *np.zeros((2, n))


@weigh_objective.example
def _(n):
    return *_full(n, n), np.ones(n), np.float64(2.0), np.float64(3.0)


@conditions.example
def _(n):
    ones, of = np.ones(n), np.arange(n)
    starts = np.append(2 * n * np.arange(n + 1), 2 * n * n + n * np.arange(1, n + 1)).astype(np.uint32)
    K = np.ones(3 * n * n), np.tile(np.arange(2 * n, dtype=np.uint32), 2 * n)[: 3 * n * n], starts
    program = *K, ones, np.full(n, -1), ones, of, ones, ones
    return *program, np.ones(2 * n), ones, ones, *np.zeros((2, 2 * n)), np.zeros(n), np.zeros(4)


@newton_diagonal.example
def _(n):
    return np.ones(n), np.ones(n), np.arange(n), np.full(n, -1), n, np.zeros(n), np.zeros(2 * n)


@right_side.example
def _(n):
    ones = np.ones(n)
    return np.ones(2 * n), np.full(n, -1), ones, np.arange(n), ones, ones, ones, ones, ones, ones, n, np.zeros(2 * n)


@side_steps.example
def _(n):
    ones = np.ones(n)
    return np.arange(n), ones, ones, ones, ones, ones, ones, n, np.ones(2 * n), np.ones(2 * n), *np.zeros((3, n))


@towards_center.example
def _(n):
    return np.ones(n), np.ones(n), -0.5 * np.ones(n), -0.5 * np.ones(n), np.ones(n)


@take_step.example
def _(n):
    ones = np.ones(n)
    return (
        np.ones(2 * n),
        np.ones(2 * n),
        n,
        np.full(n, -1),
        np.arange(n),
        ones,
        ones,
        ones,
        ones,
        ones,
        np.float64(0.5),
    )


@products.example
def _(n):
    return np.ones(n), np.ones(n), np.zeros(n)
