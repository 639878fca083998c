"""Whether what a compiled kernel has captured is still what its source says: its globals, and what it closes over.

The compiler freezes these. A notebook redefines a function or a constant and runs the next cell: then the kernels that
refer to it must be compiled anew, as Python would see the change.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np

from mechkit.counting.digest import places

#: Numba compiles the elements of smaller arrays in; larger ones it reads where they are.
_COMPILED_IN = 10**6

#: Where a value is found (a dictionary and a key, or a cell), the value, what of it was compiled in, and whether this
#: may change while the value stays the same object.
Captured = tuple[Any, str | None, object, object, bool]


def captured(kernels: Iterable[Any]) -> list[Captured]:
    """What the code of kernels was compiled with; what the library's own refer to never changes."""
    return [
        (holder, key, value, _frozen(value), isinstance(value, np.ndarray | tuple))
        for kernel in dict.fromkeys(kernels)
        if not str(kernel.__module__).startswith("mechkit.")
        for _, holder, key, value in places(kernel.py_func)
        if not (isinstance(value, ModuleType) and value.__name__ in ("numpy", "math"))
    ]


def has_changed(values: list[Captured]) -> bool:
    """Whether one of the values was bound anew, to another value, or holds an array whose elements were changed."""
    for holder, key, value, frozen, may_change in values:
        now = holder.cell_contents if key is None else holder.get(key)
        if (may_change or now is not value) and _frozen(now) != frozen:
            return True
    return False


def _frozen(value: object) -> object:
    """What of a value is compiled in: numbers and the elements of small arrays by value, all else is itself."""
    if isinstance(value, np.ndarray) and value.nbytes <= _COMPILED_IN:
        return value.dtype, value.shape, value.tobytes()
    if isinstance(value, tuple):
        return type(value), tuple(map(_frozen, value))
    if isinstance(value, bool | int | float | complex | str | np.generic):
        return type(value), repr(value)
    return id(value)
