"""Least squares by Gauss and Newton, with a line search: the whole step of the linear model, or a part of it."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.triangular import back_substitution
from mechkit.linear_systems.vectors import norm
from mechkit.optimization.differences import CENTRAL, FORWARD, GIVEN
from mechkit.optimization.fitting.linearization import (
    BOTH,
    CHANGED_LENGTH,
    GOING_ON,
    GRADIENT,
    JACOBIAN_NOT_FINITE,
    LEAST_SIZE,
    NO_DESCENT,
    NOT_FINITE_AROUND,
    REDUCTION,
    STEP,
    TOO_MANY,
    all_finite,
    factor_columns,
    largest_cosine,
    record,
    rows_are_finite,
    transposed_product,
    valley,
    valley_jac,
    work_of,
)
from mechkit.optimization.functions import MATRIX, VECTOR, function
from mechkit.optimization.proportional_differences import jacobian_kernel

EPS = np.finfo(float).eps


@kernel(cache=True, error_model="numpy")
def gauss_newton(
    f, jac, jacobian_of, progress, region, x, sizes, r, J, g, before, D, ftol, xtol, gtol, max_nfev, most, history,
    A, piv, X, R,
):  # fmt: skip
    """Like `levenberg_marquardt`, by the steps of Gauss and Newton, halved until the sum of squares falls.

    region (2,) : the part of the last step that was taken, and nothing.

    One step, with the residuals of its example:

    >>> from mechkit import law
    >>> law(gauss_newton, n=range(2, 9)).flops
    Polynomial('10n^3/3 + 53n^2/2 + 169n/6 + 11')
    """
    # Nocedal and Wright, Numerical Optimization, 2nd ed., section 10.3, and algorithm 3.1
    m, n = J.shape
    columns, p, q = X[3], X[4], X[5]
    trial = X[6]
    length, t = norm(r), 1.0 if progress[0] == 0 else region[0]
    status = GOING_ON
    nit, nfev, how = progress[0], progress[1], progress[2]
    while True:
        jacobian_of(f, jac, how, x, sizes, LEAST_SIZE, r, J)  # 1  linearize
        if not rows_are_finite(J):
            status = JACOBIAN_NOT_FINITE
            break
        optimality = transposed_product(J, r, g)
        record(history, nit, x, 0.5 * length * length, optimality, t)
        if status != GOING_ON:
            break
        rank = factor_columns(J, r, A, piv, X, R, EPS)
        if length == 0.0 or largest_cosine(A, piv, g, length, columns) <= gtol:
            if how != FORWARD or length == 0.0:
                status = GRADIENT
                break
            how = CENTRAL
            continue
        for k in range(n):  # 2  the direction
            q[k] = R[k, n]
        back_substitution(R, q[:rank])
        slope = 0.0
        for k in range(n):
            j = piv[k]
            D[j] = max(D[j], columns[j])
            p[j] = -q[k] if k < rank else 0.0
            slope += g[j] * p[j]
        decrease = -slope / length / length
        step, size, t = norm(p), norm(x), 2.0
        is_lower = False
        while not is_lower and status == GOING_ON:  # 3  backtrack
            t = 0.5 * t
            for j in range(n):
                trial[j] = x[j] + t * p[j]
            y = f(trial)
            nfev += 1
            if y.size != m:
                status = CHANGED_LENGTH
                break
            is_finite = all_finite(y)
            trial_length = norm(y) if is_finite else math.inf
            actual = 1.0 - (trial_length / length) ** 2 if is_finite else -1.0
            is_lower = actual >= 2e-4 * t * decrease
            reduced = is_finite and abs(actual) <= ftol and decrease <= ftol  # 4  the end
            if t * step <= xtol * size:
                status = BOTH if reduced else (STEP if is_lower or t == 1.0 else NO_DESCENT)
                if not is_finite:
                    status = NOT_FINITE_AROUND
            elif reduced:
                status = REDUCTION
            elif nfev >= max_nfev:
                status = TOO_MANY if is_finite else NOT_FINITE_AROUND
        if is_lower:
            length = trial_length
            nit += 1
            for j in range(n):
                x[j] = trial[j]
            for i in range(m):
                before[i] = r[i]
                r[i] = y[i]
        if (status > 0 or status == NO_DESCENT) and how == FORWARD and nfev < max_nfev:
            how, status = CENTRAL, GOING_ON
        elif not is_lower:
            break
        if status == GOING_ON and nit == most:
            break
    progress[0], progress[1], progress[2] = nit, nfev, how
    region[0] = t
    return status, nit


@gauss_newton.example
def _(n):
    f, jac, x = function(valley, VECTOR), function(valley_jac, MATRIX, "jac"), np.zeros(n)
    point = x, np.ones(n), valley(x), np.zeros((2 * n, n)), np.zeros(n), np.zeros(2 * n), np.zeros(n)
    given = f, jac, jacobian_kernel(GIVEN), np.array([0, 1, GIVEN]), np.zeros(2), *point
    return *given, 0.0, 0.0, 0.0, 2, 10, np.zeros((3, 3 + n)), *work_of(2 * n, n)
