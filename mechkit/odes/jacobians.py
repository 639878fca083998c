"""The Jacobian df/dy of a right-hand side f(t, y, out): given, constant, or by differences, full or banded.

Each kernel has the same arguments, so that one compiled step serves them all. f, jac : the right-hand side, and the
user's Jacobian, a matrix (n, n), or for a band (l + u + 1, n), whose rows are the diagonals as SciPy has them; least
(n,) : sizes below which a step of a difference does not sink; bands : (l, u); J : see shifted_systems.py.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64, types, void

from mechkit.counting import by_address, kernel
from mechkit.odes.right_hand_side import JACOBIAN, RIGHT_HAND_SIDE

#: What the kernels of this file are compiled for: f, jac, t, y, least, bands, J.
FILL = void(
    *(types.FunctionType(RIGHT_HAND_SIDE), types.FunctionType(JACOBIAN), float64),
    *(float64[::1], float64[::1], int64[::1], float64[:, ::1]),
)
#: The step of a difference to one side, relative to y[j], that balances what is cut off with rounding: eps^(1/2).
SHARE = 2.0**-26
#: The same for differences to both sides: eps^(1/3).
CENTRAL_SHARE = 2.0**-17.5


@kernel(cache=True, error_model="numpy")
def constant_jacobian(f, jac, t, y, least, bands, J):
    """J is constant, and stays what it is.

    >>> from mechkit import law
    >>> law(constant_jacobian, n=range(1, 4)).flops == 0
    True
    """


@kernel(cache=True, error_model="numpy")
def given_dense(f, jac, t, y, least, bands, J):
    """J = jac(t, y).

    >>> from mechkit import law
    >>> law(given_dense, n=range(1, 4)).flops == 0
    True
    """
    jac(t, y, J)


@kernel(cache=True, error_model="numpy")
def given_banded(f, jac, t, y, least, bands, J):
    """J = the band jac(t, y), each column behind l places for what fills in.

    >>> from mechkit import law
    >>> law(given_banded, n=range(1, 4)).flops == 0
    True
    """
    l, u = bands[0], bands[1]
    A = np.empty((l + u + 1, y.size))
    jac(t, y, A)
    for j in range(y.size):
        for k in range(l + u + 1):
            J[j, l + k] = A[k, j]


@kernel(cache=True, error_model="numpy")
def differences_by_columns(f, jac, t, y, least, bands, J):
    """J by differences to one side, a column a call of f: n + 1 calls, here of n flops.

    >>> from mechkit import law
    >>> law(differences_by_columns, n=range(1, 6)).flops
    Polynomial('3n^2 + 4n')
    """
    # Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., section IV.8
    n = y.size
    here, there = np.empty_like(y), np.empty_like(y)
    f(t, y, here)
    for j in range(n):
        kept = y[j]
        step = SHARE * max(abs(kept), least[j])
        y[j] = kept + (step if here[j] >= 0.0 else -step)  # along the solution, where f is defined
        step = y[j] - kept
        f(t, y, there)
        y[j] = kept
        for i in range(n):
            J[i, j] = (there[i] - here[i]) / step


@kernel(cache=True, error_model="numpy")
def differences_by_groups(f, jac, t, y, least, bands, J):
    """J within a band: columns that no row shares are found by one call of f, l + u + 2 calls in all.

    Here l = 2, u = 1, and f is of n flops:

    >>> from mechkit import law
    >>> law(differences_by_groups, n=range(5, 10)).flops
    Polynomial('16n - 8')
    """
    # Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974
    n, l, u = y.size, bands[0], bands[1]
    here, there, kept, steps = np.empty_like(y), np.empty_like(y), np.empty_like(y), np.empty_like(y)
    f(t, y, here)
    for j in range(n):
        kept[j] = y[j]
    width = l + u + 1
    for first in range(min(width, n)):
        for j in range(first, n, width):  # 1  move every width-th unknown
            step = SHARE * max(abs(kept[j]), least[j])
            y[j] = kept[j] + (step if here[j] >= 0.0 else -step)
            steps[j] = y[j] - kept[j]
        f(t, y, there)
        for j in range(first, n, width):  # 2  rows j - u to j + l belong to column j
            y[j] = kept[j]
            for i in range(max(0, j - u), min(n, j + l + 1)):
                J[j, l + u + i - j] = (there[i] - here[i]) / steps[j]


@kernel(cache=True, error_model="numpy")
def central_by_columns(f, jac, t, y, least, bands, J):
    """J by differences to both sides, which are exact to a thousand times less: 2n calls, here of n flops.

    >>> from mechkit import law
    >>> law(central_by_columns, n=range(1, 6)).flops
    Polynomial('4n^2 + 4n')
    """
    n = y.size
    above, below = np.empty_like(y), np.empty_like(y)
    for j in range(n):
        kept = y[j]
        step = CENTRAL_SHARE * max(abs(kept), least[j])
        y[j] = kept + step
        high = y[j]
        f(t, y, above)
        y[j] = kept - step
        width = high - y[j]
        f(t, y, below)
        y[j] = kept
        for i in range(n):
            J[i, j] = (above[i] - below[i]) / width


@kernel(cache=True, error_model="numpy")
def central_by_groups(f, jac, t, y, least, bands, J):
    """J within a band by differences to both sides, 2 (l + u + 1) calls in all.

    Here l = 2, u = 1, and f is of n flops:

    >>> from mechkit import law
    >>> law(central_by_groups, n=range(5, 10)).flops
    Polynomial('21n - 8')
    """
    n, l, u = y.size, bands[0], bands[1]
    above, below, kept, widths = np.empty_like(y), np.empty_like(y), np.empty_like(y), np.empty_like(y)
    for j in range(n):
        kept[j] = y[j]
    stride = l + u + 1
    for first in range(min(stride, n)):
        for j in range(first, n, stride):
            y[j] = kept[j] + CENTRAL_SHARE * max(abs(kept[j]), least[j])
            widths[j] = y[j]
        f(t, y, above)
        for j in range(first, n, stride):
            y[j] = kept[j] - CENTRAL_SHARE * max(abs(kept[j]), least[j])
            widths[j] = widths[j] - y[j]
        f(t, y, below)
        for j in range(first, n, stride):
            y[j] = kept[j]
            for i in range(max(0, j - u), min(n, j + l + 1)):
                J[j, l + u + i - j] = (above[i] - below[i]) / widths[j]


@cache
def jacobian_kernel(how: str, banded: bool) -> Any:
    """The kernel by address: how is "constant", "given", "2-point" or "3-point".

    >>> jacobian_kernel("given", True) is jacobian_kernel("given", False)
    False
    """
    kernels = {
        "constant": (constant_jacobian, constant_jacobian),
        "given": (given_dense, given_banded),
        "2-point": (differences_by_columns, differences_by_groups),
        "3-point": (central_by_columns, central_by_groups),
    }
    return by_address(kernels[how][banded], FILL)


def _decay(t, y, out):
    for i in range(y.size):
        out[i] = -2.0 * y[i]


def _zeros(t, y, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = 0.0


@cache
def no_jacobian() -> Any:
    """A Jacobian of zeros by address, where no Jacobian is read."""
    return by_address(_zeros, JACOBIAN, "jac")


def example_functions() -> tuple[Any, Any]:
    """y' = -2y by address, and a Jacobian where no Jacobian is read."""
    return by_address(_decay, RIGHT_HAND_SIDE, "f"), no_jacobian()


@constant_jacobian.example
@given_dense.example
@differences_by_columns.example
@central_by_columns.example
def _(n):
    return *example_functions(), 0.0, np.arange(float(n)), np.ones(n), np.zeros(2, np.int64), np.zeros((n, n))


@given_banded.example
@differences_by_groups.example
@central_by_groups.example
def _(n):
    return *example_functions(), 0.0, np.arange(float(n)), np.ones(n), np.array([2, 1]), np.zeros((n, 6))
