"""The Jacobian by differences whose steps are in proportion to each unknown: for unknowns of any size."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64, types, void

from mechkit.counting import by_address, kernel
from mechkit.optimization.differences import FORWARD, GIVEN, ONE_SIDED, TWO_SIDED, bowl_hess, bowl_jac, given_jacobian
from mechkit.optimization.functions import MATRIX, VECTOR, function

#: Starts below this are taken for zero: parts of them would not be numbers any more.
LEAST_START = 1e-150
#: What the kernels of this file are compiled for: F, jac, how, x, sizes, least, F(x), J.
JACOBIAN = void(
    *(types.FunctionType(VECTOR), types.FunctionType(MATRIX), int64),
    *(float64[::1], float64[::1], float64, float64[::1], float64[:, ::1]),
)


def sizes_of(x0: np.ndarray) -> np.ndarray:
    """How large the unknowns are, by their start; those that start at zero are taken to be of size 1.

    >>> sizes_of(np.array([-3.0, 0.0]))
    array([3., 1.])
    """
    size = np.abs(x0)
    return np.where(size < LEAST_START, 1.0, size)


@kernel(cache=True, error_model="numpy")
def proportional_differences(F, jac, how, x, sizes, least, Fx, J):
    """J (m, n) = the Jacobian of F at x by differences whose steps are in proportion to each x[j].

    The arguments are those of `proportional_jacobian`. To one side, beside n calls of F, here of n flops:

    >>> from mechkit import law
    >>> law(proportional_differences, n=range(2, 7)).flops
    Polynomial('3n^2 + 5n')
    """
    # MINPACK's fdjac2; Nocedal and Wright, Numerical Optimization, 2nd ed., (8.5) and (8.7)
    share = ONE_SIDED if how == FORWARD else TWO_SIDED
    for j in range(x.size):
        here = x[j]
        h = share * (sizes[j] if here == 0.0 else max(abs(here), least * sizes[j]))
        x[j] = here - h
        below, F_below = here, Fx
        if how != FORWARD:
            below = x[j]
            F_below = F(x)
        x[j] = here + h
        y, step = F(x), x[j] - below
        x[j] = here
        if y.size != Fx.size or F_below.size != Fx.size:
            raise ValueError("the vector that fun returns has changed its length; it must be the same at every x")
        for i in range(y.size):
            J[i, j] = (y[i] - F_below[i]) / step


@kernel(cache=True, error_model="numpy")
def jacobian_by_jac(F, jac, how, x, sizes, least, Fx, J):
    """J (m, n) = jac(x), with the arguments of `proportional_jacobian`.

    >>> from mechkit import law
    >>> law(jacobian_by_jac, n=range(1, 6)).stores
    Polynomial('n^2 + n')
    """
    given_jacobian(jac, x, J)


@kernel(cache=True, error_model="numpy")
def proportional_jacobian(F, jac, how, x, sizes, least, Fx, J):
    """J (m, n) = the Jacobian of F at x: by jac, or by differences whose steps are in proportion to each x[j].

    Parameters of a model may be of any size: a step for 1 is far too long for one of 10^-7. sizes (n,) : those at the
    start; least : the part of them that is the least that counts, as a step in proportion to what is nearly 0 would be
    lost in rounding. By jac, without a flop:

    >>> from mechkit import law
    >>> law(proportional_jacobian, n=range(2, 7)).stores
    Polynomial('n^2 + n')
    """
    if how == GIVEN:
        given_jacobian(jac, x, J)
    else:
        proportional_differences(F, jac, how, x, sizes, least, Fx, J)


@cache
def jacobian_kernel(how: int) -> Any:
    """The kernel that finds a Jacobian, by address, so that no other is compiled.

    >>> jacobian_kernel(FORWARD) is jacobian_kernel(GIVEN)
    False
    """
    return by_address(jacobian_by_jac if how == GIVEN else proportional_differences, JACOBIAN)


@proportional_jacobian.example
@jacobian_by_jac.example
def _(n):
    F, jac = function(bowl_jac, VECTOR), function(bowl_hess, MATRIX, "jac")
    return F, jac, GIVEN, np.ones(n), np.ones(n), 1.0, np.zeros(n), np.zeros((n, n))


@proportional_differences.example
def _(n):
    F, jac = function(bowl_jac, VECTOR), function(bowl_hess, MATRIX, "jac")
    return F, jac, FORWARD, np.ones(n), np.ones(n), 1.0, np.zeros(n), np.zeros((n, n))
