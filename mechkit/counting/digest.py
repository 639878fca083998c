"""What a compiled kernel depends on, as one word: the cache finds a kernel by it, so nothing stale is ever run."""

from __future__ import annotations

import dis
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from mechkit.counting.example import WithExample


def digest(kernel: Any, seen: tuple[Any, ...] = ()) -> str:
    """Everything that the compiled code depends on: bytecode, options, constants it refers to, kernels it calls."""
    if kernel in seen:
        return "itself"
    code = kernel.py_func.__code__
    parts: list[object] = [
        code.co_filename,
        code.co_firstlineno,
        sorted((name, sorted(v) if isinstance(v, set) else v) for name, v in kernel.targetoptions.items()),
        *_code_parts(code),
    ]
    parts += [(name, _value_digest(value, (*seen, kernel))) for name, value in _referenced(kernel.py_func)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def is_recursive(kernel: Any, path: tuple[Any, ...] = ()) -> bool:
    """Whether a kernel, or one that it calls by whatever way, calls itself.

    >>> from mechkit import kernel
    >>> @kernel
    ... def factorial(n):
    ...     return 1.0 if n < 2 else n * factorial(n - 1)
    >>> @kernel
    ... def binomial(n, k):
    ...     return factorial(n) / (factorial(k) * factorial(n - k))
    >>> @kernel
    ... def square(x):
    ...     return x * x
    >>> is_recursive(factorial), is_recursive(binomial), is_recursive(square)
    (True, True, False)
    """
    callees = [value for _, value in _referenced(kernel.py_func) if isinstance(value, WithExample)]
    return any(callee in (*path, kernel) or is_recursive(callee, (*path, kernel)) for callee in callees)


def _code_parts(code: CodeType) -> Iterator[object]:
    yield from (code.co_code, code.co_names, code.co_varnames)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_parts(constant)
        else:
            yield constant


@cache
def _loaded(code: CodeType) -> tuple[str, ...]:
    """The names that are looked up as globals: of x.size that is x, not a kernel that is called size."""
    codes = [code, *_nested(code)]
    loads = {i.argval for part in codes for i in dis.get_instructions(part) if i.opname == "LOAD_GLOBAL"}
    return tuple(sorted(loads))


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _nested(constant)


def _referenced(py_func: Callable[..., Any]) -> Iterator[tuple[str, object]]:
    """The globals, defaults and closure of a function; of modules the members it may name, to any depth."""
    code = py_func.__code__
    parts = [part for part in _code_parts(code) if isinstance(part, tuple)]
    names = sorted({name for part in parts for name in part if isinstance(name, str)})
    found = [(name, py_func.__globals__[name]) for name in _loaded(code) if name in py_func.__globals__]
    modules = set()
    while found:
        path, value = found.pop()
        yield path, value
        if isinstance(value, ModuleType) and value.__name__ not in ("math", "numpy") and value not in modules:
            modules.add(value)
            found += [(f"{path}.{name}", getattr(value, name)) for name in names if hasattr(value, name)]
    yield "defaults", py_func.__defaults__
    for name, cell in zip(code.co_freevars, py_func.__closure__ or (), strict=True):
        yield name, cell.cell_contents


def _value_digest(value: object, seen: tuple[Any, ...]) -> str:
    if isinstance(value, WithExample):
        return digest(value, seen)
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, tuple):
        return repr([_value_digest(part, seen) for part in value])
    if isinstance(value, int | float | complex | str | bytes | np.generic | type(None)):
        return repr(value)
    return getattr(value, "__qualname__", type(value).__name__)
