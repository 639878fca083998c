"""What follows x in the calls of a user's function, as data: other values of the same types compile nothing.

A kernel that takes a function f(x) by address knows nothing of f's further arguments. So f is called by a kernel of x
alone, which reads them from a place in memory whose name it knows. A driver writes them there before it starts.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np

from mechkit.counting.address import as_kernel
from mechkit.counting.words import reader_of
from mechkit.optimization.callables import compilable


@contextmanager
def closed_over(args: Any, *functions: Any) -> Iterator[tuple[Any, ...]]:
    """Functions f(x, *args) as kernels of x alone, inside the block; what is no function, as None, is left as it is.

    args : a number or an array, or a tuple of such, which are read and not copied where they lie in order. Raises
    TypeError for anything else, and where a function does not take so many.

    >>> def distance(x, a, scale):
    ...     return scale * abs(x[0] - a[0])
    >>> with closed_over((np.array([1.0]), 2.0), distance, None) as (f, jac):
    ...     f(np.array([4.0])), jac
    (6.0, None)
    """
    values = args if isinstance(args, tuple) else (args,)
    functions = tuple(compilable(f) if callable(f) else f for f in functions)
    if not values:
        yield functions
        return
    values = checked_values(values)
    for f in filter(callable, functions):
        called = as_kernel(f).py_func
        try:
            inspect.signature(called).bind(None, *values)
        except TypeError as misfit:
            raise TypeError(f"{f.__name__} is called with x and {len(values)} args here: {misfit}") from None
    with reader_of(values) as read:
        yield tuple(_reading(as_kernel(f), read) if callable(f) else f for f in functions)


def checked_values(args: Any) -> tuple[Any, ...]:
    """A number or an array, or a tuple of such, as a tuple of what compiled code can read.

    >>> checked_values((np.int32(2), [1, 2]))
    (2, array([1, 2]))
    """
    return tuple(_checked(f"args[{i}]", value) for i, value in enumerate(args if isinstance(args, tuple) else (args,)))


def _checked(name: str, value: Any) -> Any:
    """A number of Python's, or an array in the order of C, of a type that the compiler knows."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; give the numbers that are not masked, {name}.compressed()")
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} is {value!r}; it must be a number or an array of numbers")
    if array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8):
        array = array.astype(np.float64)
    if array.dtype.kind == "c" and array.dtype.itemsize not in (8, 16):
        array = array.astype(np.complex128)
    if array.ndim == 0:
        number = array.item()
        return number if not isinstance(number, int) or abs(number) < 2**63 else float(number)
    return np.ascontiguousarray(array, array.dtype.newbyteorder("="))


@lru_cache(maxsize=256)
def _reading(f: Any, read: Any) -> Any:
    """f(x, *values) as a kernel of x, with the values that a reader gives."""

    scope = {"__name__": __name__, "f": f, "read": read}
    exec("def of_x(x): return f(x, *read())", scope)
    return as_kernel(scope["of_x"])
