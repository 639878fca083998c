"""The user's functions of (t, y) as compiled code takes them: by address, with a place for what they return.

A right-hand side may return an array, a list, a tuple or, for one unknown, a number. It may also fill its third
argument: fun(t, y, out). Compiled code always calls it in the last form, so that a step allocates nothing.
"""

from __future__ import annotations

import inspect
import math
from functools import lru_cache
from numbers import Real
from typing import Any

import numba
import numpy as np
from numba import float32, float64, void

from mechkit.counting import by_address
from mechkit.counting.address import as_kernel
from mechkit.counting.captured import captured
from mechkit.counting.errors import KernelError, UncountedError
from mechkit.odes.in_place import changes_argument, in_place
from mechkit.optimization.callables import compilable

#: f(t, y, out), jac(t, y, out) and event(t, y) as kernels call them.
RIGHT_HAND_SIDE = void(float64, float64[::1], float64[::1])
IN_SINGLE = void(float32, float32[::1], float32[::1])
JACOBIAN = void(float64, float64[::1], float64[:, ::1])
EVENT = float64(float64, float64[::1])
#: What a function is compiled for, and the role in which its calls count, by name: a name is found faster than types.
FORMS: dict[str, tuple[Any, str | None]] = {
    "f": (RIGHT_HAND_SIDE, "f"),
    "f in single": (IN_SINGLE, "f"),
    "jac": (JACOBIAN, "jac"),
    "event": (EVENT, None),
}


def right_hand_side(
    fun: Any, t: float, y: np.ndarray, args: tuple[Any, ...] = (), read: Any = None, known: bool = False
) -> Any:
    """fun(t, y, *args) or fun(t, y, out, *args) as a kernel f(t, y, out) by address; its calls count as "f".

    Parameters
    ----------
    fun : a plain Python function or a kernel
    t, y : where it is called once, in Python, to learn the shape of what it returns; this call is not counted. Where
        y is of float32, so is what the kernel takes
    args : what follows in its calls, as `optimization.arguments.checked_values` gives it
    read : the kernel of `counting.words.reader_of` that reads args; None without args
    known : whether a function that was called before, with as many unknowns and args of the same types and shapes, need
        not be called in Python again. It is called nevertheless where it refers to values that may have changed

    Returns
    -------
    Kernel
        the same one for the same function, number of unknowns, and types of args.

    Raises
    ------
    TypeError, ValueError
        for what cannot be called so, cannot be compiled, returns another shape, or changes y.

    Examples
    --------
    >>> def rotation(t, y):
    ...     return [-y[1], y[0]]
    >>> f, out = right_hand_side(rotation, 0.0, np.ones(2)), np.empty(2)
    >>> f(0.0, np.array([3.0, 4.0]), out), out
    (None, array([-4.,  3.]))
    >>> right_hand_side(lambda t, y: [y[0]], 0.0, np.ones(2))
    Traceback (most recent call last):
    ValueError: fun returns shape (1,) at the start; it must have the shape of y0, (2,)
    """
    __tracebackhide__ = True
    form = "f in single" if y.dtype == np.float32 else "f"
    return _in_place(fun, t, y, args, read, y.shape, form, "fun", known)


def jacobian(jac: Any, t: float, y: np.ndarray, rows: int, args: tuple[Any, ...] = (), read: Any = None) -> Any:
    """jac(t, y, *args), a matrix of so many rows, as a kernel jac(t, y, out) by address; its calls count as "jac".

    rows : y.size, or the number of diagonals where the Jacobian is banded. The rest is as for `right_hand_side`.

    >>> J = np.empty((1, 1))
    >>> jacobian(lambda t, y: [[2.0 * y[0]]], 0.0, np.ones(1), 1)(0.0, np.array([3.0]), J), J
    (None, array([[6.]]))
    """
    __tracebackhide__ = True
    return _in_place(jac, t, y, args, read, (rows, y.size), "jac", "jac")


