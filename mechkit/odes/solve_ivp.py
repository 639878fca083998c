"""Initial value problems: y' = f(t, y), y(t0) = y0.

How it fits together. `solve_ivp` checks what the user gives and makes a `Problem` (problem.py): functions by address,
tolerances as numbers and arrays. A method makes an `Integrator` of it. Its `advance(batch)` fills the rows of a
`Batch`: the times and states at the ends of the next steps. Where they are wanted, it adds the coefficients of the
dense output, in the form of dense_output.py. It returns how many steps it took and why it stopped. All that concerns
the user is done here, between batches, for every method alike: t_eval, events, breakpoints, limits, messages.

A new method is a file with a kernel that takes steps, a class with `advance`, and a line in methods.py. The integrator
keeps its own state between batches: the length of the next step, f at the last point, a factorization. It never calls f
outside [t0, end], and it ends on `end` exactly. A polynomial in powers of the step becomes coefficients of the dense
output by `dense_output.newton_from_powers`.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

import numpy as np

from mechkit.checking import float_array, not_negative, positive, whole
from mechkit.counting.tables import calls
from mechkit.counting.words import reader_of
from mechkit.odes.dense_output import DenseOutput, sampled
from mechkit.odes.events import Event, events_of, find_crossings
from mechkit.odes.methods import METHODS, method_named
from mechkit.odes.problem import EPS, FINISHED, NOT_FINITE, NOT_SOLVED, RUNNING, Batch, Problem
from mechkit.odes.result import OdeResult
from mechkit.odes.right_hand_side import jacobian, right_hand_side
from mechkit.odes.steps_run import span_of, state_of
from mechkit.optimization.arguments import checked_values

#: Steps of a batch; with a terminal event few, as those behind it are of no use.
FEW, MANY = 8, 4096
#: Numbers that the first batch holds at most, and a later one.
FIRST_NUMBERS, NUMBERS = 2**18, 2**20
#: A relative tolerance below this is lost in rounding.
LEAST_RTOL = 100.0 * EPS
#: What stands for an absolute tolerance of zero, so that a component that stays zero divides by no zero.
LEAST_ATOL = 1e-290
#: Steps after which an integration ends without reaching its end.
MAXITER = 1_000_000
#: How an integration ends, beside 0 (the end is reached) and 1 (a terminal event).
STEP_FAILED, FUN_NOT_FINITE, TOO_MANY_STEPS, NEWTON_FAILED = -1, -2, -3, -4


def solve_ivp(
    fun: Any,
    t_span: Any,
    y0: Any,
    method: str = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    *,
    rtol: float = 1e-3,
    atol: Any = 1e-6,
    first_step: float | None = None,
    max_step: float = np.inf,
    jac: Any = None,
    breakpoints: Any = (),
    maxiter: int = MAXITER,
    **options: Any,
) -> OdeResult:
    """Integrate y' = fun(t, y) from t_span[0] to t_span[1], with steps that keep the error below a tolerance.

    Parameters
    ----------
    fun : fun(t, y, *args), a plain Python function or a kernel. It returns y' as an array, a list or a tuple of n
        numbers. Or it is fun(t, y, out, *args), which fills out. It is compiled
    t_span : where to start and to end; an end before the start integrates backwards
    y0 : (n,) real state at the start
    method : a name of `METHODS`. Explicit ones are "RK45", "RK23", "DOP853" and "Tsit5". "RKC", of order 2, and "RKC1",
        of order 1, are stabilized, for diffusion. Implicit ones, for stiff problems, are "BDF", "Radau" and "Rodas4",
        and to learn from, "BackwardEuler" and "Trapezoid"
    t_eval : times of the output; None for the ends of the steps. It changes no step
    dense_output : whether the result has sol, the solution as a function of t
    events : a function event(t, y, *args), or several. Each is a number that crosses zero where the event happens. Its
        attribute terminal = True ends the integration there (a number: at that crossing), direction = 1 or -1 takes
        upward or downward crossings only
    vectorized : accepted for SciPy's sake and ignored
    args : a number or array, or a tuple of such, that follow in the calls of fun, jac and events. Other values compile
        nothing
    rtol, atol : the error may be atol + rtol |y|, in the root mean square of its components; atol may be (n,). A step
        is allowed a part of it, as errors add up
    first_step, max_step : lengths of the first step and of the longest; None for the first chooses it
    jac : the matrix of derivatives of fun by y, for implicit methods; others ignore it. It is a function jac(t, y,
        *args), plain or a kernel, or a constant matrix. Or it is "2-point" or "3-point" for differences, "cs" for a
        complex step, which is exact where fun is analytic. None takes differences
    breakpoints : times at which fun jumps; no step leads across one
    maxiter : the limit of steps
    options : further options of a method. Implicit ones take lband and uband, the numbers of diagonals of the
        Jacobian below and above the main one. Then jac has the diagonals as rows, ``jac[uband + i - j, j]``

    Returns
    -------
    OdeResult
        t (k,), y (n, k), sol, t_events, y_events, nfev, njev, nlu, status, message, success; nit, rejected, history,
        nfev_jac, which are the calls of fun for differences.
        Where it ends early, t and y hold what was reached. A new fun is called once more than nfev tells, in Python,
        to learn the shape of what it returns.

    Raises
    ------
    TypeError, ValueError
        where an argument is not what is described above, or fun cannot be compiled.

    Operation count: that of the method for each step tried, see its kernel; nfev calls of fun.

    References: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., chapter II.

    Examples
    --------
    >>> def decay(t, y, rate):
    ...     return [-rate * y[0]]
    >>> r = solve_ivp(decay, (0, 2), [1.0], args=(0.5,), rtol=1e-8, atol=1e-8)
    >>> bool(abs(r.y[0, -1] - np.exp(-1.0)) < 1e-8)
    True
    """
    __tracebackhide__ = True
    t0, end = span_of(t_span)
    start = state_of("y0", y0)
    chosen = method_named(method, METHODS)
    if not isinstance(dense_output, bool | np.bool_):
        raise TypeError(f"dense_output is {dense_output!r}; it must be True or False")
    unknown = [name for name in options if name not in chosen.options]
    if unknown:
        also = f": it takes {', '.join(chosen.options)}" if chosen.options else ""
        raise ValueError(f"{unknown[0]} is not an option of method {method!r}{also}")
    values = () if args is None else checked_values(args)
    times = None if t_eval is None else _output_times(t_eval, t0, end)
    limit = whole("maxiter", maxiter)
    pieces = _pieces(breakpoints, t0, end)
    tolerance = _rtol(rtol)
    small = _atol(atol, start.size)
    first = 0.0 if first_step is None else positive("first_step", first_step)
    if first > abs(end - t0) > 0.0:
        raise ValueError(f"first_step is {first:g}; it must not be longer than the interval, {abs(end - t0):g}")
    longest = np.inf if max_step == np.inf else positive("max_step", max_step)

    with reader_of(values) if values else nullcontext() as read:
        f = right_hand_side(fun, t0, start, values, read, known=True)
        J = jac
        if chosen.implicit and callable(jac):
            J = jacobian(jac, t0, start, _rows(options, start.size), values, read)
        watched = events_of(events, t0, start, values, read)
        run = _Run(t0, start, watched, times, dense_output, chosen.width, limit)
        before = calls()["f"]
        for k, (a, b) in enumerate(pieces):
            problem = Problem(f, a, b, run.y, tolerance, small, min(first, abs(b - a)), longest, J, options)
            run.through(problem, chosen.start(problem))
            if run.status is not None:
                break
            if k + 1 < len(pieces):
                run.at_breakpoint(math.nextafter(b, end))
        made = calls()["f"] - before
        if run.status == FUN_NOT_FINITE and run.steps == 0:
            right_hand_side(fun, t0, start, values, read)  # Python may know better what is wrong at the start
    status = 0 if run.status is None else run.status
    return OdeResult(
        *run.output(),
        run.solution(),
        [np.array(event.times) for event in watched] if events is not None else None,
        [np.array(event.states) for event in watched] if events is not None else None,
        nfev=made - run.nfev_jac,
        njev=run.njev,
        nfev_jac=run.nfev_jac,
        nlu=run.nlu,
        status=status,
        message=run.message or f"the end of the interval is reached, t = {end:g}",
        success=status >= 0,
        nit=run.steps,
        rejected=run.rejected,
        history=run.history(),
    )


class _Run:
    """What has been reached so far, in any number of batches."""

    def __init__(
        self,
        t: float,
        y: np.ndarray,
        events: list[Event],
        times: np.ndarray | None,
        keep_dense: bool,
        width: int,
        limit: int,
    ) -> None:
        self.t, self.y, self.events, self.times, self.limit = t, y, events, times, limit
        self.keep_dense, self.width = keep_dense, width
        self.dense = keep_dense or bool(events) or times is not None
        self.ts, self.ys, self.coefficients = [np.array([t])], [y[np.newaxis]], [np.empty((0, width, y.size))]
        self.lengths: list[np.ndarray] = [np.empty(0)]
        self.out: list[np.ndarray] = []
        self.given = 0  # times of the output that are done
        self.steps = self.rejected = self.nlu = self.njev = self.nfev_jac = 0
        self.status: int | None = None
        self.message = ""
        if times is not None and times.size and times[0] == t:
            self.out, self.given = [y[np.newaxis]], 1

    def through(self, problem: Problem, integrator: Any) -> None:
        """Take an integrator to the end of its problem, or to where it must stop."""
        backwards = problem.direction < 0.0
        most = FEW if any(event.after for event in self.events) else MANY
        row = self.y.size * (self.width + 1 if self.dense else 1)
        size, largest = (max(1, min(most, numbers // row)) for numbers in (FIRST_NUMBERS, NUMBERS))
        ending = FINISHED if problem.end == problem.t0 else RUNNING
        self.t = problem.t0
        while ending == RUNNING:
            if self.steps == self.limit:
                self.stop(TOO_MANY_STEPS, _too_many(self.limit, self.t, self.y, problem, integrator))
                break
            batch = Batch.of(min(size, self.limit - self.steps), self.y.size, self.width, self.dense)
            batch.t[0], batch.y[0] = self.t, self.y
            taken, ending = integrator.advance(batch)
            self.keep(batch, taken, backwards)
            size = min(2 * size, largest)
            if self.status is not None:
                break
            if ending not in (RUNNING, FINISHED):
                self.stop(*_why(ending, self.t, integrator))
        self.rejected += integrator.rejected
        self.nlu += integrator.nlu
        self.njev += getattr(integrator, "njev", 0)
        self.nfev_jac += getattr(integrator, "nfev_jac", 0)

    def keep(self, batch: Batch, taken: int, backwards: bool) -> None:
        """Take over the steps of a batch, up to the first terminal event."""
        if taken == 0:
            return
        t, y, F = batch.t[: taken + 1], batch.y[: taken + 1], batch.dense[:taken]
        lengths = t[1:] - t[:-1]
        found = [(time, state, k, event) for event in self.events for time, state, k in find_crossings(event, t, y, F)]
        last_t, last_y = t[-1], y[-1]
        for time, state, k, event in sorted(found, key=lambda one: -one[0] if backwards else one[0]):
            event.times.append(time)
            event.states.append(state)
            if event.fulfilled:
                taken, last_t, last_y = k + 1, time, state
                self.stop(1, f"a terminal event happened at t = {time:g}")
                break
        if self.times is not None:
            end = np.searchsorted(-self.times, -last_t, "right") if backwards else np.searchsorted(
                self.times, last_t, "right"
            )  # fmt: skip
            due = self.times[self.given : end]
            if due.size:
                self.out.append(sampled(t, y, lengths, F, due))
                self.given = int(end)
        keeps_states = self.times is None or self.keep_dense
        first = 1 if self.steps else 0
        if not self.steps:  # the first batch holds the start
            self.ts.clear()
            if keeps_states:
                self.ys.clear()
        t, y = t[first : taken + 1], y[first : taken + 1]
        if 2 * taken < len(batch.t):  # else little memory would be free
            t, y = t.copy(), y.copy()
        t[-1], y[-1] = last_t, last_y
        if self.keep_dense:
            self.coefficients.append(F[:taken])
            self.lengths.append(lengths[:taken])
        if keeps_states:
            self.ys.append(y)
        self.ts.append(t)
        self.steps += taken
        self.t, self.y = float(last_t), last_y.copy()

    def at_breakpoint(self, b: float) -> None:
        """The last step ended one number before a breakpoint: let it end there."""
        self.t = self.ts[-1][-1] = b

    def stop(self, status: int, message: str) -> None:
        """End the integration."""
        self.status, self.message = status, message

    def output(self) -> tuple[np.ndarray, np.ndarray]:
        """t (k,) and y (n, k)."""
        if self.times is None:
            y = self.ys[0] if len(self.ys) == 1 else np.concatenate(self.ys)
            return np.concatenate(self.ts), y.T
        rows = np.concatenate(self.out) if self.out else np.empty((0, self.y.size))
        return self.times[: self.given].copy(), rows.T

    def history(self) -> dict[str, np.ndarray]:
        """An entry for each step."""
        t = np.concatenate(self.ts)
        return {"t": t[1:], "step": t[1:] - t[:-1]}

    def solution(self) -> DenseOutput | None:
        """The dense output of all steps, where it is wanted."""
        if not self.keep_dense:
            return None
        ts, ys, lengths, F = map(np.concatenate, (self.ts, self.ys, self.lengths, self.coefficients))
        return DenseOutput(ts, ys, lengths, F)


def _why(ending: int, t: float, integrator: Any) -> tuple[int, str]:
    """The status and message of an integrator that cannot go on."""
    if ending == NOT_FINITE:
        choice = getattr(integrator, "choice", None)
        if choice is not None and callable(choice.problem.jac) and not np.isfinite(choice.J).all():
            return FUN_NOT_FINITE, f"jac holds NaN or infinite numbers; the solution is known up to t = {t:.10g}"
        time, component = integrator.fault
        return FUN_NOT_FINITE, (
            f"fun is not finite near t = {time:.10g}: component {component} is NaN or infinite; the solution is known "
            f"up to t = {t:.10g}"
        )
    if ending == NOT_SOLVED:
        return (
            NEWTON_FAILED,
            f"the equations of an implicit step could not be solved at t = {t:.10g}, however short it is",
        )
    return STEP_FAILED, (
        f"the step is as short as the spacing of numbers at t = {t:.10g}; the solution may have a singularity there"
    )


def _too_many(limit: int, t: float, y: np.ndarray, problem: Problem, integrator: Any) -> str:
    """The message where the limit of steps is reached."""
    text = f"{limit} steps are taken and the integration is at t = {t:.10g}, not yet at {problem.end:g}; raise maxiter"
    if integrator.is_stiff(t, y):
        text += ", or use an implicit method such as 'BDF' or 'Radau': stability, not accuracy, holds the steps short"
    return text


def _rows(options: dict[str, Any], n: int) -> int:
    """The rows of what jac returns: n, or the diagonals of a band."""
    if options.get("lband") is None and options.get("uband") is None:
        return n
    return int(options.get("lband") or 0) + int(options.get("uband") or 0) + 1


def _rtol(rtol: Any) -> float:
    """The relative tolerance, which must be above rounding."""
    value = positive("rtol", rtol)
    if value < LEAST_RTOL:
        raise ValueError(f"rtol is {value:g}, which rounding makes impossible; it must be at least {LEAST_RTOL:.1e}")
    return value


def _atol(atol: Any, n: int) -> np.ndarray:
    """The absolute tolerance of each component, from a number or n numbers, not negative."""
    if isinstance(atol, float) or np.ndim(atol) == 0:
        return np.full(n, max(not_negative("atol", atol), LEAST_ATOL))
    values = float_array("atol", atol, (1,))
    if values.shape != (n,):
        raise ValueError(f"atol has shape {values.shape}; it must be a number or have the shape of y0, {(n,)}")
    if values.min() < 0.0:
        raise ValueError(f"atol[{int(values.argmin())}] is {values.min():g}; it must not be negative")
    return np.maximum(values.astype(np.float64), LEAST_ATOL)


def _output_times(t_eval: Any, t0: float, end: float) -> np.ndarray:
    """t_eval as floats, which lie in the interval and in order."""
    times = np.array(float_array("t_eval", t_eval, (1,), may_be_empty=True), np.float64)
    low, high = min(t0, end), max(t0, end)
    outside = np.flatnonzero((times < low) | (times > high))
    if outside.size:
        k = int(outside[0])
        raise ValueError(f"t_eval[{k}] is {times[k]:g}; it must lie in t_span, from {low:g} to {high:g}")
    steps = np.diff(times) * (1.0 if end >= t0 else -1.0)
    if times.size > 1 and not steps.min() > 0.0:
        k = int(np.argmax(steps <= 0.0))
        raise ValueError(
            f"t_eval[{k + 1}] is {times[k + 1]:g} after {times[k]:g}; the times must run from t0 to the end"
        )
    return times


def _pieces(breakpoints: Any, t0: float, end: float) -> list[tuple[float, float]]:
    """The interval in pieces, which begin just behind a breakpoint and end just before one."""
    if isinstance(breakpoints, tuple) and not breakpoints:
        return [(t0, end)]
    inside = float_array("breakpoints", breakpoints, (0, 1), may_be_empty=True).astype(np.float64).ravel()
    inside = np.unique(inside[(inside > min(t0, end)) & (inside < max(t0, end))])
    if end < t0:
        inside = inside[::-1]
    starts = [t0, *(math.nextafter(b, end) for b in inside)]
    ends = [*(math.nextafter(b, t0) for b in inside), end]
    return list(zip(starts, ends, strict=True))
