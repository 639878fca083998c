"""Functions among the arguments of an exercise: sent to the child, made kernels there, their calls counted."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np
from numba import float64

from mechkit.counting import by_address, kernel
from mechkit.counting.address import as_kernel
from mechkit.counting.example import WithExample
from mechkit.counting.kinds import CALLS


@dataclass(frozen=True)
class Given:
    """A function among the arguments, as it is sent: the Python function, its role, and its type where it is known.

    numbers : of how many numbers it is a function with a number as its value; None where it takes or returns arrays.
    """

    function: Callable[..., Any]
    role: str
    numbers: int | None
    error_model: str

    def made(self) -> Any:
        """The kernel: passed by its address where the types are known, else compiled into what takes it."""
        compiled = kernel(error_model=self.error_model)(self.function)
        if self.numbers is not None:
            return by_address(compiled, float64(*[float64] * self.numbers), self.role)
        return in_role(compiled, self.role)


def in_role(compiled: Any, role: str) -> Any:
    """A kernel like another one, each call of which is counted in a role, for arguments of whatever type.

    >>> import mechkit as mk
    >>> double = in_role(mk.kernel(lambda x: x + x), "f")
    >>> with mk.count() as ops:
    ...     double(np.float64(2.0))
    4.0
    >>> ops.calls["f"]
    1
    """
    original = compiled.py_func
    copy: Any = FunctionType(
        original.__code__, original.__globals__, original.__name__, original.__defaults__, original.__closure__
    )
    copy.__module__, copy.__qualname__ = original.__module__, original.__qualname__
    copy._mechkit_role = role  # where the compiled counters look
    made = kernel(error_model=compiled.targetoptions.get("error_model", "python"))(copy)
    made.role = role  # where the reference counter looks
    return made


def sent(args: Sequence[Any]) -> tuple[Any, ...]:
    """Arguments as they are sent: their functions, in the order in which they stand, are f, jac and hess.

    Raises ValueError for more functions than there are roles.
    """
    roles = iter(CALLS)
    found = []
    for value in args:
        if isinstance(value, WithExample | FunctionType) or hasattr(value, "py_func"):
            role = next(roles, None)
            if role is None:
                raise ValueError(f"an exercise may have at most {len(CALLS)} functions among its arguments")
            found.append(_given(value, role))
        else:
            found.append(value)
    return tuple(found)


def _given(value: Any, role: str) -> Given:
    compiled = as_kernel(value)
    function = compiled.py_func
    return Given(function, role, _numbers(function), compiled.targetoptions.get("error_model", "python"))


def _numbers(function: Any) -> int | None:
    """Of how many numbers this is a function with a number as its value; None for any other function.

    >>> _numbers(lambda x, y: x * y), _numbers(lambda x: x.size), _numbers(lambda x, out: out.fill(x))
    (2, None, None)
    """
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) or p.default is not p.empty for p in parameters):
        return None
    if any(p.annotation not in (p.empty, float, "float") for p in parameters):
        return None
    for number in (0.5, 1.5):
        try:
            with np.errstate(all="ignore"):
                value = function(*[number] * len(parameters))
        except (ArithmeticError, ValueError):
            continue
        except Exception:  # it takes arrays
            return None
        return len(parameters) if isinstance(value, float | np.floating) else None
    return None


def received(args: Sequence[Any]) -> tuple[Any, ...]:
    """Arguments as the submission takes them, in the child."""
    return tuple(value.made() if isinstance(value, Given) else value for value in args)