def event_function(
    event: Any, t: float, y: np.ndarray, args: tuple[Any, ...] = (), read: Any = None, name: str = "event"
) -> Any:
    """event(t, y, *args), a number, as a kernel g(t, y) by address.

    >>> event_function(lambda t, y: y[0] - 1, 0.0, np.ones(1))(0.0, np.array([3.0]))
    2.0
    """
    __tracebackhide__ = True
    function = compilable(event, name)
    if _takes_one_more(function, name, args):
        third = [*inspect.signature(as_kernel(function).py_func).parameters][2]
        raise TypeError(f"{name} takes one argument more than t, y and args, {third!r}; give it in args")
    value = _value(function, name, t, y, args)
    if np.ndim(value) or np.asarray(value).dtype.kind not in "biuf":
        raise ValueError(f"{name} returns {value!r} at the start; it must return one number, such as y[0]")
    return _number(function, read)


def _in_place(
    fun: Any,
    t: float,
    y: np.ndarray,
    args: tuple[Any, ...],
    read: Any,
    shape: tuple[int, ...],
    form: str,
    name: str,
    known: bool = False,
) -> Any:
    __tracebackhide__ = True
    function = compilable(fun, name)
    if not known or numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # plain Python raises in its own words
        return _looked_at(function, t, y, args, read, shape, form, name)
    kept = _kept(function, read, form, shape, tuple(map(np.shape, args)))
    if kept:
        return kept[0]
    made = _looked_at(function, t, y, args, read, shape, form, name)
    if not captured([as_kernel(function)]):
        kept.append(made)
    return made


@lru_cache(maxsize=256)
def _kept(function: Any, read: Any, form: str, shape: tuple[int, ...], shapes: tuple[Any, ...]) -> list[Any]:
    """A place for the kernel of a function that was called with a state of a shape, and args of these shapes."""
    return []


def _looked_at(
    function: Any,
    t: float,
    y: np.ndarray,
    args: tuple[Any, ...],
    read: Any,
    shape: tuple[int, ...],
    form: str,
    name: str,
) -> Any:
    """The kernel of a function, from what it returns in Python."""
    __tracebackhide__ = True
    if _takes_one_more(function, name, args):
        out = np.full(shape, np.nan)
        if _value(function, name, t, y, args, out) is not None:
            third = [*inspect.signature(as_kernel(function).py_func).parameters][2]
            raise ValueError(
                f"{name} takes one argument more than t, y and args, {third!r}: give it in args, or let {name} fill it "
                "with what it would return, and return nothing"
            )
        return _filling(function, read, form)
    value = _value(function, name, t, y, args)
    try:
        kind, found = np.asarray(value).dtype.kind, np.shape(value)
    except ValueError:
        kind, found = "O", ()
    if kind == "c":
        raise TypeError(f"{name} returns complex numbers; only real ones are supported: solve for the parts")
    if kind not in "biuf":
        raise TypeError(f"{name} returns {value!r} at the start; it must return numbers in the shape {shape}")
    numbers = tuple(isinstance(arg, Real) for arg in args)
    if len(shape) == 1 and found == (*shape, 1):  # np.vstack of numbers, which SciPy's solve_bvp takes
        written = in_place(function, shape, numbers)
        if written is not None:
            return _filling(written, read, form)
    if found != shape and not (found == () and math.prod(shape) == 1):
        wanted = f"the shape of y0, {shape}" if len(shape) == 1 else f"shape {shape}"
        raise ValueError(f"{name} returns shape {found} at the start; it must have {wanted}")
    written = in_place(function, shape, numbers)
    if written is not None:
        return _filling(written, read, form)
    return _returning(function, read, form, _copying(value, shape))


def _takes_one_more(function: Any, name: str, args: tuple[Any, ...]) -> bool:
    """Whether a function takes one argument more than t, y and args: the place for what it returns."""
    __tracebackhide__ = True
    return _takes(function, name, len(args)) > 2 + len(args)


