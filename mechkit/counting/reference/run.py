"""Run a kernel's code object on counting values."""

from __future__ import annotations

import sys
import types
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from mechkit.counting.opcounts import OpCounts
from mechkit.counting.reference.standins import BUILTINS, BY_IDENTITY, Draws, Module
from mechkit.counting.reference.values import (
    ERROR_MODEL,
    Array,
    Scalar,
    as_scalar,
    refuse,
    set_recorder,
    tally_call,
    unwrap,
)


class LineTally:
    """Counts by line of one function's source; what its callees do belongs to the line that calls them."""

    def __init__(self, py_func: Callable[..., Any]) -> None:
        self._code = (py_func.__code__.co_filename, py_func.__code__.co_firstlineno)
        self.lines: dict[int, Counter[tuple[str, str]]] = {}

    def record(self, column: str, kind: str, n: int) -> None:
        frame = sys._getframe(1)
        while frame and (frame.f_code.co_filename, frame.f_code.co_firstlineno) != self._code:
            frame = frame.f_back  # type: ignore[assignment]
        self.lines.setdefault(frame.f_lineno, Counter())[column, kind] += n


def reference_count(kernel: Any, *args: Any) -> tuple[Any, OpCounts]:
    """Run a kernel by the reference counter; returns its result and its counts. Arrays are changed in place.

    >>> from mechkit import kernel
    >>> @kernel
    ... def cube(x):
    ...     return x**3
    >>> reference_count(cube, 2.0)
    (8.0, OpCounts(flops=2; float64: mul=2))
    """
    counts: Counter[tuple[str, str]] = Counter()

    def record(column: str, kind: str, n: int) -> None:
        counts[column, kind] += n

    result = run(kernel, args, {}, record)
    return result, OpCounts(counts)


def run(kernel: Any, args: tuple[Any, ...], kwargs: dict[str, Any], record: Callable[[str, str, int], None]) -> Any:
    """Call a kernel's Python function on counting values; every operation goes to record(column, kind, n)."""
    previous = set_recorder(record)
    try:
        with np.errstate(all="ignore"):
            counted = _Counted()
            wrapped = {k: counted.wrap(v) for k, v in kwargs.items()}
            return _plain(counted.function(kernel)(*map(counted.wrap, args), **wrapped))
    except Exception as error:
        error.args = tuple(map(_plain, error.args))
        raise
    finally:
        set_recorder(previous)


def _plain(value: Any) -> Any:
    """What compiled code would return: Python numbers, NumPy arrays."""
    if isinstance(value, Scalar):
        return value.v.item()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_plain, value))
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    return unwrap(value)


class _Counted:
    """Functions rebuilt from the same bytecode, with counting constants, globals and builtins."""

    def __init__(self) -> None:
        self._functions: dict[Any, Any] = {}

    def function(self, kernel: Any) -> Any:
        if kernel in self._functions:
            return self._functions[kernel]
        original = kernel.py_func
        namespace: dict[str, Any] = {"__builtins__": BUILTINS, "__name__": original.__module__}
        namespace[ERROR_MODEL] = kernel.targetoptions.get("error_model", "python")
        code = original.__code__.replace(co_consts=tuple(self._constant(c) for c in original.__code__.co_consts))
        cells = tuple(types.CellType() for _ in original.__closure__ or ())
        defaults = tuple(map(self.wrap, original.__defaults__ or ()))
        function = types.FunctionType(code, namespace, original.__name__, defaults, cells or None)
        self._functions[kernel] = function = _calls_counted(function, kernel)  # before its globals: it may call itself
        for name in code.co_names:
            if name in original.__globals__:
                namespace[name] = self.wrap(original.__globals__[name])
        for cell, of in zip(cells, original.__closure__ or (), strict=True):
            cell.cell_contents = self.wrap(of.cell_contents)
        return function

    def _constant(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(self._constant, value))
        return as_scalar(value) if isinstance(value, int | float | complex) else value

    def wrap(self, value: Any) -> Any:
        """The counting stand-in of a value that enters a kernel."""
        if id(value) in BY_IDENTITY:
            return BY_IDENTITY[id(value)]
        if isinstance(value, bool | int | float | complex | np.number | np.bool_):
            return as_scalar(value)
        if isinstance(value, np.ndarray):
            return Array(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.wrap, value))
        if isinstance(value, tuple | list):
            return type(value)(map(self.wrap, value))
        if isinstance(value, np.random.Generator):
            return Draws(value)
        if hasattr(value, "py_func") and hasattr(value, "example_arguments"):
            return self.function(value)
        if isinstance(value, types.ModuleType):
            return _LazyModule(value, self)
        if value is None or isinstance(value, str | bytes | np.dtype) or _is_exception(value):
            return value
        return _refuse_call(value)


def _calls_counted(function: Any, kernel: Any) -> Any:
    """The function, counting its calls where the kernel is there in a role."""
    role = getattr(kernel, "role", None)
    if role is None:
        return function

    def counted(*args: Any, **kwargs: Any) -> Any:
        tally_call(role)
        return function(*args, **kwargs)

    return counted


def _is_exception(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


class _LazyModule(Module):
    """A module of the user's own: its members are wrapped when they are used."""

    def __init__(self, module: types.ModuleType, counted: _Counted) -> None:
        self._module, self._counted = module, counted

    def __getattr__(self, name: str) -> Any:
        return self._counted.wrap(getattr(self._module, name))


def _refuse_call(value: Any) -> Any:
    name = getattr(value, "__name__", type(value).__name__)

    def uncounted(*args: Any, **kwargs: Any) -> Any:
        raise refuse(name, f"decorate {name} with @mechkit.kernel")

    return uncounted
