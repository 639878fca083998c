"""What a compiled kernel depends on, as one word: the cache finds a kernel by it, so nothing stale is ever run."""

from __future__ import annotations

import dis
import hashlib
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np
from numba import types

from mechkit.counting.example import WithExample
from mechkit.counting.source import nested_codes

_PACKAGE = str(Path(__file__).parents[1])
#: Whose sources are part of the name of the cache's folder.
_INSTRUMENT = f"{__package__}."
#: What notebooks put into the names of their cells, and is another in each session: the process, or a number.
_OF_SESSION = re.compile(r"(?<=[/\\]ipykernel_)\d+(?=[/\\])|(?<=^<ipython-input-)\d+(?=-)")


def digest(kernel: Any) -> str:
    """Everything that the compiled code depends on: bytecode, options, constants it refers to, kernels it calls."""
    numbers = {kernel: 0}  # each kernel that is reached, in the order in which it is met

    def number(callee: Any) -> int:
        return numbers.setdefault(callee, len(numbers))

    parts: list[object] = []
    while len(parts) < len(numbers):
        parts.append(_own_parts(list(numbers)[len(parts)], number))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _own_parts(kernel: Any, number: Callable[[Any], int]) -> list[object]:
    """What the code of one kernel depends on; other kernels by their numbers."""
    code = kernel.py_func.__code__
    return [
        _OF_SESSION.sub("", code.co_filename.removeprefix(_PACKAGE)),  # the same wherever mechkit is installed
        getattr(kernel.py_func, "_mechkit_role", False),  # None: called by address in no role
        sorted((name, sorted(v) if isinstance(v, set) else v) for name, v in kernel.targetoptions.items()),
        *_code_parts(code),
        *[(name, _value_digest(value, number)) for name, value in _referenced(kernel.py_func)],
    ]


def is_recursive(kernel: Any) -> bool:
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
    finished: set[Any] = set()

    def in_a_circle(one: Any, path: tuple[Any, ...]) -> bool:
        if one in path:
            return True
        if one in finished:
            return False
        found = any(in_a_circle(callee, (*path, one)) for callee in _callees(one))
        finished.add(one)
        return found

    return in_a_circle(kernel, ())


def reached(kernel: Any) -> Iterator[Any]:
    """The kernel, and all that it calls by whatever way."""
    met = [kernel]
    for one in met:  # grows while it is read
        yield one
        met += [callee for callee in dict.fromkeys(_callees(one)) if callee not in met]


def _callees(kernel: Any) -> list[Any]:
    values = [value for _, value in _referenced(kernel.py_func)]
    for value in values:  # grows while it is read
        values += value if isinstance(value, tuple) else ()
    return [value for value in values if isinstance(value, WithExample)]


def _code_parts(code: CodeType) -> Iterator[object]:
    yield from (code.co_code, code.co_exceptiontable, code.co_linetable, code.co_firstlineno)
    yield from (code.co_names, code.co_varnames)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_parts(constant)
        else:
            yield constant


@cache
def _loaded(code: CodeType) -> tuple[str, ...]:
    """The names that are looked up as globals: of x.size that is x, not a kernel that is called size."""
    codes = [code, *nested_codes(code)]
    loads = {i.argval for part in codes for i in dis.get_instructions(part) if i.opname == "LOAD_GLOBAL"}
    return tuple(sorted(loads))


def places(py_func: Callable[..., Any]) -> Iterator[tuple[str, Any, str | None, object]]:
    """Where a function finds its globals and what it closes over: path, holder, key, value.

    The holder is a dictionary with the key, or a cell, without one. Of modules there are the members that the function
    may name, to any depth.
    """
    code = py_func.__code__
    parts = [part for part in _code_parts(code) if isinstance(part, tuple)]
    names = sorted({name for part in parts for name in part if isinstance(name, str)})
    namespace = py_func.__globals__
    found: list[tuple[str, Any, str | None, object]] = [
        (name, namespace, name, namespace[name]) for name in _loaded(code) if name in namespace
    ]
    cells = zip(code.co_freevars, py_func.__closure__ or (), strict=True)
    found += [(name, cell, None, cell.cell_contents) for name, cell in cells]
    modules = set()
    while found:
        yield found[-1]
        path, _, _, value = found.pop()
        if isinstance(value, ModuleType) and value.__name__ not in ("math", "numpy") and value not in modules:
            modules.add(value)
            found += [
                (f"{path}.{name}", vars(value), name, getattr(value, name)) for name in names if hasattr(value, name)
            ]


