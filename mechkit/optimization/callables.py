"""What a user gives as a function, as one that can be compiled: a partial function becomes a kernel."""

from __future__ import annotations

import functools
import inspect
import types as pytypes
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from mechkit.counting import kernel
from mechkit.counting.address import as_kernel
from mechkit.counting.example import WithExample

#: What to do instead of giving a function that reads from an object.
ADVICE = "give what it reads from the object in args: def fun(x, c): ..., args=(c,)"
_partials: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def compilable(f: Any, name: str = "fun") -> Any:
    """f itself, or where it is a functools.partial with numbers and arrays, a kernel of what is left, always the same.

    Raises TypeError, with what to do, for methods and objects with a state of their own, which no compiler can see.

    >>> def line(x, slope):
    ...     return slope * x
    >>> compilable(functools.partial(line, slope=2.0))(3.0)
    6.0
    >>> compilable([].append)
    Traceback (most recent call last):
    TypeError: fun is append, which cannot be compiled; write a function of x that works in loops
    """
    if isinstance(f, pytypes.FunctionType | WithExample) or not callable(f):
        return f
    if isinstance(f, functools.partial):
        if f not in _partials:
            _partials[f] = _bound(f, name)
        return _partials[f]
    if inspect.ismethod(f):
        raise TypeError(f"{name} is a method of an object, {f.__qualname__}, which cannot be compiled; {ADVICE}")
    if inspect.isbuiltin(f) or type(f).__module__.startswith("numpy"):
        what = getattr(f, "__name__", type(f).__name__)
        raise TypeError(f"{name} is {what}, which cannot be compiled; write a function of x that works in loops")
    if type(f).__module__ == "functools":
        raise TypeError(f"{name} is a wrapper around a function; give the function itself, {name}.__wrapped__")
    raise TypeError(f"{name} is an object of class {type(f).__name__}, which cannot be compiled; {ADVICE}")


def _bound(f: functools.partial, name: str) -> Any:
    """A kernel of the arguments that a partial function leaves open."""
    inner = as_kernel(compilable(f.func, name))
    signature = inspect.signature(inner.py_func)
    parameters = list(signature.parameters)
    try:
        signature.bind_partial(*f.args, **f.keywords)
    except TypeError as misfit:
        raise TypeError(f"{name} is a partial function that cannot be called: {misfit}") from None
    defaults = {key: p.default for key, p in signature.parameters.items() if p.default is not p.empty}
    values = defaults | dict(zip(parameters, f.args, strict=False)) | f.keywords
    for key, value in values.items():
        if np.asarray(value).dtype.kind not in "biufc":
            raise TypeError(f"{name} is a partial function with {key} = {value!r}; it must be a number or an array")
    left = [p for p in parameters if p not in values]
    # the parameters by name, in a function of its own for each partial: kernels take no keywords
    call = ", ".join(p if p in left else f"_value_{p}" for p in parameters)
    source = f"def {inner.py_func.__name__}({', '.join(left)}):\n    return _inner({call})\n"
    scope: dict[str, Any] = {"_inner": inner, **{f"_value_{key}": value for key, value in values.items()}}
    exec(source, scope)
    return kernel(error_model="numpy")(scope[inner.py_func.__name__])