@lru_cache(maxsize=256)
def _takes(function: Any, name: str, further: int) -> int:
    """How many arguments a function is called with: t, y, perhaps the place for what it returns, and further ones."""
    __tracebackhide__ = True
    signature = inspect.signature(as_kernel(function).py_func)
    for number in (2 + further, 3 + further):
        try:
            signature.bind(*(None,) * number)
        except TypeError:
            continue
        return number
    given = f"t, y and {further} args" if further else "t and y"
    raise TypeError(
        f"{name} is called with {given}, but it is {function.__name__}{signature}; "
        "give what follows t and y in args=(...)"
    )


def _value(function: Any, name: str, t: float, y: np.ndarray, args: tuple[Any, ...], *out: Any) -> Any:
    """What a function returns in Python, which finds an index out of range, as compiled code does not."""
    __tracebackhide__ = True
    given = y.copy()
    copies = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
    try:
        with np.errstate(all="ignore"):
            value = as_kernel(function).py_func(np.float64(t), given, *out, *copies)
    except IndexError as error:
        raise ValueError(f"{name} reads or writes beyond the end of an array at the start: {error}") from None
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{name} cannot be evaluated at the start, t = {t:g}: {error}") from None
    if given.tobytes() != y.tobytes() or changes_argument(as_kernel(function).py_func, 1):
        raise ValueError(f"{name} changes y, the array that it is called with; let it work on a copy, y = y.copy()")
    return value


def _copying(value: Any, shape: tuple[int, ...]) -> str:
    """The lines that copy what a function returns into its place."""
    if np.ndim(value) == 0:
        return "out[0] = value" if len(shape) == 1 else "out[0, 0] = value"
    if isinstance(value, tuple):  # its elements may have different types, so each has a line
        if len(shape) == 1:
            return "; ".join(f"out[{i}] = value[{i}]" for i in range(shape[0]))
        return "; ".join(f"out[{i}, {j}] = value[{i}][{j}]" for i in range(shape[0]) for j in range(shape[1]))
    if len(shape) == 1:
        return "for i in range(out.size): out[i] = value[i]"
    element = "value[i, j]" if isinstance(value, np.ndarray) else "value[i][j]"
    return f"for i in range(out.shape[0]):\n        for j in range(out.shape[1]): out[i, j] = {element}"


@lru_cache(maxsize=256)
def _returning(function: Any, read: Any, form: str, copying: str) -> Any:
    """A function that returns values as one that fills its third argument."""
    __tracebackhide__ = True
    call = "_given(t, y)" if read is None else "_given(t, y, *_read())"
    return _compiled(function, read, "t, y, out", f"value = {call}\n    {copying}", form)


@lru_cache(maxsize=256)
def _filling(function: Any, read: Any, form: str) -> Any:
    """A function that fills its third argument, without what follows there."""
    __tracebackhide__ = True
    if read is None:
        return _or_why_not(as_kernel(function), form)
    return _compiled(function, read, "t, y, out", "_given(t, y, out, *_read())", form)


@lru_cache(maxsize=256)
def _number(function: Any, read: Any) -> Any:
    """A function of t and y that returns a number."""
    __tracebackhide__ = True
    call = "_given(t, y)" if read is None else "_given(t, y, *_read())"
    return _compiled(function, read, "t, y", f"return float({call})", "event")


def _compiled(function: Any, read: Any, parameters: str, body: str, form: str) -> Any:
    __tracebackhide__ = True
    name = function.__name__ if function.__name__.isidentifier() else "function"
    scope: dict[str, Any] = {"__name__": __name__, "_given": as_kernel(function), "_read": read}
    exec(f"def {name}({parameters}):\n    {body}\n", scope)
    return _or_why_not(as_kernel(scope[name]), form)


def _or_why_not(f: Any, form: str) -> Any:
    """A kernel at an address; where it cannot be compiled, one sentence."""
    __tracebackhide__ = True
    try:
        return by_address(f, *FORMS[form])
    except (KernelError, UncountedError) as error:
        if "<string>" in str(error):  # the function was compiled, but not what copies what it returns
            name = f.py_func.__name__
            wanted = "it must return np.array([...]) of floats at the end of each branch"
            raise KernelError(f"{name} does not return the same kind of values always; {wanted}") from None
        raise
