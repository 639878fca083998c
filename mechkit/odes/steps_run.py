"""What the drivers with equal steps share: checks, the times, the run, the result."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np

from mechkit.checking import enough_memory, finite, float_array, whole
from mechkit.counting.words import reader_of
from mechkit.odes.result import OdeResult
from mechkit.odes.right_hand_side import right_hand_side
from mechkit.optimization.arguments import checked_values
from mechkit.optimization.functions import counted_calls

#: Rows of work that a method may use.
ROWS = 6


def state_of(name: str, value: Any) -> np.ndarray:
    """A state as a vector of float64 in memory of its own; a number is a vector of one.

    >>> state_of("y0", [1, 1j])
    Traceback (most recent call last):
    TypeError: y0 is complex (complex128); only real numbers are supported: solve for the parts
    """
    return np.array(float_array(name, value, (0, 1)), np.float64, ndmin=1)


def span_of(t_span: Any) -> tuple[float, float]:
    """The start and the end of an interval.

    >>> span_of(3)
    Traceback (most recent call last):
    ValueError: t_span is 3; it must be two numbers, the start and the end
    """
    try:
        t0, end = t_span
    except (TypeError, ValueError):
        raise ValueError(f"t_span is {t_span!r}; it must be two numbers, the start and the end") from None
    return finite("t_span[0]", t0), finite("t_span[1]", end)


def equal_times(t_span: Any, steps: int, dtype: Any) -> np.ndarray:
    """steps + 1 times at equal distances, both ends among them.

    >>> equal_times((0, 1), 4, np.float32)
    array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    t0, end = span_of(t_span)
    return np.linspace(t0, end, whole("steps", steps) + 1).astype(dtype)


def float_type(dtype: Any) -> Any:
    """float64 or float32. Raises ValueError for anything else.

    >>> float_type(float) is np.float64
    True
    """
    try:
        kind = np.dtype(dtype).type
    except TypeError:
        kind = None
    if kind not in (np.float64, np.float32):
        raise ValueError(f"dtype is {dtype!r}; it must be numpy.float64 or numpy.float32")
    return kind


def equal_steps(
    steps_kernel: Any,
    fun: Any,
    t_span: Any,
    y0: Any,
    steps: int,
    args: Any,
    compensated: bool,
    dtype: Any,
) -> OdeResult:
    """Run a kernel (f, t, y, c, work) that fills the rows of y at the times t."""
    __tracebackhide__ = True
    kind = float_type(dtype)
    start, times = state_of("y0", y0), equal_times(t_span, steps, kind)
    values = checked_values(() if args is None else args)
    enough_memory(f"the history of {steps} steps", times.size * start.size * times.itemsize)
    y = np.empty((times.size, start.size), kind)
    with np.errstate(over="ignore"):
        y[0] = start
    if not np.isfinite(y[0]).all():
        k = int(np.argmin(np.isfinite(y[0])))
        raise ValueError(f"y0[{k}] is {start[k]:g}, which is too large for dtype {kind.__name__}; use float64")
    with ExitStack() as stack:
        read = stack.enter_context(reader_of(values)) if values else None
        f = right_hand_side(fun, float(times[0]), y[0], values, read)
        made = stack.enter_context(counted_calls())
        carried = np.zeros(start.size if compensated else 0, kind)
        steps_kernel(f, times, y, carried, np.zeros((ROWS, start.size), kind))
    return history_of(times, y, made.f)


def history_of(times: np.ndarray, y: np.ndarray, calls: int) -> OdeResult:
    """The result of equal steps; where y (m + 1, n) is not finite from some time on, the message says from when."""
    status, message = 0, f"the end of the interval is reached, t = {times[-1]:g}"
    if not np.isfinite(y[-1]).all():
        bad = np.argwhere(~np.isfinite(y))[0]
        status = -2
        message = f"component {bad[1]} is NaN or infinite from t = {times[bad[0]]:g} on; take shorter steps"
    return OdeResult(
        times,
        y.T,
        nfev=calls,
        status=status,
        message=message,
        success=status == 0,
        nit=times.size - 1,
        history={"t": times[1:], "step": np.diff(times)},
    )
