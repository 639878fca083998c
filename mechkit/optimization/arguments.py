"""What follows x in the calls of a user's function, as data: other values of the same types compile nothing.

A kernel that takes a function f(x) by address knows nothing of f's further arguments. So f is called by a kernel of x
alone, which reads them from a place in memory that it is compiled for. A driver writes them there before it starts.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from mechkit.counting import kernel
from mechkit.counting.address import as_kernel
from mechkit.counting.dispatcher import Kernel
from mechkit.optimization.callables import compilable

#: The words of a place: so many that the compiler reads it where it is, and copies none of it into code.
WORDS = 2**17
#: The places there are, and the numbers of those that no search uses: a search within another takes one of its own.
_places: list[np.ndarray] = []
_free: list[int] = []
#: Numba's own compiler, which counts nothing: reading arguments is no work of the user's.
_UNCOUNTED: Any = getattr(getattr(numba.njit(lambda: None), "_compiler", None), "pipeline_class", None)


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
    if _UNCOUNTED is None:
        yield tuple(_with(values, as_kernel(f)) if callable(f) else f for f in functions)
        return
    with reader_of(values) as read:
        yield tuple(_reading(as_kernel(f), read) if callable(f) else f for f in functions)


@contextmanager
def reader_of(values: tuple[Any, ...]) -> Iterator[Any]:
    """A kernel without arguments that gives the values, inside the block: the same for others of the same types.

    >>> with reader_of((2.0, 3)) as read:
    ...     read()
    (2.0, 3)
    """
    if _UNCOUNTED is None:
        yield kernel(error_model="numpy")(lambda: values)
        return
    place = _free.pop() if _free else _new_place()
    try:
        _write(_places[place], values)
        yield _reader(tuple(map(numba.typeof, values)), place)
    finally:
        _free.append(place)


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


def _with(values: tuple[Any, ...], f: Any) -> Any:
    """Without the compiler, a function of x is one that hands on the rest."""

    @kernel(error_model="numpy")
    def of_x(x):
        return f(x, *values)

    return of_x


def _new_place() -> int:
    _places.append(np.zeros(WORDS, np.int64))
    return len(_places) - 1


def _write(place: np.ndarray, values: tuple[Any, ...]) -> None:
    """Numbers, and of arrays what describes them, as compiled code holds them."""
    words: list[Any] = []
    for value in values:
        if isinstance(value, np.ndarray):
            words += [0, 0, value.size, value.itemsize, value.ctypes.data, *value.shape, *value.strides]
        else:
            kinds = {float: np.float64, complex: np.complex128}
            kind = next((kinds[of] for of in kinds if isinstance(value, of)), np.int64)
            words += np.array([value], kind).view(np.int64).tolist()
    place[: len(words)] = words


@lru_cache(maxsize=256)
def _reading(f: Any, read: Any) -> Any:
    """f(x, *values) as a kernel of x, with the values that a reader gives."""

    @kernel(error_model="numpy")
    def of_x(x):
        return f(x, *read())

    return of_x


@lru_cache(maxsize=256)
def _reader(kinds: tuple[Any, ...], place: int) -> Any:
    """A kernel without arguments, that counts nothing: the values of some types from a place."""
    words, load = _places[place], _loader(kinds)

    def arguments():
        return load(words)

    options = {"nopython": True, "boundscheck": None, "error_model": "numpy"}
    return Kernel(arguments, targetoptions=options, pipeline_class=_UNCOUNTED)


def _loader(kinds: tuple[Any, ...]) -> Any:
    """A function for compiled code: the values of some types that lie one after the other in an array of words."""
    together = types.Tuple(kinds)

    @intrinsic
    def load(typing_context, words):
        def code(context, builder, signature, arguments):
            word, values = context.get_value_type(types.int64), []
            address = builder.ptrtoint(builder.extract_value(arguments[0], 4), word)
            for kind in kinds:
                held = context.get_value_type(types.int64 if kind == types.boolean else kind)
                value = builder.load(builder.inttoptr(address, held.as_pointer()))
                if kind == types.boolean:
                    value = builder.trunc(value, context.get_value_type(kind))
                values.append(value)
                address = builder.add(address, word(8 * _length(kind)))
            return context.make_tuple(builder, together, values)

        return together(words), code

    return load


def _length(kind: Any) -> int:
    """How many words a value takes."""
    return 5 + 2 * kind.ndim if isinstance(kind, types.Array) else 1 + isinstance(kind, types.Complex)
