"""What a kernel can be given: values that are no arguments, and uncounted functions, are refused at the call."""

from __future__ import annotations

import types as pytypes
from typing import Any

import numpy as np

from mechkit.counting.errors import KernelError, UncountedError
from mechkit.counting.example import WithExample
from mechkit.counting.functions import IN_PYTHON, is_c_function, is_compiled_by_numba


def check_argument(kernel: str, value: Any) -> None:
    """Refuse an argument of a kernel that cannot be one, or that is, or holds, a function that is not a kernel.

    Raises
    ------
    UncountedError
        for functions whose work would not be counted.
    KernelError
        for what compiled code cannot take.
    """
    if isinstance(value, list):
        _check_list(kernel, value)
    if isinstance(value, tuple | list):
        for part in value:
            check_argument(kernel, part)
    elif isinstance(value, WithExample):
        return
    elif is_compiled_by_numba(value):
        name = value.py_func.__name__
        raise UncountedError(
            f"{kernel} was given {name}, compiled with numba.njit: its work would not be counted; "
            f"decorate {name} with @mechkit.kernel"
        )
    elif isinstance(value, pytypes.FunctionType | pytypes.BuiltinFunctionType):
        name = value.__name__
        raise UncountedError(
            f"{kernel} was given {name}, which is not compiled: its work would not be counted; "
            f"decorate {name} with @mechkit.kernel, or call it in a kernel of your own"
        )
    elif is_c_function(value):
        raise UncountedError(f"{kernel} was given the C function {value!r}: its work would not be counted; {IN_PYTHON}")
    elif isinstance(value, dict):
        raise KernelError(f"{kernel} was given a dict; pass its values as arguments of their own, or as an array")
    elif isinstance(value, set | frozenset):
        raise KernelError(f"{kernel} was given a set; pass an array, np.array(sorted(...))")
    elif isinstance(value, np.ndarray) and value.dtype.kind in "OUSV":
        held = {"O": "Python objects", "V": "records"}.get(value.dtype.kind, "strings")
        raise KernelError(f"{kernel} was given an array of {held}; make it one of numbers, with .astype(float)")
    elif hasattr(value, "toarray"):
        raise KernelError(
            f"{kernel} was given a sparse matrix; pass its arrays (A.data, A.indices, A.indptr), or A.toarray()"
        )


def not_an_argument(kernel: str, value: Any) -> str:
    """The sentence for a value of a type that compiled code does not know."""
    kind = type(value).__name__
    return f"{kernel} was given a {kind}, which a kernel cannot take; pass numbers, arrays, or tuples of them"


def _check_list(kernel: str, values: list[Any]) -> None:
    if not values:
        raise KernelError(f"{kernel} was given an empty list, which has no type; pass an array, np.array([], float)")
    kinds = {type(value) for value in values}
    if len(kinds) > 1:
        names = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise KernelError(f"{kernel} was given a list of {names}; pass values of one type, or np.array(...)")
    if kinds == {list}:
        raise KernelError(f"{kernel} was given a list of lists; pass an array, np.array(...)")
