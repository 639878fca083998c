"""Least squares by Levenberg and Marquardt: the damped step in a region where the linear model is trusted."""

from __future__ import annotations

import math

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.vectors import norm
from mechkit.optimization.differences import CENTRAL, FORWARD, GIVEN
from mechkit.optimization.fitting.damped_least_squares import trust_region_step
from mechkit.optimization.fitting.linearization import (
    BOTH,
    CHANGED_LENGTH,
    GOING_ON,
    GRADIENT,
    JACOBIAN_NOT_FINITE,
    LEAST_SIZE,
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


@kernel(cache=True, error_model="numpy")
def levenberg_marquardt(
    f, jac, jacobian_of, progress, region, x, sizes, r, J, g, before, D, ftol, xtol, gtol, max_nfev, most, history,
    A, piv, X, R, S,
):  # fmt: skip
    """Minimize |f(x)|^2 from x (n,) and r = f(x) (m,), m >= n. Returns status and number of steps.

    progress (3,) : steps, evaluations and how, at first (0, 1, how). how : GIVEN, FORWARD or CENTRAL, see
    differences.py. FORWARD becomes CENTRAL where the search would end, for the last digits.

    region (2,) : radius and damping. Both are kept for a call that goes on where this one ends. It ends with GOING_ON
    after so many steps as most.

    x, r, J (m, n) and g = J'r are those of the last point, and before (m,) the residuals of the one before it. D (n,)
    holds the largest norms that the columns of J have had. Rows of history (rows, 3 + n) are cost, max |g|, damping and
    x of the start and each step, as long as there are rows. See `proportional_jacobian` for sizes.
    A, piv, X (8, n), R and S (n + 1, n + 1) are work, as in `factor_columns` and `trust_region_step`.

    One step that the region does not shorten, with 2n residuals of 4n - 3 flops and their Jacobian of n - 1:

    >>> from mechkit import law
    >>> law(levenberg_marquardt, n=range(2, 9)).flops
    Polynomial('10n^3/3 + 55n^2/2 + 181n/6 + 26')
    """
    # More (1978), algorithm 7.1; MINPACK's lmder, with factor = 1: the first step is no longer than x is. With its
    # default of 100 it may leave for a plateau where parameters have no effect, and look as good as the model promised
    m, n = J.shape
    columns, p, z = X[3], X[4], X[5]
    w, trial = X[6], X[7]
    length = norm(r)
    delta, damping = region[0], region[1]
    size = 0.0
    status = GOING_ON
    nit, nfev, how = progress[0], progress[1], progress[2]
    while True:
        jacobian_of(f, jac, how, x, sizes, LEAST_SIZE, r, J)  # 1  linearize
        if not rows_are_finite(J):
            status = JACOBIAN_NOT_FINITE
            break
        optimality = transposed_product(J, r, g)
        record(history, nit, x, 0.5 * length * length, optimality, damping)
        if status != GOING_ON:
            break
        rank = factor_columns(J, r, A, piv, X, R, 0.0)
        if length == 0.0 or largest_cosine(A, piv, g, length, columns) <= gtol:
            if how != FORWARD or length == 0.0:
                status = GRADIENT
                break
            how = CENTRAL
            continue
        for j in range(n):  # 2  the scales never fall
            if nit == 0:
                D[j] = columns[j] if columns[j] > 0.0 else 1.0
            D[j] = max(D[j], columns[j])
            w[j] = D[j] * x[j]
        size = norm(w)
        if nit == 0:
            delta = size if size > 0.0 else 100.0
        is_lower = False
        while not is_lower and status == GOING_ON:
            damping, step = trust_region_step(R, piv, rank, D, delta, damping, 0.1, p, S, z, w)  # 3
            if nfev == 1:
                delta = min(delta, step)
            for j in range(n):
                trial[j] = x[j] + p[j]
            y = f(trial)
            nfev += 1
            if y.size != m:
                status = CHANGED_LENGTH
                break
            for i in range(n):  # 4  what the linear model predicts: w = R P'p, z = -P'p
                w[i] = R[i, i] * z[i]
                for k in range(i + 1, n):
                    w[i] += R[i, k] * z[k]
            of_model, of_damping = (norm(w) / length) ** 2, damping * (step / length) ** 2
            predicted, slope = of_model + 2.0 * of_damping, -(of_model + of_damping)
            is_finite = all_finite(y)
            trial_length = norm(y) if is_finite else math.inf
            is_near = 0.1 * trial_length < length
            actual = 1.0 - (trial_length / length) ** 2 if is_near else -1.0
            ratio = actual / predicted if predicted > 0.0 else 0.0
            if ratio <= 0.25:  # 5  the region
                shrink = 0.5 if actual >= 0.0 else 0.5 * slope / (slope + 0.5 * actual)
                if not is_near or not shrink >= 0.1:
                    shrink = 0.1
                delta = shrink * min(delta, 10.0 * step)
                damping = damping / shrink
            elif damping == 0.0 or ratio >= 0.75:
                delta = 2.0 * step
                damping = 0.5 * damping
            is_lower = ratio >= 1e-4
            if is_lower:  # 6  the step
                length = trial_length
                for j in range(n):
                    x[j] = trial[j]
                    w[j] = D[j] * x[j]
                for i in range(m):
                    before[i] = r[i]
                    r[i] = y[i]
                size = norm(w)
                nit += 1
            reduced = is_finite and abs(actual) <= ftol and predicted <= ftol and ratio <= 2.0  # 7  the end
            if delta <= xtol * size:
                status = BOTH if reduced else (STEP if is_finite else NOT_FINITE_AROUND)
            elif reduced:
                status = REDUCTION
            elif nfev >= max_nfev:
                status = TOO_MANY if is_finite else NOT_FINITE_AROUND
        if status > 0 and how == FORWARD and nfev < max_nfev:
            how, status = CENTRAL, GOING_ON
            delta, damping = max(delta, size), 0.0
        elif not is_lower:
            break
        if status == GOING_ON and nit == most:
            break
    progress[0], progress[1], progress[2] = nit, nfev, how
    region[0], region[1] = delta, damping
    return status, nit


def damped_work(m: int, n: int) -> tuple[np.ndarray, ...]:
    """Memory to work in, for m residuals and n unknowns: A, piv, X, R and S."""
    return *work_of(m, n), np.zeros((n + 1, n + 1))


@levenberg_marquardt.example
def _(n):
    f, jac, x = function(valley, VECTOR), function(valley_jac, MATRIX, "jac"), np.zeros(n)
    point = x, np.ones(n), valley(x), np.zeros((2 * n, n)), np.zeros(n), np.zeros(2 * n), np.zeros(n)
    given = f, jac, jacobian_kernel(GIVEN), np.array([0, 1, GIVEN]), np.zeros(2), *point
    return *given, 0.0, 0.0, 0.0, 2, 10, np.zeros((3, 3 + n)), *damped_work(2 * n, n)
