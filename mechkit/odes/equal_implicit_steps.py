"""Backward Euler's method and the trapezoidal rule with equal steps, and all of their history."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np

from mechkit.checking import finite, not_negative, positive, whole
from mechkit.counting.words import reader_of
from mechkit.odes.implicit_bundles import Trace
from mechkit.odes.jacobian_choice import ONE_SIDED, JacobianChoice
from mechkit.odes.newton import first_not_finite
from mechkit.odes.problem import Problem
from mechkit.odes.result import OdeResult
from mechkit.odes.right_hand_side import jacobian, right_hand_side
from mechkit.odes.steps_run import state_of
from mechkit.odes.theta import equal_theta_steps, theta_work
from mechkit.optimization.arguments import checked_values
from mechkit.optimization.functions import counted_calls

#: How an integration ends that does not reach its end, as in `solve_ivp`.
FUN_NOT_FINITE, NEWTON_FAILED = -2, -4
#: Newton's method stops at this part of its tolerance.
PART = 0.1


def backward_euler(
    fun: Any,
    t_span: Any,
    y0: Any,
    steps: int,
    args: Any = None,
    *,
    jac: Any = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    **bands: Any,
) -> OdeResult:
    """Integrate y' = fun(t, y) by equal steps of backward Euler's method, y_new = y + h fun(t_new, y_new).

    It is of order 1 and damps what is stiff, whatever the step (L-stable).

    Parameters
    ----------
    fun, t_span, y0, args, jac : as for `solve_ivp`
    steps : how many steps
    rtol, atol : how exactly the equations of a step are solved
    bands : lband and uband, the numbers of diagonals of a banded Jacobian

    Returns
    -------
    OdeResult
        t (steps + 1,) and y (n, steps + 1); nfev, njev, nfev_jac, nlu, status, message, success. Where a step cannot be
        solved, t and y end before it.

    Raises
    ------
    TypeError, ValueError
        where an argument is not what is described above.

    Operation count: that of the kernel `theta_step` for each step. The factors serve all steps while the Jacobian does:

    >>> def decay(t, y):
    ...     return [-1000.0 * y[0]]
    >>> r = backward_euler(decay, (0, 1), [1.0], 10)
    >>> r.nlu, r.njev
    (1, 1)

    References: Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., section IV.3.

    Examples
    --------
    >>> bool(abs(r.y[0, 1] - 1 / 101) < 1e-9)
    True
    """
    __tracebackhide__ = True
    return _equal_steps(1.0, fun, t_span, y0, steps, args, jac, rtol, atol, bands)


def implicit_trapezoid(
    fun: Any,
    t_span: Any,
    y0: Any,
    steps: int,
    args: Any = None,
    *,
    jac: Any = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    **bands: Any,
) -> OdeResult:
    """Integrate y' = fun(t, y) by equal steps of the trapezoidal rule: the mean of fun at both ends of a step.

    It is of order 2 and stable for every step (A-stable). It does not damp what is stiff: that alternates in sign.

    Parameters, Returns, Raises, Operation count: those of `backward_euler`.

    References: Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., section IV.3.

    Examples
    --------
    >>> def decay(t, y):
    ...     return [-y[0]]
    >>> r = implicit_trapezoid(decay, (0, 1), [1.0], 10)
    >>> bool(abs(r.y[0, 1] - 0.95 / 1.05) < 1e-9), bool(abs(r.y[0, -1] - np.exp(-1.0)) < 4e-4)
    (True, True)
    """
    __tracebackhide__ = True
    return _equal_steps(0.5, fun, t_span, y0, steps, args, jac, rtol, atol, bands)


def _equal_steps(
    theta: float, fun: Any, t_span: Any, y0: Any, steps: int, args: Any, jac: Any, rtol: Any, atol: Any, bands: Any
) -> OdeResult:
    __tracebackhide__ = True
    try:
        t0, end = t_span
    except (TypeError, ValueError):
        raise ValueError(f"t_span is {t_span!r}; it must be two numbers, the start and the end") from None
    t0, end = finite("t_span[0]", t0), finite("t_span[1]", end)
    if t0 == end:
        raise ValueError(f"t_span is from {t0:g} to {end:g}; give two different times")
    unknown = [name for name in bands if name not in ("lband", "uband")]
    if unknown:
        raise TypeError(f"{unknown[0]} is not an argument here; lband and uband are")
    y = state_of("y0", y0)
    times = np.linspace(t0, end, whole("steps", steps) + 1)
    tolerances = (end - t0) / steps, positive("rtol", rtol), np.full(y.size, not_negative("atol", atol)), PART
    values = checked_values(() if args is None else args)
    with ExitStack() as stack:
        read = stack.enter_context(reader_of(values)) if values else None
        f = right_hand_side(fun, t0, y, values, read)
        if callable(jac):
            given = [bands.get(name) for name in ("lband", "uband")]
            rows = y.size if given == [None, None] else sum(int(band or 0) for band in given) + 1
            jac = jacobian(jac, t0, y, rows, values, read)
        choice = JacobianChoice(Problem(f, t0, end, y, tolerances[1], tolerances[2], jac=jac, options=bands), ONE_SIDED)
        made = stack.enter_context(counted_calls())
        slope, states = np.empty_like(y), np.empty((times.size, y.size))
        states[0] = y
        f(t0, y.copy(), slope)
        taken, kept, bad = 0, (0.0, 1.0, 0, 0), int(first_not_finite(slope))
        if bad < 0:
            system = choice.system(slope, tolerances[0])
            trace = Trace(times, states, np.empty((0, 1, y.size)))
            taken, kept, bad = equal_theta_steps(system, theta, theta_work(slope), trace, tolerances, kept)
            if taken < steps and bad < 0:
                bad = choice.bad_row()
    nfev_jac, reached = choice.calls_each * kept[2], times[: taken + 1]
    status, message = 0, f"the end of the interval is reached, t = {end:g}"
    if taken < steps:
        status = FUN_NOT_FINITE if bad >= 0 else NEWTON_FAILED
        where = f"the solution is known up to t = {reached[-1]:.10g}"
        message = f"Newton's method fails in a step of {tolerances[0]:g}; {where}; take more steps"
        if bad >= 0:
            message = f"fun is not finite in the step after the last: component {bad} is NaN or infinite; {where}"
    history = {"t": reached[1:], "step": np.diff(reached)}
    return OdeResult(
        reached,
        states[: taken + 1].T,
        nfev=made.f - nfev_jac,
        njev=kept[2],
        nfev_jac=nfev_jac,
        nlu=kept[3],
        status=status,
        message=message,
        success=status == 0,
        nit=taken,
        history=history,
    )
