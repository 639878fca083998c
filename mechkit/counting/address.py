"""Functions as arguments of compiled drivers: a driver is compiled once, whatever function it is given."""

from __future__ import annotations

import types as pytypes
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from mechkit.counting.digest import closes_over_values, describes_all, large_arrays
from mechkit.counting.example import WithExample
from mechkit.counting.kernel import kernel
from mechkit.counting.kinds import CALLS

_compiled: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def by_address(function: Any, signature: Any, role: str | None = None) -> Any:
    """A function to be passed to kernels by its address, with the types of one signature.

    A kernel that takes it is compiled for the signature, not for the function. So it is cached and serves every
    function of that signature, and a new function costs its own compilation only. That is kept for other processes
    where the function closes over no values, be it of a file or of a notebook. An indirect call costs about 2 ns.

    Parameters
    ----------
    function : a kernel, or a plain Python function, which is made a kernel once, and divides by zero as NumPy does
    signature : a Numba signature, such as ``float64(float64)``
    role : "f", "jac" or "hess", to have its calls counted, as ``ops.calls["f"]``

    Returns
    -------
    Kernel
        the same function, to be passed on; without the compiler (``NUMBA_DISABLE_JIT=1``), the kernel itself.

    Raises
    ------
    TypeError
        for what is neither a kernel nor a plain function, and where the function returns another type.
    KernelError, UncountedError (TypeErrors)
        where the function cannot be compiled or counted.

    Examples
    --------
    >>> from numba import float64
    >>> from mechkit import count, kernel
    >>> @kernel
    ... def midpoint(f, a, b):
    ...     return (b - a) * f((a + b) / 2.0)
    >>> def square(x):
    ...     return x * x
    >>> with count() as ops:
    ...     midpoint(by_address(square, float64(float64)), 0.0, 2.0)
    2.0
    >>> ops
    OpCounts(flops=5; float64: add=1 sub=1 mul=2 div=1)
    >>> with count() as ops:
    ...     midpoint(by_address(square, float64(float64), "f"), 0.0, 2.0)
    2.0
    >>> ops.calls["f"]
    1
    """
    __tracebackhide__ = True
    if role is not None and role not in CALLS:
        raise ValueError(f"role is {role!r}; it must be one of {', '.join(CALLS)}")
    return as_kernel(function).at_address(signature, role)


def as_kernel(function: Any) -> Any:
    """A kernel as it is; a plain function as a kernel, always the same one. Raises TypeError for anything else.

    >>> def double(x):
    ...     return x + x
    >>> as_kernel(double)(1.5), as_kernel(double) is as_kernel(double)
    (3.0, True)
    """
    __tracebackhide__ = True
    if isinstance(function, WithExample):
        return function
    if not isinstance(function, pytypes.FunctionType):
        raise TypeError(
            f"{function!r} is neither a kernel nor a plain function; write one that calls it, or that does its work"
        )
    if function not in _compiled:
        # A division by zero gives infinity, as in NumPy: whoever called the function can see it and back off.
        made = kernel(error_model="numpy")(function)
        # The values that a function closes over may be new each time: its code, kept for each, would fill the disk.
        # One of a notebook, or of a program's text, is kept where all that it refers to is part of its digest.
        if not (closes_over_values(made) or large_arrays(made)) and (_has_file(function) or describes_all(made)):
            made = kernel(cache=True, error_model="numpy")(function)
        _compiled[function] = made
    return _compiled[function]


def _has_file(function: Any) -> bool:
    return Path(function.__code__.co_filename).is_file()
