"""The kernel that stands in for the compiled one when ``NUMBA_DISABLE_JIT=1``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mechkit.counting.count import is_counting
from mechkit.counting.example import WithExample
from mechkit.counting.kinds import INDEX
from mechkit.counting.tables import thread_table


class PlainKernel(WithExample):
    """A kernel that runs as plain Python, breakpoints and all; inside a `count` block the reference counter runs it."""

    #: What calls of it count as; see `by_address`.
    role: str | None = None

    def __init__(self, py_func: Callable[..., Any], options: dict[str, Any]) -> None:
        functools.update_wrapper(self, py_func)
        self.py_func, self.targetoptions = py_func, options
        self._in_roles: dict[str | None, PlainKernel] = {}

    def at_address(self, signature: Any, role: str | None) -> PlainKernel:
        """The kernel as an argument: itself, but for the counting of its calls in a role."""
        if role not in self._in_roles:
            self._in_roles[role] = PlainKernel(self.py_func, self.targetoptions)
            self._in_roles[role].role = role
        return self._in_roles[role]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the Python function, counted where somebody counts."""
        if not is_counting():
            if self.role:
                thread_table()[INDEX["calls", self.role]] += 1
            return self.py_func(*args, **kwargs)
        from mechkit.counting.reference import run  # half of what importing mechkit would cost

        table = thread_table()

        def record(column: str, kind: str, n: int) -> None:
            table[INDEX[column, kind]] += n

        return run(self, args, kwargs, record)

    def __reduce__(self) -> str:
        return self.py_func.__qualname__

    def __repr__(self) -> str:
        return f"<kernel {self.__module__}.{self.py_func.__qualname__}, not compiled>"
