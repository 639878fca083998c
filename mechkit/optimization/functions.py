"""The user's functions as compiled drivers take them, and how often each was called.

A driver compiles each function once for its types, hands it to the algorithm's kernel by address, and reads off how
often it was called. The kernel is compiled for the types alone, so it is cached, and serves every function.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numba import float64

from mechkit.checking import float_array
from mechkit.counting import by_address
from mechkit.counting.errors import KernelError
from mechkit.counting.tables import calls
from mechkit.optimization.callables import compilable

#: What a function of one number, of a vector, a vector-valued and a matrix-valued one are compiled for.
SCALAR = float64(float64)
OBJECTIVE = float64(float64[::1])
VECTOR = float64[::1](float64[::1])
MATRIX = float64[:, ::1](float64[::1])
#: What to return, where one of these returns something else.
REMEDIES = {
    SCALAR.return_type: "return one float: 1.0 for 1, y[0] for an array y",
    VECTOR.return_type: "return a vector of floats: np.array([a, b]) for two, np.array([a]) for one",
    MATRIX.return_type: "return a matrix of floats: np.array([[a, b], [c, d]]), or np.empty((m, n)) that is filled",
}
#: How many numbers lie before and behind the argument of the first call.
MARGIN = 64


def function(f: Any, signature: Any, role: str = "f") -> Any:
    """A kernel or plain Python function, compiled for a signature; its calls count in a role: "f", "jac" or "hess".

    Raises TypeError for what is no function, and KernelError or UncountedError (TypeErrors) for one that cannot be
    compiled, counted, or returns another type.

    >>> def parabola(x):
    ...     return x[0] * x[0]
    >>> function(parabola, OBJECTIVE) is function(parabola, OBJECTIVE)
    True
    """
    __tracebackhide__ = True
    f = compilable(f)
    try:
        return by_address(f, signature, role)
    except KernelError as error:
        try:
            inspect.signature(getattr(f, "py_func", f)).bind(*signature.args)
        except TypeError as misfit:
            given = f"{len(signature.args)} argument{'s' * (len(signature.args) > 1)}"
            raise KernelError(
                f"{f.__name__} is called with {given} here: {misfit}; let it close over what else it needs"
            ) from None
        remedy = REMEDIES.get(signature.return_type) if "; here it must be" in str(error) else None
        if remedy is None:
            raise
        raise KernelError(f"{error}: {remedy}") from None


def start_vector(x0: Any) -> np.ndarray:
    """x0 as a vector of float64 in memory of its own; a number is a vector of one.

    Raises TypeError and ValueError for what is none, a masked array among them.

    >>> start_vector(np.array([1, 2], ">i2"))
    array([1., 2.])
    """
    return np.array(np.atleast_1d(float_array("x0", x0, (0, 1))), np.float64)


class NotFiniteAtStartError(ValueError):
    """A search cannot begin where the function, or its gradient, is not finite."""


def first_call(f: Any, x: np.ndarray, name: str = "fun") -> np.ndarray:
    """f(x) at the start of a search, in memory of its own.

    Compiled code neither minds an index out of bounds nor keeps f from changing x, which would spoil all that follows.
    Raises ValueError for both.

    >>> def second(x):
    ...     return x[1]
    >>> first_call(function(second, OBJECTIVE), np.ones(1))
    Traceback (most recent call last):
    ValueError: fun reads beyond the end of x, which has 1 element
    """
    __tracebackhide__ = True
    value, after = _amid(f, x, np.nan)
    if not np.array_equal(after, x):
        raise ValueError(f"{name} changes the array that it is called with; let it work on a copy, y = x.copy()")
    if np.isnan(value).any() and not np.array_equal(value, _amid(f, x, 0.0)[0], equal_nan=True):
        elements = "element" if x.size == 1 else "elements"
        raise ValueError(f"{name} reads beyond the end of x, which has {x.size} {elements}")
    return value


def _amid(f: Any, x: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """f(x) where x lies in memory amid other numbers, and x after that."""
    __tracebackhide__ = True
    room = np.full(x.size + 2 * MARGIN, margin)
    inside = room[MARGIN:-MARGIN]
    inside[:] = x
    return np.array(f(inside)), inside


def refuse(**unsupported: Any) -> None:
    """Raise ValueError where one of SciPy's arguments that have no meaning here is given.

    >>> refuse(bounds=(), hessp=print)
    Traceback (most recent call last):
    ValueError: hessp is not supported here; give hess, or use method 'BFGS' or 'L-BFGS'
    """
    for name, value in unsupported.items():
        if value is not None and not (hasattr(value, "__len__") and len(value) == 0):
            raise ValueError(f"{name} is not supported here; {INSTEAD.get(name, 'leave it out')}")


def no_bounds(bounds: Any) -> bool:
    """Whether bounds, in any form that SciPy takes, bound nothing: None, pairs of None, infinite ones.

    >>> no_bounds([(None, None)] * 2), no_bounds((-np.inf, np.inf)), no_bounds([(0, None)])
    (True, True, False)
    """
    if bounds is None:
        return True
    try:
        if hasattr(bounds, "lb"):
            return _are_all(-math.inf, bounds.lb) and _are_all(math.inf, bounds.ub)
        if len(bounds) == 2 and _are_all(-math.inf, bounds[0]) and _are_all(math.inf, bounds[1]):
            return True
        return all(_are_all(-math.inf, low) and _are_all(math.inf, high) for low, high in bounds)
    except (TypeError, ValueError):
        return False


def _are_all(limit: float, side: Any) -> bool:
    """Whether all numbers of one side of bounds are a limit, or None."""
    return all(value is None or value == limit for value in np.ravel(np.asarray(side, object)))


#: What to do in place of giving an argument.
INSTEAD = {
    "bounds": "leave it out, or write the unknown as a function of one without bounds, such as exp(x)",
    "constraints": "leave it out; quadratic_program and log_barrier minimize under constraints",
    "hessp": "give hess, or use method 'BFGS' or 'L-BFGS'",
    "kwargs": "give its values in args, in the order of the function's arguments",
    "loss": "it is 'linear': weigh the residuals in fun",
    "diff_step": "steps of differences are in proportion to each parameter; give jac for others",
    "jac_sparsity": "the Jacobian is a full matrix",
}


class Calls:
    """How often the functions of each role were called; see `counted_calls`."""

    f = jac = hess = 0


@contextmanager
def counted_calls() -> Iterator[Calls]:
    """Count the calls of functions in each role inside the block, whether or not operations are counted.

    >>> from mechkit import kernel
    >>> @kernel
    ... def twice(f, x):
    ...     return f(x) + f(x + 1.0)
    >>> def parabola(x):
    ...     return x * x
    >>> with counted_calls() as made:
    ...     twice(function(parabola, SCALAR), 1.0)
    5.0
    >>> made.f, made.jac
    (2, 0)
    """
    made, before = Calls(), calls()
    try:
        yield made
    finally:
        for role, n in calls().items():
            setattr(made, role, n - before[role])
