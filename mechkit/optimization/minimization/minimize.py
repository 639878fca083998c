"""`minimize`: the methods for unconstrained minimization behind one call."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mechkit.checking import float_array, not_negative, one_of, options_among, positive, whole
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.check_gradient import check_gradient
from mechkit.optimization.differences import FORWARD, GIVEN, derivative, gradient, hessian
from mechkit.optimization.functions import (
    MATRIX,
    OBJECTIVE,
    VECTOR,
    Calls,
    counted_calls,
    first_call,
    function,
    refuse,
)
from mechkit.optimization.minimization import endings
from mechkit.optimization.minimization.endings import CONVERGED, CONVERGED_IN_FUN, INDEFINITE
from mechkit.optimization.minimization.gradient_methods import descend
from mechkit.optimization.minimization.limited_memory import lbfgs
from mechkit.optimization.minimization.nelder_mead import first_values, nelder_mead
from mechkit.optimization.minimization.newton_minimize import EPS, is_indefinite, newton
from mechkit.optimization.minimization.problem import Ended, Problem
from mechkit.optimization.minimization.quasi_newton import bfgs
from mechkit.optimization.minimization.subgradient import subgradient_steps
from mechkit.optimization.result import OptimizeResult

#: How negative an eigenvalue is that makes a stationary point no minimum, relative to the Hessian's largest elements.
NEGATIVE, NEGATIVE_BY_DIFFERENCES = 1e-8, 1e-4


def _bfgs(p: Problem, gtol: float) -> Ended:
    n = p.x.size
    p.hess_inv = H = np.empty((n, n))
    work = np.empty((6, n))
    return p.run(lambda taken, *history: bfgs(p.f, p.jac, p.how, p.x, p.g, H, work, gtol, taken, *history))


def _lbfgs(p: Problem, gtol: float, ftol: float, maxcor: int) -> Ended:
    n = p.x.size
    S, Y, c = np.empty((maxcor, n)), np.empty((maxcor, n)), np.empty((3, maxcor))
    pairs, work = np.zeros(2, np.int64), np.empty((3, n))
    return p.run(lambda taken, *history: lbfgs(p.f, p.jac, p.how, p.x, p.g, S, Y, c, pairs, work, gtol, ftol, *history))


def _newton(p: Problem, gtol: float) -> Ended:
    n = p.x.size
    H, work, modified = np.empty((n, n)), np.empty((4, n)), True

    def steps(taken: int, *history: np.ndarray) -> tuple[int, int]:
        nonlocal modified
        made, ending, now = newton(p.f, p.jac, p.how, p.hess, p.how_hess, p.x, p.g, H, work, gtol, *history)
        modified = now if made else modified
        return made, ending

    ending, history = p.run(steps)
    if ending == CONVERGED and modified:  # no step has shown that the Hessian is positive definite here
        hessian(p.f, p.jac, p.how, p.hess, p.how_hess, p.x, p.fx, p.g, H)
        p.H = H.copy()
        if not np.isfinite(H).all():
            return ending, history
        part = NEGATIVE if p.how_hess == GIVEN else NEGATIVE_BY_DIFFERENCES
        if is_indefinite(H, work[0], part, EPS, math.sqrt(max(n * n - 1, 1))):
            ending = INDEFINITE
    return ending, history


def _descend(p: Problem, accelerated: bool, gtol: float, step: float | None, restart: bool = False) -> Ended:
    state, work = np.array([1.0, 1.0, p.fx]), np.array([p.x, p.x, p.g, p.g, p.g])
    length = 0.0 if step is None else step
    ending, history = p.run(
        lambda taken, *history: descend(
            p.f, p.jac, p.how, p.x, p.g, length, accelerated, restart, gtol, state, work, *history
        )
    )
    p.keep_best(ending, state[2], work[1], work[2])
    return ending, history


def _gradient_descent(p: Problem, gtol: float, step: float | None) -> Ended:
    return _descend(p, False, gtol, step)


def _nesterov(p: Problem, gtol: float, step: float | None, restart: bool) -> Ended:
    return _descend(p, True, gtol, step, restart)


def _subgradient(p: Problem, step: float) -> Ended:
    state, work = np.array([p.fx]), np.array([p.x, p.g])
    ending, history = p.run(
        lambda taken, *history: subgradient_steps(p.f, p.jac, p.how, p.x, p.g, step, taken, state, work, *history)
    )
    p.keep_best(ending, state[0], work[0], work[1])
    return ending, history


def _nelder_mead(p: Problem, xatol: float, fatol: float, adaptive: bool, initial_simplex: Any) -> Ended:
    n = p.x.size
    # Gao and Han, Implementing the Nelder-Mead simplex algorithm with adaptive parameters, 2012
    coefficients = (1.0, 1.0 + 2.0 / n, 0.75 - 0.5 / n, 1.0 - 1.0 / n) if adaptive else (1.0, 2.0, 0.5, 0.5)
    if initial_simplex is None:
        simplex = np.tile(p.x, (n + 1, 1))
        for i in range(n):
            simplex[i + 1, i] = 1.05 * p.x[i] if p.x[i] else 0.00025
    else:
        simplex = float_array("initial_simplex", initial_simplex, (2,), copy=True).astype(np.float64)
        if simplex.shape != (n + 1, n):
            raise ValueError(f"initial_simplex has shape {simplex.shape}; it must have n + 1 vertices, {(n + 1, n)}")
    values, order, work = np.empty(n + 1), np.empty(n + 1, np.int64), np.empty((3, n))
    with np.errstate(all="ignore"):
        values[0] = first_call(p.f, simplex[0])
        first_values(p.f, simplex, values, order)
    p.x, p.fx = simplex[order[0]].copy(), values[order[0]]
    if p.fx == math.inf:
        raise ValueError("fun is finite at no vertex of the first simplex; start where it is")

    def steps(taken: int, fun: np.ndarray, sizes: np.ndarray, xs: np.ndarray) -> tuple[int, int]:
        made, ending = nelder_mead(p.f, simplex, values, order, coefficients, work, xatol, fatol, fun, sizes, xs)
        p.x = simplex[order[0]].copy()
        return made, ending

    return p.run(steps, "size")


@dataclass(frozen=True)
class Method:
    """A method: what runs it, its options and their defaults, which of them tol sets, maxiter, and its own messages."""

    run: Callable[..., Ended]
    options: dict[str, Any]
    tol: tuple[str, ...] = ("gtol",)
    maxiter: Callable[[int], int] = lambda n: 200 * n
    messages: dict[int, str] = field(default_factory=dict)
    order: int = 1  # of the derivatives that it takes


#: The names, options and defaults are SciPy's where it has them.
METHODS = {
    "bfgs": Method(_bfgs, {"gtol": 1e-5}),
    "l-bfgs": Method(_lbfgs, {"gtol": 1e-5, "ftol": 1e7 * EPS, "maxcor": 10}, ("gtol", "ftol"), lambda n: 15_000),
    "newton": Method(_newton, {"gtol": 1e-5}, order=2),
    "gradient-descent": Method(_gradient_descent, {"gtol": 1e-5, "step": None}, maxiter=lambda n: 15_000),
    "nesterov": Method(_nesterov, {"gtol": 1e-5, "step": None, "restart": True}, maxiter=lambda n: 15_000),
    "nelder-mead": Method(
        _nelder_mead,
        {"xatol": 1e-4, "fatol": 1e-4, "adaptive": False, "initial_simplex": None},
        ("xatol", "fatol"),
        messages=endings.SIMPLEX,
        order=0,
    ),
    "subgradient": Method(_subgradient, {"step": 1.0}, (), lambda n: 15_000, messages=endings.SUBGRADIENT),
}


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
) -> OptimizeResult:
    """Minimize a function of several variables.

    fun : a kernel or plain Python function of an array (n,), which it does not change, to a number; x0 : (n,), where to
    start; args : numbers and arrays that follow x in the calls of fun, jac and hess; method : one of

    - "BFGS", the default: learns the inverse Hessian from gradients;
    - "L-BFGS": from the last maxcor = 10 of them, for many variables;
    - "newton": takes the Hessian itself, modified where it is not positive definite;
    - "gradient-descent", "nesterov": gradients alone, without and with momentum (restart: begin it anew where it leads
      uphill), with steps of a fixed multiple `step` of the gradient, 1 / L say, or found as they go;
    - "Nelder-Mead": values alone (xatol, fatol, adaptive, initial_simplex as in SciPy);
    - "subgradient": for functions with kinks, jac any subgradient: steps of length step / sqrt(k), all maxiter of them;

    jac : the gradient, a function of x to (n,), or None or "2-point", "3-point" for finite differences, to one side or
    both, whose calls of fun count in nfev, and whose steps are for unknowns of size 1 and above: scale smaller ones;
    hess : the Hessian for "newton", a function of x to (n, n), or None, for differences of jac, or of fun where that is
    not given; tol : sets all tolerances; options : gtol, which the largest element of the gradient must reach, maxiter,
    and those named above; "check_gradient": True compares jac with differences at x0 first, outside all counts.
    hessp, bounds, constraints and callback are not supported. Other args are compiled anew, like another function.

    Returns
    -------
    OptimizeResult
        history has "fun" and "gradient", the largest element of the gradient, (for Nelder-Mead "size", of the simplex)
        of x0 and each iterate, and "x" where n times maxiter is at most a million. status: 0 converged, 1 maxiter, 2
        no lower point found, 3 not finite, 4 unbounded below, 5 a stationary point that is no minimum.

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
    refuse(hessp=hessp, bounds=bounds, constraints=constraints, callback=callback)
    with closed_over(args, fun, jac, hess) as functions:
        return _minimize(*functions, x0, chosen, tol, options)


