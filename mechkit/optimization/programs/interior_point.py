"""Linear programs by an interior point: the homogeneous self-dual embedding, with Mehrotra's predictor and corrector.

minimize c'x where Ax = b, the first of x are free and the others >= 0, the last of these <= u; A by columns as in
normal_equations.py. The embedding

    Ax = b tau,    x + w = u tau,    A'y + z - v = c tau,    b'y - u'v - c'x = kappa,    all but y and free x >= 0

always has a solution; the z of free x are zero. Where tau > 0 the program's is x / tau; where kappa > 0, y or x proves
that it has none.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.linear_systems.flags import FUSED
from mechkit.optimization.programs.normal_equations import (
    CORRECTIONS,
    dense_columns,
    dense_factor,
    normal_matrix,
    solve_refined,
)
from mechkit.optimization.programs.normal_factor import factor, factorization
from mechkit.optimization.programs.path_arrays import (
    DIFFICULT,
    INFEASIBLE,
    LIMIT,
    OPTIMAL,
    UNBOUNDED,
    Limits,
    start_of,
)
from mechkit.optimization.programs.path_steps import (
    example_of_path,
    last_step,
    step_to_boundary,
    take_step,
    weigh,
)

ZERO, ONE, TWO = np.float32(0), np.float32(1), np.float32(2)
HALF, TENTH, HUGE = np.float32(0.5), np.float32(0.1), np.float32(1e30)
#: How many numbers `residuals` leaves.
MEASURES = 8
#: The share of the step to the boundary that is taken: nothing becomes zero.
STEP = np.float32(0.9995)
#: A step so short leads nowhere.
SHORT = np.float32(1e-7)
#: The residual of a ray is nothing where it is so small beside what the ray gains.
RAY = np.float32(1e-9)
#: The same where there is no going on.
ROUGH_RAY = np.float32(1e-7)
#: For the relative gap, the objective counts as no less than this.
SMALL = np.float32(1e-4)
#: After so many iterations that do not halve the error it is rounding.
PATIENCE = 3
#: After so many, in which the residual of the equations has not fallen either, it is at a standstill.
STANDSTILL = 20


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def residuals(A, share, tau, kappa, X, W, Y, measures):
    """The residuals of the embedding: of A'y + z - v in rd, of x + w in ru, of Ax in rp.

    measures : mu; the largest residual of Ax and x + w, and of A'y + z - v; the largest of these themselves; c'x;
    b'y - u'v; the residual of the gap.

    For a dense A, m by n, and k upper bounds:

    >>> from mechkit import law
    >>> def run(m, n, k):
    ...     residuals(dense_columns(m, n + k), 0.1, 1.0, 1.0, *start_of(m, n + k, k, 0), np.empty(8))
    >>> law(run, m=range(1, 6), n=range(1, 6), k=range(5)).flops
    Polynomial('4mn + 4mk + 4m + 6n + 14k + 5')
    """
    values, rows, starts = A[0], A[1], A[2]
    b, c = Y[8], X[14]
    u = W[6]
    x, z, rd = X[0], X[1], X[2]
    w, v, ru = W[0], W[1], W[2]
    y, rp = Y[0], Y[1]
    bounded = x.size - u.size
    zero = ZERO * tau
    for i in range(y.size):
        rp[i] = zero
    mu = tau * kappa
    cost, profit, primal = zero, zero, zero
    dual, forward, upward = zero, zero, zero
    for j in range(x.size):
        s, t = z[j], x[j]
        for a in range(starts[j], starts[j + 1]):
            s = s + values[a] * y[rows[a]]
            rp[rows[a]] = rp[rows[a]] + values[a] * t
        rd[j] = s
        cost = cost + c[j] * t
        mu = mu + t * z[j]
    for k in range(u.size):
        s = x[bounded + k] + w[k]
        forward = max(forward, abs(s))
        ru[k] = u[k] * tau - s
        primal = max(primal, abs(ru[k]))
        rd[bounded + k] = rd[bounded + k] - v[k]
        mu = mu + w[k] * v[k]
        profit = profit - u[k] * v[k]
    for j in range(x.size):
        upward = max(upward, abs(rd[j]))
        rd[j] = c[j] * tau - rd[j]
        dual = max(dual, abs(rd[j]))
    for i in range(y.size):
        profit = profit + b[i] * y[i]
        forward = max(forward, abs(rp[i]))
        rp[i] = b[i] * tau - rp[i]
        primal = max(primal, abs(rp[i]))
    measures[0] = mu * share
    measures[1], measures[2], measures[3] = primal, dual, forward
    measures[4] = upward
    measures[5], measures[6], measures[7] = cost, profit, kappa + cost - profit


@kernel(cache=True, error_model="numpy", fastmath=FUSED)
def search_direction(
    A, free, factor_of, X, W, Y, tau, kappa, d_tau, d_kappa, center, keep, second_order, gap, weight, added, corrections
):
    """Newton's direction to residuals less by the share keep, and to products x z = center - second order terms.

    It is left in dx, dz, dw, dv and dy. Where second_order is 1, the products of what is there before, and
    of d_tau and d_kappa, are the second order terms. weight : of free x; gap : the residual of the gap; added,
    corrections : as in `solve_refined`. Returns the direction of tau and kappa.

    For a dense A, m by n, and k upper bounds:

    >>> from mechkit import law
    >>> def run(m, n, k):
    ...     A, factor_of = dense_columns(m, n + k), dense_factor(m)
    ...     search_direction(A, 0, factor_of, *start_of(m, n + k, k, 0), *np.ones(10), 0)
    >>> law(run, m=range(1, 6), n=range(1, 6), k=range(5)).flops
    Polynomial('2m^2 + 4mn + 4mk + 8m + 22n + 49k + 15')
    """
    b, c, u = Y[8], X[14], W[6]
    x, z, rd = X[0], X[1], X[2]
    d, qx, f = X[3], X[5], X[6]
    dx, dz, rxz = X[7], X[8], X[9]
    px = X[10]
    w, v, ru = W[0], W[1], W[2]
    dw, dv, rwv = W[3], W[4], W[5]
    rp, qy, py = Y[1], Y[2], Y[3]
    dy = Y[4]
    bounded = x.size - u.size
    for j in range(free):  # 1  the right-hand sides, without z, w and v
        f[j] = keep * rd[j]
    for j in range(free, x.size):
        rxz[j] = center - x[j] * z[j] - second_order * dx[j] * dz[j]
        f[j] = keep * rd[j] - rxz[j] / x[j]
    for k in range(u.size):
        rwv[k] = (center - w[k] * v[k] - second_order * dw[k] * dv[k] - keep * v[k] * ru[k]) / w[k]
        f[bounded + k] = f[bounded + k] + rwv[k]
    for i in range(py.size):
        py[i] = keep * rp[i]
    r_tau = (center - tau * kappa - second_order * d_tau * d_kappa) / tau
    # 2  what the residuals bring about
    solve_refined(A, d, added, factor_of, f, px, py, corrections, X[12], X[13], Y[5], Y[6])
    top, bottom = keep * gap + r_tau, kappa / tau  # 3  tau, from the gap; the divisor is b'qy - c'qx + ..., as squares
    for j in range(x.size):
        top = top + c[j] * px[j]
    for j in range(free):
        bottom = bottom + weight * qx[j] * qx[j]
    for j in range(free, x.size):
        bottom = bottom + (z[j] / x[j] + added) * qx[j] * qx[j]
    for k in range(u.size):
        t, s = v[k] / w[k], u[k] - qx[bounded + k]
        top = top + u[k] * rwv[k] + t * u[k] * px[bounded + k]
        bottom = bottom + t * s * s
    for i in range(py.size):
        top = top - b[i] * py[i]
        bottom = bottom + added * qy[i] * qy[i]
    d_tau = top / bottom
    for j in range(x.size):  # 4  and the others
        dx[j] = px[j] + qx[j] * d_tau
    for j in range(free, x.size):
        dz[j] = (rxz[j] - z[j] * dx[j]) / x[j]
    for i in range(dy.size):
        dy[i] = py[i] + qy[i] * d_tau
    for k in range(u.size):
        t = u[k] * d_tau - dx[bounded + k]
        dw[k] = keep * ru[k] + t
        dv[k] = rwv[k] - v[k] / w[k] * t
    return d_tau, r_tau - kappa / tau * d_tau


@kernel(cache=True, error_model="numpy")
def follow_path(values, rows, starts, free, fill_starts, fill, S, factor_rest, X, W, Y, measures, history, limits):
    """Follow the central path of the embedding from its start. Returns the status and the number of iterations.

    A and the factor are as in normal_equations.py; free : how many x are. X, W, Y are as `start_of` makes them, with
    c, u and b in their last rows; limits as `Limits`. measures : (MEASURES + 1,), leaves those of `residuals`, and tau.
    history : (iterations allowed + 1, 6), leaves mu, the primal, dual and gap residuals, the step, and the objective,
    of each. The systems are refined once a step has led elsewhere than it should.

    One iteration, and a look at its result, for a dense A, n by 2n + 1, and n + 1 upper bounds:

    >>> from mechkit import law
    >>> law(follow_path, n=range(1, 9)).flops
    Polynomial('7n^3/3 + 139n^2/2 + 1849n/6 + 283')
    """
    # Xu, Hung and Ye, A simplified homogeneous and self-dual linear programming algorithm, Ann. Oper. Res. 62 (1996);
    # Andersen and Andersen, The MOSEK interior point optimizer, High Performance Optimization (2000)
    A, factor_of = (values, rows, starts), (fill_starts, fill, S)
    offset, share, of_free = limits[0], limits[1], limits[2]
    added = limits[3]
    relative, tolerance, loose = limits[4], limits[5], limits[6]
    x, d, c_hat = X[0], X[3], X[4]
    qx, best = X[5], X[11]
    y, qy, best_y = Y[0], Y[2], Y[7]
    b = Y[8]
    one = share / share
    zero = one - one
    tau, kappa, step = one, one, one
    least = HUGE * one
    best_tau, stalled = one, False
    expected = HUGE * one
    corrections, since, idle = 0, 0, 0
    least_primal = expected
    last, status = history.shape[0] - 1, LIMIT
    for iteration in range(last + 1):
        residuals(A, share, tau, kappa, X, W, Y, measures)  # 1  are we there?
        if measures[1] > TWO * expected + tolerance * tau:
            corrections = CORRECTIONS  # the steps do not lead where they should
        mu, cost, profit = measures[0], measures[5], measures[6]
        primal, dual = measures[1] / tau, measures[2] / tau
        fun = cost / tau + offset
        objective = abs(fun)
        gap = abs(cost - profit) / tau / max(objective, SMALL)
        history[iteration, 0], history[iteration, 1], history[iteration, 2] = mu, primal, dual
        history[iteration, 3], history[iteration, 4], history[iteration, 5] = gap, step, fun
        if max(primal, dual, gap) <= tolerance:
            status = OPTIMAL
            break
        error = max(primal, dual, gap * max(objective, SMALL) / max(objective, TENTH))
        since = 0 if error <= HALF * least else since + 1
        idle = 0 if primal < least_primal else idle + 1
        least_primal = min(least_primal, primal)
        if since == 0:
            idle = 0
        if since > 1:
            corrections = CORRECTIONS
        stalled = least <= loose and since > PATIENCE
        if error < least:
            for j in range(x.size):
                best[j] = x[j]
            for i in range(y.size):
                best_y[i] = y[i]
            least, best_tau = error, tau
        ray = ROUGH_RAY if step <= SHORT else RAY
        if stalled:
            status = OPTIMAL
        elif min(kappa - tau, profit, ray * profit - measures[4]) > ZERO:
            status = INFEASIBLE
        elif min(kappa - tau, -cost, -ray * cost - measures[3]) > ZERO:
            status = UNBOUNDED
        elif idle > STANDSTILL or not step > SHORT:
            status = DIFFICULT
        if status != LIMIT or iteration == last:
            break
        weight = max(of_free * mu, added)  # 2  factor, and solve for what b and c alone bring about
        weigh(free, weight, added, X, W)
        normal_matrix(A, d, added, relative, factor_of)
        factor(fill_starts, fill, S, factor_rest)
        for i in range(y.size):
            qy[i] = b[i]
        solve_refined(A, d, added, factor_of, c_hat, qx, qy, corrections, X[12], X[13], Y[5], Y[6])
        d_tau, d_kappa = search_direction(  # 3  predict
            A, free, factor_of, X, W, Y, tau, kappa, zero, zero, zero, one, zero, measures[7],
            weight, added, corrections,
        )  # fmt: skip
        short = one - step_to_boundary(tau, kappa, d_tau, d_kappa, free, X, W)
        sigma = short * short * min(short, TENTH * one)
        d_tau, d_kappa = search_direction(  # 4  correct
            A, free, factor_of, X, W, Y, tau, kappa, d_tau, d_kappa, sigma * mu, one - sigma, one, measures[7],
            weight, added, corrections,
        )  # fmt: skip
        step = STEP * step_to_boundary(tau, kappa, d_tau, d_kappa, free, X, W)
        expected = (one - step * (one - sigma)) * measures[1]
        take_step(step, X, W, Y)  # 5  step
        tau = tau + step * d_tau
        kappa = kappa + step * d_kappa
    if stalled or status == LIMIT or status == DIFFICULT:  # noqa: SIM109  6  the best point, where it is not the last
        for j in range(x.size):
            x[j] = best[j]
        for i in range(y.size):
            y[i] = best_y[i]
        tau = best_tau
        residuals(A, share, tau, kappa, X, W, Y, measures)
    if iteration > 0:  # 7  what is left of its equations, in one more step
        last_step(A, free, factor_of, status, tau, added, corrections, X, Y)
    measures[MEASURES] = tau
    return status, iteration


@residuals.example
def _(n):
    A, X, W, Y = example_of_path(n)
    return A, np.float64(0.125), np.float64(1.0), np.float64(0.5), X, W, Y, np.ones(MEASURES)


@search_direction.example
def _(n):
    A, X, W, Y = example_of_path(n)
    return A, 0, dense_factor(n), X, W, Y, *np.full(10, 0.5), 1


@follow_path.example
def _(n):
    limits = np.array(Limits(0.0, 0.125, 1e-8, 1e-8, 1e-11, 0.0, 0.0))
    work = *start_of(n, 2 * n + 1, n + 1, 0), np.ones(1 + MEASURES), np.ones((2, 6)), limits
    return *dense_columns(n, 2 * n + 1), 0, *dense_factor(n), factorization(n), *work
