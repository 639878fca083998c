"""Nonlinear least squares: Gauss-Newton with a line search, and Levenberg-Marquardt with a trust region."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechkit.checking import not_negative, options_among, whole
from mechkit.optimization.arguments import closed_over
from mechkit.optimization.callbacks import STOPPED, checked_callback, tells_to_stop
from mechkit.optimization.differences import derivative
from mechkit.optimization.fitting.gauss_newton import gauss_newton
from mechkit.optimization.fitting.levenberg_marquardt import damped_work, levenberg_marquardt
from mechkit.optimization.fitting.linearization import (
    BOTH,
    CHANGED_LENGTH,
    GOING_ON,
    GRADIENT,
    HIDDEN,
    JACOBIAN_NOT_FINITE,
    LEAST_SIZE,
    NO_DESCENT,
    NOT_FINITE_AROUND,
    PLATEAU,
    REDUCTION,
    REDUCTION_HIDDEN,
    SADDLE,
    STEP,
    TOO_MANY,
    WRONG_JACOBIAN,
    record,
    transposed_product,
    work_of,
)
from mechkit.optimization.fitting.verdict import Fit
from mechkit.optimization.functions import (
    MATRIX,
    VECTOR,
    counted_calls,
    first_call,
    function,
    no_bounds,
    refuse,
    start_vector,
)
from mechkit.optimization.proportional_differences import jacobian_kernel, sizes_of
from mechkit.optimization.result import OptimizeResult
from mechkit.optimization.scipy_names import named_as_in_scipy

EPS = float(np.finfo(float).eps)
#: The history keeps so many steps.
MOST_KEPT = 10_000
MESSAGES = {
    TOO_MANY: "max_nfev = {max_nfev} evaluations were made before a tolerance was met; x is the best point found",
    GRADIENT: "the residuals are orthogonal to the columns of the Jacobian, up to gtol",
    REDUCTION: "the sum of squares would fall by less than ftol of it",
    STEP: "the step is shorter than xtol of x",
    BOTH: "the step is shorter than xtol of x, and the sum of squares would fall by less than ftol of it",
    NOT_FINITE_AROUND: "fun is NaN or infinite at every point that was tried beyond x, ever nearer to it; x is the "
    "best point found: try another x0, or make fun finite",
    JACOBIAN_NOT_FINITE: "the Jacobian at x holds NaN or infinity; x is the best point found: try another x0, or jac",
    NO_DESCENT: "the line search found no lower sum of squares, down to steps of xtol; x is the best point found: try "
    "method='lm'",
    WRONG_JACOBIAN: "jac is not the derivative of fun at x: along one direction {off}; correct jac, or leave it out",
    HIDDEN: "rounding of fun hides its derivative with respect to x[{j}], which differences over a short step need; "
    "give jac, or subtract a constant from fun",
    PLATEAU: "x is on a plateau: there x[{j}] has no effect on fun, {elsewhere}",
    SADDLE: "x is stationary but no minimum: the sum of squares is lower on a side of x[{j}], whose derivative is "
    "zero at x0; try another x0",
    REDUCTION_HIDDEN: "the sum of squares would fall by {predicted:.2g} of it, which is rounding: the line search "
    "found no lower one",
    STOPPED: "callback ended the search; x is the best point found",
}


@dataclass(frozen=True, repr=False)
class LeastSquaresResult(OptimizeResult):
    """What `least_squares` returns; fun : (m,) residuals; jac : (m, n) their Jacobian at x.

    cost : half the sum of squares; grad : (n,) its gradient J'r; optimality : the largest element of grad.
    """

    cost: float = math.nan
    grad: Any = None
    optimality: float = math.nan


#: What to use instead of SciPy's other methods.
NEAREST = {"trf": "'lm', without bounds", "dogbox": "'lm', without bounds"}
METHODS = {"lm": (levenberg_marquardt, "damping", damped_work), "gauss-newton": (gauss_newton, "step", work_of)}


def least_squares(
    fun: Callable[..., Any],
    x0: Any,
    jac: Any = None,
    method: str = "lm",
    ftol: float | None = 1e-14,
    xtol: float | None = 1e-8,
    gtol: float | None = 1e-12,
    max_nfev: int | None = None,
    *,
    bounds: Any = None,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    callback: Any = None,
    verbose: int = 0,
    x_scale: Any = None,
    loss: Any = "linear",
    f_scale: float = 1.0,
    diff_step: Any = None,
    tr_solver: Any = None,
    tr_options: Any = None,
    jac_sparsity: Any = None,
    workers: Any = None,
    options: dict[str, Any] | None = None,
) -> LeastSquaresResult:
    """Minimize the sum of squares of residuals, near a start.

    A sum of squares that is right to 14 digits leaves x 7. So ftol and gtol are smaller than SciPy's 1e-8, which xtol
    is.

    Parameters
    ----------
    fun : kernel or function
        x (n,) -> residuals (m,), m >= n.
    x0 : (n,)
        the start.
    jac : kernel, function or str, optional
        x -> (m, n). Where left out, or "2-point": differences to one side, and to both where the search would end;
        "3-point": to both throughout.
    method : str
        "lm", Levenberg-Marquardt with a trust region scaled by the columns of the Jacobian, as in MINPACK, or
        "gauss-newton" with a line search.
    ftol, xtol : float
        stop where the sum of squares falls, or x moves, by a smaller share.
    gtol : float
        stop where the cosine of the angle between the residuals and each column of the Jacobian is smaller.
    max_nfev : int, optional
        how many points may be tried, without those for differences; 200 (n + 1) where left out.
    bounds
        only those that bound nothing.
    args : tuple
        numbers and arrays that follow x in the calls of fun and jac, such as the data.
    callback : function, optional
        called after each step, as callback(intermediate_result=...) if it takes that alone, else as callback(x); it
        ends the search by raising StopIteration.
    verbose : int
        1 and more print how it ended.
    options : dict, optional
        ftol, xtol, gtol and max_nfev, as another way to give them.

    The scales of the parameters are found: x_scale, f_scale, tr_solver, tr_options and workers are accepted for
    SciPy's sake and ignored. Not supported are kwargs, diff_step, jac_sparsity, and another loss than "linear".

    Returns
    -------
    LeastSquaresResult
        x, and fun, jac, grad and optimality there. The cost is half the sum of squares. Calls for differences are part
        of nfev. The history has x, cost, gradient, and damping or step, of the first 10,000 steps.

        The status is 1 to 4 for gtol, ftol, xtol or both of these, and 5 where rounding alone is left. It is 0 for
        max_nfev, and 99 for a callback that ended the search. It is negative where the search broke off, or what it
        found is no fit. The number -4 means that jac is wrong, which takes a call of fun where the steps do not show
        it. The number -5 means that rounding hides a derivative, -6 that x is on a plateau, and -7 that x is stationary
        but no minimum.

    Raises
    ------
    ValueError, TypeError
        for input that does not fit, and where fun is not finite at x0.

    Operation count: each step factors the Jacobian, to the first order in 2mn^2 - 2n^3/3 flops, and with damping takes
    n^3 for each try of it. A step without damping, here with m = 2n:

    >>> from mechkit import law
    >>> from mechkit.optimization.fitting.linearization import valley, valley_jac
    >>> law(lambda n: least_squares(valley, np.zeros(n), valley_jac, max_nfev=2), n=range(2, 9)).flops.leading
    Polynomial('10n^3/3')

    References: More, The Levenberg-Marquardt algorithm: implementation and theory, Numerical Analysis, Lecture Notes in
    Mathematics 630 (1978); Nocedal and Wright, Numerical Optimization, 2nd ed., chapter 10.

    Examples
    --------
    Rosenbrock's valley, which the full step of Gauss and Newton leaves:

    >>> least_squares(valley, [-1.2, 1.0]).message
    'the residuals are orthogonal to the columns of the Jacobian, up to gtol'
    >>> for method in ("lm", "gauss-newton"):
    ...     found = least_squares(valley, [-1.2, 1.0], valley_jac, method=method)
    ...     print(found.x, found.nit, found.nfev, found.njev)
    [1. 1.] 14 19 15
    [1. 1.] 12 25 13
    """
    if not isinstance(method, str):
        raise ValueError(f"method is {method!r}; it is the fourth argument here, and bounds are given by name")
    chosen = METHODS[named_as_in_scipy(method, METHODS, {}, NEAREST)]
    refuse(bounds=None if no_bounds(bounds) else bounds, loss=None if loss == "linear" else loss)
    refuse(kwargs=kwargs, diff_step=diff_step, jac_sparsity=jac_sparsity)
    limits: dict[str, Any] = {"ftol": ftol, "xtol": xtol, "gtol": gtol, "max_nfev": max_nfev}
    limits |= options_among(options, limits)
    max_nfev = limits.pop("max_nfev")
    tolerances = [EPS if value is None else max(not_negative(name, value), EPS) for name, value in limits.items()]
    with closed_over(args, fun, jac) as (f, derivatives):
        found = _least_squares(f, x0, derivatives, chosen, tolerances, max_nfev, checked_callback(callback))
    if verbose:
        print(f"{found.message}; {found.nit} steps, {found.nfev} calls of fun, cost {found.cost:.6g}")
    return found


def _intermediate(x: np.ndarray, r: np.ndarray, nit: int) -> LeastSquaresResult:
    cost = 0.5 * float(r @ r)
    return LeastSquaresResult(x.copy(), r.copy(), False, GOING_ON, "the search goes on", nit, 0, cost=cost)


def _least_squares(
    fun: Any,
    x0: Any,
    jac: Any,
    method: tuple[Any, str, Any],
    tolerances: list[float],
    max_nfev: int | None,
    callback: Any,
) -> LeastSquaresResult:
    __tracebackhide__ = True
    minimize, control, memory = method
    x = start_vector(x0)
    n = x.size
    most = 200 * (n + 1) if max_nfev is None else whole("max_nfev", max_nfev)
    J_of, how = derivative("jac", jac, MATRIX, "jac")
    f = function(fun, VECTOR, "f")
    with counted_calls() as made, np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        r = first_call(f, x)
        if r.size < n:
            raise ValueError(f"fun returns {r.size} residuals for {n} unknowns; least squares needs at least as many")
        if not np.isfinite(r).all():
            i = int(np.argmin(np.isfinite(r)))
            raise ValueError(f"fun is not finite at x0: residual {i} is {r[i]}; try another x0")
        J, g, sizes = np.empty((r.size, n)), np.full(n, np.nan), sizes_of(x)
        history = np.empty((min(most, MOST_KEPT) + 1, 3 + n))
        start, before, largest = x.copy(), np.empty(r.size), np.zeros(n)
        progress, region, work = np.array([0, 1, how]), np.zeros(2), memory(r.size, n)
        jacobian_of = jacobian_kernel(how)
        given = f, J_of, jacobian_of, progress, region, x, sizes, r, J, g, before, largest, *tolerances, most
        status, nit = GOING_ON, 0
        while status == GOING_ON:  # for a callback, a step at a time
            status, nit = minimize(*given, nit + 1 if callback else most, history, *work)
            if status == CHANGED_LENGTH:
                raise ValueError("the vector that fun returns has changed its length; it must be the same at every x")
            if status == GOING_ON and tells_to_stop(callback, _intermediate(x, r, nit)):
                status = STOPPED
                jacobian_of(f, J_of, progress[2], x, sizes, LEAST_SIZE, r, J)
                record(history, nit, x, 0.5 * float(r @ r), transposed_product(J, r, g), region[0])
        step = None if not 0 < nit < len(history) else history[nit, 3:] - history[nit - 1, 3:]
        fit = Fit(f, how, start, math.sqrt(2.0 * history[0, 0]), sizes, x, r, J, largest, before, step)
        status, facts = (status, {}) if status == STOPPED else fit.verdict(status)
        cost, optimality = 0.5 * float(np.sum(r * r)), float(np.max(np.abs(g)))
    kept = history[: nit + (status != JACOBIAN_NOT_FINITE)]
    return LeastSquaresResult(
        x=x,
        fun=r,
        success=0 < status < STOPPED,
        status=status,
        message=MESSAGES[status].format(max_nfev=most, **facts),
        nit=nit,
        nfev=made.f,
        njev=made.jac,
        jac=J,
        history={"x": kept[:, 3:], "cost": kept[:, 0], "gradient": kept[:, 1], control: kept[:, 2]},
        cost=cost,
        grad=g,
        optimality=optimality,
    )
