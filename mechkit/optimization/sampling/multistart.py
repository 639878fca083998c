"""Many starts of a local method: what a method that only goes downhill cannot find from one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.checking import whole
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.functions import NotFiniteAtStartError, counted_calls
from mechkit.optimization.minimization.minimize import minimize
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.sampling.random_search import box


def multistart(
    fun: Any,
    bounds: Any,
    n: int,
    rng: Any = None,
    *,
    args: Any = (),
    jac: Any = None,
    hess: Any = None,
    method: str | None = None,
    tol: float | None = None,
    options: dict[str, Any] | None = None,
    local: Callable[..., Any] = minimize,
) -> OptimizeResult:
    """The best of n local minima, each found from a random start in a box.

    A start at which fun or its gradient is not finite is left out, and the message says how many were.

    Parameters
    ----------
    fun : kernel or function
        of an array (d,) to a number.
    bounds : (d, 2) or scipy.optimize.Bounds
        the least and the largest value of each variable at the start, not afterwards.
    n : int
        starts.
    rng : int or numpy.random.Generator, optional
        a seed, or where random numbers come from.
    args : tuple
        numbers and arrays that follow x in the calls of fun, jac and hess.
    jac, hess, method, tol, options
        for `minimize`.
    local : function
        another method in place of `minimize`, called as it is.

    Returns
    -------
    OptimizeResult
        x, fun : the best; success : whether the method that found it says so; nit, nfev, njev, nhev : sums over all
        starts; history, an entry for each start : "start", "x", "fun" (of this start; NaN where fun was not finite),
        "best" (so far), "nfev" (so far), with NaN for those left out.

    Raises
    ------
    ValueError, TypeError
        for bounds that are no box, n that is no positive whole number, a fun that is finite at no start, and what the
        local method refuses.

    Operation count: the sum of n local searches. If a share p of the box leads to the minimum, n starts miss it with
    probability (1 - p)^n.

    References: Rinnooy Kan and Timmer, Stochastic global optimization methods, Math. Programming 39 (1987).

    Examples
    --------
    >>> def two_valleys(x):
    ...     return (x[0] * x[0] - 1.0) ** 2 + 0.3 * x[0]
    >>> found = multistart(two_valleys, [(-2, 2)], 10, rng=0)
    >>> found.x.round(3), round(found.fun, 4), found.success
    (array([-1.036]), -0.3054, True)
    """
    lower, width = box(bounds)
    starts = lower + width * np.random.default_rng(rng).random((whole("n", n), lower.size))
    nothing = np.full(lower.size, np.nan)
    found, ends, values, calls = [], [], [], []
    for x in starts:
        with closed_over(args, fun, jac, hess) as (f, gradient, hessian), counted_calls() as made:
            try:
                r = local(f, x, jac=gradient, hess=hessian, method=method, tol=tol, options=options)
            except NotFiniteAtStartError:
                r = None
        found.append(r)
        ends.append(nothing if r is None else r.x)
        values.append(r.fun if r is not None and np.isfinite(r.fun) else np.nan)
        calls.append(made.f if r is None else r.nfev)
    searches = [r for r in found if r is not None]
    if not searches:
        raise NotFiniteAtStartError(
            f"fun or its gradient is finite at none of {n} starts; give bounds within which they are"
        )
    finite = bool(np.isfinite(values).any())
    best = found[int(np.nanargmin(values))] if finite else searches[0]
    message = f"the best of {len(searches)} starts: {best.message}"
    if not finite:
        message = f"fun is finite at the end of none of {len(searches)} starts"
    if len(searches) < n:
        message += f"; {n - len(searches)} of {n} starts were left out, as fun or its gradient is not finite there"
    return OptimizeResult(
        best.x,
        best.fun,
        finite and best.success,
        best.status if finite else 1,
        message,
        sum(r.nit for r in searches),
        sum(calls),
        sum(r.njev for r in searches),
        sum(r.nhev for r in searches),
        history={
            "start": starts,
            "x": np.array(ends),
            "fun": np.array(values),
            "best": np.fmin.accumulate(values),
            "nfev": np.cumsum(calls),
        },
    )
