"""The steps of conjugate gradients and steepest descent: one line apart."""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.constants import ZERO
from mechkit.linear_systems.flags import FAST
from mechkit.linear_systems.operators import five_point_star
from mechkit.linear_systems.vectors import CHUNK, dot


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def reduce(alpha, q, r):
    """r = r - alpha q. Returns r'r.

    >>> from mechkit import law
    >>> law(reduce, n=range(1, 6)).flops
    Polynomial('4n')
    """
    rr = ZERO
    for i in range(r.size):
        r[i] = r[i] - alpha * q[i]
        rr = rr + r[i] * r[i]
    return rr


@reduce.example
def _(n):
    return np.float32(0.5), np.arange(float(n)), np.ones(n)


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def advance(alpha, beta, z, x, p):
    """x = x + alpha p, then p = z + beta p, from the last chunk to the first.

    >>> from mechkit import law
    >>> law(advance, n=range(1, 6)).flops
    Polynomial('4n')
    """
    for c in range((p.size - 1) // CHUNK * CHUNK, -1, -CHUNK):
        here, direction, following = x[c : c + CHUNK], p[c : c + CHUNK], z[c : c + CHUNK]
        for i in range(here.size):
            here[i] = here[i] + alpha * direction[i]
            direction[i] = following[i] + beta * direction[i]


@advance.example
def _(n):
    return np.float32(0.5), np.float32(0.25), np.arange(float(n)), np.ones(n), np.full(n, 3.0)


# Each kernel takes a step for each element of history, which gets the squared norms of the residuals. It stops where
# one is not above bound, or not a number, and where p'Ap or r'z is not positive, and returns the number of steps. What
# the next step needs stays in x, r, p and state, the numbers r'z and p'Ap. A vector passes through the cache once a
# loop, so x is updated with p, after r.


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def descend_steepest(apply, data, x, r, p, q, state, bound, history):
    """Steps of steepest descent, from p = r.

    n x n points of the five-point star, three steps of 5n^2 - 2n for Ap and 8n^2 for four vectors:

    >>> from mechkit import law
    >>> law(descend_steepest, n=range(3, 8)).flops
    Polynomial('39n^2 - 6n + 3')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., algorithm 5.2
    rr = state[0]
    for k in range(history.size):
        apply(*data, p, q)
        state[1] = curvature = dot(p, q)
        if not curvature > ZERO:
            return k
        alpha = rr / curvature  # 3
        rr = reduce(alpha, q, r)  # 5
        for i in range(p.size):  # 4, and the next direction is the residual
            x[i] = x[i] + alpha * p[i]
            p[i] = r[i]
        state[0] = history[k] = rr
        if not rr > bound:
            return k + 1
    return history.size


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def conjugate_gradients(apply, data, x, r, p, q, state, bound, history):
    """Steps of the conjugate gradient method, from p = r at first.

    n x n points of the five-point star, three steps of 5n^2 - 2n for Ap and 10n^2 for five vectors:

    >>> from mechkit import law
    >>> law(conjugate_gradients, n=range(3, 8)).flops
    Polynomial('45n^2 - 6n + 6')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., algorithm 6.18
    rr = state[0]
    for k in range(history.size):
        apply(*data, p, q)
        state[1] = curvature = dot(p, q)
        if not curvature > ZERO:
            return k
        alpha = rr / curvature  # 3
        before, rr = rr, reduce(alpha, q, r)  # 5
        beta = rr / before  # 6
        advance(alpha, beta, r, x, p)  # 4, 7
        state[0] = history[k] = rr
        if not rr > bound:
            return k + 1
    return history.size


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def preconditioned_conjugate_gradients(apply, data, x, r, p, q, state, bound, history, solve, inverse, z):
    """Steps of the preconditioned conjugate gradient method, from p = z = Mr at first.

    n x n points of the five-point star, three steps of 5n^2 - 2n for Ap, here as much for Mr, and 12n^2:

    >>> from mechkit import law
    >>> law(preconditioned_conjugate_gradients, n=range(3, 8)).flops
    Polynomial('66n^2 - 12n + 6')
    """
    # Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., algorithm 9.1
    rz = state[0]
    for k in range(history.size):
        apply(*data, p, q)
        state[1] = curvature = dot(p, q)
        if not curvature > ZERO:
            return k
        alpha = rz / curvature  # 3
        rr = reduce(alpha, q, r)  # 5
        solve(*inverse, r, z)  # 6
        before, rz = rz, dot(r, z)
        beta = rz / before  # 7
        advance(alpha, beta, z, x, p)  # 4, 8
        state[0], history[k] = rz, rr
        if not (rr > bound and rz > ZERO):
            return k + 1
    return history.size


@descend_steepest.example
@conjugate_gradients.example
def _(n):
    x, q = np.zeros((2, n * n))
    r = np.random.default_rng(0).standard_normal(n * n)
    state = np.array([dot(r, r), 0.0])
    return five_point_star, (n,), x, r, r.copy(), q, state, 0.0, np.zeros(3)


@preconditioned_conjugate_gradients.example
def _(n):
    apply, data, x, r, _, q, state, bound, history = conjugate_gradients.example_arguments(n)
    z = r / 4.0
    state[0] /= 4.0
    return apply, data, x, r, z.copy(), q, state, bound, history, five_point_star, (n,), z


@kernel(cache=True, error_model="numpy", fastmath=FAST)
def first_direction(solve, inverse, r, z, p):
    """p = z = Mr. Returns r'z.

    >>> from mechkit import law
    >>> law(first_direction, n=range(2, 7)).flops  # 5n^2 - 2n for Mr
    Polynomial('7n^2 - 2n')
    """
    solve(*inverse, r, z)
    rz = ZERO
    for i in range(r.size):
        p[i] = z[i]
        rz = rz + r[i] * z[i]
    return rz


@first_direction.example
def _(n):
    return five_point_star, (n,), np.arange(float(n * n)), *np.zeros((2, n * n))
