"""A submission from a function or kernel of a session: its source, with that of the functions that it calls."""

from __future__ import annotations

import dis
import math
import textwrap
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from mechkit.counting.source import nested_codes, source_of, why_no_source
from mechkit.exercises.constants import MOST
from mechkit.exercises.submission import Refused, Submission

_MODULES = {np: "numpy", math: "math"}


def from_function(value: Any) -> Submission:
    """The submission that a function, or a kernel, is, with its helpers and constants. Raises Refused.

    >>> def double(x):
    ...     return x + x
    >>> from_function(double).text
    'import numpy as np\\ndef double(x):\\n    return x + x\\n'
    """
    function = getattr(value, "py_func", value)
    if not isinstance(function, FunctionType) or function.__name__ == "<lambda>":
        raise Refused(f"{value!r} is no function that was written with def; write def and a name")
    lines: list[str] = []
    places: list[str] = []
    functions: dict[str, FunctionType] = {function.__name__: function}
    known: dict[str, str] = {}
    for one in functions.values():  # grows while it is read
        _add(one, lines, places)
    done = list(functions.values())
    for one in done:
        for name, found in _named(one).items():
            inner = getattr(found, "py_func", found)
            if isinstance(inner, FunctionType) and _is_own(inner):
                if inner.__name__ == name and functions.setdefault(name, inner) is inner:
                    if inner not in done:
                        _add(inner, lines, places)
                        done.append(inner)
                else:
                    raise Refused(f"two functions are called {inner.__name__}, or {name} is another name of one")
            else:
                known[name] = _spelled(name, found)
    head = ["import numpy as np", *filter(None, known.values())]
    return Submission(function.__name__, "\n".join([*head, *lines]) + "\n", (*["above"] * len(head), *places))


def _add(function: FunctionType, lines: list[str], places: list[str]) -> None:
    source = source_of(function)
    if source is None:
        raise Refused(why_no_source(function).replace("kernel ", "", 1))
    where = Path(function.__code__.co_filename)
    prefix = f"{where.name}, " if where.is_file() else ""
    text = textwrap.dedent("\n".join(source.lines)).split("\n")
    lines += text
    places += [f"{prefix}line {source.first + i}" for i in range(len(text))]


def _is_own(function: FunctionType) -> bool:
    """Whether a function is the student's, not one of a library."""
    return str(function.__module__).partition(".")[0] not in ("numpy", "scipy", "numba", "mechkit", "math")


def _named(function: FunctionType) -> dict[str, Any]:
    """The globals and the closure of a function, by the names that it uses."""
    codes = [function.__code__, *nested_codes(function.__code__)]
    names = [i.argval for code in codes for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"]
    found = {name: function.__globals__[name] for name in dict.fromkeys(names) if name in function.__globals__}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {**found, **{name: cell.cell_contents for name, cell in cells}}


def _spelled(name: str, value: Any) -> str:
    """A line that gives a name its value; nothing for a value that a submission cannot hold."""
    if isinstance(value, ModuleType):
        if value in _MODULES:
            return f"import {_MODULES[value]} as {name}"
        top = value.__name__.partition(".")[0]
        return f"import {top} as {name}" if top in ("mechkit", "numpy") else ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return f"{name} = {value!r}"
    if isinstance(value, np.ndarray) and value.size <= MOST and value.dtype.kind in "iuf" and np.isfinite(value).all():
        return f"{name} = np.array({value.tolist()!r}, dtype='{value.dtype}')"
    if isinstance(value, tuple) and all(isinstance(part, int | float | str) for part in value):
        return f"{name} = {value!r}"
    spelled = str(getattr(value, "__name__", ""))
    for module in (math, np):
        if spelled and getattr(module, spelled, None) is value:
            return f"from {module.__name__} import {spelled} as {name}"
    if str(getattr(value, "__module__", "")).partition(".")[0] == "mechkit":
        return f"from mechkit import {name}"
    return ""
