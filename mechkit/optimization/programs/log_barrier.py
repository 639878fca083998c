"""Smooth convex problems by a logarithmic barrier: the driver. The path is in barrier_path.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import float_array, options_among, positive, whole
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
from mechkit.optimization.programs.quasidefinite import factorization
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.scipy_names import with_keywords

#: The options of log_barrier: a first weight that serves objectives of about 1, and Boyd and Vandenberghe's factor.
DEFAULTS = {"t": 1.0, "factor": 20.0, "tol": 1e-8, "maxiter": 500}


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
    options: Mapping[str, Any] | None = None,
    *,
    t: float | None = None,
    factor: float | None = None,
    tol: float | None = None,
    maxiter: int | None = None,
) -> BarrierResult:
    """Minimize a convex f(x) subject to g(x) <= 0, each element of g convex, from a start strictly inside.

    Parameters
    ----------
    f : kernel or function
        of an array (n,) to a number.
    g : kernel or function
        of an array (n,) to (m,), the constraints.
    x0 : array
        (n,), with g(x0) < 0; `strictly_feasible` finds one.
    jac, hess : kernel, function or str, optional
        the first and second derivatives of f, functions of x to (n,) and (n, n). Where left out, or "2-point" or
        "3-point": differences.
    g_jac : kernel, function or str, optional
        the first derivatives of g, a function of x to (m, n), or differences.
    g_hess : kernel, function or str, optional
        of x and w to (n, n), the sum of w[i] times the second derivatives of g[i]. Where left out: differences.
        "linear" where it is zero.
    options : dict, optional
        "t" (1), the first weight of f against the barrier; "factor" (20), by which the weight grows. "tol" (1e-8), of
        the gap m / t; "maxiter" (500), the limit of Newton's steps in all.
    t, factor, tol, maxiter
        as in options.

    Returns
    -------
    BarrierResult
        multipliers, (m,), are positive. nit counts Newton's steps, nfev the calls of f and g, njev and nhev those of
        their derivatives. history has an entry for each center: "fun", "t", "gap" and "nit", the steps so far.

        status is 0 where the gap is below tol, and 1 for the limit of steps. It is 4 where a center was not found: f or
        g is not convex, or not finite, or a derivative is wrong.

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
    given = with_keywords(options_among(options, DEFAULTS), t=t, factor=factor, tol=tol, maxiter=maxiter)
    weight, growth, enough, most = _settings({**DEFAULTS, **given})
    functions = (
        function(f, OBJECTIVE),
        *derivative("jac", jac, VECTOR, "jac"),
        *derivative("hess", hess, MATRIX, "hess"),
    )
    constraints = function(g, VECTOR)
    if g_hess is None:
        how = BY_DIFFERENCES
    elif isinstance(g_hess, str):
        how = LINEAR
    else:
        how = BY_FUNCTION
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
        history = np.empty((2 + int(max(0.0, np.log(c.size / (weight * enough)) / np.log(growth))), 3))
        status, centers, steps, weight = follow_path(
            *functions, constraints, *of_constraints, factorization(x.size), weight, growth, enough, most,
            x, multipliers, history,
        )  # fmt: skip
    fun, weights, taken = history[:centers].T.copy()
    gap = c.size / float(weight)
    return BarrierResult(
        x,
        float(fun[-1]),
        status == SOLVED,
        status,
        MESSAGES[status].format(maxiter=most, gap=gap, t=weight),
        steps,
        made.f,
        made.jac,
        made.hess,
        history={"fun": fun, "t": weights, "gap": c.size / weights, "nit": taken},
        multipliers=multipliers,
        gap=gap,
    )


MESSAGES = {
    SOLVED: "solved: where f and g are convex, the least value is at most {gap:.1e} lower",
    LIMIT: "maxiter = {maxiter} steps were not enough: t came to {t:.1e}; allow more, or start further inside",
    STUCK: "no lower point was found at t = {t:.1e}: f or g is not convex, or not finite, or a derivative is wrong",
}


def _settings(given: dict[str, Any]) -> tuple[float, float, float, int]:
    """The first weight, the factor, the tolerance and the limit of steps, checked."""
    factor = positive("factor", given["factor"])
    if factor <= 1.0:
        raise ValueError(f"factor is {given['factor']}; it must be greater than 1")
    return positive("t", given["t"]), factor, positive("tol", given["tol"]), whole("maxiter", given["maxiter"])


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
