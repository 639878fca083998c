"""The user's functions of a boundary value problem as compiled code takes them, with parameters as unknowns."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from mechkit.counting import by_address
from mechkit.counting.address import as_kernel
from mechkit.odes.in_place import changes_argument
from mechkit.odes.right_hand_side import RIGHT_HAND_SIDE, right_hand_side

#: What a function is called with.
_ARGUMENTS = {"fun": ("x", "y", "p"), "bc": ("ya", "yb", "p")}


def slopes_of(fun: Any, x: float, y: np.ndarray, p: np.ndarray) -> Any:
    """fun(x, y), or fun(x, y, p) where there are parameters, as a kernel f(x, z, out) by address; z is y, then p.

    Raises TypeError and ValueError for what cannot be called so, cannot be compiled, or returns another shape.

    >>> f, out = slopes_of(lambda x, y, p: [y[1], -p[0] * y[0]], 0.0, np.ones(2), np.ones(1)), np.ones(3)
    >>> f(0.0, np.array([1.0, 2.0, 5.0]), out), out
    (None, array([ 2., -5.,  0.]))
    """
    __tracebackhide__ = True
    if not p.size:
        return right_hand_side(fun, x, y)
    _check(fun, "fun", (x, y.copy(), p.copy()), y.size)
    return _with_parameters(fun, y.size, p.size)


def conditions_of(bc: Any, ya: np.ndarray, yb: np.ndarray, p: np.ndarray) -> Any:
    """bc(ya, yb), or bc(ya, yb, p), as a kernel g(0, z, out) by address; z is the state at both ends, with p at each.

    Raises TypeError and ValueError as `slopes_of` does; bc must return a number for each unknown and parameter.

    >>> g = conditions_of(lambda ya, yb: [ya[0] - 1.0, yb[0]], np.ones(2), np.ones(2), np.empty(0))
    >>> out = np.empty(2)
    >>> g(0.0, np.array([3.0, 0.0, 4.0, 0.0]), out), out
    (None, array([2., 4.]))
    """
    __tracebackhide__ = True
    given = (ya.copy(), yb.copy()) + ((p.copy(),) if p.size else ())
    _check(bc, "bc", given, ya.size + p.size)
    return _conditions(bc, ya.size, p.size)


def _check(function: Any, name: str, given: tuple[Any, ...], wanted: int) -> None:
    """Call a function once in Python, which finds what compiled code does not."""
    __tracebackhide__ = True
    try:
        with np.errstate(all="ignore"):
            value = as_kernel(function).py_func(*given)
    except (TypeError, IndexError) as error:
        arguments = ", ".join(_ARGUMENTS[name][: len(given)])
        raise ValueError(f"{name} cannot be called as {name}({arguments}): {error}") from None
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{name} cannot be evaluated at the guess: {error}") from None
    for k, argument in enumerate(_ARGUMENTS[name][: len(given)]):
        if np.ndim(given[k]) and changes_argument(as_kernel(function).py_func, k):
            raise ValueError(f"{name} changes {argument}, which is an array of the solver; let it work on a copy")
    if np.shape(value) != (wanted,):
        raise ValueError(f"{name} returns shape {np.shape(value)}; it must return {wanted} numbers, as np.array([...])")
    if np.asarray(value).dtype.kind not in "biuf":
        raise TypeError(f"{name} returns {value!r} at the guess; it must return real numbers")


@lru_cache(maxsize=128)
def _with_parameters(fun: Any, n: int, k: int) -> Any:
    __tracebackhide__ = True
    inner = as_kernel(fun)

    def with_parameters(x, z, out):
        value = inner(x, z[:n], z[n:])
        for i in range(n):
            out[i] = value[i]
        for i in range(k):
            out[n + i] = 0.0

    return by_address(with_parameters, RIGHT_HAND_SIDE, "f")


@lru_cache(maxsize=128)
def _conditions(bc: Any, n: int, k: int) -> Any:
    __tracebackhide__ = True
    inner, total = as_kernel(bc), n + k

    def without_parameters(x, z, out):
        value = inner(z[:n], z[total:])
        for i in range(n):
            out[i] = value[i]

    def with_parameters(x, z, out):
        value = inner(z[:n], z[total : total + n], z[n:total])
        for i in range(total):
            out[i] = value[i]

    chosen = with_parameters if k else without_parameters
    return by_address(chosen, RIGHT_HAND_SIDE)
