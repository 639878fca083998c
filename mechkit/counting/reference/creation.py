"""Stand-ins for the functions of NumPy that make arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.counting.errors import NOT_AN_INTEGER
from mechkit.counting.reference.arrays import Array, unwrap
from mechkit.counting.reference.values import Scalar, refuse, wrong


def creation(fn: Callable[..., Any]) -> Callable[..., Array]:
    """A function that makes an array, of which nothing is counted."""

    def create(*args: Any, **kwargs: Any) -> Array:
        shape = args[0] if args and not fn.__name__.endswith("_like") else ()
        for size in shape if isinstance(shape, tuple) else (shape,):
            if isinstance(size, Scalar) and size.v.dtype.kind == "f":
                raise wrong(NOT_AN_INTEGER.format("a size must be an integer"))
        return Array(fn(*map(unwrap, args), **{k: unwrap(v) for k, v in kwargs.items()}))

    return create


def array(values: Any, dtype: Any = None) -> Array:
    """np.array: a copy of an array counts, an array of numbers does not."""
    if isinstance(values, Array):
        wanted = values.a.dtype if dtype is None else np.dtype(unwrap(dtype))
        return values.copy() if wanted == values.a.dtype else values.astype(wanted)
    return Array(np.array(unwrap(values), dtype=unwrap(dtype)))


def asarray(values: Any, dtype: Any = None) -> Array:
    """np.asarray: an array of the type that is wanted is handed on."""
    if isinstance(values, Array) and (dtype is None or np.dtype(unwrap(dtype)) == values.a.dtype):
        return values
    return array(values, dtype)


def flip(values: Any, *axes: Any, **named: Any) -> Array:
    """np.flip: a view."""
    if axes or named or not isinstance(values, Array):
        raise refuse("np.flip with an axis", "write np.flip(x), or a slice such as x[:, ::-1]")
    return Array(np.flip(values.a))


def copy(values: Any) -> Array:
    """np.copy."""
    if not isinstance(values, Array):
        raise refuse("np.copy of what is no array", "copy arrays only")
    return values.copy()
