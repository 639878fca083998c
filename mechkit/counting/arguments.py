"""What a kernel can be given: values that are no arguments, and uncounted functions, are refused at the call."""

from __future__ import annotations

import inspect
import types as pytypes
from typing import Any

import numpy as np

from mechkit.counting.errors import KernelError, UncountedError
from mechkit.counting.example import WithExample
from mechkit.counting.functions import IN_PYTHON, is_c_function, is_compiled_by_numba
from mechkit.words import did_you_mean

#: The characters of NumPy's types of numbers that all compiled code takes.
_USUAL = frozenset("?bBhHiIlLqQfdFD")
#: Numbers that all compiled code takes.
_NUMBERS = frozenset((float, int, bool))


def check_argument(kernel: str, value: Any) -> None:
    """Refuse an argument of a kernel that cannot be one, or that is, or holds, a function that is not a kernel.

    Raises
    ------
    UncountedError
        for functions whose work would not be counted.
    KernelError
        for what compiled code cannot take.
    """
    if type(value) in _NUMBERS or (type(value) is np.ndarray and value.dtype.char in _USUAL):  # nearly always
        return
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
    elif isinstance(value, np.ma.MaskedArray):
        raise KernelError(
            f"{kernel} was given a masked array; pass x.filled(...), or its arrays x.data and x.mask apart"
        )
    elif isinstance(value, np.ndarray | np.generic) and _is_of_unusual_width(value.dtype):
        raise KernelError(
            f"{kernel} was given {value.dtype} numbers; a kernel computes in float32 and float64: pass "
            "x.astype(np.float64)"
        )
    elif isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "mM":
        raise KernelError(f"{kernel} was given dates or times; pass numbers, such as x.astype(np.int64)")
    elif isinstance(value, bytes | bytearray | memoryview):
        raise KernelError(f"{kernel} was given {type(value).__name__}; pass an array, np.frombuffer(x, np.uint8)")
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


def _is_of_unusual_width(dtype: np.dtype) -> bool:
    """Whether numbers are floats, or complex, of another width than a kernel computes in."""
    return (dtype.kind == "f" and dtype.itemsize not in (4, 8)) or (dtype.kind == "c" and dtype.itemsize not in (8, 16))


def wrong_arguments(kernel: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """The sentence for a call with other arguments than a kernel has, or of other types than its signatures.

    >>> def f(x, y=1.0):
    ...     return x + y
    >>> from types import SimpleNamespace
    >>> wrong_arguments(SimpleNamespace(py_func=f, __name__="f"), (), {"z": 2.0})
    'f(x, y=1.0) has no argument z'
    """
    signature = inspect.signature(kernel.py_func)
    called = f"{kernel.__name__}{signature}"
    try:
        signature.bind(*args, **kwargs)
    except TypeError as misfit:
        for name in kwargs:
            if name not in signature.parameters:
                return f"{called} has no argument {name}{did_you_mean(name, signature.parameters)}"
        number = len(signature.parameters)
        takes = f"{called} takes {number} argument{'s' * (number != 1)} and is given {len(args) + len(kwargs)}"
        return f"{takes}: {misfit}"
    signatures = getattr(kernel, "nopython_signatures", [])
    if signatures and not kernel._can_compile:
        given = ", ".join(str(kernel.typeof_pyval(value)) for value in args)
        made_for = " and ".join(str(each.args).replace(",)", ")") for each in signatures)
        return f"{kernel.__name__} was made for arguments {made_for} only, and is given ({given}); convert them"
    return None


def not_an_argument(kernel: str, value: Any) -> str:
    """The sentence for a value of a type that compiled code does not know."""
    kind = f"{value.dtype} array" if isinstance(value, np.ndarray) else type(value).__name__
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
