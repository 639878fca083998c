"""`minimize`: the methods for unconstrained minimization behind one call."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechkit.checking import not_negative, options_among, positive, whole
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.callbacks import checked_callback, tells_to_stop
from mechkit.optimization.check_gradient import check_gradient
from mechkit.optimization.chosen_differences import gradient_kernel
from mechkit.optimization.differences import CENTRAL, FORWARD, GIVEN, derivative
from mechkit.optimization.functions import (
    MATRIX,
    OBJECTIVE,
    VECTOR,
    NotFiniteAtStartError,
    counted_calls,
    first_call,
    function,
    no_bounds,
    refuse,
    start_vector,
)
from mechkit.optimization.minimization import endings
from mechkit.optimization.minimization.endings import (
    CONVERGED,
    CONVERGED_IN_FUN,
    HIDDEN,
    INDEFINITE,
    MAXITER,
    NO_DECREASE,
    NOT_FINITE,
)
from mechkit.optimization.minimization.methods import METHODS, Method
from mechkit.optimization.minimization.problem import Problem
from mechkit.optimization.minimization.stationary_start import ending_at_start
from mechkit.optimization.minimization.trusted_gradient import rounding_hides, trusted_gradient
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.scipy_names import OPTIONS, named_as_in_scipy, with_keywords

#: SciPy's names for these methods, and what to use instead of its other ones.
SAME = {"l-bfgs-b": "l-bfgs"}
NEAREST = {
    "cg": "'L-BFGS', which needs as little memory",
    "powell": "'Nelder-Mead', which needs no derivative either",
    "cobyla": "'Nelder-Mead', which needs no derivative either",
    "cobyqa": "'Nelder-Mead', which needs no derivative either",
    "newton-cg": "'newton', with hess",
    "dogleg": "'newton', with hess",
    "trust-ncg": "'newton', with hess",
    "trust-krylov": "'newton', with hess",
    "trust-exact": "'newton', with hess",
    "tnc": "'L-BFGS', without bounds",
    "slsqp": "'BFGS', without constraints; quadratic_program and log_barrier take convex ones",
    "trust-constr": "'BFGS', without constraints; quadratic_program and log_barrier take convex ones",
}
#: What to do instead of giving SciPy's options.
INSTEAD = {**OPTIONS, "norm": "gtol is what the largest element of the gradient must reach"}
#: A function that falls by less than this part of itself has come to rest.
STILL = 1e-12


def minimize(
    fun: Any,
    x0: Any,
    args: tuple[Any, ...] = (),
    method: str | None = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Any = None,
    options: dict[str, Any] | None = None,
    *,
    gtol: float | None = None,
    ftol: float | None = None,
    xatol: float | None = None,
    fatol: float | None = None,
    maxiter: int | None = None,
) -> OptimizeResult:
    """Minimize a function of several variables.

    Parameters
    ----------
    fun : kernel or function
        of an array (n,), which it does not change, to a number.
    x0 : (n,)
        where to start.
    args : tuple
        numbers and arrays that follow x in the calls of fun, jac and hess.
    method : str
        - "BFGS", the default: learns the inverse Hessian from gradients;
        - "L-BFGS": from the last maxcor = 10 of them, for many variables;
        - "newton": takes the Hessian itself, modified where it is not positive definite;
        - "gradient-descent", "nesterov": gradients alone, without and with momentum. The step is the multiple of the
          gradient in each step, such as 1 / L, or None to look for one. With restart the momentum begins anew
          where it leads uphill;
        - "Nelder-Mead": values alone (xatol, fatol, adaptive, initial_simplex as in SciPy);
        - "subgradient": for functions with kinks, jac any subgradient: maxiter steps of length step / sqrt(k).
    jac : kernel, function or str, optional
        the gradient, a function of x to (n,). Where left out, or "2-point" or "3-point": differences to one side or
        both. Their calls of fun count in nfev. Their steps are for unknowns of size 1 and above: scale smaller ones.
    hess : kernel or function, optional
        the Hessian for "newton", a function of x to (n, n). Where left out, differences of jac, or of fun.
    hessp, bounds, constraints
        not supported. Bounds that bound nothing are taken.
    tol : float, optional
        sets all tolerances.
    callback : function, optional
        called after each iteration, as callback(intermediate_result=...) if it takes that alone, else as callback(x);
        it ends the search by raising StopIteration.
    options : dict, optional
        gtol, which the largest element of the gradient must reach, ftol, maxiter, and those named above.
        "check_gradient": True compares jac with differences at x0 first, outside all counts; "disp": True prints how
        it ended.
    gtol, ftol, xatol, fatol, maxiter
        as in options.

    Returns
    -------
    OptimizeResult
        history has "fun" and "gradient" of x0 and each iterate, for Nelder-Mead "size" in place of "gradient", and
        "x" where n times maxiter is at most a million. Where the gradient is small at x0, fun is looked at beside it,
        by two calls, or four where it falls there.

        status is 0 converged, 1 maxiter, 2 no lower point found, 3 not finite, 4 unbounded below. It is 5 for a
        stationary point that is no minimum, and 7 for a gradient by differences that is rounding of fun. It is 8 for a
        jac that is wrong, and 99 where a callback ended the search.

    Raises
    ------
    ValueError, TypeError
        for input that does not fit, and a function or gradient that is not finite at x0.

    Operation count: that of the method's steps, which the history tells, and of the calls, which the result does. One
    step of BFGS, with two calls of a gradient of 2n flops and two or three of a function of 3n - 1:

    >>> from mechkit import law
    >>> def f(x):
    ...     s = x[0] * x[0]
    ...     for i in range(1, x.size):
    ...         s += 0.5 * (x[i] * x[i])
    ...     return s
    >>> def jac(x):
    ...     g = np.empty_like(x)
    ...     for i in range(x.size):
    ...         g[i] = (2.0 if i == 0 else 1.0) * x[i]
    ...     return g
    >>> law(lambda n: minimize(f, np.ones(n), jac=jac, options={"maxiter": 1}), n=range(10, 15)).flops
    Polynomial('8n^2 + 29n + 9')

    References: Nocedal and Wright, Numerical Optimization, 2nd ed., chapters 3, 6 and 7; each method's kernel names its
    own.

    Examples
    --------
    >>> def rosenbrock(x):
    ...     return 100.0 * (x[1] - x[0]**2)**2 + (1.0 - x[0])**2
    >>> def rosenbrock_jac(x):
    ...     d = x[1] - x[0]**2
    ...     return np.array([-400.0 * x[0] * d - 2.0 * (1.0 - x[0]), 200.0 * d])
    >>> found = minimize(rosenbrock, [-1.2, 1.0], jac=rosenbrock_jac)
    >>> found.x.round(4), found.nit, found.nfev, found.njev
    (array([1., 1.]), 36, 46, 40)
    """
    chosen = _method(method)
    refuse(hessp=hessp, bounds=None if no_bounds(bounds) else bounds, constraints=constraints)
    known = (*chosen.options, "maxiter", "check_gradient", "disp")
    limits = {"gtol": gtol, "ftol": ftol, "xatol": xatol, "fatol": fatol, "maxiter": maxiter}
    limits = {name: value for name, value in limits.items() if value is not None}
    options_among(limits, known, INSTEAD)
    options = with_keywords(options_among(options, known, INSTEAD), **limits)
    with closed_over(args, fun, jac, hess) as (f, gradient_of, hessian_of):
        return _minimize(f, gradient_of, hessian_of, x0, chosen, tol, checked_callback(callback), options)


def _minimize(
    fun: Any, jac: Any, hess: Any, x0: Any, chosen: Method, tol: Any, callback: Any, options: Any
) -> OptimizeResult:
    __tracebackhide__ = True
    x = start_vector(x0)
    check, disp = options.pop("check_gradient", False), options.pop("disp", False)
    settings = _settings(chosen, x.size, tol, options)
    jac_found, how = derivative("jac", jac, VECTOR, "jac")
    f = function(fun, OBJECTIVE, "f")
    hess_found, how_hess = derivative("hess", hess, MATRIX, "hess") if chosen.order == 2 else (None, FORWARD)
    if check:
        if how != GIVEN:
            raise ValueError("there is no jac to check; give one, or leave check_gradient out")
        check_gradient(fun, jac, x)
    told, maxiter = _told(callback), settings.pop("maxiter")
    p = Problem(f, jac_found, how, hess_found, how_hess, x, np.zeros_like(x), math.nan, maxiter, told)
    with counted_calls() as made:
        if chosen.order:
            _start(p)
        ending = chosen.run(p, **settings)
        if how != GIVEN and "gtol" in settings:
            ending = _refined(p, chosen, settings, ending)
        if chosen.order and ending == CONVERGED and not p.taken:
            with np.errstate(all="ignore"):
                ending, p.slope = ending_at_start(p.f, p.x, p.fx, p.g, settings.get("gtol", 0.0))
        if chosen.order and ending == NO_DECREASE and not np.isfinite(p.g).all():
            ending = NOT_FINITE
    found = _result(p, chosen, {**settings, "maxiter": maxiter}, ending, (made.f, made.jac, made.hess))
    if disp:
        calls = f"{found.nfev} calls of fun, {found.njev} of jac"
        print(f"{found.message}; {found.nit} iterations, {calls}; fun is {found.fun:.6g}")
    return found


def _told(callback: Any) -> Any:
    """A callback as SciPy calls it, with x or with a result, as a function of x and f that says whether to stop."""
    if callback is None:
        return None
    return lambda x, fx: tells_to_stop(callback, OptimizeResult(x, fx, False, MAXITER, "the search goes on", 0, 0))


def _refined(p: Problem, chosen: Method, settings: dict[str, Any], ending: int) -> int:
    """How a search by differences ends that was looked at: it goes on where they were too coarse. Returns the ending.

    Differences to one side are off by half a step times the second derivative, and any by the rounding of f. So where
    a search came to rest, it goes on by differences to both sides, and where these are rounding, by longer steps.
    """
    settled = (CONVERGED, CONVERGED_IN_FUN, NO_DECREASE, INDEFINITE)
    if p.how == FORWARD and ending in settled:
        p.how = CENTRAL
        with np.errstate(all="ignore"):
            gradient_kernel(p.how)(p.f, p.jac, p.how, p.x, p.fx, p.g)
        ending = chosen.run(p, **settings) if np.isfinite(p.g).all() else ending
    with np.errstate(all="ignore"):
        if ending not in settled or not (
            ending in (NO_DECREASE, CONVERGED_IN_FUN) or rounding_hides(p.f, p.x, p.fx, p.g, settings["gtol"])
        ):
            return ending
        if ending == CONVERGED_IN_FUN:
            return ending
        p.g, p.error, how = trusted_gradient(p.f, p.jac, p.x, p.fx)
        norm = float(np.abs(p.g).max())
        if how != p.how and norm > settings["gtol"] + p.error:
            p.how = how
            ending = chosen.run(p, **settings)
            p.g, p.error, _ = trusted_gradient(p.f, p.jac, p.x, p.fx)
            norm = float(np.abs(p.g).max())
    if norm <= settings["gtol"] and p.error <= settings["gtol"]:
        return ending if ending == INDEFINITE else CONVERGED
    return HIDDEN if ending in settled and norm <= p.error + settings["gtol"] else ending


def _method(name: str | None) -> Method:
    return METHODS["bfgs" if name is None else named_as_in_scipy(name, METHODS, SAME, NEAREST)]


def _settings(method: Method, n: int, tol: float | None, given: dict[str, Any]) -> dict[str, Any]:
    """The options of a method: what was given, else tol, else the defaults."""
    settings = {**method.options, "maxiter": method.maxiter(n)}
    if tol is not None:
        settings |= dict.fromkeys(method.tol, not_negative("tol", tol))
    settings |= given
    for name, value in settings.items():
        if name in ("maxiter", "maxcor"):
            settings[name] = whole(name, value, int(name == "maxcor"))
        elif name in ("gtol", "ftol", "xatol", "fatol"):
            settings[name] = not_negative(name, value)
        elif name == "step" and (value is not None or method.options["step"] is not None):
            settings[name] = positive(name, value)
        elif name in ("adaptive", "restart"):
            settings[name] = bool(value)
    return settings


def _start(p: Problem) -> None:
    """The function and its gradient at x0, which must be finite."""
    __tracebackhide__ = True
    with np.errstate(all="ignore"):
        p.fx = float(first_call(p.f, p.x))
        if not math.isfinite(p.fx):
            raise NotFiniteAtStartError(f"fun(x0) is {p.fx}; start where fun is finite")
        if p.how == GIVEN:
            p.g = first_call(p.jac, p.x, "jac")
        else:
            gradient_kernel(p.how)(p.f, p.jac, p.how, p.x, p.fx, p.g)
    if p.g.shape != p.x.shape:
        raise ValueError(f"jac(x0) has shape {p.g.shape}; it must have that of x0, {p.x.shape}")
    if not np.isfinite(p.g).all():
        i = int(np.argmin(np.isfinite(p.g)))
        raise NotFiniteAtStartError(f"the gradient at x0 has element {i} = {p.g[i]}; start where it is finite")


def _result(
    p: Problem, method: Method, settings: dict[str, Any], ending: int, calls: tuple[int, int, int]
) -> OptimizeResult:
    history = p.history()
    norm = float(np.abs(p.g).max()) if method.order else float(history["size"][-1])
    cause = ", fun has a kink, or jac is wrong (see check_gradient)" if p.how == GIVEN else ", or fun has a kink"
    facts = {
        "gtol": 0.0,
        **settings,
        "cause": cause,
        "norm": norm,
        "fun": p.fx,
        "error": p.error,
        "slope": p.slope,
        "advice": _advice(history["fun"]),
    }
    message = {**endings.MESSAGES, **method.messages}[ending].format(**facts)
    nit = history["fun"].size - 1
    if nit == 0 and ending == CONVERGED:
        message = f"x0 is where the search would end: {message}"
    success = ending in (CONVERGED, CONVERGED_IN_FUN)
    return OptimizeResult(
        p.x,
        p.fx,
        success,
        0 if success else ending,
        message,
        nit,
        *calls,
        p.g if method.order and math.isfinite(p.fx) else None,
        p.H,
        history,
        p.hess_inv,
    )


def _advice(fun: np.ndarray) -> str:
    """What may help where maxiter was reached: more iterations do where the function still falls."""
    middle = fun.size // 2
    with np.errstate(all="ignore"):
        falls = fun.size < 3 or fun[middle:].min() < fun[:middle].min() - STILL * abs(fun[:middle].min())
    return (
        "allow more, or scale the unknowns" if falls else "the second half of them did not lower fun: start elsewhere"
    )
