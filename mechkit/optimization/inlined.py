"""The user's functions inside kernels made for them, where a call by address would cost more than the function."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba import complex128, float64, int64

from mechkit.counting import by_address, kernel
from mechkit.optimization.callables import compilable
from mechkit.optimization.functions import MATRIX, SCALAR

#: What a function f(x, p) of numbers is compiled for, p being a number or a row of them.
WITH_NUMBER = float64(float64, float64)
WITH_ROW = float64(float64, float64[::1])
COMPLEX_VECTOR = complex128[::1](complex128[::1])
#: So short that its square is nothing beside x, and no two numbers are subtracted.
COMPLEX_STEP = 1e-100


def inlined(f: Any, signature: Any, role: str | None) -> Any:
    """A function for kernels to close over, its calls counted in a role; LLVM may copy it into a loop.

    >>> inlined(lambda x: x * x, SCALAR, "f")(3.0)
    9.0
    """
    checked = by_address(compilable(f), signature, role)
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return checked
    same = kernel(cache=checked.cached, error_model="numpy")(checked.py_func)
    same.role = role  # for the reference counter; the compiled one finds it at py_func
    return same


@lru_cache(maxsize=64)
def with_parameter(f: Any) -> Any:
    """f(x) as a kernel of x and a number that it ignores.

    >>> with_parameter(lambda x: x * x)(3.0, 0.0)
    9.0
    """
    g = inlined(f, SCALAR, None)

    @kernel(cache=g.cached, error_model="numpy")
    def ignoring(x, p):
        return g(x)

    return ignoring


@lru_cache(maxsize=64)
def newton_step(f: Any, fprime: Any, signature: Any) -> Any:
    """A kernel, by address, that takes a step of Newton's method in each problem f(x, p) = 0 of a block.

    It adds one to taken where the step was longer than xtol + rtol |x|, and returns how many were; values becomes f.

    >>> step = newton_step(lambda x, p: x * x - p, lambda x, p: 2.0 * x, WITH_NUMBER)
    >>> x, taken, values = np.array([1.0, 2.0]), np.zeros(2, np.int64), np.zeros(2)
    >>> step(x, np.array([4.0, 4.0]), 1e-8, 0.0, taken, values), x, taken, values
    (1, array([2.5, 2. ]), array([1, 0]), array([-3.,  0.]))
    """
    g, slope = inlined(f, signature, "f"), inlined(fprime, signature, "jac")

    @kernel(cache=g.cached and slope.cached, error_model="numpy")
    def step_of_each(x, p, xtol, rtol, taken, values):
        going = 0
        for j in range(x.size):
            here = x[j]
            values[j] = g(here, p[j])
            step = values[j] / slope(here, p[j])
            x[j] = here - step
            far = 1 if abs(step) > xtol + rtol * abs(here) else 0
            taken[j] += far
            going += far
        return going

    parameters = float64[:, ::1] if signature == WITH_ROW else float64[::1]
    return by_address(step_of_each, int64(float64[::1], parameters, float64, float64, int64[::1], float64[::1]))


@lru_cache(maxsize=64)
def by_complex_step(fun: Any) -> Any:
    """The Jacobian of fun as a kernel, by address: Im fun(x + ih e_j) / h, exact to rounding, by n calls of fun.

    >>> def f(x):
    ...     y = np.empty_like(x)
    ...     y[0] = x[0] * x[0] * x[0]
    ...     return y
    >>> by_complex_step(f)(np.array([2.0]))
    array([[12.]])
    """
    f = inlined(fun, COMPLEX_VECTOR, "f")

    @kernel(cache=f.cached, error_model="numpy")
    def jac(x):
        n = x.size
        z, J = np.empty(n, np.complex128), np.empty((n, n))
        for i in range(n):
            z[i] = complex(x[i], 0.0)
        for j in range(n):
            z[j] = complex(x[j], COMPLEX_STEP)
            y = f(z)
            if y.size != n:
                raise ValueError("fun returned another number of elements for a complex vector")
            for i in range(n):
                J[i, j] = y[i].imag / COMPLEX_STEP
            z[j] = complex(x[j], 0.0)
        return J

    return by_address(jac, MATRIX)
