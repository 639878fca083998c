"""Linear least squares in a trust region: the step of Levenberg and Marquardt, by More's method."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.triangular import back_substitution, forward_substitution
from mechkit.linear_systems.vectors import norm

ZERO = np.float32(0.0)  # takes the type of what it meets


@kernel(cache=True, error_model="numpy")
def append_diagonal(R, piv, D, root, S):
    """S'S = R'R + root^2 P'D^2 P by Givens rotations; the last column is the right-hand side, of least squares.

    R (n, n + 1), S (n + 1, n + 1) : upper triangular, and the last row of S is work; piv, D : as in
    `trust_region_step`, every D[k] > 0.

    >>> from mechkit import law
    >>> law(append_diagonal, n=range(1, 7)).flops
    Polynomial('n^3 + 9n^2/2 + 9n/2')
    """
    # More (1978), section 3
    n, row = D.size, S[D.size]
    for i in range(n):
        for j in range(i, n + 1):
            S[i, j] = R[i, j]
    for j in range(n):  # rotate the row (0 ... root D ... 0 | 0) away
        for k in range(j + 1, n + 1):
            row[k] = 0.0
        row[j] = root * D[piv[j]]
        for k in range(j, n):
            if row[k] != ZERO:
                h = math.hypot(S[k, k], row[k])
                c, s = S[k, k] / h, row[k] / h
                S[k, k] = h
                for i in range(k + 1, n + 1):
                    a, b = S[k, i], row[i]
                    S[k, i] = c * a + s * b
                    row[i] = c * b - s * a


@kernel(cache=True, error_model="numpy")
def scaled_step(z, piv, D, p, w):
    """p[piv] = -z. Returns the norm of D p; w : (n,) work, which keeps D p in the order of z.

    >>> from mechkit import law
    >>> law(scaled_step, n=range(1, 6)).flops
    Polynomial('4n + 1')
    """
    for k in range(z.size):
        j = piv[k]
        p[j] = -z[k]
        w[k] = D[j] * p[j]
    return norm(w)


@kernel(cache=True, error_model="numpy")
def newton_correction(S, piv, D, length, w):
    """|S^-T P'D u|^2, u = D p / length, where w is D p: what the derivative of the secular equation needs.

    >>> from mechkit import law
    >>> law(newton_correction, n=range(1, 6)).flops
    Polynomial('n^2 + 5n + 2')
    """
    # More (1978), (5.8)
    for k in range(w.size):
        w[k] = D[piv[k]] * (w[k] / length)
    forward_substitution(S.T, w)
    s = norm(w)
    return s * s


@kernel(cache=True, error_model="numpy")
def trust_region_step(R, piv, rank, D, delta, damping, slack, p, S, z, w):
    """p makes |R P'p + q|^2 + damping |D p|^2 least, with |D p| <= delta (1 + slack). Returns damping and |D p|.

    R : (n, n + 1), upper triangular, q its last column; only the first `rank` rows are taken to be independent; piv :
    the columns in its order; D : (n,) scales; damping : a first guess; S (n + 1, n + 1), z, w (n,) : work.

    Where the region holds the step of Gauss and Newton, at a full rank:

    >>> from mechkit import law
    >>> law(trust_region_step, n=range(1, 7)).flops
    Polynomial('n^2 + 4n + 4')
    """
    # More (1978), algorithm 5.5; MINPACK's lmpar
    n = p.size
    damping_low, accuracy = ZERO * delta, slack * delta
    for k in range(n):  # 1  the step of Gauss and Newton
        z[k] = R[k, n] if k < rank else ZERO
    back_substitution(R, z[:rank])
    length = scaled_step(z, piv, D, p, w)
    excess = length - delta
    if excess <= accuracy:
        return damping_low, length
    if rank == n:  # 2  bounds on the damping
        bound = excess / delta / newton_correction(R, piv, D, length, w)
        if bound > ZERO:  # it is NaN where that step is infinite
            damping_low = bound
    for k in range(n):
        s = R[0, k] * R[0, n]
        for i in range(1, k + 1):
            s = s + R[i, k] * R[i, n]
        w[k] = s / D[piv[k]]
    steepest = norm(w)
    damping_high = steepest / delta
    damping = min(max(damping, damping_low), damping_high)
    if damping == ZERO:
        damping = steepest / length
    for _ in range(10):  # 3  Newton's iteration on 1 / delta - 1 / |D p|
        damping = max(damping, slack**3 * damping_high) if damping == ZERO else damping
        root = math.sqrt(damping)
        append_diagonal(R, piv, D, root, S)
        for k in range(n):
            z[k] = S[k, n]
        back_substitution(S, z)
        length = scaled_step(z, piv, D, p, w)
        before, excess = excess, length - delta
        if abs(excess) <= accuracy or (damping_low == ZERO and excess <= before and before < ZERO):
            return damping, length
        change = excess / delta / newton_correction(S, piv, D, length, w)
        if excess > ZERO:
            damping_low = max(damping_low, damping)
        else:
            damping_high = min(damping_high, damping)
        damping = max(damping_low, damping + change)
    return damping, length


def _triangle(n):
    return np.triu(np.random.default_rng(0).random((n, n))) + np.eye(n)


def _system(n):
    return np.column_stack([_triangle(n), np.ones(n)])


@append_diagonal.example
def _(n):
    return _system(n), np.arange(n), np.ones(n), np.float64(1.0), np.zeros((n + 1, n + 1))


@scaled_step.example
def _(n):
    return np.ones(n), np.arange(n), np.full(n, 2.0), np.zeros(n), np.zeros(n)


@newton_correction.example
def _(n):
    return _triangle(n), np.arange(n), np.ones(n), np.float64(2.0), np.ones(n)


@trust_region_step.example
def _(n):
    work = np.zeros(n), np.zeros((n + 1, n + 1)), np.zeros(n), np.zeros(n)
    scalars = np.float64(1e9), np.float64(0.0), np.float64(0.125)
    return _system(n), np.arange(n), n, np.ones(n), *scalars, *work
