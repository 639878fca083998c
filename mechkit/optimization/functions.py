"""The user's functions as compiled drivers take them, and how often each was called.

A driver compiles each function once for its types, hands it to the algorithm's kernel by address, and reads off how
often it was called. The kernel is compiled for the types alone, so it is cached, and serves every function.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba import float64

from mechkit.counting import by_address
from mechkit.counting.tables import calls

#: What a function of one number, of a vector, a vector-valued and a matrix-valued one are compiled for.
SCALAR = float64(float64)
OBJECTIVE = float64(float64[::1])
VECTOR = float64[::1](float64[::1])
MATRIX = float64[:, ::1](float64[::1])


def function(f: Any, signature: Any, role: str = "f") -> Any:
    """A kernel or plain Python function, compiled for a signature; its calls count in a role: "f", "jac" or "hess".

    Raises TypeError for what is no function, and KernelError or UncountedError (TypeErrors) for one that cannot be
    compiled, counted, or returns another type.

    >>> def parabola(x):
    ...     return x[0] * x[0]
    >>> function(parabola, OBJECTIVE) is function(parabola, OBJECTIVE)
    True
    """
    return by_address(f, signature, role)


class Calls:
    """How often the functions of each role were called; see `counted_calls`."""

    f = jac = hess = 0


@contextmanager
def counted_calls() -> Iterator[Calls]:
    """Count the calls of functions in each role inside the block, whether or not operations are counted.

    >>> from mechkit import kernel
    >>> @kernel
    ... def twice(f, x):
    ...     return f(x) + f(x + 1.0)
    >>> def parabola(x):
    ...     return x * x
    >>> with counted_calls() as made:
    ...     twice(function(parabola, SCALAR), 1.0)
    5.0
    >>> made.f, made.jac
    (2, 0)
    """
    made, before = Calls(), calls()
    try:
        yield made
    finally:
        for role, n in calls().items():
            setattr(made, role, n - before[role])
