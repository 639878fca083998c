"""The kernel that stands in for the compiled one when ``NUMBA_DISABLE_JIT=1``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from numba import types

from mechkit.counting.count import is_counting
from mechkit.counting.example import WithExample
from mechkit.counting.kinds import INDEX
from mechkit.counting.tables import thread_table


class PlainKernel(WithExample):
    """A kernel that runs as plain Python, breakpoints and all; inside a `count` block the reference counter runs it."""

    #: What calls of it count as; see `by_address`.
    role: str | None = None
    #: The type by which Numba knows a kernel that is passed by its address.
    _numba_type_: Any = None

    def __init__(self, py_func: Callable[..., Any], options: dict[str, Any], signatures: Sequence[Any] = ()) -> None:
        functools.update_wrapper(self, py_func)
        self.py_func, self.targetoptions = py_func, options
        #: The signatures that the kernel was made with: its arguments are converted to them.
        self.signatures_given = tuple(signatures)
        self._at_addresses: dict[Any, PlainKernel] = {}

    def at_address(self, signature: Any, role: str | None) -> PlainKernel:
        """The kernel as an argument: with the types of a signature, its calls counted in a role."""
        if (signature, role) not in self._at_addresses:
            at_address = PlainKernel(self.py_func, self.targetoptions)
            at_address.role, at_address._numba_type_ = role, types.FunctionType(signature)
            self._at_addresses[signature, role] = at_address
        return self._at_addresses[signature, role]

    @cached_property
    def _uncounted(self) -> Callable[..., Any]:
        """The Python function, with its arguments converted as the signatures say."""
        if not self.signatures_given and self._numba_type_ is None:
            return self.py_func
        from mechkit.counting.reference.signatures import converting

        return converting(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the Python function, counted where somebody counts."""
        __tracebackhide__ = True
        if not is_counting():
            if self.role:
                thread_table()[INDEX["calls", self.role]] += 1
            return self._uncounted(*args, **kwargs)
        from mechkit.counting.reference.run import run_into_table  # half of what importing mechkit would cost

        return run_into_table(self, args, kwargs)

    def __reduce__(self) -> str:
        return self.py_func.__qualname__

    def __repr__(self) -> str:
        return f"<kernel {self.__module__}.{self.py_func.__qualname__}, not compiled>"