def _minimize(fun: Any, jac: Any, hess: Any, x0: Any, chosen: Method, tol: Any, options: Any) -> OptimizeResult:
    x = np.array(np.atleast_1d(float_array("x0", x0, (0, 1))), np.float64)
    given = options_among(options, (*chosen.options, "maxiter", "check_gradient"))
    check = given.pop("check_gradient", False)
    settings = _settings(chosen, x.size, tol, given)
    f = function(fun, OBJECTIVE, "f")
    jac_found, how = derivative("jac", jac, VECTOR, "jac")
    hess_found, how_hess = derivative("hess", hess, MATRIX, "hess") if chosen.order == 2 else (None, FORWARD)
    if check:
        if how != GIVEN:
            raise ValueError("there is no jac to check; give one, or leave check_gradient out")
        check_gradient(fun, jac, x)
    problem = Problem(f, jac_found, how, hess_found, how_hess, x, np.zeros_like(x), math.nan, settings.pop("maxiter"))
    with counted_calls() as made:
        if chosen.order:
            _start(problem)
        ending, history = chosen.run(problem, **settings)
    return _result(problem, chosen, settings, ending, history, made)


def _method(name: str | None) -> Method:
    if str(name).lower() == "l-bfgs-b":
        raise ValueError(f"method is {name!r}; here it is 'L-BFGS', without bounds")
    return METHODS["bfgs" if name is None else one_of("method", name, METHODS)]


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
    with np.errstate(all="ignore"):
        p.fx = float(first_call(p.f, p.x))
        if not math.isfinite(p.fx):
            raise ValueError(f"fun(x0) is {p.fx}; start where fun is finite")
        if p.how == GIVEN:
            p.g = first_call(p.jac, p.x, "jac")
        else:
            gradient(p.f, p.jac, p.how, p.x, p.fx, p.g)
    if p.g.shape != p.x.shape:
        raise ValueError(f"jac(x0) has shape {p.g.shape}; it must have that of x0, {p.x.shape}")
    if not np.isfinite(p.g).all():
        i = int(np.argmin(np.isfinite(p.g)))
        raise ValueError(f"the gradient at x0 has element {i} = {p.g[i]}; start where it is finite")


def _result(
    p: Problem, method: Method, settings: dict[str, Any], ending: int, history: dict[str, np.ndarray], made: Calls
) -> OptimizeResult:
    norm = float(np.abs(p.g).max()) if method.order else float(history["size"][-1])
    message = {**endings.MESSAGES, **method.messages}[ending].format(norm=norm, maxiter=p.maxiter, **settings)
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
        made.f,
        made.jac,
        made.hess,
        p.g if method.order and math.isfinite(p.fx) else None,
        p.H,
        history,
        p.hess_inv,
    )
