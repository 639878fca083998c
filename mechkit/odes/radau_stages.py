"""The three stages of a step of Radau IIA: their start, and Newton's method in the basis in which they fall apart."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import ANY_ORDER, FUSED
from mechkit.odes.jacobians import decay
from mechkit.odes.newton import first_not_finite
from mechkit.odes.pair_systems import pair_system
from mechkit.odes.radau_table import NODE_1, NODE_2, PAIR_IMAGINARY, PAIR_REAL, POWERS, REAL, T_INVERSE, T
from mechkit.odes.shifted_systems import dense_system

#: Iterations of Newton's method in a step.
STAGE_MAXITER = 7


@kernel(cache=True, error_model="numpy")
def transform(M, Z, W):
    """W = MZ, with M (3, 3) and one column for each unknown.

    >>> from mechkit import law
    >>> law(transform, n=range(1, 5)).flops
    Polynomial('15n')
    """
    for i in range(Z.shape[1]):
        a, b, c = Z[0, i], Z[1, i], Z[2, i]
        for j in range(3):
            W[j, i] = M[j, 0] * a + M[j, 1] * b + M[j, 2] * c


@kernel(cache=True, error_model="numpy")
def back_transform(W, Z):
    """Z = TW, whose last row is the sum of the first two of W.

    >>> from mechkit import law
    >>> law(back_transform, n=range(1, 5)).flops
    Polynomial('11n')
    """
    for i in range(Z.shape[1]):
        a, b, c = W[0, i], W[1, i], W[2, i]
        Z[0, i] = T[0, 0] * a + T[0, 1] * b + T[0, 2] * c
        Z[1, i] = T[1, 0] * a + T[1, 1] * b + T[1, 2] * c
        Z[2, i] = a + b


@kernel(cache=True, error_model="numpy")
def extrapolate(kept, ratio, Z):
    """Z = where the polynomial of the step before, with its stages `kept`, goes within a step `ratio` times as long.

    >>> from mechkit import law
    >>> law(extrapolate, n=range(1, 5)).flops
    Polynomial('33n + 5')
    """
    # Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., section IV.8, starting values
    u, v, w = 1.0 + ratio * NODE_1, 1.0 + ratio * NODE_2, 1.0 + ratio
    for i in range(Z.shape[1]):
        a, b, c = kept[0, i], kept[1, i], kept[2, i]
        p = POWERS[0, 0] * a + POWERS[0, 1] * b + POWERS[0, 2] * c
        q = POWERS[1, 0] * a + POWERS[1, 1] * b + POWERS[1, 2] * c
        r = POWERS[2, 0] * a + POWERS[2, 1] * b + POWERS[2, 2] * c
        Z[0, i] = u * (p + u * (q + u * r)) - c
        Z[1, i] = v * (p + v * (q + v * r)) - c
        Z[2, i] = w * (p + w * (q + w * r)) - c


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def right_hand_sides_of_stages(F, W, h, r, z):
    """r and z = what is left of the real and of the complex equation: (T^-1 F)[k] - (eigenvalue / h) W[k].

    >>> from mechkit import law
    >>> law(right_hand_sides_of_stages, n=range(1, 5)).flops
    Polynomial('25n + 3')
    """
    p, q, s = REAL / h, PAIR_REAL / h, PAIR_IMAGINARY / h
    f0, f1, f2 = F[0], F[1], F[2]
    w0, w1, w2 = W[0], W[1], W[2]
    m00, m01, m02 = T_INVERSE[0, 0], T_INVERSE[0, 1], T_INVERSE[0, 2]
    m10, m11, m12 = T_INVERSE[1, 0], T_INVERSE[1, 1], T_INVERSE[1, 2]
    m20, m21, m22 = T_INVERSE[2, 0], T_INVERSE[2, 1], T_INVERSE[2, 2]
    for i in range(r.size):
        a, b, c = f0[i], f1[i], f2[i]
        u, v = w1[i], w2[i]
        r[i] = (m00 * a + m01 * b + m02 * c) - p * w0[i]
        z[2 * i] = (m10 * a + m11 * b + m12 * c) - (q * u - s * v)
        z[2 * i + 1] = (m20 * a + m21 * b + m22 * c) - (q * v + s * u)


@kernel(cache=True, error_model="numpy", fastmath=ANY_ORDER)
def add_correction(r, z, scale, W):
    """W += the corrections of the real and of the complex equation. Returns their norm.

    >>> from mechkit import law
    >>> law(add_correction, n=range(1, 5)).flops
    Polynomial('12n + 2')
    """
    w0, w1, w2 = W[0], W[1], W[2]
    s = 0.0
    for i in range(r.size):
        a, b, c = r[i], z[2 * i], z[2 * i + 1]
        w0[i] = w0[i] + a
        w1[i] = w1[i] + b
        w2[i] = w2[i] + c
        a, b, c = a / scale[i], b / scale[i], c / scale[i]
        s = s + (a * a + b * b + c * c)
    return math.sqrt(s / (3 * r.size))


@kernel(cache=True, error_model="numpy")
def newton_stages(f, solves, factors, where, y, work):
    """Solve for the stages Z from their start.

    solves : 0 and the kernels that solve the real and the complex system, by address; factors : LU, piv of the real,
    then of the complex one, and bands; where : t, h, the end of the step, eta and the tolerance; work : see radau.py.
    Returns the iterations, 0 where they fail, eta, theta, and the element of f that is not finite, or -1.

    >>> from mechkit import law
    >>> law(newton_stages, n=range(2, 9)).loads.degree
    2
    """
    # Hairer and Wanner, (IV.8.6) to (IV.8.13)
    _, solve, solve_pair = solves
    LU, piv, LU_pair, piv_pair, bands = factors
    t, h, end, eta, tolerance = where
    stages, rows, z = work
    Z, W, F = stages[0], stages[1], stages[2]
    point, r, scale = rows[0], rows[1], rows[2]
    before, theta = 0.0, 0.0
    transform(T_INVERSE, Z, W)
    for k in range(STAGE_MAXITER):
        for j in range(3):  # 1  f at the stages
            for i in range(y.size):
                point[i] = y[i] + Z[j, i]
            f(end if j == 2 else t + h * (NODE_1 if j == 0 else NODE_2), point, F[j])
            bad = first_not_finite(F[j])
            if bad >= 0:
                return 0, eta, theta, bad

        right_hand_sides_of_stages(F, W, h, r, z)  # 2  the correction
        solve(LU, piv, bands, r)
        solve_pair(LU_pair, piv_pair, bands, z)
        norm = add_correction(r, z, scale, W)
        back_transform(W, Z)

        if k > 0:  # 3  whether it converges, and has done so
            theta = norm / before
            if not theta < 1.0 or theta ** float(STAGE_MAXITER - 1 - k) / (1.0 - theta) * norm > tolerance:
                return 0, eta, theta, -1
            eta = theta / (1.0 - theta)
        if eta * norm <= tolerance:
            return k + 1, eta, theta, -1
        before = norm
    return 0, eta, theta, -1


@transform.example
def _(n):
    return T_INVERSE, np.ones((3, n)), np.zeros((3, n))


@back_transform.example
def _(n):
    return np.ones((3, n)), np.zeros((3, n))


@extrapolate.example
def _(n):
    return np.ones((3, n)), np.float64(0.5), np.zeros((3, n))


@right_hand_sides_of_stages.example
def _(n):
    return np.ones((3, n)), np.ones((3, n)), np.float64(0.5), np.zeros(n), np.zeros(2 * n)


@add_correction.example
def _(n):
    return np.ones(n), np.full(2 * n, 2.0), np.ones(n), np.zeros((3, n))


@newton_stages.example
def _(n):
    pivot = 1.0 / complex(PAIR_REAL + 2.0, PAIR_IMAGINARY)
    piv = np.arange(n, dtype=np.int32)
    pair = np.array([np.eye(n) * pivot.real, np.eye(n) * pivot.imag])
    factors = np.eye(n) * (REAL + 2.0), piv, pair, piv, np.zeros(2, np.int64)
    solves = 0, dense_system(small=True)[1], pair_system(banded=False)[1]
    work = np.zeros((4, 3, n)), np.ones((5, n)), np.zeros(2 * n)
    return decay(), solves, factors, (0.0, 1.0, 1.0, 1.0, 1e-3), np.ones(n), work
