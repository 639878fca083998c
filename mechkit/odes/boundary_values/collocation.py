"""Collocation by Simpson's rule: the equations of all intervals, their derivatives, and the residual between the nodes.

m nodes x, the states Y (m, n) and slopes F (m, n) there, one row a node; M and FM (m - 1, n) in the middles.
"""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.odes.right_hand_side import right_hand_side


@kernel(cache=True, error_model="numpy")
def slopes(f, x, Y, F):
    """F[i] = f(x[i], Y[i]).

    >>> from mechkit import law
    >>> law(slopes, n=range(1, 6)).flops  # f takes 2 flops, at 4 nodes
    Polynomial('8n')
    """
    for i in range(x.size):
        f(x[i], Y[i], F[i])


@kernel(cache=True, error_model="numpy")
def collocate(f, x, Y, F, M, FM, R):
    """The residuals R (m - 1, n) of the equations: the cubic through both ends has the slope f in its middle too.

    >>> from mechkit import law
    >>> law(collocate, n=range(1, 6)).flops  # three intervals
    Polynomial('39n + 15')
    """
    # Kierzenka and Shampine, ACM Trans. Math. Softw. 27 (2001) 299-316, section 2
    for i in range(x.size - 1):
        h = x[i + 1] - x[i]
        eighth, sixth = h / 8.0, h / 6.0
        for j in range(Y.shape[1]):  # 1  the cubic in the middle
            M[i, j] = 0.5 * (Y[i, j] + Y[i + 1, j]) - eighth * (F[i + 1, j] - F[i, j])
        f(x[i] + 0.5 * h, M[i], FM[i])

        for j in range(Y.shape[1]):  # 2  Simpson's rule
            R[i, j] = Y[i + 1, j] - Y[i, j] - sixth * (F[i, j] + F[i + 1, j] + 4.0 * FM[i, j])


@kernel(cache=True, error_model="numpy")
def jacobians(f, x, Y, F, steps, trial, out, J):
    """J (m, n, n) = the derivatives of f by y at all points, by differences with steps (n,).

    >>> from mechkit import law
    >>> law(jacobians, n=range(1, 6)).flops  # 4 points, and n + 1 calls of f at each
    Polynomial('16n^2 + 4n')
    """
    for i in range(x.size):
        for j in range(steps.size):
            trial[j] = Y[i, j]
        for j in range(steps.size):
            trial[j] = Y[i, j] + steps[j]
            f(x[i], trial, out)
            trial[j] = Y[i, j]
            for k in range(steps.size):
                J[i, k, j] = (out[k] - F[i, k]) / steps[j]


@kernel(cache=True, error_model="numpy")
def blocks(x, J, JM, left, right):
    """The derivatives of the residuals by the states at both ends of each interval: left, right (m - 1, n, n).

    >>> from mechkit import law
    >>> law(blocks, n=range(1, 8)).flops  # three intervals
    Polynomial('12n^3 + 24n^2 + 6n + 12')
    """
    n = J.shape[1]
    for i in range(x.size - 1):
        h = x[i + 1] - x[i]
        sixth = h / 6.0
        twelfth = h * h / 12.0
        for r in range(n):
            for c in range(n):
                s = JM[i, r, 0] * J[i, 0, c]
                t = JM[i, r, 0] * J[i + 1, 0, c]
                for k in range(1, n):
                    s = s + JM[i, r, k] * J[i, k, c]
                    t = t + JM[i, r, k] * J[i + 1, k, c]
                left[i, r, c] = -sixth * (J[i, r, c] + 2.0 * JM[i, r, c]) - twelfth * s
                right[i, r, c] = -sixth * (J[i + 1, r, c] + 2.0 * JM[i, r, c]) + twelfth * t
            left[i, r, r] = left[i, r, r] - 1.0
            right[i, r, r] = right[i, r, r] + 1.0


@kernel(cache=True, error_model="numpy")
def between(f, x, Y, F, part, P, FP, S):
    """The cubics P (m - 1, n) at the same part of each interval, f there, FP, and the slopes S of the cubics.

    >>> from mechkit import law
    >>> law(between, n=range(1, 6)).flops  # three intervals
    Polynomial('75n + 9')
    """
    for i in range(x.size - 1):
        h = x[i + 1] - x[i]
        for j in range(Y.shape[1]):
            change = Y[i + 1, j] - Y[i, j]
            a = h * F[i, j] - change
            b = change - h * F[i + 1, j] - a
            P[i, j] = Y[i, j] + part * (change + (1.0 - part) * (a + part * b))
            S[i, j] = (change + (1.0 - 2.0 * part) * a + part * (2.0 - 3.0 * part) * b) / h
        f(x[i] + part * h, P[i], FP[i])


@kernel(cache=True, error_model="numpy")
def add_squares(S, FP, sizes, weight, out):
    """out (m - 1,) += weight times the sum of ((S - FP) / (sizes + |FP|))^2 over the unknowns.

    >>> from mechkit import law
    >>> law(add_squares, n=range(1, 6)).flops  # three intervals
    Polynomial('15n + 6')
    """
    for i in range(out.size):
        s = 0.0
        for j in range(sizes.size):
            r = (S[i, j] - FP[i, j]) / (sizes[j] + math.fabs(FP[i, j]))
            s = s + r * r
        out[i] = out[i] + weight * s


def _growth(t, y, out):
    for i in range(y.size):
        out[i] = y[i] + y[i] * t


def _nodes(n):
    return right_hand_side(_growth, 0.0, np.ones(n)), np.arange(4.0), np.ones((4, n))


@slopes.example
def _(n):
    return *_nodes(n), np.zeros((4, n))


@collocate.example
def _(n):
    return *_nodes(n), np.ones((4, n)), *(np.zeros((3, n)) for _ in range(3))


@jacobians.example
def _(n):
    return *_nodes(n), np.ones((4, n)), np.full(n, 0.5), np.zeros(n), np.zeros(n), np.zeros((4, n, n))


@blocks.example
def _(n):
    return np.arange(4.0), np.ones((4, n, n)), np.ones((3, n, n)), np.zeros((3, n, n)), np.zeros((3, n, n))


@between.example
def _(n):
    return *_nodes(n), np.ones((4, n)), np.float64(0.25), *(np.zeros((3, n)) for _ in range(3))


@add_squares.example
def _(n):
    return np.ones((3, n)), np.zeros((3, n)), np.ones(n), np.float64(0.5), np.zeros(3)
