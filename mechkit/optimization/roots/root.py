"""The driver of the methods for systems of equations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.checking import not_negative, options_among, whole
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.callbacks import STOPPED, checked_callback
from mechkit.optimization.differences import GIVEN, derivative
from mechkit.optimization.functions import MATRIX, VECTOR, counted_calls, first_call, function, start_vector
from mechkit.optimization.inlined import by_complex_step
from mechkit.optimization.proportional_differences import sizes_of
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.roots.search import DEFAULT_NORM, Search, reach
from mechkit.optimization.roots.steps import (
    BAD_JACOBIAN,
    CONVERGED,
    MAXITER,
    NO_DECREASE,
    NO_ROOT,
    NOT_FINITE,
    SINGULAR,
    SMALL_STEP,
    STATIONARY,
)
from mechkit.optimization.scipy_names import OPTIONS as OF_SCIPY
from mechkit.optimization.scipy_names import named_as_in_scipy, with_keywords

METHODS = ("newton", "chord", "broyden1", "broyden2")
#: What to use instead of SciPy's other methods.
NEAREST = {
    "hybr": "'newton' with options={'globalization': 'trust-region'}",
    "lm": "least_squares",
    **dict.fromkeys(("anderson", "krylov", "df-sane", "diagbroyden"), "'broyden1'"),
    **dict.fromkeys(("linearmixing", "excitingmixing"), "'broyden1'"),
}
GLOBALIZATIONS = ("line-search", "trust-region", None)
#: The norms of so many last iterations tell how fast it falls, and a fall by less than this part in each is slow.
LAST, SLOW = 10, 0.25
#: Unknowns that start below this have steps of differences in proportion to them, and not to 1.
SMALL = 1e-7
#: What options may hold, and the defaults.
OPTIONS: dict[str, Any] = {"globalization": "line-search", "xtol": 1e-12, "maxiter": 500, "disp": False}
_NORM = "give tol, the norm of fun at which x is a root"
#: What to do instead of giving SciPy's options.
INSTEAD = {**OF_SCIPY, "ftol": _NORM, "fatol": _NORM}

MESSAGES = {
    CONVERGED: "the norm of fun, {norm:.2g}, is within tol = {ftol:.2g}",
    SMALL_STEP: "x is a root to {reach:.2g} of each unknown, within which fun changes by its own size; the norm of fun "
    "is {norm:.2g}",
    MAXITER: "{limit} iterations (maxiter) were not enough: the norm of fun is {norm:.2g}; {advice}",
    NOT_FINITE: "fun is not finite, or too large to be squared, where iteration {nit} led, however short its step; "
    "x is the best point before: start elsewhere",
    NO_DECREASE: "no step lowered the norm of fun, {norm:.2g}, in iteration {nit}: it may have a minimum here that is "
    "no root, or jac may be wrong; start elsewhere",
    STATIONARY: "the norm of fun, {norm:.2g}, is stationary in iteration {nit}, where the Jacobian is singular: no "
    "direction lowers it; start elsewhere",
    SINGULAR: "the Jacobian is singular in iteration {nit}, so it has no inverse to correct; start elsewhere, or use "
    "method 'newton'",
    NO_ROOT: "x is no root, though the steps are small: the norm of fun, {norm:.2g}, hardly falls within {reach:.2g} "
    "of it; look whether jac is right, or start elsewhere",
    STOPPED: "callback ended the search in iteration {nit}, where the norm of fun is {norm:.2g}",
    BAD_JACOBIAN: "the Jacobian in iteration {nit} holds NaN or infinity, or leads to them; start elsewhere",
}

#: The message of NO_ROOT where the square of the norm is zero, and the norm is not.
TOO_SMALL = (
    "the norm of fun, {norm:.2g}, is too small to be squared, and x may be no root; multiply fun by a large number, or "
    "start elsewhere"
)


def root(
    fun: Any,
    x0: Any,
    args: tuple[Any, ...] = (),
    method: str = "newton",
    jac: Any = None,
    tol: float | None = None,
    callback: Any = None,
    options: dict[str, Any] | None = None,
    *,
    xtol: float | None = None,
    maxiter: int | None = None,
) -> OptimizeResult:
    """Solve n equations fun(x) = 0 in n unknowns.

    Parameters
    ----------
    fun : kernel or function
        of a vector (n,), returning one (n,).
    x0 : (n,)
        the start.
    args : tuple
        numbers and arrays that follow x in the calls of fun and jac.
    method : str
        "newton"; "chord", which keeps the Jacobian of the start; "broyden1" and "broyden2", Broyden's good and bad
        method, which correct its inverse.
    jac : kernel, function or str, optional
        the Jacobian, a function returning (n, n), row i for fun's element i. "2-point" (the default) or "3-point" for
        differences, whose calls of fun are counted as such. "complex-step" for derivatives without cancellation: then
        fun must take complex vectors, such as one that fills np.empty_like(x) by arithmetic and np.exp.
    tol : float, optional
        the 2-norm of fun at which x is a root. Without it the search ends where each element of fun is small beside
        its own terms, of whatever size they are.
    callback : function, optional
        called as callback(x, f) after each iteration; it ends the search by raising StopIteration.
    options : dict, optional
        - "globalization": "line-search" (the default) or, for Newton's method, "trust-region" (doglegs) lower |fun| in
          each step; None takes every step in full length, as long as fun is finite there;
        - "xtol": a step that is so small, relative to x, ends the search as well (1e-12), as tol may be out of reach.
          Then x is a root if each element of fun changes by its own size within twice xtol, or 1e-9, of each unknown;
        - "maxiter": most iterations (500); "disp": True prints how it ended.
    xtol, maxiter
        as in options.

    Returns
    -------
    OptimizeResult
        fun is the vector at x; history : "x" and "fun", (nit + 1, n), and "norm", (nit + 1,). status : 0 for a root,
        -1 for one that was found by the size of the step, else the number of the reason, which the message gives.

    Raises
    ------
    ValueError, TypeError
        for an x0, functions and options that cannot be used; what fun and jac raise themselves.

    Operation count: what each derivative buys. Iterations, calls of fun and jac, and flops, among them the 3n and 2n of
    each of these calls:

    >>> from mechkit import count
    >>> def fun(x):
    ...     y = np.empty_like(x)
    ...     for i in range(x.size):
    ...         y[i] = x[i] * x[i] + x[(i + 1) % x.size] - 3.0
    ...     return y
    >>> def jac(x):
    ...     J = np.zeros((x.size, x.size))
    ...     for i in range(x.size):
    ...         J[i, i] = x[i] + x[i]
    ...         J[i, (i + 1) % x.size] += 1.0
    ...     return J
    >>> x0 = np.linspace(1.2, 1.4, 50)
    >>> root(fun, x0, jac=jac).success
    True
    >>> for method in ("newton", "chord", "broyden1", "broyden2"):
    ...     with count() as ops:
    ...         r = root(fun, x0, method=method, jac=jac)
    ...     print(method, r.nit, (r.nfev, r.njev), ops.flops)
    newton 3 (4, 3) 262885
    chord 9 (10, 1) 130953
    broyden1 8 (9, 1) 140456
    broyden2 8 (9, 1) 140456

    A step of Newton's method is 2n^3/3 flops and n^2 derivatives. One of the chord method's is 2n^2 flops and no
    derivative. One of Broyden's is 4n flops more for each step before it: see the laws of the kernels.

    References: Kelley, Iterative Methods for Linear and Nonlinear Equations, chapters 5 to 8; Nocedal and Wright,
    Numerical Optimization, 2nd ed., chapter 11; Dennis and Schnabel, Numerical Methods for Unconstrained Optimization
    and Nonlinear Equations; Squire and Trapp, Using complex variables to estimate derivatives of real functions, SIAM
    Review 40 (1998).

    Examples
    --------
    >>> r = root(fun, [1.0, 2.0])
    >>> r.x, r.success
    (array([1.30277564, 1.30277564]), True)
    """
    name = named_as_in_scipy(method, METHODS, {}, NEAREST)
    settings = _options(options, name, xtol, maxiter)
    ftol = None if tol is None else not_negative("tol", tol)
    with closed_over(args, fun, jac) as (f, derivatives):
        found = _root(f, x0, name, derivatives, ftol, checked_callback(callback), *settings[:3])
    if settings[3]:
        print(f"{found.message}; {found.nit} iterations, {found.nfev} calls of fun, {found.njev} of jac")
    return found


def _root(
    fun: Any,
    x0: Any,
    name: str,
    jac: Any,
    tol: float | None,
    callback: Any,
    globalization: str | None,
    xtol: float,
    limit: int,
) -> OptimizeResult:
    __tracebackhide__ = True
    start = start_vector(x0)
    n = start.size
    if isinstance(jac, str) and jac == "complex-step":
        derivatives, how = by_complex_step(fun), GIVEN
    else:
        derivatives, how = derivative("jac", jac, MATRIX, "jac")
    f = function(fun, VECTOR, "f")
    points, values, squares = np.empty((limit + 1, n)), np.empty((limit + 1, n)), np.empty(limit + 1)
    points[0] = start
    with counted_calls() as made, np.errstate(all="ignore"):
        value = first_call(f, start)
        if value.size != n:
            raise ValueError(f"fun returned {value.size} numbers for {n} unknowns; it must return one for each")
        values[0] = value
        squares[0] = values[0] @ values[0]
        nit, status = 0, NOT_FINITE if math.isnan(squares[0]) or squares[0] == math.inf else CONVERGED
        if status == CONVERGED and value.any():
            rows, sizes = (points, values, squares), np.where(np.abs(start) < SMALL, sizes_of(start), 1.0)
            search = Search(f, derivatives, how, sizes, name, globalization, xtol, limit, *rows, callback)
            status = search.run(tol)
            nit = search.nit
    norms = np.sqrt(squares[: nit + 1])
    for k in np.flatnonzero(norms == 0.0):  # where a square was too small for a number
        norms[k] = math.hypot(*values[k])
    best = nit if status <= CONVERGED or np.isnan(norms).all() else int(np.nanargmin(norms))
    advice = _advice(norms, name, how != GIVEN) if status == MAXITER else ""
    facts = {"norm": norms[best], "nit": nit, "limit": limit, "reach": reach(xtol), "advice": advice}
    text = TOO_SMALL if status == NO_ROOT and squares[best] == 0.0 else MESSAGES[status]
    message = text.format(**facts, ftol=DEFAULT_NORM if tol is None else tol)
    history = {"x": points[: nit + 1].copy(), "fun": values[: nit + 1].copy(), "norm": norms}
    return OptimizeResult(
        points[best].copy(), values[best].copy(), status <= CONVERGED, status, message, nit, made.f, made.jac,
        history=history,
    )  # fmt: skip


def _advice(norms: np.ndarray, method: str, by_differences: bool) -> str:
    """What may help where maxiter was reached."""
    middle = norms.size // 2
    if norms.size > 2 and not norms[middle:].min() < 0.5 * norms[:middle].min():
        return "it has hardly fallen in the second half of them, so start elsewhere, or try another method"
    last = norms[-LAST - 1 :]
    fall = 1.0 - float((last[-1] / last[0]) ** (1.0 / max(last.size - 1, 1)))
    if norms.size <= LAST or not fall < SLOW:
        return "allow more, or start nearer"
    slowly = f"each of the last {LAST} lowered it by {100.0 * fall:.2g} % only"
    if method == "chord":
        return f"{slowly}, as the Jacobian of the start does not fit here; use method 'newton'"
    singular = f"{slowly}, as where the Jacobian is singular at a root"
    return f"{singular}; {'give jac, or start elsewhere' if by_differences else 'start elsewhere'}"


def _options(
    options: dict[str, Any] | None, method: str, xtol: float | None, maxiter: int | None
) -> tuple[str | None, float, int, bool]:
    """The options, checked, with defaults for those that are not given."""
    given = with_keywords(options_among(options, OPTIONS, INSTEAD), xtol=xtol, maxiter=maxiter)
    globalization, xtol, limit, disp = {**OPTIONS, **given}.values()
    if globalization not in GLOBALIZATIONS:
        raise ValueError(f"globalization is {globalization!r}; it must be 'line-search', 'trust-region' or None")
    if globalization == "trust-region" and method != "newton":
        raise ValueError(f"a trust region is for method 'newton', not {method!r}; use the line search")
    return globalization, not_negative("xtol", xtol), whole("maxiter", limit), bool(disp)