def _referenced(py_func: Callable[..., Any]) -> Iterator[tuple[str, object]]:
    """The globals, defaults and closure of a function, by path."""
    for path, _, _, value in places(py_func):
        yield path, value
    yield "defaults", py_func.__defaults__


def _closure(py_func: Callable[..., Any]) -> list[Any]:
    return [cell.cell_contents for cell in py_func.__closure__ or ()]


def _value_digest(value: object, number: Callable[[Any], int]) -> str:
    if isinstance(value, WithExample):
        return f"kernel {number(value)}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, tuple):
        return f"{type(value).__qualname__}{[_value_digest(part, number) for part in value]}"
    if isinstance(value, np.generic | types.Type):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, _SPELLED):
        return repr(value)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", type(value).__name__)
    return f"{getattr(value, '__module__', None)}.{name}"


#: What repr tells apart.
_SPELLED = (int, float, complex, str, bytes, np.dtype, type(None))


def describes_closure(kernel: Any) -> bool:
    """Whether the digest of a kernel tells apart all values that it, or a kernel that it calls, may close over.

    >>> from mechkit import kernel
    >>> def closing_over(value):
    ...     @kernel
    ...     def f(x):
    ...         return value
    ...     return f
    >>> describes_closure(closing_over(closing_over(1.5))), describes_closure(closing_over({}))
    (True, False)
    """
    return all(_is_described(value) for one in reached(kernel) for value in _closure(one.py_func))


def describes_all(kernel: Any) -> bool:
    """Whether the digest of a kernel tells apart all values that it, or a kernel that it calls, refers to at all.

    >>> from mechkit import kernel
    >>> @kernel
    ... def root(x):
    ...     return math.sqrt(abs(x))
    >>> def closing_over(value):
    ...     @kernel
    ...     def f(x):
    ...         return value
    ...     return f
    >>> describes_all(root), describes_all(closing_over(math.exp)), describes_all(closing_over(str.upper))
    (True, True, False)
    """
    values = [value for one in reached(kernel) for _, value in _referenced(one.py_func)]
    return all(_is_described(value) or _is_known(value) for value in values)


def _is_known(value: object) -> bool:
    """Whether a value is a function or a type of math, NumPy, or the instrument itself."""
    name, home = getattr(value, "__name__", ""), getattr(value, "__module__", "") or ""
    return home.startswith(_INSTRUMENT) or any(getattr(module, name, None) is value for module in (math, np))


def closes_over_values(kernel: Any) -> bool:
    """Whether a kernel, or one that it calls and that is not of the library, closes over anything but kernels.

    >>> from mechkit import kernel
    >>> def abs_of(x):
    ...     return abs(x)
    >>> def closing_over(value):
    ...     @kernel
    ...     def f(x):
    ...         return value
    ...     return f
    >>> closes_over_values(closing_over(closing_over(1.5))), closes_over_values(closing_over(kernel(abs_of)))
    (True, False)
    """
    theirs = (one.py_func for one in reached(kernel) if not _is_of_package(one))
    return any(not isinstance(value, WithExample) for py_func in theirs for value in _closure(py_func))


def _is_of_package(kernel: Any) -> bool:
    return kernel.py_func.__code__.co_filename.startswith(_PACKAGE)


def large_arrays(kernel: Any) -> bool:
    """Whether a kernel, or one that it calls, refers to an array so large that Numba leaves it where it is."""
    values = [value for one in reached(kernel) for _, value in _referenced(one.py_func)]
    return any(isinstance(value, np.ndarray) and value.nbytes > 10**6 for value in values)


def _is_described(value: object) -> bool:
    if type(value) is tuple:
        return all(map(_is_described, value))
    if isinstance(value, np.ndarray):
        return not value.dtype.hasobject
    return isinstance(value, (WithExample, ModuleType, np.generic, types.Type, *_SPELLED))
