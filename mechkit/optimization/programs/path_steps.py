"""Steps of an iteration of the interior point for linear programs: the weights, how far to go, and going there.

The arrays are as in path_arrays.py. The iteration itself is in interior_point.py.
"""

from __future__ import annotations

import numpy as np

from mechkit.counting import kernel
from mechkit.optimization.programs.normal_equations import dense_columns, dense_factor, solve_refined
from mechkit.optimization.programs.path_arrays import INFEASIBLE, OPTIMAL, UNBOUNDED, work_of

ZERO, ONE = np.float32(0), np.float32(1)


@kernel(cache=True, error_model="numpy")
def step_to_boundary(tau, kappa, d_tau, d_kappa, free, X, W):
    """The longest step, at most 1, that leaves nothing negative but what is free.

    One division for each number:

    >>> from mechkit import law
    >>> law(step_to_boundary, n=range(1, 6)).flops
    Polynomial('6n + 8')
    """
    fastest = max(tau / tau, -d_tau / tau, -d_kappa / kappa)
    x, z, dx = X[0], X[1], X[7]
    dz = X[8]
    w, v, dw = W[0], W[1], W[3]
    dv = W[4]
    for j in range(free, x.size):
        fastest = max(fastest, -dx[j] / x[j], -dz[j] / z[j])
    for k in range(w.size):
        fastest = max(fastest, -dw[k] / w[k], -dv[k] / v[k])
    return ONE / fastest


@kernel(cache=True, error_model="numpy")
def weigh(free, weight, added, X, W):
    """The weights d of the normal equations, and c_hat, the costs less what the upper bounds bring about.

    weight : of free x; added : to the others. For k upper bounds among n columns:

    >>> from mechkit import law
    >>> def run(n, k):
    ...     weigh(0, 1.0, 1e-8, *work_of(1, n + k, k)[:2])
    >>> law(run, n=range(1, 6), k=range(5)).flops
    Polynomial('3n + 7k')
    """
    x, z, d = X[0], X[1], X[3]
    c_hat, c = X[4], X[14]
    w, v, u = W[0], W[1], W[6]
    bounded = x.size - u.size
    for j in range(x.size):
        d[j], c_hat[j] = z[j] / x[j] + added if j >= free else weight, c[j]
    for k in range(u.size):
        t = v[k] / w[k]
        d[bounded + k] = d[bounded + k] + t
        c_hat[bounded + k] = c[bounded + k] - t * u[k]
    for j in range(x.size):
        d[j] = ONE / d[j]


@kernel(cache=True, error_model="numpy")
def take_step(step, X, W, Y):
    """Go so far in the direction of x, z, w, v and y.

    >>> from mechkit import law
    >>> law(take_step, n=range(1, 6)).flops
    Polynomial('14n + 8')
    """
    x, z, dx = X[0], X[1], X[7]
    dz = X[8]
    w, v, dw = W[0], W[1], W[3]
    dv = W[4]
    y, dy = Y[0], Y[4]
    for j in range(x.size):
        x[j] = x[j] + step * dx[j]
        z[j] = z[j] + step * dz[j]
    for k in range(w.size):
        w[k] = w[k] + step * dw[k]
        v[k] = v[k] + step * dv[k]
    for i in range(y.size):
        y[i] = y[i] + step * dy[i]


@kernel(cache=True, error_model="numpy")
def last_step(A, free, factor_of, status, tau, added, corrections, X, Y):
    """One more step, by the last factor, to what is left of the equations; x goes there if nothing becomes negative.

    status : how the path has ended. For a dense A, n by 2n + 1:

    >>> from mechkit import law
    >>> law(last_step, n=range(1, 6)).flops
    Polynomial('10n^2 + 10n + 5')
    """
    x, rd, d = X[0], X[2], X[3]
    f, px, c = X[6], X[10], X[14]
    y, rp, py = Y[0], Y[1], Y[3]
    b = Y[8]
    for j in range(x.size):
        f[j] = (rd[j] - c[j] * tau) if status == INFEASIBLE else ZERO
    for i in range(y.size):
        py[i] = ZERO if status == INFEASIBLE else rp[i] - b[i] * tau if status == UNBOUNDED else rp[i]
    solve_refined(A, d, added, factor_of, f, px, py, corrections, X[12], X[13], Y[5], Y[6])
    if status == INFEASIBLE:
        for i in range(y.size):
            y[i] = y[i] + py[i]
        return
    lowest = ZERO
    for j in range(x.size):
        px[j] = x[j] + px[j]
        if j >= free:
            lowest = min(lowest, px[j])
    if not lowest < ZERO:
        for j in range(x.size):
            x[j] = px[j]


def example_of_path(n):
    """A dense program with n rows, n + 1 columns with an upper bound, and n slacks: A, X, W and Y."""
    X, W, Y = work_of(n, 2 * n + 1, n + 1)
    X[7:9], W[3:5] = -0.5, 0.5
    return dense_columns(n, 2 * n + 1), X, W, Y


@step_to_boundary.example
def _(n):
    _, X, W, _Y = example_of_path(n)
    return *np.ones(4), 0, X, W


@weigh.example
def _(n):
    _, X, W, _Y = example_of_path(n)
    return 0, np.float64(1.0), np.float64(1e-8), X, W


@take_step.example
def _(n):
    _, X, W, Y = example_of_path(n)
    return np.float64(0.5), X, W, Y


@last_step.example
def _(n):
    A, X, _, Y = example_of_path(n)
    return A, 0, dense_factor(n), OPTIMAL, np.float64(1.0), np.float64(1e-8), 0, X, Y
