"""Smooth convex problems by a logarithmic barrier: the driver. The path is in barrier_path.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array
from mechkit.optimization.differences import GIVEN, derivative
from mechkit.optimization.functions import MATRIX, OBJECTIVE, VECTOR, counted_calls, function
from mechkit.optimization.programs.barrier_path import (
    BY_DIFFERENCES,
    BY_FUNCTION,
    LIMIT,
    LINEAR,
    SOLVED,
    STUCK,
    WEIGHTED,
    follow_path,
    no_curvature,
)
from mechkit.optimization.result import OptimizeResult


@dataclass(frozen=True, repr=False)
class BarrierResult(OptimizeResult):
    """An `OptimizeResult` with multipliers : (m,), those of the constraints, and gap : how far fun is from the least.

    The gap m / t holds where f and g are convex, which is not tested.
    """

    multipliers: Any = None
    gap: float = np.inf


def log_barrier(
    f: Any,
    g: Any,
    x0: Any,
    jac: Any = None,
    hess: Any = None,
    g_jac: Any = None,
    g_hess: Any = None,
    *,
    t: float = 1.0,
    factor: float = 20.0,
    tol: float = 1e-8,
    maxiter: int = 500,
) -> BarrierResult:
    """Minimize a convex f(x) subject to g(x) <= 0, each element of g convex, from a start strictly inside.

    f : (n,) to a number; g : (n,) to (m,); x0 : (n,) with g(x0) < 0, see strictly_feasible; jac, hess : first and
    second derivatives of f, (n,) and (n, n); g_jac : first ones of g, (m, n); each a function, or None or "2-point",
    "3-point" for differences; g_hess(x, w) : (n, n), the sum of w[i] times the second derivatives of g[i], or None
    for differences, or "linear" where it is zero. All are kernels or plain Python functions.
    t : the first weight of f against the barrier; factor : by which it grows; tol : of the gap m / t; maxiter : limit
    of Newton's steps in all.

    Returns
    -------
    BarrierResult
        x, fun, gap, multipliers : (m,), positive; status : 0 the gap is below tol, 1 the limit of steps, 4 a center was
        not found: f or g is not convex or a derivative is wrong, or not finite; nit : Newton's steps; nfev : calls of
        f and g; njev, nhev : of their derivatives; history, an entry for each center : "fun", "t", "gap", "steps".

    Raises
    ------
    ValueError
        where x0 violates a constraint, naming the first, or f is not finite there, and for numbers out of range.
    TypeError
        for what is no function.

    Operation count: that of `follow_path`, which is compiled once for all problems; the centers are
    log(m / (t tol)) / log(factor), and take 5 to 10 steps each, whatever n is.

    References: Boyd and Vandenberghe, Convex Optimization (2004), section 11.3.

    Examples
    --------
    >>> def line(x):
    ...     return x[0] + x[1]
    >>> def disc(x):
    ...     return np.array([x[0] * x[0] + x[1] * x[1] - 2.0])
    >>> found = log_barrier(line, disc, [0.0, 0.0])
    >>> found.x.round(5), found.multipliers.round(3), found.gap <= 1e-8
    (array([-1., -1.]), array([0.5]), True)
    """
    x = float_array("x0", x0, (1,), copy=True).astype(np.float64)
    if not (0.0 < t < np.inf and 1.0 < factor < np.inf and tol > 0.0 and maxiter >= 1):
        raise ValueError(
            f"t, factor, tol and maxiter are {t}, {factor}, {tol} and {maxiter}; they must be positive, above 1, "
            "positive and at least 1"
        )
    functions = (
        function(f, OBJECTIVE),
        *derivative("jac", jac, VECTOR, "jac"),
        *derivative("hess", hess, MATRIX, "hess"),
    )
    constraints = function(g, VECTOR)
    how = BY_DIFFERENCES if g_hess is None else LINEAR if isinstance(g_hess, str) else BY_FUNCTION
    if how == LINEAR and g_hess != "linear":
        raise ValueError(f"g_hess is {g_hess!r}; it must be a function, 'linear' or None")
    of_constraints = (
        *derivative("g_jac", g_jac, MATRIX, "jac"),
        function(g_hess if how == BY_FUNCTION else no_curvature, WEIGHTED, "hess"),
        how,
    )
    with counted_calls() as made, np.errstate(all="ignore"):
        c = np.array(constraints(x.copy()))
        fx = functions[0](x.copy())
        _require_inside(c, fx)
        multipliers = np.empty_like(c)
        history = np.empty((2 + int(max(0.0, np.log(c.size / (t * tol)) / np.log(factor))), 3))
        status, centers, steps, t = follow_path(
            *functions, constraints, *of_constraints, t, factor, tol, maxiter, x, multipliers, history
        )
    fun, weights, taken = history[:centers].T.copy()
    gap = c.size / float(t)
    return BarrierResult(
        x,
        float(fun[-1]),
        status == SOLVED,
        status,
        MESSAGES[status].format(maxiter=maxiter, gap=gap, t=t),
        steps,
        made.f,
        made.jac,
        made.hess,
        history={"fun": fun, "t": weights, "gap": c.size / weights, "steps": taken},
        multipliers=multipliers,
        gap=gap,
    )


MESSAGES = {
    SOLVED: "solved: where f and g are convex, the least value is at most {gap:.1e} lower",
    LIMIT: "maxiter = {maxiter} steps were not enough: t came to {t:.1e}; allow more, or start further inside",
    STUCK: "no lower point was found at t = {t:.1e}: f or g is not convex, or not finite, or a derivative is wrong",
}


def _require_inside(c: np.ndarray, fx: float) -> None:
    for i in np.flatnonzero(~(c < 0.0)):
        raise ValueError(
            f"x0 is not strictly inside: g[{i}] is {c[i]} there, and must be negative; strictly_feasible finds a start"
        )
    if not np.isfinite(fx):
        raise ValueError(f"f(x0) is {fx}; start where f is finite")


def strictly_feasible(g: Any, x0: Any, g_jac: Any = None, *, tol: float = 1e-3, maxiter: int = 500) -> np.ndarray:
    """A point with g(x) < 0, from any x0 at which g is finite: the first phase of `log_barrier`.

    g, g_jac : as in log_barrier. Minimizes the largest violation s, subject to g(x) <= s and s >= -1.

    Returns
    -------
    ndarray
        x : (n,), strictly inside.

    Raises
    ------
    ValueError
        where none was found, with the least violation that was.

    Operation count: that of log_barrier with one unknown and one constraint more.

    References: Boyd and Vandenberghe, Convex Optimization, section 11.4.1.

    Examples
    --------
    >>> def disc(x):
    ...     return np.array([x[0] * x[0] + x[1] * x[1] - 2.0])
    >>> disc(strictly_feasible(disc, [5.0, 5.0])) < 0.0
    array([ True])
    """
    x = float_array("x0", x0, (1,), copy=True).astype(np.float64)
    inner = function(g, VECTOR)
    with np.errstate(all="ignore"):
        c = np.array(inner(x.copy()))
    if (c < 0.0).all():
        return x
    if not np.isfinite(c).all():
        raise ValueError(f"g(x0) is {c}; start where g is finite")
    jacobian_of_g, how = derivative("g_jac", g_jac, MATRIX, "jac")

    def relaxed(z):
        values = inner(z[: z.size - 1])
        c = np.empty(values.size + 1)
        for i in range(values.size):
            c[i] = values[i] - z[z.size - 1]
        c[values.size] = -1.0 - z[z.size - 1]
        return c

    def relaxed_jac(z):
        inside = jacobian_of_g(z[: z.size - 1])
        m, n = inside.shape
        J = np.zeros((m + 1, n + 1))
        for i in range(m):
            for j in range(n):
                J[i, j] = inside[i, j]
            J[i, n] = -1.0
        J[m, n] = -1.0
        return J

    start = np.append(x, c.max() + 1.0)
    given = relaxed_jac if how == GIVEN else g_jac
    t = start.size / (start[-1] + 1.0)  # where the gap is about what there is to gain
    found = log_barrier(_last, relaxed, start, _last_jac, _no_hess, given, t=t, tol=tol, maxiter=maxiter)
    x = found.x[:-1].copy()
    c = np.array(inner(x.copy()))
    if not (c < 0.0).all():
        raise ValueError(f"no point strictly inside was found: the least violation was {c.max():.3g} (g[{c.argmax()}])")
    return x


def _last(z):
    return z[z.size - 1]


def _last_jac(z):
    g = np.zeros(z.size)
    g[z.size - 1] = 1.0
    return g


def _no_hess(z):
    return np.zeros((z.size, z.size))
