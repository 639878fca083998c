"""Whether what a compiled kernel has captured is still what its source says: its globals, and what it closes over.

The compiler freezes these. A notebook redefines a function or a constant and runs the next cell: then the kernels that
refer to it must be compiled anew, as Python would see the change.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from mechkit.counting.digest import places, reached
from mechkit.counting.example import WithExample

#: Numba compiles the elements of smaller arrays in; larger ones it reads where they are.
_COMPILED_IN = 10**6

#: Where a value is found, the value that was compiled in, and the elements of an array.
Captured = tuple[Any, str | None, object, bytes | None]


def captured(kernel: Any) -> list[Captured]:
    """What the code of a kernel, and of those that it calls, was compiled with; the library's own never changes."""
    own = [one for one in reached(kernel) if not str(one.__module__).startswith("mechkit.")]
    return [
        (
            holder,
            key,
            value,
            value.tobytes() if isinstance(value, np.ndarray) and value.nbytes <= _COMPILED_IN else None,
        )
        for one in own
        for _, holder, key, value in places(one.py_func)
        if not isinstance(value, ModuleType)
    ]


def _elements(value: object) -> bytes | None:
    return value.tobytes() if isinstance(value, np.ndarray) and value.nbytes <= _COMPILED_IN else None


def has_changed(values: list[Captured]) -> bool:
    """Whether one of the values was bound anew, to another value, or is an array whose elements were changed."""
    for holder, key, value, elements in values:
        now = holder.cell_contents if key is None else holder.get(key)
        if now is not value and not _same(now, value):
            return True
        if elements is not None and now.tobytes() != elements:
            return True
    return False


def _same(now: object, before: object) -> bool:
    """Whether a new object is compiled to what the one before was."""
    if type(now) is not type(before) or isinstance(now, WithExample):
        return False
    if isinstance(now, np.ndarray) and isinstance(before, np.ndarray):
        return now.dtype == before.dtype and now.shape == before.shape  # its elements are looked at apart
    return isinstance(now, bool | int | float | complex | str | np.generic) and repr(now) == repr(before)
