"""The Jacobian df/dy of a right-hand side f(t, y, out): constant, given, or by differences, full or banded.

Each kernel has the same arguments, so that one compiled step serves them all. f : the right-hand side; bands : (l, u);
J : see shifted_systems.py; memory (4, n) : its row LEAST holds sizes below which a step of a difference does not sink.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numba import float64, int64, types, void

from mechkit.counting import by_address, kernel
from mechkit.odes.right_hand_side import JACOBIAN, RIGHT_HAND_SIDE
from mechkit.optimization.inlined import inlined

#: What the kernels of this file are compiled for: f, t, y, memory, bands, J.
FILL = void(
    *(types.FunctionType(RIGHT_HAND_SIDE), float64, float64[::1]),
    *(float64[:, ::1], int64[::1], float64[:, ::1]),
)
#: The rows of the memory.
LEAST, HERE, THERE, STEPS = range(4)
#: The step of a difference to one side, relative to y[j], that balances what is cut off with rounding: eps^(1/2).
SHARE = 2.0**-26
#: The same for differences to both sides: eps^(1/3).
CENTRAL_SHARE = 2.0**-17.5


@kernel(cache=True, error_model="numpy")
def constant_jacobian(f, t, y, memory, bands, J):
    """J is constant, and stays what it is.

    >>> from mechkit import law
    >>> law(constant_jacobian, n=range(1, 4)).flops == 0
    True
    """


@kernel(cache=True, error_model="numpy")
def differences_by_columns(f, t, y, memory, bands, J):
    """J by differences to one side, a column a call of f: n + 1 calls, here of n flops.

    >>> from mechkit import law
    >>> law(differences_by_columns, n=range(1, 6)).flops
    Polynomial('3n^2 + 4n')
    """
    # Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., section IV.8
    n = y.size
    least, here, there = memory[LEAST], memory[HERE], memory[THERE]
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
def differences_by_groups(f, t, y, memory, bands, J):
    """J within a band: columns that no row shares are found by one call of f, l + u + 2 calls in all.

    Here l = 2, u = 1, and f is of n flops:

    >>> from mechkit import law
    >>> law(differences_by_groups, n=range(5, 10)).flops
    Polynomial('16n - 8')
    """
    # Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974
    n, l, u = y.size, bands[0], bands[1]
    least, here, there, kept = memory[LEAST], memory[HERE], memory[THERE], memory[STEPS]
    f(t, y, here)
    for j in range(n):
        kept[j] = y[j]
    width = l + u + 1
    for first in range(min(width, n)):
        for j in range(first, n, width):  # 1  move every width-th unknown
            step = SHARE * max(abs(kept[j]), least[j])
            y[j] = kept[j] + (step if here[j] >= 0.0 else -step)
        f(t, y, there)
        for j in range(first, n, width):  # 2  rows j - u to j + l belong to column j
            step = y[j] - kept[j]
            y[j] = kept[j]
            for i in range(max(0, j - u), min(n, j + l + 1)):
                J[j, l + u + i - j] = (there[i] - here[i]) / step


@kernel(cache=True, error_model="numpy")
def central_by_columns(f, t, y, memory, bands, J):
    """J by differences to both sides, which are exact to a thousand times less: 2n calls, here of n flops.

    >>> from mechkit import law
    >>> law(central_by_columns, n=range(1, 6)).flops
    Polynomial('4n^2 + 4n')
    """
    n = y.size
    least, above, below = memory[LEAST], memory[HERE], memory[THERE]
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
def central_by_groups(f, t, y, memory, bands, J):
    """J within a band by differences to both sides, 2 (l + u + 1) calls in all.

    Here l = 2, u = 1, and f is of n flops:

    >>> from mechkit import law
    >>> law(central_by_groups, n=range(5, 10)).flops
    Polynomial('22n - 8')
    """
    n, l, u = y.size, bands[0], bands[1]
    least, above, below, kept = memory[LEAST], memory[HERE], memory[THERE], memory[STEPS]
    for j in range(n):
        kept[j] = y[j]
    stride = l + u + 1
    for first in range(min(stride, n)):
        for j in range(first, n, stride):
            y[j] = kept[j] + CENTRAL_SHARE * max(abs(kept[j]), least[j])
        f(t, y, above)
        for j in range(first, n, stride):
            y[j] = kept[j] - CENTRAL_SHARE * max(abs(kept[j]), least[j])
        f(t, y, below)
        for j in range(first, n, stride):
            width = 2.0 * (kept[j] - y[j])
            y[j] = kept[j]
            for i in range(max(0, j - u), min(n, j + l + 1)):
                J[j, l + u + i - j] = (above[i] - below[i]) / width


@cache
def jacobian_kernel(how: str, banded: bool) -> Any:
    """The kernel by address: how is "constant", "2-point" or "3-point".

    >>> jacobian_kernel("2-point", True) is jacobian_kernel("2-point", False)
    False
    """
    kernels = {
        "constant": (constant_jacobian, constant_jacobian),
        "2-point": (differences_by_columns, differences_by_groups),
        "3-point": (central_by_columns, central_by_groups),
    }
    return by_address(kernels[how][banded], FILL)


@lru_cache(maxsize=64)
def given_jacobian(jac: Any, banded: bool) -> Any:
    """The user's kernel jac(t, y, out) in the form of this file, by address.

    The matrix is (n, n); that of a band is (l + u + 1, n), ``out[u + i - j, j] == df[i]/dy[j]``.

    >>> from mechkit.odes.right_hand_side import jacobian
    >>> jac, J = jacobian(lambda t, y: [[2.0 * y[0]]], 0.0, np.ones(1), 1), np.zeros((1, 1))
    >>> fill, f = given_jacobian(jac, False), decay()
    >>> fill(f, 0.0, np.array([3.0]), np.zeros((4, 1)), np.zeros(2, np.int64), J), J
    (None, array([[6.]]))
    """
    inner = inlined(jac, JACOBIAN, "jac")

    @kernel(cache=inner.cached, error_model="numpy")
    def given_dense(f, t, y, memory, bands, J):
        inner(t, y, J)

    @kernel(cache=inner.cached, error_model="numpy")
    def given_banded(f, t, y, memory, bands, J):
        l, u = bands[0], bands[1]
        A = np.empty((l + u + 1, y.size))
        inner(t, y, A)
        for j in range(y.size):
            for k in range(l + u + 1):
                J[j, l + k] = A[k, j]

    return by_address(given_banded if banded else given_dense, FILL)


def _decay(t, y, out):
    for i in range(y.size):
        out[i] = -2.0 * y[i]


def decay() -> Any:
    """y' = -2y by address, for examples."""
    return by_address(_decay, RIGHT_HAND_SIDE, "f")


@constant_jacobian.example
@differences_by_columns.example
@central_by_columns.example
def _(n):
    return decay(), 0.0, np.arange(float(n)), np.ones((4, n)), np.zeros(2, np.int64), np.zeros((n, n))


@differences_by_groups.example
@central_by_groups.example
def _(n):
    return decay(), 0.0, np.arange(float(n)), np.ones((4, n)), np.array([2, 1]), np.zeros((n, 6))
